import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AwsFault } from '../../src/domain/fault.ts'
import { queryHash } from '../../src/domain/query/query.ts'
import { approvalKey, askedDay, askedKey, runbookKey, terminalKey } from '../../src/domain/result/objects.ts'
import { type Asked, requestRun } from '../../src/usecases/requestRun.ts'
import { aRule } from '../policy/rows.ts'
import { RUN } from '../support/answers.ts'
import { aPerson, aPlace, aPolicy, aRole, NOW, PAYMENTS } from '../support/askFacts.ts'
import { ALICE, anAsk, anAsking, BOB, KEY_ACTIVITY } from './askRig.ts'
import { readJson } from './rig.ts'

const OTHER = '2b2c3d4e-5e6f-4a7b-8c9d-0e1f2a3b4c5d'
const KEY = 'AKIAIOSFODNN7EXAMPLE'
const QUESTION = `key ${KEY} last 24h account=prod-payments`
const SECONDS = NOW.getTime() / 1000

test('a question becomes a run: decided, minted, kept, queued, shown, remembered', async (t) => {
  const rig = await anAsking(t)
  const requested = await requestRun(anAsk(QUESTION), rig.deps)
  assert.ok(requested.ok)
  assert.deepEqual(requested.value, {
    kind: 'running',
    run: RUN,
    echo: 'key-activity accessKeyId=AKIAIOSFODNN7EXAMPLE last 24h account=prod-payments',
  })
  const grant = rig.facts.grants.get('token-jti-1')
  assert.deepEqual(grant?.query, {
    runbook: { name: 'key-activity', digest: KEY_ACTIVITY.digest },
    parameters: { accessKeyId: KEY },
    accounts: [PAYMENTS],
    regions: 'enabled',
    engines: ['lookup'],
    limit: 1_000,
    window: {
      since: '2026-11-19T14:08:30Z',
      until: grant?.query.window.until,
    },
  })
  assert.deepEqual(
    [
      grant?.run,
      grant?.person,
      grant?.role,
      grant?.tier,
      grant?.to,
      grant?.iat,
      grant?.exp,
      grant?.askedAt,
      grant?.deliverBy,
    ],
    [
      RUN,
      ALICE,
      'responder',
      'open',
      { kind: 'slack', team: 'T1', channel: 'C1' },
      SECONDS,
      SECONDS + 900,
      SECONDS,
      SECONDS + 12 * 3600,
    ],
  )
  assert.deepEqual(rig.heard.queued, [`${RUN} token-jti-1`])
  assert.deepEqual(rig.heard.status, [`${RUN} token-jti-1`])
  assert.deepEqual(rig.heard.remembered, [`UALICE ${RUN}`])
  const asked = await readJson<Asked>(askedKey(RUN), rig.objects)
  assert.equal(asked?.token, 'token-jti-1')
  assert.equal((await rig.objects.read(runbookKey(KEY_ACTIVITY.digest)))?.toString('utf8'), KEY_ACTIVITY.text)
  assert.deepEqual(await rig.objects.list(askedDay(NOW)), [RUN])
  assert.deepEqual(
    rig.steps.map(({ step, outcome }) => `${step} ${outcome}`),
    ['decided allow', 'minted allow'],
  )
  assert.ok(
    rig.steps.every((step) => step.run === RUN && grant !== undefined && step.queryHash === queryHash(grant.query)),
  )
  assert.equal(rig.steps[0]?.detail?.['asked'], requested.value.echo)
})

test('an ask that is handled again changes nothing: same token, same run', async (t) => {
  const rig = await anAsking(t)
  const first = await requestRun(anAsk(QUESTION), rig.deps)
  rig.clock.now += 60
  assert.deepEqual(await requestRun(anAsk(QUESTION), rig.deps), first)
  assert.deepEqual(rig.heard.queued, [`${RUN} token-jti-1`, `${RUN} token-jti-1`])
  assert.equal(rig.steps.filter(({ step }) => step === 'minted').length, 1)
})

test('killed at any step, the ask that is handled again ends as one run', async (t) => {
  for (let dies = 1; ; dies += 1) {
    const rig = await anAsking(t)
    let calls = 0
    const dying = <A extends readonly unknown[], R>(work: (...args: A) => Promise<R>): ((...args: A) => Promise<R>) => {
      return async (...args) => {
        calls += 1
        if (calls === dies) throw new Error('killed')
        return await work(...args)
      }
    }
    const { deps } = rig
    const objects = { ...deps.objects, create: dying(deps.objects.create), read: dying(deps.objects.read) }
    const mortal = {
      ...deps,
      objects,
      ...{ sign: dying(deps.sign), audit: dying(deps.audit), join: dying(deps.join), enqueue: dying(deps.enqueue) },
      ...{ status: dying(deps.status), remember: dying(deps.remember), personFacts: dying(deps.personFacts) },
    }
    const died = await requestRun(anAsk(QUESTION), mortal).then(
      () => false,
      () => true,
    )
    if (!died) {
      assert.ok(dies > 10, `only ${dies} steps were tried`)
      return
    }
    const requested = await requestRun(anAsk(QUESTION), deps)
    assert.deepEqual([requested.ok, requested.ok && requested.value.kind], [true, 'running'], `after death ${dies}`)
    const asked = await readJson<Asked>(askedKey(RUN), rig.objects)
    assert.equal(new Set(rig.heard.queued).size, 1, 'whatever is queued is queued with one token')
    assert.equal(rig.heard.queued[0], `${RUN} ${asked?.token}`)
    assert.ok(rig.heard.remembered.includes(`UALICE ${RUN}`))
  }
})

test('the same question while it is being answered joins the run, and nothing is minted', async (t) => {
  const rig = await anAsking(t)
  await requestRun(anAsk(QUESTION), rig.deps)
  const again = await requestRun(anAsk(QUESTION, { run: OTHER }), rig.deps)
  assert.deepEqual(again.ok && [again.value.kind, again.value.run], ['joined', RUN])
  assert.equal(rig.facts.grants.size, 1)
  assert.equal(rig.heard.queued.length, 1)
})

test('after it was answered the same question is asked anew', async (t) => {
  const rig = await anAsking(t)
  await requestRun(anAsk(QUESTION), rig.deps)
  await rig.objects.create(terminalKey(RUN), '{}')
  const again = await requestRun(anAsk(QUESTION, { run: OTHER }), rig.deps)
  assert.deepEqual(again.ok && [again.value.kind, again.value.run], ['running', OTHER])
})

for (const [what, changes] of [
  ['somebody else', { person: BOB }],
  ['another channel', { channel: 'C2' }],
  ['a thread', { thread: '1.1' }],
] as const)
  test(`the same question of ${what} is another run`, async (t) => {
    const rig = await anAsking(t)
    await requestRun(anAsk(QUESTION), rig.deps)
    const other = await requestRun(anAsk(QUESTION, { run: OTHER, ...changes }), rig.deps)
    assert.deepEqual(other.ok && [other.value.kind, other.value.run], ['running', OTHER])
  })

test('a question whose token could not be made is free for whoever asks next', async (t) => {
  const rig = await anAsking(t)
  const sign = async () => {
    throw new Error('no key')
  }
  await assert.rejects(requestRun(anAsk(QUESTION), { ...rig.deps, sign }), /no key/)
  const again = await requestRun(anAsk(QUESTION, { run: OTHER }), rig.deps)
  assert.equal(again.ok && again.value.kind, 'running')
})

const REFUSED: readonly (readonly [says: string, text: string, code: string])[] = [
  ['nobody can read it', 'keys-activity', 'unknown_runbook'],
  ['it is a command', 'help', 'unknown_runbook'],
  ['a parameter is missing', 'key account=prod-payments', 'missing_parameter'],
  ['no account is known', `key ${KEY}`, 'no_account'],
  ['the window is too old', `key ${KEY} account=prod-payments since 2025-01-01`, 'window_too_old'],
  ['it is above the role', 'secrets-read account=prod-payments', 'sensitive_tier'],
]

for (const [says, text, code] of REFUSED)
  test(`a question is refused when ${says} (${code}), and starts nothing`, async (t) => {
    const rig = await anAsking(t)
    const refused = await requestRun(anAsk(text), rig.deps)
    assert.equal(refused.ok ? undefined : refused.error.code, code)
    assert.deepEqual([rig.facts.grants.size, rig.heard.queued.length, rig.claims.size], [0, 0, 0])
    assert.equal(await rig.objects.size(askedKey(RUN)), undefined)
  })

test('a refusal is recorded with the checks that led to it, and shown without them', async (t) => {
  const rig = await anAsking(t)
  rig.facts.policy = aPolicy({ roles: [aRole()] })
  const refused = await requestRun(anAsk(QUESTION), rig.deps)
  assert.deepEqual(refused, { ok: false, error: { code: 'no_role' } })
  const [step] = rig.steps
  assert.deepEqual([step?.step, step?.outcome, step?.person], ['decided', 'deny', ALICE])
  assert.ok(step?.checks.some(({ check, passed }) => check === 'has_role' && !passed))
})

test('the account of a key that does not tell it is asked of AWS, once', async (t) => {
  const rig = await anAsking(t)
  const accountOfKey = async (key: string) => {
    rig.heard.keysAsked.push(key)
    return PAYMENTS
  }
  const requested = await requestRun(anAsk(`key ${KEY}`), { ...rig.deps, accountOfKey })
  assert.ok(requested.ok)
  assert.deepEqual(rig.heard.keysAsked, [KEY])
  assert.deepEqual(rig.facts.grants.get('token-jti-1')?.query.accounts, [PAYMENTS])
})

test('a key that AWS tells nothing about is refused for good, and whatever else fails may pass', async (t) => {
  const rig = await anAsking(t)
  const failing = (code: AwsFault['code']) => async () => {
    throw Object.assign(new Error(code), { fault: 'aws' as const, code, detail: code })
  }
  const ask = (code: AwsFault['code']) => requestRun(anAsk(`key ${KEY}`), { ...rig.deps, accountOfKey: failing(code) })
  assert.deepEqual(await ask('access_denied'), { ok: false, error: { code: 'unknown_key_account', key: KEY } })
  await assert.rejects(ask('transient'), { code: 'transient' })
})

test('where the answer may not be read it goes by direct message, and the token says from where', async (t) => {
  const rig = await anAsking(t)
  rig.facts.place = aPlace({ externallyShared: true })
  await requestRun(anAsk(QUESTION, { thread: '1.1' }), rig.deps)
  assert.deepEqual(rig.facts.grants.get('token-jti-1')?.to, {
    kind: 'direct',
    team: 'T1',
    user: 'UALICE',
    from: { channel: 'C1', thread: '1.1' },
  })
})

test('times are read in the zone of whoever asks, from the moment it was asked', async (t) => {
  const rig = await anAsking(t)
  rig.facts.people.set('UALICE', aPerson({ person: ALICE, timeZone: 'America/New_York' }))
  rig.clock.now += 600
  await requestRun(anAsk(`key ${KEY} account=prod-payments since 08:00`), rig.deps)
  assert.equal(rig.facts.grants.get('token-jti-1')?.query.window.since, '2026-11-20T13:00:00Z')
})

test('a reason is in the record', async (t) => {
  const rig = await anAsking(t)
  await requestRun(anAsk(`${QUESTION} reason="INC-7"`), rig.deps)
  assert.equal(rig.steps[0]?.detail?.['reason'], 'INC-7')
})

test('a token never outlives the run it is for', async (t) => {
  const rig = await anAsking(t)
  await requestRun(anAsk(QUESTION), { ...rig.deps, times: { token: 900, run: 300, delivery: 3600 } })
  assert.equal(rig.facts.grants.get('token-jti-1')?.exp, SECONDS + 300)
})

test('nothing is signed that could not be recorded', async (t) => {
  const rig = await anAsking(t)
  const audit = async () => {
    throw new Error('disk full')
  }
  await assert.rejects(requestRun(anAsk(QUESTION), { ...rig.deps, audit }), /disk full/)
  assert.equal(rig.facts.grants.size, 0)
})

test('what needs approval is asked for once, with a reason, and starts nothing', async (t) => {
  const rig = await anAsking(t)
  const person = { members: { persons: [ALICE, BOB], groups: [], emails: [], onCall: [] } }
  const lead = { name: 'leads', title: 'leads', persons: [BOB], groups: [], onCall: [] }
  const rule = aRule({ seats: [{ by: ['leads'], count: 1 }] })
  const role = aRole({ ...person, tier: 'open', ceiling: 'elevated' })
  rig.facts.policy = aPolicy({ roles: [role], approvers: [lead], approvals: [rule] })
  const text = 'key-activity AKIAIOSFODNN7EXAMPLE last 3d account=prod-payments'
  const alone = await requestRun(anAsk(text), rig.deps)
  assert.equal(!alone.ok && alone.error.code, 'no_approvers', 'Bob is nowhere to be found')
  rig.facts.approvers = [{ person: BOB, sets: ['leads'] }]
  const short = await requestRun(anAsk(text), rig.deps)
  assert.ok(!short.ok && short.error.code === 'reason_needed')
  assert.deepEqual([short.error.by, short.error.nearest], ['1 of leads', 'the same over 24h or less'])
  const asked = await requestRun(anAsk(`${text} reason="INC-42: was it used?"`), rig.deps)
  assert.equal(asked.ok && asked.value.kind, 'waiting')
  const second = OTHER
  await rig.objects.create(approvalKey(RUN, 1), '{}')
  const same = await requestRun(anAsk(`${text} reason="INC-42: was it used?"`, { run: second }), rig.deps)
  assert.deepEqual(same.ok && { ...same.value, echo: '' }, { kind: 'joined', run: RUN, echo: '', waits: true })
  const step = await requestRun(anAsk(`${text} reason="INC-42: was it used?"`, { run: second, step: 'Fx1' }), rig.deps)
  assert.equal(!step.ok && step.error.code, 'needs_approval', 'a workflow has nobody who waits')
  assert.equal(rig.heard.approvals.length, 2)
  assert.deepEqual(rig.heard.queued, [])
})
