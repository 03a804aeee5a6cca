import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lookupEvents } from '../../src/adapters/aws/lookup.ts'
import { assumedSessions, type Sessions } from '../../src/adapters/aws/sessions.ts'
import { isAwsFault } from '../../src/domain/fault.ts'
import type { Chain } from '../../src/domain/query/plan.ts'
import { noiseOf } from '../../src/domain/runbook/ending.ts'
import { ALICE, sharedAws } from './awsRig.ts'

const ACCOUNT = '100000000001'
const REGION = 'eu-west-1'
const { aws, shared, tell, counted } = sharedAws({
  fixture: { kind: 'flat', accounts: 1, regions: [REGION], recordsPerAccountRegion: 130, hours: 1 },
})

const PLACE = { account: ACCOUNT, region: REGION, regions: [REGION], person: ALICE }
const ROLE = `arn:aws:iam::${ACCOUNT}:role/ctq-reader`

function sessions(): Sessions {
  return assumedSessions({ roleArn: () => ROLE, region: 'us-east-1', transport: shared, now: () => new Date() })
}

/** The last two hours, frozen. */
function window(attribute?: Chain['attribute']): Chain {
  const iso = (time: number): string => `${new Date(time).toISOString().slice(0, 19)}Z`
  const now = Date.now()
  return { since: iso(now - 7_200_000), until: iso(now - 2_000), ...(attribute === undefined ? {} : { attribute }) }
}

type Lookup = ReturnType<typeof lookupEvents>

async function all(lookup: Lookup, ask: Chain): Promise<Awaited<ReturnType<Lookup>>['events']> {
  const events: Awaited<ReturnType<Lookup>>['events'][number][] = []
  for (let token: string | undefined; ; ) {
    const page = await lookup(PLACE, ask, token)
    events.push(...page.events)
    token = page.nextToken
    if (token === undefined) return events
  }
}

test('pages of fifty, with the id, the second and the exact text of each event', async () => {
  const lookup = lookupEvents(sessions(), shared)
  const ask = window()
  const first = await lookup(PLACE, ask)
  assert.equal(first.events.length, 50)
  assert.ok(first.nextToken !== undefined && first.requestId !== undefined)
  const events = await all(lookup, ask)
  const flat = events.filter(({ text }) => text.includes('flat-'))
  assert.ok(flat.length >= 120, `${flat.length} events`)
  for (const { eventId, eventTime, text } of events) {
    const record = JSON.parse(text)
    assert.equal(record.eventID, eventId)
    assert.equal(Date.parse(record.eventTime) / 1000, eventTime)
  }
  const truth = await (await fetch(`${aws().url}/_playground/truth?account=${ACCOUNT}&region=${REGION}`)).text()
  const texts = new Set(truth.trimEnd().split('\n'))
  assert.ok(
    events.every(({ text }) => texts.has(text)),
    'to the letter',
  )
})

test('an attribute is asked of AWS', async () => {
  const events = await all(lookupEvents(sessions(), shared), window({ key: 'EventName', value: 'CreateTags' }))
  assert.ok(events.length > 10)
  assert.ok(events.every(({ text }) => JSON.parse(text).eventName === 'CreateTags'))
})

test('ctq’s own reads are marked by their user agent, so that they can be folded away', async () => {
  const lookup = lookupEvents(sessions(), shared)
  await lookup(PLACE, window())
  const query = `account=${ACCOUNT}&region=${REGION}&key=EventName&value=LookupEvents`
  const truth = await (await fetch(`${aws().url}/_playground/truth?${query}`)).text()
  const records = truth
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  assert.ok(records.length > 0)
  for (const record of records) {
    assert.equal(noiseOf(record), 'ctq', record.userAgent)
    assert.equal(record.userIdentity.sessionContext.sourceIdentity, 'T1.UALICE')
  }
})

test('credentials that expired are fetched anew, and the same call is made again', async () => {
  const lookup = lookupEvents(sessions(), shared)
  const ask = window()
  const { nextToken } = await lookup(PLACE, ask)
  await tell('sessions/expire', {})
  assert.equal((await lookup(PLACE, ask, nextToken)).events.length, 50)
})

test('credentials that are refused even when new are a fault', async () => {
  await tell('faults', { operation: 'LookupEvents', code: 'ExpiredTokenException', times: 2 })
  await assert.rejects(lookupEvents(sessions(), shared)(PLACE, window()), { code: 'expired_credentials' })
})

for (const [code, sorted] of [
  ['ThrottlingException', 'throttled'],
  ['InternalFailure', 'transient'],
  ['InvalidNextTokenException', 'invalid_token'],
] as const)
  test(`${code} is passed on as ${sorted} after one call: nothing is retried behind the pacer’s back`, async () => {
    const lookup = lookupEvents(sessions(), shared)
    const ask = window()
    await lookup(PLACE, ask)
    await tell('counters', {}, 'DELETE')
    await tell('faults', { operation: 'LookupEvents', code, times: 1 })
    await assert.rejects(lookup(PLACE, ask), (error) => isAwsFault(error) && error.code === sorted)
    const [count] = await counted('LookupEvents')
    const failed = Object.values(count?.failed ?? {}).reduce((sum, times) => sum + times, 0)
    assert.equal((count?.served ?? 0) + (count?.throttled ?? 0) + failed, 1)
  })

test('a lost connection is a passing fault', async () => {
  await tell('faults', { operation: 'LookupEvents', drop: 'after' })
  await assert.rejects(lookupEvents(sessions(), shared)(PLACE, window()), { code: 'transient' })
})

test('a denial names the role that was used', async () => {
  await tell('faults', { operation: 'LookupEvents', code: 'AccessDeniedException' })
  const lookup = lookupEvents(sessions(), shared, () => ROLE)
  await assert.rejects(lookup(PLACE, window()), (error) => {
    assert.ok(isAwsFault(error))
    assert.deepEqual([error.code, error.action, error.role], ['access_denied', 'cloudtrail:LookupEvents', ROLE])
    return true
  })
})

test('a session cannot read a Region that was not asked', async () => {
  const lookup = lookupEvents(sessions(), shared)
  await assert.rejects(lookup({ ...PLACE, region: 'us-east-1' }, window()), { code: 'access_denied' })
})
