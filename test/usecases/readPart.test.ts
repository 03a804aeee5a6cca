import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AwsFaultCode } from '../../src/domain/fault.ts'
import type { PartCoverage } from '../../src/domain/query/coverage.ts'
import { iso } from '../../src/domain/query/plan.ts'
import { partEndKey, planKey, terminalKey } from '../../src/domain/result/objects.ts'
import { partFault } from '../../src/usecases/partEnds.ts'
import { type PartJob, readPart } from '../../src/usecases/readPart.ts'
import { runbookOf } from '../runbook/builders.ts'
import { RUN } from '../support/answers.ts'
import { aFault, anEvent, NOON } from './history.ts'
import { aGrant, aPart, aReading, PAYMENTS, planned, QUERY, type Rig, readJson, WEB } from './rig.ts'

const HERE = `${PAYMENTS} eu-west-1`
const TEN = Array.from({ length: 10 }, (_, at) => anEvent(at * 60, `e-${at}`))

async function endOf(rig: Rig, account = PAYMENTS, region = 'eu-west-1'): Promise<PartCoverage | undefined> {
  return await readJson<PartCoverage>(partEndKey(RUN, account, region), rig.objects)
}

test('a part reads its account and Region to the end and says so, once', async (t) => {
  const rig = await aReading(t, { places: { [HERE]: TEN } })
  await planned(rig)
  assert.deepEqual(await readPart(aPart(), rig.deps), { kind: 'done', note: 'complete' })
  assert.deepEqual(await endOf(rig), {
    account: PAYMENTS,
    region: 'eu-west-1',
    status: 'complete',
    pages: 4,
    records: 10,
    matched: 10,
  })
  assert.deepEqual(rig.heard.progress, [3, 3, 3, 1])
  const step = rig.steps.at(-1)
  assert.deepEqual([step?.step, step?.detail?.['status'], step?.detail?.['records']], ['part_read', 'complete', 10])
  assert.deepEqual(await readPart(aPart(), rig.deps), { kind: 'done', note: 'already read' })
  assert.equal(rig.steps.filter((one) => one.step === 'part_read').length, 1)
})

test('a part is read as the person who asked, with a session for all Regions the run reads there and no others', async (t) => {
  const query = { ...QUERY, accounts: [PAYMENTS, WEB], regions: ['eu-west-1', 'us-east-1'] }
  const rig = await aReading(t, { grant: aGrant({ query }) })
  await planned(rig)
  await readPart(aPart({ region: 'us-east-1' }), rig.deps)
  assert.deepEqual(rig.heard.places, [
    {
      person: { team: 'T1', user: 'UALICE' },
      account: PAYMENTS,
      region: 'us-east-1',
      regions: ['eu-west-1', 'us-east-1'],
    },
  ])
})

test('chains of a part are read side by side, four at a time', async (t) => {
  const runbookMatch = '{ field: eventSource, in: [a, b, c, d, e] }'
  const runbook = runbookOf({ match: runbookMatch })
  const query = { ...QUERY, runbook: { name: runbook.name, digest: runbook.digest } }
  const rig = await aReading(t, { runbook, grant: aGrant({ query }) })
  const plan = await planned(rig)
  assert.equal(plan.chains.length, 5)
  let under = 0
  let most = 0
  let open: () => void = () => undefined
  const gate = new Promise<void>((resolve) => {
    open = resolve
  })
  const lookup: Rig['deps']['lookup'] = (place) => async (ask, token) => {
    under += 1
    most = Math.max(most, under)
    // The first ones wait until four are there, and a little for a fifth that must not come.
    if (under === 4) setTimeout(open, 30)
    await gate
    under -= 1
    return await rig.deps.lookup(place)(ask, token)
  }
  await readPart(aPart(), { ...rig.deps, lookup })
  assert.equal(most, 4)
  assert.equal((await endOf(rig))?.pages, 5)
})

type Refused = {
  readonly what: string
  readonly why: string
  readonly job?: Partial<PartJob>
  readonly before?: (rig: Rig) => Promise<unknown>
}

const REFUSED: readonly Refused[] = [
  { what: 'with a forged token', job: { token: 'forged' }, why: 'signature' },
  { what: 'before there is a plan', before: (rig) => drop(rig, planKey(RUN)), why: 'not a part of this run' },
  { what: 'of an account that was not planned', job: { account: WEB }, why: 'not a part of this run' },
  { what: 'of a Region that was not planned', job: { region: 'us-east-1' }, why: 'not a part of this run' },
  {
    what: 'after the run has ended',
    before: (rig) => rig.objects.create(terminalKey(RUN), '{}'),
    why: 'the run has ended',
  },
]

/** The store forgets an object. */
async function drop(rig: Rig, key: string): Promise<void> {
  const { read } = rig.objects
  Object.assign(rig.objects, { read: async (asked: string) => (asked === key ? undefined : await read(asked)) })
}

for (const { what, why, job, before } of REFUSED)
  test(`a part ${what} is never read`, async (t) => {
    const rig = await aReading(t, { places: { [HERE]: TEN } })
    await planned(rig)
    await before?.(rig)
    assert.deepEqual(await readPart(aPart(job), rig.deps), { kind: 'final', why })
    assert.deepEqual(rig.heard.places, [])
    assert.equal(await endOf(rig), undefined)
  })

test('a plan that somebody widened in the store allows no more than the token does', async (t) => {
  const rig = await aReading(t)
  const plan = await planned(rig)
  const wider = JSON.stringify({ ...plan, parts: [...plan.parts, { account: WEB, region: 'eu-west-1' }] })
  const { read } = rig.objects
  const objects = {
    ...rig.objects,
    read: async (key: string) => (key === planKey(RUN) ? Buffer.from(wider) : await read(key)),
  }
  const refused = { kind: 'final', why: 'not a part of this run' }
  assert.deepEqual(await readPart(aPart({ account: WEB }), { ...rig.deps, objects }), refused)
  assert.deepEqual(rig.heard.places, [])
})

test('a plan for another query is not read with this token', async (t) => {
  const rig = await aReading(t)
  await planned(rig)
  rig.tokens.set('good', aGrant({ query: { ...QUERY, limit: 5 } }))
  assert.deepEqual(await readPart(aPart(), rig.deps), { kind: 'final', why: 'not a part of this run' })
})

test('a part whose runbook is not in the store at the digest that was allowed is never read', async (t) => {
  const rig = await aReading(t)
  await planned(rig)
  const outcome = await readPart(aPart(), { ...rig.deps, matcher: async () => undefined })
  assert.deepEqual(outcome, { kind: 'final', why: 'the runbook is not in the store at the digest that was allowed' })
})

test('a token that lapses before a part began ends it unread, and says so', async (t) => {
  const rig = await aReading(t, { places: { [HERE]: TEN } })
  await planned(rig)
  rig.clock.now += 1800
  assert.deepEqual(await readPart(aPart(), rig.deps), { kind: 'done', note: 'stopped' })
  const end = await endOf(rig)
  assert.deepEqual([end?.status, end?.fault?.code, end?.pages], ['stopped', 'lapsed', 0])
  assert.equal('readBackTo' in (end ?? {}), false)
})

/** Something happens after so many pages. */
function afterPages(rig: Rig, pages: number, happen: () => void): Rig['deps'] {
  let read = 0
  return {
    ...rig.deps,
    progress: async () => {
      read += 1
      if (read === pages) happen()
    },
  }
}

test('a token that lapses on the way ends the part with what was read, back to when', async (t) => {
  const rig = await aReading(t, { places: { [HERE]: TEN } })
  await planned(rig)
  const deps = afterPages(rig, 2, () => {
    rig.clock.now += 1800
  })
  assert.deepEqual(await readPart(aPart(), deps), { kind: 'done', note: 'stopped' })
  const end = await endOf(rig)
  assert.deepEqual([end?.status, end?.fault?.code, end?.pages, end?.records], ['stopped', 'lapsed', 2, 6])
  // The oldest record read is of 12:04:00; more of that second may follow.
  assert.equal(end?.readBackTo, iso(NOON + 4 * 60 + 1))
})

test('a cancelled part stops before its next page', async (t) => {
  const rig = await aReading(t, { places: { [HERE]: TEN } })
  await planned(rig)
  const deps = afterPages(rig, 1, () => rig.cancelled.add(RUN))
  assert.deepEqual(await readPart(aPart(), deps), { kind: 'done', note: 'stopped' })
  const end = await endOf(rig)
  assert.deepEqual([end?.status, end?.fault?.code, end?.pages], ['stopped', 'cancelled', 1])
})

test('a process that goes down hands over between pages: no end is written, and another goes on', async (t) => {
  const rig = await aReading(t, { places: { [HERE]: TEN } })
  await planned(rig)
  let stopping = false
  const deps = afterPages(rig, 2, () => {
    stopping = true
  })
  assert.deepEqual(await readPart(aPart(), { ...deps, stopping: () => stopping }), { kind: 'yield' })
  assert.equal(await endOf(rig), undefined)
  assert.deepEqual(await readPart(aPart(), rig.deps), { kind: 'done', note: 'complete' })
  assert.deepEqual([(await endOf(rig))?.records, rig.histories.get(HERE)?.asked.length], [10, 4])
})

test('a part keeps its slot for twenty seconds, and longer when nobody waits', async (t) => {
  const read = async (othersWait: boolean): Promise<readonly [string, number]> => {
    const rig = await aReading(t, { places: { [HERE]: TEN } })
    await planned(rig)
    const pace: Rig['deps']['pace'] = async () => {
      rig.clock.now += 9
      return { kind: 'go' }
    }
    const outcome = await readPart(aPart(), { ...rig.deps, pace, othersWait: async () => othersWait })
    return [outcome.kind, rig.histories.get(HERE)?.asked.length ?? 0]
  }
  assert.deepEqual(await read(true), ['yield', 2])
  assert.deepEqual(await read(false), ['done', 4])
})

test('a part whose pace is booked out waits for the earliest of its chains', async (t) => {
  const rig = await aReading(t)
  await planned(rig)
  const until = new Date((NOON + 9_000) * 1000)
  const outcome = await readPart(aPart(), { ...rig.deps, pace: async () => ({ kind: 'until', until }) })
  assert.deepEqual(outcome, { kind: 'wait', until })
  assert.equal(await endOf(rig), undefined)
})

test('the row limit ends a part, which says back to when it was read', async (t) => {
  const rig = await aReading(t, { places: { [HERE]: TEN }, grant: aGrant({ query: { ...QUERY, limit: 4 } }) })
  await planned(rig)
  assert.deepEqual(await readPart(aPart(), rig.deps), { kind: 'done', note: 'limit' })
  const end = await endOf(rig)
  assert.deepEqual([end?.status, end?.matched, end?.readBackTo, end?.fault], ['limit', 6, iso(NOON + 241), undefined])
})

test('a part that stopped with one slice unread is gapless only down to that slice', async (t) => {
  const window = { since: iso(NOON), until: iso(NOON + 7200) }
  const places = { [HERE]: Array.from({ length: 12 }, (_, at) => anEvent(at * 600, `e-${at}`)) }
  const rig = await aReading(t, { places, grant: aGrant({ query: { ...QUERY, window } }) })
  const plan = await planned(rig)
  assert.deepEqual(
    plan.chains.map(({ until }) => until),
    [iso(NOON + 7200), iso(NOON + 3600)],
  )
  const lookup: Rig['deps']['lookup'] = (place) => async (ask, token) => {
    if (ask.until === iso(NOON + 3600)) throw aFault('access_denied')
    return await rig.deps.lookup(place)(ask, token)
  }
  assert.deepEqual(await readPart(aPart(), { ...rig.deps, lookup }), { kind: 'done', note: 'failed' })
  const end = await endOf(rig)
  assert.deepEqual([end?.status, end?.fault?.code, end?.readBackTo], ['failed', 'access_denied', iso(NOON + 3601)])
})

test('whoever ends a part first has said it: a second end is neither kept nor recorded', async (t) => {
  const rig = await aReading(t, { places: { [HERE]: TEN } })
  await planned(rig)
  const deps = afterPages(rig, 1, () => rig.cancelled.add(RUN))
  const first = '{"status":"complete"}'
  const objects: Rig['objects'] = {
    ...rig.objects,
    create: async (key, body) => {
      if (key === partEndKey(RUN, PAYMENTS, 'eu-west-1')) await rig.objects.create(key, first)
      return await rig.objects.create(key, body)
    },
  }
  assert.deepEqual(await readPart(aPart(), { ...deps, objects }), { kind: 'done', note: 'already read' })
  assert.deepEqual(await endOf(rig), JSON.parse(first))
  assert.deepEqual(rig.steps, [])
})

const FAULTS: readonly (readonly [AwsFaultCode, PartCoverage['status'], string])[] = [
  ['access_denied', 'failed', 'access_denied'],
  ['scp_denied', 'blind', 'scp_denied'],
  ['assume_role_denied', 'failed', 'assume_role_denied'],
  ['region_not_enabled', 'failed', 'region_not_enabled'],
  ['credentials_invalid', 'failed', 'credentials_invalid'],
  ['expired_credentials', 'failed', 'credentials_invalid'],
  ['invalid_request', 'failed', 'invalid_request'],
  ['transient', 'failed', 'aws_failed'],
  ['token_repeats', 'failed', 'aws_repeats'],
]

for (const [code, status, said] of FAULTS)
  test(`a part that meets ${code} ends ${status}, and the others may go on`, async (t) => {
    const rig = await aReading(t, { grant: aGrant({ query: { ...QUERY, regions: 'enabled' } }) })
    await planned(rig)
    const lookup: Rig['deps']['lookup'] = () => async () => {
      throw aFault(code)
    }
    assert.deepEqual(await readPart(aPart(), { ...rig.deps, lookup }), { kind: 'done', note: status })
    const end = await endOf(rig)
    assert.deepEqual([end?.status, end?.fault?.code, end?.fault?.detail], [status, said, `AWS says ${code}`])
  })

test('a Region that an organisation policy closes is a gap when it was asked by name', async (t) => {
  const rig = await aReading(t)
  await planned(rig)
  const lookup: Rig['deps']['lookup'] = () => async () => {
    throw aFault('scp_denied')
  }
  assert.deepEqual(await readPart(aPart(), { ...rig.deps, lookup }), { kind: 'done', note: 'failed' })
})

test('an organisation policy that keeps ctq out of a whole account is a gap, not a Region known to be closed', async (t) => {
  const rig = await aReading(t)
  await planned(rig)
  const lookup: Rig['deps']['lookup'] = () => async () => {
    throw aFault('scp_denied', { action: 'sts:AssumeRole' })
  }
  assert.deepEqual(await readPart(aPart(), { ...rig.deps, lookup }), { kind: 'done', note: 'failed' })
  assert.equal((await endOf(rig))?.fault?.code, 'scp_denied')
})

test('one of several lookups that fails leaves the part unread, whatever the others found', async (t) => {
  const runbook = runbookOf({ match: '{ field: eventName, in: [GetUser, CreateUser, DeleteUser] }' })
  const query = { ...QUERY, runbook: { name: runbook.name, digest: runbook.digest } }
  const rig = await aReading(t, { runbook, grant: aGrant({ query }), places: { [HERE]: TEN } })
  assert.equal((await planned(rig)).chains.length, 3)
  const lookup: Rig['deps']['lookup'] = (place) => async (ask, token) => {
    if (ask.attribute?.value === 'CreateUser') throw aFault('access_denied')
    return await rig.deps.lookup(place)(ask, token)
  }
  assert.deepEqual(await readPart(aPart(), { ...rig.deps, lookup }), { kind: 'done', note: 'failed' })
  const end = await endOf(rig)
  assert.deepEqual([end?.matched, end?.fault?.code, end?.readBackTo], [10, 'access_denied', undefined])
})

test('a part that stops after pages out of order does not say how far back it is gapless', async (t) => {
  const rig = await aReading(t)
  await planned(rig)
  const lookup: Rig['deps']['lookup'] = () => async (_, token) => {
    if (token !== undefined) throw aFault('access_denied')
    return { events: [anEvent(60, 'e-1'), anEvent(120, 'e-2')], nextToken: 'more' }
  }
  await readPart(aPart(), { ...rig.deps, lookup })
  const end = await endOf(rig)
  assert.deepEqual([end?.status, end?.pages, end?.readBackTo], ['failed', 1, undefined])
})

test('a denial names the action, the role and the statement that would mend it', () => {
  const role = 'arn:aws:iam::111122223333:role/ctq-reader'
  assert.deepEqual(partFault(aFault('access_denied', { action: 'cloudtrail:LookupEvents', role })), {
    code: 'access_denied',
    detail: 'AWS says access_denied',
    action: 'cloudtrail:LookupEvents',
    role,
    statement: '{"Effect":"Allow","Action":"cloudtrail:LookupEvents","Resource":"*"}',
  })
  assert.equal(
    partFault(aFault('assume_role_denied', { action: 'sts:AssumeRole', role })).statement,
    `{"Effect":"Allow","Action":["sts:AssumeRole","sts:SetSourceIdentity"],"Resource":"${role}"}`,
  )
  assert.equal('statement' in partFault(aFault('transient', { action: 'cloudtrail:LookupEvents' })), false)
})
