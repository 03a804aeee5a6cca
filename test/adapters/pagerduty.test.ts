import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { pagerDuty, seeSchedule } from '../../src/adapters/oncall/pagerduty.ts'
import { pagedPersons } from '../../src/domain/policy/onCall.ts'
import { openOnCall } from '../../src/onCall.ts'
import { type OnCall, type PagerDutyServer, startPagerDuty } from '../../src/playground/pagerduty/server.ts'
import { aSchedule } from '../policy/rows.ts'
import { aPolicy, NOW } from '../support/askFacts.ts'

async function aPager(t: TestContext, oncalls: readonly OnCall[], perMinute = 960): Promise<PagerDutyServer> {
  const server = await startPagerDuty({ oncalls, perMinute })
  t.after(() => server.close())
  return server
}

const reading = (server: PagerDutyServer, parts: { readonly token?: string; readonly timeoutMs?: number } = {}) =>
  pagerDuty({ token: server.token, apiUrl: server.url, now: Date.now, timeoutMs: 1500, ...parts })

test('whoever the schedules have on call is read, with their levels, and nobody of another schedule', async (t) => {
  const server = await aPager(t, [
    { user: 'PALICE', schedule: 'PSCHED1' },
    { user: 'PBOB', schedule: 'PSCHED1', level: 2 },
    { user: 'PCAROL', schedule: 'PSCHED2', level: 3, start: '2026-01-01T00:00:00Z', end: '2999-01-01T00:00:00Z' },
    { user: 'PDAVE', schedule: 'POTHER1' },
  ])
  assert.deepEqual(await reading(server)(['PSCHED1', 'PSCHED2']), {
    kind: 'read',
    users: [
      { user: 'PALICE', level: 1 },
      { user: 'PBOB', level: 2 },
      { user: 'PCAROL', level: 3 },
    ],
  })
  assert.deepEqual(server.asked, ['/oncalls?schedule_ids%5B%5D=PSCHED1&schedule_ids%5B%5D=PSCHED2&limit=100&offset=0'])
})

test('every page is read', async (t) => {
  const oncalls = Array.from({ length: 230 }, (_, index) => ({ user: `PU${index}`, schedule: 'PSCHED1' }))
  const server = await aPager(t, oncalls)
  const read = await reading(server)(['PSCHED1'])
  assert.equal(read.kind === 'read' && new Set(read.users.map(({ user }) => user)).size, 230)
  assert.deepEqual(
    server.asked.map((path) => /offset=(\d+)/.exec(path)?.[1]),
    ['0', '100', '200'],
  )
})

test('a page that fails makes all of it unread: half of a schedule is none', async (t) => {
  const oncalls = Array.from({ length: 130 }, (_, index) => ({ user: `PU${index}`, schedule: 'PSCHED1' }))
  const server = await aPager(t, oncalls)
  const first = await reading(server)(['PSCHED1'])
  assert.equal(first.kind, 'read')
  server.fail({}, 1)
  server.fail({ status: 503 }, 2)
  assert.deepEqual(await reading(server)(['PSCHED1']), { kind: 'unread', why: 'it answers with 503' })
})

test('an on-call that is not now, and one that no schedule makes, are none', async (t) => {
  const server = await aPager(t, [])
  const entry = (user: string, parts: object) => ({ escalation_level: 1, user: { id: user }, ...parts })
  const schedule = { id: 'PSCHED1' }
  const oncalls = [
    entry('PPAST', { schedule, start: '2020-01-01T00:00:00Z', end: '2020-01-02T00:00:00Z' }),
    entry('PFUTURE', { schedule, start: '2999-01-01T00:00:00Z', end: '2999-01-02T00:00:00Z' }),
    entry('PALWAYS', { schedule: null }),
    entry('POTHER', { schedule: { id: 'POTHER1' } }),
    entry('PNOW', { schedule, start: null, end: null }),
  ]
  server.fail({ status: 200, body: JSON.stringify({ oncalls, more: false }) })
  assert.deepEqual(await reading(server)(['PSCHED1']), { kind: 'read', users: [{ user: 'PNOW', level: 1 }] })
})

const FAULTS = [
  { says: 'a server error that passes is not noticed', faults: [{ status: 500 }], outcome: 'read' },
  { says: 'a server error that stays', faults: [{ status: 500 }, { status: 502 }], outcome: 'it answers with 502' },
  { says: 'a schedule that does not exist', faults: [{ status: 404 }], outcome: 'it answers with 404' },
  { says: 'a forbidden key', faults: [{ status: 403 }], outcome: 'it refuses the key' },
  {
    says: 'an answer that is something else',
    faults: [{ status: 200, body: '{"oncalls":"none"}' }],
    outcome: 'its answer is not one that ctq knows',
  },
  {
    says: 'an answer that is no JSON',
    faults: [
      { status: 200, body: '<html>' },
      { status: 200, body: '<' },
    ],
    outcome: 'it cannot be reached',
  },
  { says: 'no answer in time', faults: [{ delayMs: 2_000, status: 500 }], outcome: 'it did not answer in time' },
]
for (const { says, faults, outcome } of FAULTS)
  test(`PagerDuty, ${says}: ${outcome}`, async (t) => {
    const server = await aPager(t, [{ user: 'PALICE', schedule: 'PSCHED1' }])
    for (const fault of faults) server.fail(fault)
    const read = await reading(server, { timeoutMs: 700 })(['PSCHED1'])
    assert.equal(read.kind === 'unread' ? read.why : read.kind, outcome)
  })

test('a wrong key is refused, and is in no reason', async (t) => {
  const server = await aPager(t, [])
  const read = await reading(server, { token: 'y_wrong' })(['PSCHED1'])
  assert.deepEqual(read, { kind: 'unread', why: 'it refuses the key' })
})

test('a rate limit that takes too long to pass makes the schedule unread', async (t) => {
  const server = await aPager(t, [], 1)
  const read = reading(server)
  assert.equal((await read(['PSCHED1'])).kind, 'read')
  assert.deepEqual(await read(['PSCHED1']), { kind: 'unread', why: 'it is asked too often' })
})

test('a PagerDuty that is away is unread', async (t) => {
  const server = await aPager(t, [])
  await server.close()
  assert.deepEqual(await reading(server)(['PSCHED1']), { kind: 'unread', why: 'it cannot be reached' })
})

test('the local PagerDuty refuses what the real one refuses', async (t) => {
  const server = await aPager(t, [])
  const ask = async (path: string, token = server.token): Promise<number> =>
    (await fetch(`${server.url}${path}`, { headers: { authorization: `Token token=${token}` } })).status
  assert.deepEqual(
    [
      await ask('/oncalls?limit=101'),
      await ask('/oncalls?limit=100&offset=9901'),
      await ask('/users'),
      await ask('/oncalls', 'x'),
    ],
    [400, 400, 404, 401],
  )
})

const PAGED = aSchedule({
  levels: 2,
  source: { kind: 'pagerduty', schedules: ['PSCHED1'], people: { PALICE: { team: 'T1', user: 'UALICE' } } },
})

test('only the first levels count, and only people whom the policy names', () => {
  assert.ok(PAGED.source.kind === 'pagerduty')
  const users = [
    { user: 'PALICE', level: 3 },
    { user: 'PALICE', level: 2 },
    { user: 'PMALLORY', level: 1 },
    { user: 'constructor', level: 1 },
  ]
  assert.deepEqual(pagedPersons(PAGED.source, 2, { kind: 'read', users }), {
    kind: 'read',
    persons: [{ team: 'T1', user: 'UALICE' }],
    unknown: ['PMALLORY', 'constructor'],
  })
  assert.deepEqual(pagedPersons(PAGED.source, 1, { kind: 'read', users: [{ user: 'PALICE', level: 2 }] }), {
    kind: 'read',
    persons: [],
    unknown: [],
  })
})

test('a schedule is there, is not, or nobody can say', async (t) => {
  const server = await startPagerDuty({ schedules: ['PSCHED1'] })
  t.after(() => server.close())
  const options = { token: server.token, apiUrl: server.url, now: Date.now, timeoutMs: 1500 }
  assert.deepEqual(await seeSchedule('PSCHED1', options), { kind: 'there', name: 'schedule PSCHED1' })
  assert.deepEqual(await seeSchedule('PNONE1', options), { kind: 'missing' })
  assert.deepEqual(await seeSchedule('../oncalls', options), { kind: 'missing' })
  const wrong = await seeSchedule('PSCHED1', { ...options, token: 'other' })
  assert.deepEqual(wrong, { kind: 'unread', why: 'it refuses the key' })
  server.fail({ status: 500 }, 2)
  assert.deepEqual(await seeSchedule('PSCHED1', options), { kind: 'unread', why: 'it answers with 500' })
})

test('a schedule serves for half a minute and not longer: then one that stops answering is unread', async (t) => {
  const server = await aPager(t, [{ user: 'PALICE', schedule: 'PSCHED1' }])
  let at = NOW.getTime()
  const warned: object[] = []
  const states = openOnCall({
    policy: aPolicy({ onCall: [PAGED] }),
    pager: reading(server),
    now: () => new Date(at),
    log: { warn: (what: object) => void warned.push(what) } as never,
  })
  const kind = async (): Promise<string | undefined> => (await states()).get('primary')?.kind
  assert.equal(await kind(), 'read')
  server.fail({ status: 401 }, 10)
  at += 29_000
  assert.equal(await kind(), 'read')
  at += 2_000
  assert.equal(await kind(), 'unread')
  assert.equal(await kind(), 'unread')
  assert.equal(server.asked.length, 2)
  assert.deepEqual(warned, [{ schedule: 'primary', why: 'it refuses the key' }])
})

test('without a key every schedule of PagerDuty’s is unread', async () => {
  const states = openOnCall({
    policy: aPolicy({ onCall: [PAGED] }),
    pager: undefined,
    now: () => NOW,
    log: { warn: () => undefined } as never,
  })
  assert.deepEqual((await states()).get('primary'), { kind: 'unread', why: 'no key is set' })
})
