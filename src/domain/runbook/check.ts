import { takerOf } from './answers.ts'
import { ORGANISATION } from './bind.ts'
import { checkMatch } from './checkMatch.ts'
import { checkPath } from './checkPath.ts'
import { checkStages } from './checkStages.ts'
import { COMPUTED_COLUMNS } from './columns.ts'
import { parseDuration } from './duration.ts'
import { RECORD_FIELDS } from './fields.ts'
import { checkParameter } from './parameters.ts'
import type { Parameter, ParameterType, ShapeName } from './runbook.ts'
import { PARAMETER_TYPES, SHAPES } from './runbook.ts'
import { suggestion } from './suggest.ts'
import { listOf, member, objectOf } from './values.ts'
import type { Path, Report } from './yaml.ts'

/** Words that the request grammar keeps for itself: a parameter of that name could never be given. */
export const RESERVED_PARAMETERS: readonly string[] = [
  ...[
    'account',
    'accounts',
    'region',
    'regions',
    'reason',
    'last',
    'since',
    'until',
    'around',
    'before',
    'after',
    'limit',
  ],
  ORGANISATION,
]

/** LookupEvents keeps 90 days of management events (AWS: LookupEvents). */
const LONGEST_WINDOW = 90 * 86_400

/** Checks what shapes cannot say. It takes the document as it was written and tolerates any: shapes are reported elsewhere. */
export function checkRunbook(raw: unknown, report: Report): void {
  const parameters = Object.entries(objectOf(member(raw, 'parameters')))
  for (const [name, parameter] of parameters) checkOneParameter(name, parameter, report)
  const names = parameters.map(([name]) => name)
  const used = checkMatch(member(raw, 'match'), ['match'], names, report)
  checkAnswers(listOf(member(raw, 'answers')), parameters, report)
  checkWindow(member(raw, 'window'), report)
  const columns = checkColumns(listOf(member(raw, 'columns')), report)
  const usedLater = checkStages(listOf(member(raw, 'then')), columns, objectOf(member(raw, 'parameters')), report)
  for (const name of names.filter((each) => !used.has(each) && !usedLater.has(each)))
    report(['parameters', name], `Nothing in match uses $${name}.`, {
      on: 'key',
      suggestion: 'Use it, or leave it out.',
    })
  checkGroup(listOf(member(raw, 'group')), columns, report)
  checkHeadline(member(raw, 'headline'), columns, report)
  for (const [index, next] of listOf(member(raw, 'next')).entries())
    for (const [parameter, from] of Object.entries(objectOf(member(next, 'with'))))
      if (typeof from === 'string' && !columns.includes(from))
        checkPath(from, ['next', index, 'with', parameter], report, columns)
}

/** Checks a parameter's name, and that its example is a valid value. */
export function checkOneParameter(name: string, raw: unknown, report: Report): void {
  const at: Path = ['parameters', name]
  if (!/^[A-Za-z][A-Za-z0-9]{0,39}$/.test(name))
    report(at, `${name} is no parameter name: letters and digits, starting with a letter.`, { on: 'key' })
  if (RESERVED_PARAMETERS.includes(name.toLowerCase()))
    report(at, `${name} has a meaning of its own in a request.`, { on: 'key', suggestion: 'Choose another name.' })
  const { type, example } = objectOf(raw)
  if (typeof example !== 'string' || !isParameterType(type)) return
  const checked = checkParameter(type, name, example, example)
  if (!checked.ok && checked.error.code === 'bad_parameter')
    report([...at, 'example'], `The example is not ${checked.error.expected}.`)
}

function isParameterType(type: unknown): type is ParameterType {
  return typeof type === 'string' && PARAMETER_TYPES.some((known) => known === type)
}

/** A shape that is answered must have somewhere to go, with nothing else to be given. */
export function checkAnswers(
  answers: readonly unknown[],
  parameters: readonly (readonly [name: string, parameter: unknown])[],
  report: Report,
): void {
  const written: { [name: string]: Pick<Parameter, 'type' | 'optional'> } = {}
  for (const [name, parameter] of parameters) {
    const { type, optional } = objectOf(parameter)
    if (isParameterType(type)) written[name] = { type, optional: optional === true }
  }
  for (const [index, shape] of answers.entries()) {
    if (!isShape(shape)) continue
    if (answers.indexOf(shape) < index) report(['answers', index], `${shape} is there twice.`)
    else if (takerOf(written, shape) === undefined)
      report(['answers', index], `${shape} cannot be all that is given.`, {
        suggestion: 'It needs a parameter that takes it, and no other may be required.',
      })
  }
}

function isShape(shape: unknown): shape is ShapeName {
  return SHAPES.some((known) => known === shape)
}

/** Checks the lengths of a window. */
export function checkWindow(raw: unknown, report: Report): void {
  const { default: usual, max = '90d' } = objectOf(raw)
  const [from, most] = [usual, max].map((text) => (typeof text === 'string' ? parseDuration(text) : Number.NaN))
  const hint = { suggestion: 'A number and m, h, d or w, such as 24h or 90d.' }
  if (from === undefined) report(['window', 'default'], `${String(usual)} is no length of time.`, hint)
  if (most === undefined) report(['window', 'max'], `${String(max)} is no length of time.`, hint)
  if (most !== undefined && most > LONGEST_WINDOW)
    report(['window', 'max'], `${String(max)} is longer than CloudTrail keeps events.`, { suggestion: 'At most 90d.' })
  if (from !== undefined && most !== undefined && from > most)
    report(['window', 'default'], `${String(usual)} is longer than the longest that may be asked, ${String(max)}.`)
}

function checkColumns(columns: readonly unknown[], report: Report): readonly string[] {
  const known = [...COMPUTED_COLUMNS, ...RECORD_FIELDS]
  const names: string[] = []
  for (const [index, column] of columns.entries()) {
    const name = typeof column === 'string' ? column : member(column, 'name')
    const field = typeof column === 'string' ? column : member(column, 'field')
    if (typeof name !== 'string' || typeof field !== 'string') continue
    const at: Path = typeof column === 'string' ? ['columns', index] : ['columns', index, 'field']
    if (typeof column === 'string' && !known.includes(column)) {
      const dotted = column.includes('.') ? `Write { name: ${column.split('.').at(-1)}, field: ${column} }.` : undefined
      report(at, `${column} is no column.`, { suggestion: dotted ?? suggestion(column, known) })
    } else if (!COMPUTED_COLUMNS.includes(field)) checkPath(field, at, report)
    if (names.includes(name)) report(['columns', index], `There are two columns named ${name}.`)
    names.push(name)
  }
  return names
}

function checkGroup(group: readonly unknown[], columns: readonly string[], report: Report): void {
  for (const [index, name] of group.entries())
    if (typeof name === 'string' && !columns.includes(name))
      report(['group', index], `${name} is no column of this runbook.`, { suggestion: suggestion(name, columns) })
}

function checkHeadline(raw: unknown, columns: readonly string[], report: Report): void {
  const subject = member(raw, 'subject')
  if (typeof subject === 'string' && !columns.includes(subject))
    report(['headline', 'subject'], `${subject} is no column of this runbook.`, {
      suggestion: suggestion(subject, columns),
    })
  const counts = listOf(member(raw, 'counts'))
  if (counts.includes('done') && (counts.includes('changes') || counts.includes('reads')))
    report(['headline', 'counts'], 'done counts changes and reads together.', {
      suggestion: 'Name either done, or changes and reads.',
    })
}
