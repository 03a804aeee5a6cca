import assert from 'node:assert/strict'
import { test } from 'node:test'
import { coverageOf, stoppedPart } from '../../src/domain/query/cover.ts'
import type { PartCoverage, Verdict } from '../../src/domain/query/coverage.ts'
import type { Plan } from '../../src/domain/query/plan.ts'

const PLAN: Plan = {
  version: 1,
  run: '1a2b3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d',
  queryHash: 'q'.repeat(64),
  window: { since: '2026-11-19T14:00:00Z', until: '2026-11-20T14:00:00Z' },
  chains: [],
  parts: [],
  closed: [],
  filters: { aws: [], local: [] },
  startedAt: '2026-11-20T14:00:00Z',
}

function part(region: string, status: PartCoverage['status'], pages = 1): PartCoverage {
  return { account: '111122223333', region, status, pages, records: pages * 50, matched: 0 }
}

const VERDICTS: readonly (readonly [says: string, parts: readonly PartCoverage[], verdict: Verdict])[] = [
  ['all read', [part('a', 'complete'), part('b', 'complete')], 'complete'],
  ['all read but a known blind spot', [part('a', 'complete'), part('b', 'blind', 0)], 'complete'],
  ['nothing but blind spots', [part('a', 'blind', 0), part('b', 'blind', 0)], 'failed'],
  ['one of two not read', [part('a', 'complete'), part('b', 'failed', 0)], 'partial'],
  ['none read to the end, some pages read', [part('a', 'failed', 0), part('b', 'stopped', 3)], 'partial'],
  ['stopped by the limit', [part('a', 'limit', 9)], 'partial'],
  ['no page read', [part('a', 'failed', 0), part('b', 'stopped', 0)], 'failed'],
  ['no page read beside a blind spot', [part('a', 'blind', 0), part('b', 'failed', 0)], 'failed'],
  ['no part at all', [], 'failed'],
]

for (const [says, parts, verdict] of VERDICTS)
  test(`the verdict when ${says}: ${verdict}`, () => {
    const coverage = coverageOf(PLAN, parts)
    assert.equal(coverage.verdict, verdict)
    assert.deepEqual(coverage.parts, {
      asked: parts.length,
      complete: parts.filter(({ status }) => status === 'complete').length,
      blind: parts.filter(({ status }) => status === 'blind').length,
    })
    assert.deepEqual(
      coverage.open.map(({ region }) => region),
      parts.filter(({ status }) => status !== 'complete').map(({ region }) => region),
    )
  })

test('what was known to be closed counts in every verdict, after an account and its Regions', () => {
  const closed: PartCoverage = { ...part('*', 'blind', 0), account: '000011112222' }
  const coverage = coverageOf({ ...PLAN, closed: [closed] }, [part('b', 'failed', 0), part('a', 'complete')])
  assert.equal(coverage.accounts, 2)
  assert.equal(coverage.regions, 2)
  assert.deepEqual(coverage.parts, { asked: 3, complete: 1, blind: 1 })
  assert.deepEqual(
    coverage.open.map(({ account, region }) => `${account} ${region}`),
    ['000011112222 *', '111122223333 b'],
  )
})

test('time is settled until fifteen minutes before it was asked, and never after the window', () => {
  assert.equal(coverageOf(PLAN, []).settledUntil, '2026-11-20T13:45:00Z')
  assert.equal(coverageOf({ ...PLAN, startedAt: '2026-11-20T18:00:00Z' }, []).settledUntil, '2026-11-20T14:00:00Z')
})

test('a run that was ended says so, unless everything had been read', () => {
  assert.equal(coverageOf(PLAN, [part('a', 'stopped')], 'cancelled').ended, 'cancelled')
  assert.equal(coverageOf(PLAN, [part('a', 'stopped')], 'lapsed').ended, 'lapsed')
  assert.equal('ended' in coverageOf(PLAN, [part('a', 'complete')], 'cancelled'), false)
})

test('a part without an end is never taken for read, and says why when that is known', () => {
  const why = (ended: Parameters<typeof stoppedPart>[2]) => {
    const { status, fault } = stoppedPart('111122223333', 'a', ended)
    return [status, fault?.code, fault?.detail]
  }
  assert.deepEqual(why(undefined), ['failed', 'aws_failed', 'not finished after every retry'])
  assert.deepEqual(why('cancelled'), ['stopped', 'cancelled', 'cancelled'])
  assert.deepEqual(why('lapsed'), ['stopped', 'lapsed', 'authorisation lapsed'])
})

test('every coverage says what this engine never shows', () => {
  assert.deepEqual(coverageOf(PLAN, []).unseen, [
    'data events',
    'network activity events',
    'anything older than 90 days',
  ])
})
