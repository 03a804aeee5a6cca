import { nearest } from '../nearest.ts'
import { placeholderOf } from './bind.ts'
import { type Catalogue, withoutDate } from './catalogue.ts'
import { type Placed, placedTests, sourceTest, testsOfAll } from './eventScope.ts'
import { exactValues } from './indexed.ts'
import { type Finding, type Rule, warning } from './lintRule.ts'
import type { Runbook } from './runbook.ts'

/** What a runbook looks for by name: whether such events are recorded, under that name, and by whom else. */
export const realEvents: Rule = (runbook, _fixtures, knowledge) => {
  if (knowledge === undefined) return []
  const { catalogue } = knowledge
  return testsOfAll(runbook).flatMap((placed) => {
    const { field } = placed.test
    if (field === 'eventSource') return literals(placed).flatMap((source) => sourceFinding(source, placed, catalogue))
    if (field !== 'eventName') return []
    return [
      ...literals(placed).flatMap((name) => nameFindings(name, placed, runbook, catalogue)),
      ...beginningFinding(placed, catalogue),
    ]
  })
}

function literals({ test }: Placed): readonly string[] {
  return (exactValues(test) ?? []).flatMap((operand) => (placeholderOf(operand) === undefined ? [String(operand)] : []))
}

function sourceFinding(source: string, { at }: Placed, catalogue: Catalogue): readonly Finding[] {
  if (catalogue.hasSource(source)) return []
  const near = nearest(source, catalogue.sources)
  return [warning('unknown-event', at, `No event source ${source} is known.`, near && `Did you mean ${near}?`)]
}

function nameFindings(name: string, placed: Placed, runbook: Runbook, catalogue: Catalogue): readonly Finding[] {
  const { at } = placed
  const isAsked = sourceTest(placed.scope)
  const everywhere = catalogue.sourcesOf(name)
  const sources = isAsked === undefined ? everywhere : everywhere.filter(isAsked)
  const other = sources.map((source) => catalogue.recordedAs(source, name)).find((found) => found !== undefined)
  if (other !== undefined)
    return [warning('unknown-event', at, `${name} is recorded under another name.`, `Write ${other}.`)]
  const dated = dateFinding(name, sources, placed, catalogue)
  if (dated !== undefined) return [dated]
  if (sources.length === 0) return [unknown(name, isAsked, placed, catalogue)]
  return [
    ...(sources.every((source) => catalogue.isData(source, name)) ? trailFinding(name, placed, runbook) : []),
    ...(isAsked === undefined && sources.length > 1 && !placed.negated ? [shared(name, sources, placed)] : []),
  ]
}

function dateFinding(
  name: string,
  sources: readonly string[],
  { at }: Placed,
  catalogue: Catalogue,
): Finding | undefined {
  const base = withoutDate(name)
  if (base !== name && catalogue.sourcesOf(base).some((source) => catalogue.isDated(source, base)))
    return warning(
      'dated-name',
      at,
      `${name} carries the date of an API, which may change.`,
      `Match the prefix ${base}.`,
    )
  if (sources.length === 0 || !sources.every((source) => catalogue.isDated(source, name))) return undefined
  const message = `${name} is recorded with a date behind it and does not match exactly.`
  return warning('dated-name', at, message, `Match the prefix ${name}.`)
}

function unknown(
  name: string,
  isAsked: ((source: string) => boolean) | undefined,
  { at }: Placed,
  catalogue: Catalogue,
): Finding {
  const asked = isAsked === undefined ? catalogue.sources : catalogue.sources.filter(isAsked)
  const near = nearest(name, new Set(asked.flatMap(catalogue.namesOf)))
  const elsewhere = catalogue.sourcesOf(name)
  const where = elsewhere.length === 0 ? undefined : `It is known of ${elsewhere.slice(0, 3).join(', ')}.`
  const message = isAsked === undefined ? `No event ${name} is known.` : `No event ${name} is known of these services.`
  return warning('unknown-event', at, message, where ?? (near && `Did you mean ${near}?`))
}

function shared(name: string, sources: readonly string[], { at }: Placed): Finding {
  const [some, more] = [sources.slice(0, 3).join(', '), sources.length - 3]
  const message = `${name} is an event of ${some}${more > 0 ? ` and ${more} more` : ''}.`
  return warning('shared-name', at, message, 'Say which with eventSource.')
}

function trailFinding(name: string, { at }: Placed, { records }: Runbook): readonly Finding[] {
  if (records.includes('data')) return []
  const message = `${name} is a data event: the event history never has it, only a trail that is told to.`
  return [warning('needs-trail', at, message, 'Write records: [management, data], or [data].')]
}

/** A beginning that no event has finds nothing, as a misspelt name does. */
function beginningFinding({ test, scope, at }: Placed, catalogue: Catalogue): readonly Finding[] {
  if (!('prefix' in test) || placeholderOf(test.prefix) !== undefined) return []
  const isAsked = sourceTest(scope) ?? (() => true)
  const names = catalogue.sources.filter(isAsked).flatMap(catalogue.namesOf)
  if (names.some((name) => name.startsWith(test.prefix))) return []
  const near = nearest(test.prefix, new Set(names))
  return [warning('unknown-event', at, `No known event begins with ${test.prefix}.`, near && `Did you mean ${near}?`)]
}

/** Records of another category than management events are not in the event history. */
export const rightRecords: Rule = ({ match, records }) =>
  placedTests(match).flatMap(({ test, at, negated }): readonly Finding[] => {
    if (test.field !== 'eventCategory' || negated) return []
    return (exactValues(test) ?? []).flatMap((category) => {
      const kind = KINDS[String(category)]
      if (kind === undefined || records.includes(kind)) return []
      const message = `${String(category)} events are not in the event history, only where a trail is told to.`
      return [warning('needs-trail', at, message, `Write records: [${kind}].`)]
    })
  })

const KINDS: { readonly [category: string]: 'data' | 'network' } = { Data: 'data', NetworkActivity: 'network' }
