import assert from 'node:assert/strict'
import test from 'node:test'
import { plainText } from '../../src/domain/result/phrase.ts'
import type { StageAnswer } from '../../src/domain/stage/finding.ts'
import { stageLines } from '../../src/domain/stage/words.ts'
import { anAnswerOf } from '../support/answers.ts'
import { type Asked, type Call, foundIn, stagesOf, WHOLE } from './rig.ts'

const DAY = 86_400

async function linesOf(then: string, calls: readonly Call[], asked: Asked = {}): Promise<readonly string[]> {
  return wordsOf(await foundIn(stagesOf(then), calls, asked), asked)
}

function wordsOf(stages: readonly StageAnswer[], { reading = WHOLE }: Asked = {}): readonly string[] {
  const answer = anAnswerOf(9, { stages, cut: !reading.whole, finishedAt: '2026-11-20T23:59:00Z' })
  return stageLines(answer, { items: 3, calls: 3, denied: 3 }).map(({ phrase }) => plainText(phrase))
}

/** So many calls, one every so many seconds. */
const every = (seconds: number, times: number, of: (index: number) => Omit<Call, 'at'>): readonly Call[] =>
  Array.from({ length: times }, (_, index) => ({ at: index * seconds, ...of(index) }))

const RECON =
  '[{ name: recon, finds: Bursts of reads, distinct: { of: eventName, by: [who], atLeast: 5, within: 10m, where: { field: eventName, matches: "^(List|Get)" } } }]'

test('a burst of different reads is told with who, from where and what, also over a full hour', async () => {
  const burst = every(60, 8, (index) => ({ name: `List${index}`, denied: index % 2 === 0 })).map((call) => ({
    ...call,
    at: call.at + 3_600 - 200,
  }))
  assert.deepEqual(await linesOf(RECON, burst), [
    'Bursts of reads:',
    'user alice from 203.0.113.9: 8 different eventName within 10 min (List0, List1, List2, List3, List4, List5, List6, List7), 8 calls (4 denied), 12:56–13:03Z',
  ])
})

test('the same number of reads over a longer time is no burst, nor are changes', async () => {
  const slow = every(300, 8, (index) => ({ name: `List${index}` }))
  const changes = every(10, 8, (index) => ({ name: `Create${index}`, who: 'bob' }))
  assert.deepEqual(await linesOf(RECON, [...slow, ...changes]), ['Bursts of reads: none'])
})

test('what somebody does every day is told apart, after the news', async () => {
  const daily = Array.from({ length: 9 }, (_, day) =>
    every(10, 9, (index) => ({ name: `List${index}`, who: 'scanner' })).map((call) => ({
      ...call,
      at: call.at - day * DAY,
    })),
  ).flat()
  const news = every(10, 6, (index) => ({ name: `Get${index}`, who: 'mallory' }))
  const [, first, second] = await linesOf(RECON, [...daily, ...news])
  assert.match(first ?? '', /^user mallory/)
  assert.match(second ?? '', /^user scanner.*, the most of 9 times.*, as on most days$/)
})

const SPRAY = `[{ name: guessed, finds: Passwords guessed, sequence: { by: [sourceIPAddress], within: 1h,
  first: { says: failed sign-ins, atLeast: 5, where: { field: eventName, equals: ConsoleLogin }, outcome: [failed, denied] },
  next: { says: one that worked, where: { field: eventName, equals: ConsoleLogin }, outcome: [done] } } }]`
const login = (worked: boolean, who: string): Omit<Call, 'at'> => ({ name: 'ConsoleLogin', who, denied: !worked })

test('failures and then a success from the same address are told; from another address they are not', async () => {
  const failures = every(20, 8, (index) => login(false, `user${index}`))
  assert.deepEqual(await linesOf(SPRAY, [...failures, { at: 400, ...login(true, 'carol') }]), [
    'Passwords guessed:',
    'user carol from 203.0.113.9: failed sign-ins ×8 since 12:00Z, then one that worked 12:06Z, 1 call (1 change done), 12:00–12:06Z',
  ])
  const elsewhere = { at: 400, from: '198.51.100.7', ...login(true, 'carol') }
  assert.deepEqual(await linesOf(SPRAY, [...failures, elsewhere]), ['Passwords guessed: none'])
  const before = { at: -1, ...login(true, 'carol') }
  assert.deepEqual(await linesOf(SPRAY, [...failures, before]), ['Passwords guessed: none'])
  const tooLate = { at: 2 * 3_600, ...login(true, 'carol') }
  assert.deepEqual(await linesOf(SPRAY, [...failures, tooLate]), ['Passwords guessed: none'])
})

test('calls of one second have no order: a success in the second of the failures counts as after them', async () => {
  for (const id of ['a', 'z']) {
    const second = Array.from({ length: 5 }, (_, index) => ({ at: 0, id: `m${index}`, ...login(false, `u${index}`) }))
    const [stage] = await foundIn(stagesOf(SPRAY), [...second, { at: 0, id, ...login(true, 'carol') }])
    assert.equal(stage?.findings.length, 1)
  }
})

const NEW = '[{ name: new, finds: Never seen before, firstSeen: { of: [sourceIPAddress], by: [who] } }]'

test('an address is new when there were calls from elsewhere before, and enough was read', async () => {
  const own = every(DAY, 5, () => ({}))
  const stranger = { at: 4 * DAY + 7_200, from: '198.51.100.7' }
  assert.deepEqual(await linesOf(NEW, [...own, stranger], reads(0)), [
    'Never seen before:',
    'user alice from 198.51.100.7: not seen in the 4 days before: 198.51.100.7 (24 Nov 14:00Z), 1 call, 24 Nov 14:00Z',
  ])
  assert.deepEqual(await linesOf(NEW, [...own, stranger], reads(4 * DAY)), ['Never seen before: none'])
  assert.deepEqual(await linesOf(NEW, [stranger], reads(0)), ['Never seen before: none'])
})

/** Read whole from so many seconds after noon. */
const reads = (at: number): Asked => ({
  reading: {
    window: { since: new Date((1_795_176_000 + at) * 1000).toISOString(), until: '2026-12-20T12:00:00Z' },
    whole: true,
  },
})

test('nothing is new where not everything before was read', async () => {
  const calls = [...every(DAY, 5, () => ({})), { at: 4 * DAY + 7_200, from: '198.51.100.7' }]
  const partial = { reading: { ...WHOLE, whole: false } }
  assert.deepEqual(await linesOf(NEW, calls, partial), [
    'Never seen before: not known, since not everything before was read',
  ])
})

const OFF = '[{ name: off, finds: Used elsewhere, elsewhere: { by: [who] } }]'

test('a session that calls from two networks at a time is a finding; a public address alone is none', async () => {
  const instance = every(600, 6, () => ({ who: 'i-0a1b', from: '203.0.113.5' }))
  assert.deepEqual(await linesOf(OFF, instance), ['Used elsewhere: none'])
  const stolen = [{ at: 1_500, who: 'i-0a1b', from: '198.51.100.7', name: 'GetUser' }]
  assert.deepEqual(await linesOf(OFF, [...instance, ...stolen]), [
    'Used elsewhere:',
    'user i-0a1b from 198.51.100.7: while the same session called from 203.0.113.5, 1 call, 12:25Z',
  ])
})

test('a lasting key has no session: it is the same key that called from elsewhere', async () => {
  const calls = [
    { at: 0, who: 'AKIAIOSFODNN7EXAMPLE', from: '203.0.113.5' },
    { at: 60, who: 'AKIAIOSFODNN7EXAMPLE', from: '198.51.100.7' },
  ]
  assert.match((await linesOf(OFF, calls)).join(), /after the same key called from 203\.0\.113\.5/)
})

test('an address that ctq.yml has a name for is the session’s own, and so is one inside a VPC', async () => {
  const both: readonly Call[] = [
    { at: 0, from: '203.0.113.5' },
    { at: 60, from: '198.51.100.7' },
  ]
  const labels = { '198.51.100.7': 'NAT of prod' }
  assert.deepEqual(await linesOf(OFF, both, { labels: { ...labels, '203.0.113.5': 'NAT b' } }), [
    'Used elsewhere: none',
  ])
  // The one without a name is the stranger, although it came first.
  assert.deepEqual(await linesOf(OFF, both, { labels }), [
    'Used elsewhere:',
    'user alice from 203.0.113.5: after the same session called from 198.51.100.7 (NAT of prod), 1 call, 12:00Z',
  ])
  const throughVpc = [
    { at: 0, from: '10.1.2.3' },
    { at: 9, from: '172.16.0.1' },
  ]
  assert.deepEqual(await linesOf(OFF, throughVpc), ['Used elsewhere: none'])
  const throughEndpoint = [
    { at: 0, from: '203.0.113.5' },
    { at: 9, from: '198.51.100.7', more: { vpcEndpointId: 'vpce-1' } },
  ]
  assert.deepEqual((await linesOf(OFF, throughEndpoint))[1]?.slice(0, 27), 'user alice from 203.0.113.5')
})

test('networks that a session calls from day after day are its own, and not each other’s strangers', async () => {
  const runners = Array.from({ length: 12 }, (_, day) => [
    { at: -day * DAY, from: '192.0.2.1' },
    { at: -day * DAY + 60, from: '192.0.2.77' },
  ]).flat()
  assert.deepEqual(await linesOf(OFF, runners), ['Used elsewhere: none'])
  const stolen = { at: 3_600, from: '198.51.100.7' }
  assert.deepEqual(await linesOf(OFF, [...runners, stolen]), [
    'Used elsewhere:',
    'user alice from 198.51.100.7: after the same session called from 192.0.2.1, 192.0.2.77, 1 call, 13:00Z',
  ])
})

test('an address that a machine changes by itself within its network is the same one', async () => {
  const hops = [
    { at: 0, from: '2001:db8:1:2::a' },
    { at: 9, from: '2001:db8:1:2:ffff::b' },
  ]
  assert.deepEqual(await linesOf(OFF, hops), ['Used elsewhere: none'])
  assert.equal((await linesOf(OFF, [...hops, { at: 20, from: '2001:db8:1:3::a' }])).length, 2)
})

test('groups are counted with tried apart from done', async () => {
  const then = '[{ name: c, finds: Denied, count: { by: [who, eventName], atLeast: 3, outcome: [denied] } }]'
  const calls = [
    ...every(9, 4, () => ({ name: 'GetUser', denied: true })),
    ...every(7, 2, () => ({ who: 'bob', denied: true })),
    { at: 5, name: 'GetUser' },
  ]
  assert.deepEqual(await linesOf(then, calls), [
    'Denied:',
    'user alice from 203.0.113.9 GetUser: 4 calls (4 denied), 12:00Z',
  ])
})

test('what there is no room for is said', async () => {
  const then = '[{ name: c, finds: Many, count: { by: [eventName] } }]'
  const calls = Array.from({ length: 4_100 }, (_, index) => ({ at: index, name: `List${index}` }))
  const [stage] = await foundIn(stagesOf(then), calls)
  assert.equal(stage?.uncounted, 100)
  assert.equal(stage?.looked, 4_100)
  assert.match(wordsOf([stage]).at(-1) ?? '', /; 100 calls too many to be told apart$/)
})
