import { nearest } from '../nearest.ts'
import { COMPUTED_COLUMNS } from './columns.ts'
import { eventTest, testsOfAll } from './eventScope.ts'
import { FIELDS_WITHIN } from './fields.ts'
import { type Finding, type Rule, warning } from './lintRule.ts'
import type { Runbook } from './runbook.ts'
import { pathsOf } from './shapes.ts'
import type { Path } from './yaml.ts'

/** Below these each event has fields of its own: whether it has one is known from records alone. */
const OF_EVENTS: readonly string[] = [
  'additionalEventData',
  'requestParameters',
  'responseElements',
  'serviceEventDetails',
]

/** A field that no record of the events in question was ever seen to have is misspelt, or is elsewhere. */
export const seenFields: Rule = (runbook, fixtures, knowledge) => {
  if (knowledge === undefined || fixtures === undefined) return []
  const found: Finding[] = []
  for (const { test, at, scope } of testsOfAll(runbook)) {
    const isMeant = eventTest(scope)
    const shapes = knowledge.shapes.filter(({ source, name }) => isMeant(source, name))
    const known = shapes.length === 0 ? undefined : new Set(shapes.flatMap(({ paths }) => [...paths]))
    for (const field of [test.field, ...('sameAs' in test ? [test.sameAs] : [])])
      found.push(...fieldFinding(field, at, known ?? new Set()))
  }
  const own = new Set(fixtures.matches.flatMap(({ record }) => [...pathsOf(record)]))
  for (const [field, at] of shownFields(runbook)) found.push(...fieldFinding(field, at, own))
  return found
}

function shownFields({ columns, next }: Runbook): readonly (readonly [string, Path])[] {
  const names = columns.map(({ name }) => name)
  return [
    ...columns.map(({ field }, index) => [field, ['columns', index]] as const),
    ...next.flatMap(({ with: values }, index) =>
      Object.entries(values).flatMap(([parameter, field]) =>
        names.includes(field) ? [] : [[field, ['next', index, 'with', parameter]] as const],
      ),
    ),
  ].filter(([field]) => !COMPUTED_COLUMNS.includes(field))
}

function fieldFinding(field: string, at: Path, seen: ReadonlySet<string>): readonly Finding[] {
  const [top = '', ...below] = field.split('.')
  if (below.length === 0) return []
  const within = Object.hasOwn(FIELDS_WITHIN, top) ? FIELDS_WITHIN[top] : undefined
  if (within === undefined && !OF_EVENTS.includes(top)) return []
  const known = within === undefined ? seen : new Set(within.map((name) => `${top}.${name}`))
  if (known.has(field)) return []
  const near = nearest(
    field,
    [...known].filter((path) => path.startsWith(`${top}.`)),
  )
  const message =
    within === undefined ? `No fixture of these events has ${field}.` : `CloudTrail records have no ${field}.`
  return [warning('unseen-field', at, message, near === undefined ? undefined : `Did you mean ${near}?`)]
}
