import type { Match, Operand, Test } from '../runbook/runbook.ts'
import { impliedBy, type Selection } from './pushdown.ts'

/** Longer lists are cut in words; the whole list is in the runbook. */
const SHOWN = 4

/** What AWS selected by, for a person. ResourceName is AWS's own index of a call's resources, and is said to be. */
export function selectionWords(selection: Selection | undefined): readonly string[] {
  if (selection === undefined) return []
  const index = selection.key === 'ResourceName' ? " (by AWS's index)" : ''
  return [`${selection.key} ${listWords(selection.values)}${index}`]
}

/**
 * What was filtered here: every clause of the match that the selection does not answer by itself. `seen`: the same clauses, without what AWS never gives.
 */
export function localWords(match: Match, selection: Selection | undefined, seen = match): readonly string[] {
  const given = clausesOf(seen)
  return clausesOf(match)
    .filter((clause, at) => !answers(selection, given[at] ?? clause))
    .map(matchWords)
}

function clausesOf(match: Match): readonly Match[] {
  return 'all' in match ? match.all : [match]
}

function answers(selection: Selection | undefined, clause: Match): boolean {
  if (selection === undefined || !('field' in clause)) return false
  return impliedBy(clause).some(
    ({ key, values }) =>
      key === selection.key &&
      values.length === selection.values.length &&
      values.every((value) => selection.values.includes(value)),
  )
}

/** A match in words, shortened. */
export function matchWords(match: Match): string {
  if ('all' in match) return match.all.map(matchWords).join(' and ')
  if ('any' in match) return anyWords(match.any)
  if ('not' in match) return `not (${matchWords(match.not)})`
  if ('principal' in match) return `principal ${match.principal}`
  if ('resource' in match) return `resource ${match.resource}`
  return testWords(match)
}

function testWords(test: Test): string {
  if ('equals' in test) return `${test.field} = ${test.equals}`
  if ('in' in test) return `${test.field} ${listWords(test.in)}`
  if ('prefix' in test) return `${test.field} starts with ${test.prefix}`
  if ('suffix' in test) return `${test.field} ends with ${test.suffix}`
  if ('contains' in test) return `${test.field} contains ${test.contains}`
  if ('matches' in test)
    return isReadable(test) ? `${test.field} matches ${test.matches}` : `${test.field} by ${PATTERN}`
  if ('cidr' in test) return `${test.field} ${listWords(typeof test.cidr === 'string' ? [test.cidr] : test.cidr)}`
  if ('exists' in test) return `${test.field} ${test.exists ? 'present' : 'absent'}`
  if ('greater' in test) return `${test.field} > ${test.greater}`
  if ('less' in test) return `${test.field} < ${test.less}`
  return `${test.field} = ${test.sameAs}`
}

const PATTERN = "the runbook's pattern"
/** Longer patterns nobody reads in an answer: they are in the runbook. */
const PATTERN_MAX = 24

function isReadable(test: { readonly matches: string }): boolean {
  return test.matches.length <= PATTERN_MAX
}

/** Several fields of which one must have what the runbook looks for are said once. */
function anyWords(matches: readonly Match[]): string {
  const fields = matches.flatMap((match) =>
    'field' in match && 'matches' in match && !isReadable(match) ? [match.field] : [],
  )
  if (fields.length < 2 || fields.length < matches.length) return `(${matches.map(matchWords).join(' or ')})`
  return `${[...new Set(fields)].join(' or ')} by ${PATTERN}s`
}

function listWords(values: readonly Operand[]): string {
  if (values.length === 1) return `= ${values[0]}`
  const more = values.length - SHOWN
  return `in ${values.slice(0, SHOWN).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}
