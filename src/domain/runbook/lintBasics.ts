import { placedTests } from './eventScope.ts'
import { exactValues, testsOf } from './indexed.ts'
import { type Finding, type Rule, warning } from './lintRule.ts'
import type { Test } from './runbook.ts'
import type { Path } from './yaml.ts'

/** A runbook has at least this many fixtures, and of them this many near misses. */
const FEWEST_FIXTURES = 5
const FEWEST_MISSES = 3

/** Services whose records are all in the Region for global services (AWS: CloudTrail concepts, global service events). */
export const GLOBAL_SOURCES: readonly string[] = [
  'iam',
  'organizations',
  'route53',
  'route53domains',
  'cloudfront',
  'account',
  'support',
].map((service) => `${service}.amazonaws.com`)

/** A runbook is proven by records: enough of them, near misses among them, and a row that is expected. */
export const hasFixtures: Rule = (runbook, fixtures) => {
  const at: Path = ['name']
  if (fixtures === undefined)
    return [
      {
        severity: 'error',
        at,
        message: `${runbook.name} has no fixtures.`,
        suggestion: `Write ${runbook.name}.fixtures.yaml.`,
      },
    ]
  const { matches, misses } = fixtures
  const wanting = [
    ...(matches.length + misses.length < FEWEST_FIXTURES ? [`at least ${FEWEST_FIXTURES} records`] : []),
    ...(misses.length < FEWEST_MISSES ? [`at least ${FEWEST_MISSES} near misses`] : []),
    ...(matches.some((fixture) => Object.keys(fixture.row).length > 0) ? [] : ['a row that is expected']),
  ]
  return wanting.map((what) => ({ severity: 'error', at, message: `The fixtures of ${runbook.name} need ${what}.` }))
}

/** A title is the question that is answered. */
export const asksAQuestion: Rule = ({ title }) =>
  title.endsWith('?')
    ? []
    : [warning('title', ['title'], 'A title is the question that is answered, with its question mark.')]

/** Global services record in one Region, all others in each. */
export const rightRegions: Rule = ({ match, regions }) => {
  const sources = testsOf(match).flatMap(({ test, at }) =>
    test.field === 'eventSource' && !at.includes('not') ? (exactValues(test) ?? []) : [],
  )
  if (sources.length === 0) return []
  const isGlobal = (source: unknown) => GLOBAL_SOURCES.includes(String(source))
  if (regions === 'global') {
    const regional = sources.filter((source) => !isGlobal(source))
    return regional.map((source) => ({
      severity: 'error',
      at: ['regions'],
      message: `${source} records events in every Region, which regions: global leaves out.`,
    }))
  }
  return regions === 'enabled' && sources.every(isGlobal)
    ? [warning('regions', ['match'], 'These services record all events in one Region.', 'Write regions: global.')]
    : []
}

/** A match that takes only what succeeded hides whoever tried. */
export const keepsFailures: Rule = ({ match }) =>
  placedTests(match).flatMap(({ test, at, negated, required }): readonly Finding[] => {
    if (/^error(Code|Message)$/.test(test.field) && 'exists' in test && test.exists === negated)
      return [drops(at, 'Calls that failed are left out: probing is then never seen.')]
    return required && needsResponse(test)
      ? [drops(at, 'A call that failed has no response: attempts are left out.')]
      : []
  })

function drops(at: Path, message: string): Finding {
  return warning('drops-failures', at, message, 'Show the outcome as a column instead.')
}

/** Sign-in events answer under their own name, failed or not. */
function needsResponse(test: Test): boolean {
  if ('exists' in test && !test.exists) return false
  return test.field.startsWith('responseElements') && !/^responseElements\.[A-Z]\w+$/.test(test.field)
}
