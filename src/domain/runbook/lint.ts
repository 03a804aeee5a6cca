import type { Fixtures } from './fixtures.ts'
import { exactValues, isIndexed, testsOf } from './indexed.ts'
import type { Problem, Runbook } from './runbook.ts'
import { runFixtures } from './runFixtures.ts'
import { type Path, readYaml } from './yaml.ts'

type Finding = {
  readonly severity: Problem['severity']
  readonly at: Path
  readonly message: string
  readonly suggestion?: string
}
type Rule = (runbook: Runbook, fixtures: Fixtures | undefined) => readonly Finding[]

/** A runbook has at least this many fixtures, and of them this many near misses. */
const FEWEST_FIXTURES = 5
const FEWEST_MISSES = 3
/** A question that reads every record is bearable for a day: about 9 million at most at LookupEvents' pace of 100 a second. */
const LONGEST_UNINDEXED = 86_400

/** Services whose records are all in the Region for global services (AWS: CloudTrail concepts, global service events). */
const GLOBAL_SOURCES: readonly string[] = [
  'iam',
  'organizations',
  'route53',
  'route53domains',
  'cloudfront',
  'account',
  'support',
].map((service) => `${service}.amazonaws.com`)
/** Lambda's first operations are recorded with the date of their API (CreateFunction20150331), and CloudFront's all are. */
const DATED_OPERATIONS: readonly string[] = [
  ...[
    'AddPermission',
    'CreateAlias',
    'CreateEventSourceMapping',
    'CreateFunction',
    'DeleteAlias',
    'DeleteEventSourceMapping',
  ],
  ...[
    'DeleteFunction',
    'GetFunction',
    'GetFunctionConfiguration',
    'ListFunctions',
    'ListVersionsByFunction',
    'PublishLayerVersion',
  ],
  ...['PublishVersion', 'PutFunctionConcurrency', 'RemovePermission', 'UpdateAlias', 'UpdateEventSourceMapping'],
  ...['UpdateFunctionCode', 'UpdateFunctionConfiguration'],
]

/**
 * Checks what a loaded runbook means rather than how it is written: its fixtures, and the traps of CloudTrail that make a question miss what it asks
 * for. Each rule stands alone in RULES.
 */
export function lintRunbook(runbook: Runbook, fixtures: Fixtures | undefined): readonly Problem[] {
  const file = `${runbook.name}.yaml`
  const source = readYaml(runbook.text, file, Number.POSITIVE_INFINITY)
  const found = RULES.flatMap((rule) => rule(runbook, fixtures)).map(
    ({ severity, at, message, suggestion }): Problem => {
      const problem: Problem = { severity, file, ...source.locate(at), message }
      return suggestion === undefined ? problem : { ...problem, suggestion }
    },
  )
  return fixtures === undefined ? found : [...found, ...runFixtures(runbook, fixtures)]
}

const hasFixtures: Rule = (runbook, fixtures) => {
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

const asksAQuestion: Rule = ({ title }) =>
  title.endsWith('?')
    ? []
    : [
        {
          severity: 'warning',
          at: ['title'],
          message: 'A title is the question that is answered, with its question mark.',
        },
      ]

const isBounded: Rule = (runbook) => {
  if (runbook.window.default <= LONGEST_UNINDEXED || isIndexed(runbook.match, runbook)) return []
  const message = 'Without its optional parameters nothing in match is indexed, so every record of the window is read.'
  return [
    {
      severity: 'warning',
      at: ['window', 'default'],
      message,
      suggestion: 'Make the default 24h or less, or fix eventName, eventSource or readOnly.',
    },
  ]
}

const datedNames: Rule = ({ match }) =>
  testsOf(match).flatMap(({ test, at }): readonly Finding[] =>
    test.field !== 'eventName' ? [] : (exactValues(test) ?? []).flatMap((operand) => datedName(String(operand), at)),
  )

function datedName(name: string, at: Path): readonly Finding[] {
  const [, base] = /^(\w+?)(?:20\d{6}(?:v\d+)?|20\d\d_\d\d_\d\d)$/.exec(name) ?? []
  if (base !== undefined)
    return [
      {
        severity: 'warning',
        at,
        message: `${name} carries the date of an API, which may change.`,
        suggestion: `Match the prefix ${base}.`,
      },
    ]
  if (!DATED_OPERATIONS.includes(name)) return []
  return [
    {
      severity: 'warning',
      at,
      message: `Lambda's ${name} is recorded with a date behind it and never matches exactly.`,
      suggestion: `Match the prefix ${name}.`,
    },
  ]
}

const rightRegions: Rule = ({ match, regions }) => {
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
    ? [
        {
          severity: 'warning',
          at: ['match'],
          message: 'These services record all events in one Region.',
          suggestion: 'Write regions: global.',
        },
      ]
    : []
}

const keepsFailures: Rule = ({ match }) =>
  testsOf(match).flatMap(({ test, at }): readonly Finding[] =>
    /^error(Code|Message)$/.test(test.field) && 'exists' in test && test.exists === at.includes('not')
      ? [
          {
            severity: 'warning',
            at,
            message: 'Calls that failed are left out: probing is then never seen.',
            suggestion: 'Show the outcome as a column instead.',
          },
        ]
      : [],
  )

const RULES: readonly Rule[] = [hasFixtures, asksAQuestion, isBounded, datedNames, rightRegions, keepsFailures]
