import assert from 'node:assert/strict'
import { test } from 'node:test'
import { slackPosting } from '../../src/adapters/slack/posting.ts'
import { err, ok } from '../../src/domain/outcome.ts'
import type { AnswerRules } from '../../src/domain/policy/answers.ts'
import { answerRule } from '../../src/domain/policy/answers.ts'
import { askedKey } from '../../src/domain/result/objects.ts'
import { type ForgetOutcome, forgetRun, startClock } from '../../src/usecases/forgetRun.ts'
import { holdRun } from '../../src/usecases/holdRun.ts'
import { ALICE, SECRET, TEAM } from '../slackadapter/rig.ts'
import { RUN } from '../support/answers.ts'
import { aPerson } from '../support/askFacts.ts'
import { aDelivery, type DeliveryRig, directChannel, notices, texts } from './rig.ts'

const DAY_MS = 86_400_000

type Kept = {
  readonly rig: DeliveryRig
  readonly forget: () => Promise<ForgetOutcome>
  readonly hold: (hold: boolean, may?: boolean) => Promise<string>
}

const none = async () => err({ code: 'invalid' as const, why: 'nothing was asked' })
const UNREAD = { verifyRequest: none, verifyClick: none }

/** A run that was delivered under a policy. */
async function delivered(t: Parameters<typeof aDelivery>[0], answers: AnswerRules): Promise<Kept> {
  const rig = await aDelivery(t)
  const deps = {
    ...rig.deps,
    csv: () => answerRule('open', { answers }).csv,
    startClock: () => startClock(rig.holds.grant, { answers }, rig.objects, rig.deps.now()),
  }
  await rig.objects.create(
    askedKey(RUN),
    JSON.stringify({ version: 1, token: 'good', echo: '', scope: '', question: '' }),
  )
  await rig.through('status', deps)
  await rig.finish()
  assert.equal((await rig.through('final', deps)).kind, 'done')
  const verifyExpired = async () => ok(rig.holds.grant)
  const { client, self } = rig
  const slack = slackPosting({ client, self, levels: new Map(), directChannel: async () => '' })
  return {
    rig,
    forget: () => forgetRun(RUN, { ...rig.deps, objects: rig.objects, slack, verifyExpired, ...UNREAD }),
    hold: async (hold, may = true) => {
      const person = { team: TEAM, user: ALICE }
      const held = await holdRun(RUN.slice(0, 8), hold, person, {
        ...rig.deps,
        objects: rig.objects,
        verifyExpired,
        personFacts: async () => aPerson({ person }),
        mayHold: () => may,
      })
      return held.ok ? 'ok' : held.error.code
    },
  }
}

test('a message and its file are deleted when their time is over, and that is recorded', async (t) => {
  const { rig, forget } = await delivered(t, { open: { csv: 'attach', keep: 86_400 } })
  assert.equal(texts(rig, SECRET).length, 2)
  rig.clock.now += DAY_MS - 60_000
  assert.equal(await forget(), 'later')
  assert.equal(texts(rig, SECRET).length, 2)
  rig.clock.now += 120_000
  assert.equal(await forget(), 'deleted')
  assert.deepEqual(texts(rig, SECRET), [])
  assert.deepEqual(
    [...rig.slack.workspace.files.values()].map(({ deleted }) => deleted),
    [true],
  )
  const step = rig.steps.at(-1)
  assert.deepEqual(
    [step?.step, step?.outcome, step?.run, step?.detail],
    ['deleted', 'done', RUN, { tier: 'open', messages: 1, files: 1 }],
  )
  assert.equal(await forget(), 'over')
})

test('what is on hold stays until it is released', async (t) => {
  const { rig, forget, hold } = await delivered(t, { open: { csv: 'attach', keep: 3_600 } })
  assert.equal(await hold(true, false), 'may_not_hold')
  assert.equal(await hold(true), 'ok')
  rig.clock.now += DAY_MS
  assert.equal(await forget(), 'later')
  assert.equal(texts(rig, SECRET).length, 2)
  assert.equal(await hold(false), 'ok')
  assert.equal(await forget(), 'deleted')
  assert.deepEqual(texts(rig, SECRET), [])
  assert.equal(await hold(true), 'already_deleted')
  assert.deepEqual(
    rig.steps.flatMap(({ step, outcome }) => (step === 'held' || step === 'released' ? [`${step} ${outcome}`] : [])),
    ['held deny', 'held allow', 'released allow', 'held allow'],
  )
})

test('without a time in the policy nothing is ever deleted', async (t) => {
  const { rig, forget } = await delivered(t, {})
  rig.clock.now += 400 * DAY_MS
  assert.equal(await forget(), 'over')
  assert.equal(texts(rig, SECRET).length, 2)
})

test('a failure of Slack on the way deletes the rest later, and what is gone stays gone', async (t) => {
  const { rig, forget } = await delivered(t, { open: { csv: 'attach', keep: 60 } })
  rig.clock.now += 120_000
  await rig.fault({ method: 'chat.delete', kind: 'http', times: 1 })
  await assert.rejects(forget())
  assert.equal(texts(rig, SECRET).length, 1)
  assert.equal(await forget(), 'deleted')
  assert.deepEqual(texts(rig, SECRET), [])
})

test('a CSV that policy wants by direct message goes to whoever asked, and is not in the channel', async (t) => {
  const { rig, forget } = await delivered(t, { open: { csv: 'direct', keep: 60 } })
  assert.deepEqual(texts(rig, SECRET), [`answer ${RUN}`])
  const direct = texts(rig, directChannel(rig))
  assert.deepEqual(
    [notices(rig, directChannel(rig))[0]?.kind, direct.some((text) => text.startsWith('file:'))],
    ['csv_direct', true],
  )
  rig.clock.now += 120_000
  assert.equal(await forget(), 'deleted')
  assert.deepEqual(texts(rig, directChannel(rig)), [])
})

test('a CSV that policy keeps out of Slack is nowhere in it', async (t) => {
  const { rig } = await delivered(t, { open: { csv: 'none' } })
  assert.deepEqual(texts(rig, SECRET), [`answer ${RUN}`])
  assert.equal(rig.slack.workspace.files.size, 0)
})
