import assert from 'node:assert/strict'
import { test } from 'node:test'
import { estimateMessage } from '../../src/adapters/slack/messages/estimate.ts'
import { noticeMessage } from '../../src/adapters/slack/messages/notice.ts'
import { estimateOf } from '../../src/domain/query/estimate.ts'
import type { Query } from '../../src/domain/query/query.ts'
import { say, value } from '../../src/domain/result/phrase.ts'
import { HOSTILE, RUN } from '../support/answers.ts'
import { goldenJson } from '../support/golden.ts'
import { slackProblems } from '../support/slackLimits.ts'

const NOW = new Date('2026-11-20T14:08:00Z')
const QUERY: Query = {
  runbook: { name: 'x', digest: 'd'.repeat(64) },
  parameters: {},
  accounts: ['111122223333'],
  regions: ['eu-west-1'],
  engines: ['lookup'],
  limit: 1_000,
  window: { since: '2026-11-13T14:08:00Z', until: '2026-11-20T14:08:00Z' },
}
const ALL = { field: 'errorCode', exists: true } as const
const KEY = { field: 'userIdentity.accessKeyId', equals: 'AKIAIOSFODNN7EXAMPLE' } as const

test('an open search is estimated by its window, one key by its parts', () => {
  const open = estimateOf(QUERY, ALL, 505, NOW)
  assert.deepEqual([open.parts, open.hourly, open.requests], [1, 60, 204])
  assert.ok(open.seconds > 100 && open.seconds < 110, `${open.seconds}`)
  const key = estimateOf({ ...QUERY, regions: 'enabled' }, KEY, 505, NOW)
  assert.deepEqual([key.parts, key.hourly, key.regions], [17, 1, { count: 17, assumed: true }])
  assert.ok(key.seconds < 60, `${key.seconds}`)
})

test('more accounts take no longer until they are more than one worker reads side by side', () => {
  const accounts = (count: number) => Array.from({ length: count }, (_, at) => String(100000000000 + at))
  const one = estimateOf(QUERY, ALL, 505, NOW)
  assert.equal(estimateOf({ ...QUERY, accounts: accounts(128) }, ALL, 505, NOW).seconds, one.seconds)
  assert.ok(estimateOf({ ...QUERY, accounts: accounts(129) }, ALL, 505, NOW).seconds > 1.9 * one.seconds)
})

const MESSAGES = {
  estimate: estimateMessage(
    RUN,
    say`denied-calls`,
    'denied-calls last 60d',
    estimateOf({ ...QUERY, regions: 'enabled' }, ALL, 505, NOW),
    say`${value('prod-payments')}`,
  ),
  'estimate-hostile': estimateMessage(
    RUN,
    say`x ${value(HOSTILE.repeat(9))}`,
    `x principal="${HOSTILE.repeat(9)}"`,
    estimateOf(QUERY, KEY, 505, NOW),
    say`${value(HOSTILE)}`,
  ),
  'notice-ready': noticeMessage({ kind: 'ready', run: RUN, user: 'U0ALICE01' }),
}
for (const [name, message] of Object.entries(MESSAGES))
  test(`${name} reads as before and keeps every limit of Slack`, () => {
    // The one mention that ctq ever makes is of whoever asked.
    assert.deepEqual(slackProblems(JSON.parse(JSON.stringify(message).replaceAll('<@U0ALICE01>', 'Alice'))), [])
    goldenJson(`slack/${name}.json`, message)
  })

test('whoever is no user of Slack is not mentioned', () => {
  assert.doesNotMatch(JSON.stringify(noticeMessage({ kind: 'ready', run: RUN, user: '!channel' })), /<[!@]/)
})
