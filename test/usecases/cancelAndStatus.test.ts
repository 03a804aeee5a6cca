import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Progress } from '../../src/domain/result/answer.ts'
import { answerKey, askedKey, cancelledKey, terminalKey } from '../../src/domain/result/objects.ts'
import type { RunStatus } from '../../src/domain/result/runStatus.ts'
import { cancelRun, findRun } from '../../src/usecases/cancelRun.ts'
import { requestRun } from '../../src/usecases/requestRun.ts'
import { type StatusDeps, statusOf } from '../../src/usecases/runStatus.ts'
import { anAnswer, RUN } from '../support/answers.ts'
import { aPerson, aPolicy, aRole } from '../support/askFacts.ts'
import { ALICE, type AskRig, anAsk, anAsking, BOB } from './askRig.ts'

const TWIN = `${RUN.slice(0, 8)}-0000-4000-8000-000000000000`
const STRANGER = { team: 'T9', user: 'UALICE' }
const HERE = 'C1'
const QUESTION = 'key AKIAIOSFODNN7EXAMPLE last 24h account=prod-payments'

async function running(t: Parameters<typeof anAsking>[0]): Promise<AskRig> {
  const rig = await anAsking(t)
  await requestRun(anAsk(QUESTION), rig.deps)
  rig.steps.length = 0
  return rig
}

test('a run is found by the beginning of its id, when that is long enough and means one', async (t) => {
  const rig = await running(t)
  assert.equal(await findRun(RUN, rig.objects), RUN)
  assert.equal(await findRun(RUN.slice(0, 8), rig.objects), RUN)
  assert.equal(await findRun(RUN.slice(0, 8).toUpperCase(), rig.objects), RUN)
  assert.equal(await findRun(RUN.slice(0, 6), rig.objects), RUN)
  for (const typed of [RUN.slice(0, 5), '', '../runs', '******', 'ffffffff'])
    assert.equal(await findRun(typed, rig.objects), undefined, typed)
  await rig.objects.create(askedKey(TWIN), '{}')
  assert.equal(await findRun(RUN.slice(0, 8), rig.objects), undefined, 'two runs begin so')
  assert.equal(await findRun(RUN, rig.objects), RUN)
})

test('the id of an ask that joined a run is that run', async (t) => {
  const rig = await running(t)
  const second = 'feedface-0000-4000-8000-000000000000'
  const joined = await requestRun({ ...anAsk(QUESTION), run: second }, rig.deps)
  assert.deepEqual(joined.ok && joined.value.kind, 'joined')
  assert.equal(await findRun('feedface', rig.objects), RUN)
})

test('whoever asked may cancel, and it is recorded', async (t) => {
  const rig = await running(t)
  assert.deepEqual(await cancelRun(RUN.slice(0, 8), ALICE, HERE, rig.deps), { ok: true, value: { run: RUN } })
  assert.deepEqual(rig.heard.cancelled, [`${RUN} token-jti-1`])
  assert.ok(await rig.objects.size(cancelledKey(RUN)), 'kept where Redis cannot lose it')
  assert.deepEqual(
    rig.steps.map(({ step, outcome, person, run }) => [step, outcome, person, run]),
    [['cancelled', 'allow', ALICE, RUN]],
  )
})

test('others may not, unless a role of theirs may', async (t) => {
  const rig = await running(t)
  const refused = { ok: false, error: { code: 'not_yours_to_cancel', run: RUN } }
  assert.deepEqual(await cancelRun(RUN, BOB, HERE, rig.deps), refused)
  rig.facts.people.set('UALICE', aPerson({ person: STRANGER }))
  assert.deepEqual(await cancelRun(RUN, STRANGER, HERE, rig.deps), refused, 'the same id in another workspace')
  assert.deepEqual(
    rig.steps.map(({ outcome }) => outcome),
    ['deny', 'deny'],
  )
  assert.deepEqual(rig.heard.cancelled, [])
  rig.facts.policy = aPolicy({
    roles: [aRole({ cancel: true, members: { persons: [BOB], groups: [], emails: [], onCall: [] } })],
  })
  assert.ok((await cancelRun(RUN, BOB, HERE, rig.deps)).ok)
})

test('whoever may not cancel a run, and is not where its answer comes to, is told the same as of one that does not exist', async (t) => {
  const rig = await running(t)
  const typed = RUN.slice(0, 8)
  const unknown = { ok: false, error: { code: 'unknown_run', input: typed } }
  assert.deepEqual(await cancelRun(typed, BOB, 'C2', rig.deps), unknown)
  assert.deepEqual(
    rig.steps.map(({ outcome, run }) => [outcome, run]),
    [['deny', RUN]],
    'it is in the record all the same',
  )
  await rig.objects.create(terminalKey(RUN), '{}')
  assert.deepEqual(await cancelRun(typed, BOB, 'C2', rig.deps), unknown)
})

test('a run that has ended is not cancelled', async (t) => {
  const rig = await running(t)
  await rig.objects.create(terminalKey(RUN), '{}')
  assert.deepEqual(await cancelRun(RUN, ALICE, HERE, rig.deps), {
    ok: false,
    error: { code: 'already_finished', run: RUN },
  })
  assert.deepEqual(rig.heard.cancelled, [])
})

test('a run that nobody signed is no run', async (t) => {
  const rig = await running(t)
  await rig.objects.create(
    askedKey(TWIN),
    JSON.stringify({ version: 1, token: 'forged', echo: '', scope: '', question: '' }),
  )
  const unknown = { ok: false, error: { code: 'unknown_run', input: TWIN } }
  assert.deepEqual(await cancelRun(TWIN, ALICE, HERE, rig.deps), unknown)
  assert.deepEqual(await cancelRun('ffffffff', ALICE, HERE, rig.deps), {
    ok: false,
    error: { code: 'unknown_run', input: 'ffffffff' },
  })
  assert.deepEqual(rig.steps, [])
})

test('a token of another run does not make a run', async (t) => {
  const rig = await running(t)
  await rig.objects.create(
    askedKey(TWIN),
    JSON.stringify({ version: 1, token: 'token-jti-1', echo: '', scope: '', question: '' }),
  )
  assert.equal((await cancelRun(TWIN, ALICE, HERE, rig.deps)).ok, false)
})

const NONE: Progress = { pages: 0, records: 0, matched: 0, parts: { done: 0, total: 0 } }
const SOME: Progress = { pages: 3, records: 120, matched: 7, parts: { done: 1, total: 17 } }

function statusDeps(rig: AskRig, changes: Partial<StatusDeps> = {}): StatusDeps {
  return {
    ...rig.deps,
    recent: async () => [RUN],
    progress: async () => NONE,
    cancelled: async () => false,
    runFor: 3_600,
    ...changes,
  }
}

async function stateOf(rig: AskRig, changes: Partial<StatusDeps> = {}): Promise<RunStatus | undefined> {
  return (await statusOf(aPerson({ person: ALICE }), undefined, statusDeps(rig, changes)))?.[0]
}

test('status tells a run from the queue to its end', async (t) => {
  const rig = await running(t)
  const base = {
    run: RUN,
    question: 'key-activity accessKeyId=AKIAIOSFODNN7EXAMPLE last 24h account=prod-payments',
    askedAt: '2026-11-20T14:08:30.000Z',
    mayCancel: true,
  }
  assert.deepEqual(await stateOf(rig), { ...base, state: 'queued' })
  const progress = async () => SOME
  assert.deepEqual(await stateOf(rig, { progress }), { ...base, state: 'running', progress: SOME })
  const cancelled = async () => true
  assert.deepEqual(await stateOf(rig, { progress, cancelled }), { ...base, state: 'cancelling', progress: SOME })
  await rig.objects.create(terminalKey(RUN), '{}')
  assert.deepEqual(
    [(await stateOf(rig))?.state, (await stateOf(rig))?.mayCancel],
    ['failed', false],
    'it ended without an answer',
  )
  await rig.objects.create(answerKey(RUN), JSON.stringify(anAnswer()))
  const ended = await stateOf(rig)
  assert.equal(ended?.state, anAnswer().coverage.verdict)
  assert.ok(ended?.delivery !== undefined)
})

test('status calls no answer complete that does not call itself so', async (t) => {
  const rig = await running(t)
  await rig.objects.create(terminalKey(RUN), '{}')
  const { coverage, counts } = anAnswer()
  const settledUntil = coverage.window.since
  const unsettled = anAnswer({
    coverage: { ...coverage, verdict: 'complete', open: [], settledUntil },
    counts: { ...counts, matched: 0, noise: { ctq: 0, service: 0 } },
  })
  await rig.objects.create(answerKey(RUN), JSON.stringify(unsettled))
  assert.equal((await stateOf(rig))?.state, 'partial')
})

test('the runs of others are hidden from whoever may not cancel them', async (t) => {
  const rig = await running(t)
  const asBob = async (typed?: string) => await statusOf(aPerson({ person: BOB }), typed, statusDeps(rig))
  assert.deepEqual(await asBob(), [])
  assert.equal(await asBob(RUN), undefined)
  rig.facts.policy = aPolicy({
    roles: [aRole({ cancel: true, members: { persons: [BOB], groups: [], emails: [], onCall: [] } })],
  })
  assert.equal((await asBob(RUN))?.[0]?.run, RUN)
  const stranger = aPerson({ person: STRANGER })
  assert.equal(await statusOf(stranger, RUN, statusDeps(rig)), undefined)
})

test('a run that nobody knows has no status', async (t) => {
  const rig = await running(t)
  const alice = aPerson({ person: ALICE })
  assert.equal(await statusOf(alice, 'ffffffff', statusDeps(rig)), undefined)
  assert.deepEqual(
    await statusOf(alice, undefined, statusDeps(rig, { recent: async () => [TWIN] })),
    [],
    'forgotten meanwhile',
  )
})
