import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import test from 'node:test'
import fc from 'fast-check'
import { coverageOf } from '../../src/domain/query/cover.ts'
import { isOnlyData } from '../../src/domain/query/dataEvents.ts'
import { inHistory } from '../../src/domain/query/inHistory.ts'
import { chainsFor, type Plan } from '../../src/domain/query/plan.ts'
import { readCatalogue } from '../../src/domain/runbook/catalogue.ts'
import { compileMatch } from '../../src/domain/runbook/evaluate.ts'
import type { Match } from '../../src/domain/runbook/runbook.ts'

const catalogue = readCatalogue(readFileSync('data/event-names.json', 'utf8'))
const WINDOW = { since: '2026-11-20T00:00:00Z', until: '2026-11-20T01:00:00Z' }
const names = (...list: readonly string[]): Match => ({ field: 'eventName', in: list })
const lookups = (match: Match) => chainsFor(match, WINDOW).chains.map(({ attribute }) => attribute?.value)
const SCANS: Match = {
  all: [{ field: 'eventSource', prefix: 'dynamodb.' }, names('Scan', 'Query', 'DeleteTable')],
}

test('only names are taken for data events that the catalogue has for nothing else', () => {
  for (const source of catalogue.sources)
    for (const name of catalogue.namesOf(source)) {
      const sources = catalogue.sourcesOf(name)
      const isData = (one: string): boolean => catalogue.isData(one, name)
      assert.equal(isOnlyData(name, undefined), sources.every(isData), name)
      assert.equal(
        isOnlyData(name, (one) => one === source),
        isData(source) || sources.every(isData),
        `${source} ${name}`,
      )
    }
})

test('a name of a data event is not looked up, and is said not to be visible', () => {
  assert.deepEqual(lookups(SCANS), ['DeleteTable'])
  const { chains, filters, never } = chainsFor(SCANS, WINDOW)
  assert.deepEqual(never, ['Query', 'Scan'])
  assert.deepEqual(filters.local, ['eventSource starts with dynamodb.'])
  const plan = { version: 1, window: WINDOW, chains, filters, never, parts: [], closed: [], startedAt: WINDOW.until }
  assert.deepEqual(coverageOf({ ...plan, run: 'r', queryHash: 'h' } as Plan, []).unseen, [
    'data events (among them Query, Scan)',
    'network activity events',
    'anything older than 90 days',
  ])
})

test('what may be a management event of another service is looked up', () => {
  assert.deepEqual(lookups(names('Scan', 'Query', 'DeleteTable')), ['Query', 'DeleteTable'])
})

test('names of data events alone are looked up all the same: everything would be read instead', () => {
  assert.deepEqual(lookups(names('Scan')), ['Scan'])
  assert.deepEqual(chainsFor(names('Scan'), WINDOW).never, ['Scan'])
})

test('a question without data events is asked as it is', () => {
  const match: Match = { all: [names('CreateUser'), { not: names('PutObject', 'Scan') }] }
  assert.deepEqual(inHistory(match), { match, never: [] })
})

const SOURCES = ['s3.amazonaws.com', 'dynamodb.amazonaws.com', 'clouddirectory.amazonaws.com', 'kendra.amazonaws.com']
const NAMES = ['DeleteObject', 'DeleteObjects', 'DeleteBucket', 'Query', 'Scan', 'DeleteTable']
const aTest: fc.Arbitrary<Match> = fc.oneof(
  fc.constantFrom(...NAMES).map((equals) => ({ field: 'eventName', equals })),
  fc.array(fc.constantFrom(...NAMES), { maxLength: 4 }).map((list) => names(...list)),
  fc.constantFrom(...SOURCES).map((equals) => ({ field: 'eventSource', equals })),
  fc.constantFrom('s3', 'c', 'd').map((prefix) => ({ field: 'eventSource', prefix })),
  fc.constant({ field: 'errorCode', exists: true }),
)
const aMatch = fc.letrec<{ match: Match }>((tie) => ({
  match: fc.oneof(
    { maxDepth: 3 },
    aTest,
    fc.array(tie('match'), { maxLength: 3 }).map((all): Match => ({ all })),
    fc.array(tie('match'), { maxLength: 3 }).map((any): Match => ({ any })),
    tie('match').map((not): Match => ({ not })),
  ),
})).match

test('of all that the event history has, a match takes the same without the names that are never there', () => {
  const events = SOURCES.flatMap((eventSource) => NAMES.map((eventName) => ({ eventSource, eventName })))
  const visible = events.filter(({ eventSource, eventName }) => !catalogue.isData(eventSource, eventName))
  // An event that nobody has seen of a service is no reason to look for it.
  const known = visible.filter(({ eventSource, eventName }) => catalogue.sourcesOf(eventName).includes(eventSource))
  fc.assert(
    fc.property(aMatch, fc.option(fc.constant('AccessDenied'), { nil: undefined }), (match, errorCode) => {
      const [whole, less] = [compileMatch(match), compileMatch(inHistory(match).match)]
      for (const event of known) {
        const record = { ...event, ...(errorCode === undefined ? {} : { errorCode }) }
        assert.equal(less(record), whole(record), JSON.stringify(record))
      }
    }),
    { numRuns: 2000 },
  )
})
