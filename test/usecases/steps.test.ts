import assert from 'node:assert/strict'
import { test } from 'node:test'
import { answerKey, deliveryKey, terminalKey } from '../../src/domain/result/objects.ts'
import { type CompleteDeps, completeStep } from '../../src/usecases/completeStep.ts'
import { requestRun } from '../../src/usecases/requestRun.ts'
import { takeStep } from '../../src/usecases/takeStep.ts'
import { anAnswer, RUN } from '../support/answers.ts'
import { NOW, PAYMENTS } from '../support/askFacts.ts'
import { ALICE, type AskRig, anAsk, anAsking, KEY_ACTIVITY } from './askRig.ts'
import { SAID } from './takeRig.ts'

const QUESTION = 'key AKIAIOSFODNN7EXAMPLE last 24h account=prod-payments'
const STEP = { execution: 'Fx1', question: QUESTION, channel: 'C1', person: ALICE }

async function taking(t: Parameters<typeof anAsking>[0]) {
  const rig = await anAsking(t)
  const queued: object[] = []
  const deps = {
    ...rig.deps,
    policy: rig.facts.policy,
    messages: SAID,
    knownZone: () => 'UTC',
    statusOf: async () => [],
    requestsSeen: async () => [],
    newId: () => RUN,
    queueAsk: async (ask: object) => {
      queued.push(ask)
    },
  }
  return { deps, queued }
}

test('a workflow’s question is queued with the step that waits for it', async (t) => {
  const { deps, queued } = await taking(t)
  assert.deepEqual(await takeStep(STEP, deps), { kind: 'queued', run: RUN })
  assert.deepEqual(queued, [{ run: RUN, text: QUESTION, person: ALICE, channel: 'C1', entry: 'step', step: 'Fx1' }])
})

test('what is no question, or a queue that is away, fails the step in words', async (t) => {
  const { deps, queued } = await taking(t)
  for (const [question, why] of [
    ['list', /asks a question/],
    ['cancel 1f0c9a2e', /asks a question/],
    ['key', /needs accessKeyId/],
  ] as const) {
    const taken = await takeStep({ ...STEP, question }, deps)
    assert.match(taken.kind === 'failed' ? taken.why : '', why)
  }
  const away = {
    ...deps,
    queueAsk: async () => {
      throw new Error('ECONNREFUSED')
    },
  }
  const taken = await takeStep(STEP, away)
  assert.match(taken.kind === 'failed' ? taken.why : '', /queue cannot be reached/)
  assert.deepEqual(queued, [])
})

type Ending = { readonly rig: AskRig; readonly deps: CompleteDeps; readonly told: string[] }

async function ending(t: Parameters<typeof anAsking>[0], changes: Partial<CompleteDeps> = {}): Promise<Ending> {
  const rig = await anAsking(t)
  await requestRun(anAsk(QUESTION, { step: 'Fx1' }), rig.deps)
  const told: string[] = []
  const deps: CompleteDeps = {
    ...rig.deps,
    completeStep: async (execution, { verdict, summary, run, permalink }) => {
      told.push(`${execution} ${verdict} ${run} ${permalink} ${summary}`)
    },
    failStep: async (execution, why) => {
      told.push(`${execution} failed: ${why}`)
    },
    permalink: async (channel, ts) => `https://slack.example/${channel}/${ts}`,
    ...changes,
  }
  return { rig, deps, told }
}

async function ended({ rig }: Ending, delivered = true, answered = true): Promise<void> {
  const { name, digest, title, headline } = KEY_ACTIVITY
  const answer = anAnswer({ runbook: { name, digest, title, headline }, accounts: [{ id: PAYMENTS }] })
  if (answered) await rig.objects.create(answerKey(RUN), JSON.stringify(answer))
  await rig.objects.create(terminalKey(RUN), '{}')
  const done = { at: NOW.toISOString(), channel: 'C1', ts: '9.1' }
  if (delivered) await rig.objects.create(deliveryKey(RUN, 'final.done'), JSON.stringify(done))
}

test('once the answer is delivered the workflow has its verdict, once', async (t) => {
  const step = await ending(t)
  assert.equal(await completeStep(RUN, step.deps), true)
  assert.deepEqual(step.told, [], 'the run goes on')
  await ended(step)
  assert.equal(await completeStep(RUN, step.deps), true)
  assert.equal(await completeStep(RUN, step.deps), true)
  assert.equal(step.told.length, 1)
  assert.match(step.told[0] ?? '', new RegExp(`^Fx1 complete ${RUN} https://slack.example/C1/9.1 COMPLETE up to`))
})

test('a run that ended without an answer has failed', async (t) => {
  const step = await ending(t)
  await ended(step, true, false)
  await completeStep(RUN, step.deps)
  assert.match(step.told.join(), /^Fx1 failed .* FAILED: NOT AN ALL-CLEAR$/)
})

test('where the channel did not get the answer the workflow gets none of it', async (t) => {
  const step = await ending(t)
  await ended(step, false)
  await completeStep(RUN, step.deps)
  const moved = await ending(t)
  await ended(moved)
  await moved.rig.objects.create(deliveryKey(RUN, 'moved'), '{}')
  await completeStep(RUN, moved.deps)
  for (const { told } of [step, moved]) assert.match(told.join(), /^Fx1 failed: The answer could not be given/)
})

function fault(kind: string): Error {
  return Object.assign(new Error('slack'), { fault: 'slack', kind, reason: kind })
}

test('what Slack may still take is tried again later; what it refuses is over', async (t) => {
  for (const kind of ['rate_limited', 'unknown_outcome', 'auth']) {
    const step = await ending(t, { completeStep: async () => Promise.reject(fault(kind)) })
    await ended(step)
    assert.equal(await completeStep(RUN, step.deps), false, kind)
  }
  const refused = await ending(t, { completeStep: async () => Promise.reject(fault('refused')) })
  await ended(refused)
  assert.equal(await completeStep(RUN, refused.deps), true)
  const broken = await ending(t, { completeStep: async () => Promise.reject(new Error('ours')) })
  await ended(broken)
  await assert.rejects(completeStep(RUN, broken.deps), /ours/)
})

test('a run that no workflow asked for tells none', async (t) => {
  const rig = await anAsking(t)
  const step = await ending(t)
  await requestRun(anAsk(QUESTION), rig.deps)
  await ended({ ...step, rig })
  assert.equal(await completeStep(RUN, { ...step.deps, ...rig.deps }), true)
  assert.deepEqual(step.told, [])
})
