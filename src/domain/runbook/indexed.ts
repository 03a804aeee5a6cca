import { placeholderOf } from './bind.ts'
import type { Match, Operand, Runbook, Test } from './runbook.ts'

/** Fields by which LookupEvents can find records (AWS: LookupAttribute). Username and ResourceName are its own readings of a record. */
const INDEXED: readonly string[] = ['eventID', 'eventName', 'eventSource', 'readOnly', 'userIdentity.accessKeyId']

/**
 * Whether a match, asked without its optional parameters, fixes something that LookupEvents can find records by. If not, every record of the
 * window is read. What is really looked up is the planner's choice; this only tells authors what to expect.
 */
export function isIndexed(match: Match, runbook: Runbook): boolean {
  if ('all' in match) return match.all.some((clause) => isIndexed(clause, runbook))
  if ('any' in match) return match.any.every((clause) => isIndexed(clause, runbook))
  if ('not' in match || 'principal' in match) return false
  if ('resource' in match) return isGiven(match.resource, runbook)
  if (!INDEXED.includes(match.field) || match.ignoreCase === true) return false
  return exactValues(match)?.every((operand) => isGiven(operand, runbook)) ?? false
}

/** The values that a test holds a field to, or undefined when it holds it to none. */
export function exactValues(test: Test): readonly Operand[] | undefined {
  if ('equals' in test) return [test.equals]
  return 'in' in test ? test.in : undefined
}

function isGiven(operand: Operand, runbook: Runbook): boolean {
  const name = placeholderOf(operand)
  return name === undefined || runbook.parameters[name]?.optional === false
}

/** Every test of one field that a match holds records to exactly, with where it stands. */
export function testsOf(
  match: Match,
  at: readonly (string | number)[] = ['match'],
): readonly { readonly test: Test; readonly at: readonly (string | number)[] }[] {
  if ('all' in match) return match.all.flatMap((clause, index) => testsOf(clause, [...at, 'all', index]))
  if ('any' in match) return match.any.flatMap((clause, index) => testsOf(clause, [...at, 'any', index]))
  if ('not' in match) return testsOf(match.not, [...at, 'not'])
  return 'field' in match ? [{ test: match, at }] : []
}
