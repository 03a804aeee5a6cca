import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Answer } from '../../src/domain/result/answer.ts'
import { answerKey, partEndKey, planKey, type Terminal, terminalKey } from '../../src/domain/result/objects.ts'
import { failRun } from '../../src/usecases/failRun.ts'
import { readPart } from '../../src/usecases/readPart.ts'
import { runHere } from '../../src/usecases/runHere.ts'
import { runRun } from '../../src/usecases/runRun.ts'
import { RUN } from '../support/answers.ts'
import { aFault, anEvent, NOON } from './history.ts'
import { aGrant, aPart, aReading, PAYMENTS, planned, QUERY, type Rig, readJson } from './rig.ts'

const JOB = { token: 'good', run: RUN }
const BEGIN = { partsEnded: false }
const ENDED = { partsEnded: true }
const TWO = { ...QUERY, regions: ['eu-west-1', 'us-east-1'] }
const PLACES = {
  [`${PAYMENTS} eu-west-1`]: Array.from({ length: 5 }, (_, at) => anEvent(at, `e-${at}`)),
  [`${PAYMENTS} us-east-1`]: [anEvent(2, 'u-2')],
}

async function aRun(t: Parameters<typeof aReading>[0]): Promise<Rig> {
  return await aReading(t, { places: PLACES, grant: aGrant({ query: TWO }) })
}

async function answerOf(rig: Rig): Promise<Answer | undefined> {
  return await readJson<Answer>(answerKey(RUN), rig.objects)
}

test('a run plans, hands out its parts, waits for them, and answers', async (t) => {
  const rig = await aRun(t)
  assert.deepEqual(await runRun(JOB, BEGIN, rig.deps), { kind: 'wait for parts' })
  assert.deepEqual(rig.heard.added, [aPart(), aPart({ region: 'us-east-1' })])
  assert.deepEqual(rig.heard.planned, [2])
  assert.deepEqual(rig.heard.delivered, [])
  for (const part of rig.heard.added) await readPart(part, rig.deps)
  assert.deepEqual(await runRun(JOB, ENDED, rig.deps), { kind: 'done' })
  assert.deepEqual(rig.heard.delivered, ['final by good'])
  const answer = await answerOf(rig)
  assert.deepEqual([answer?.coverage.verdict, answer?.counts.matched], ['complete', 6])
  assert.deepEqual(
    rig.steps.map(({ step }) => step),
    ['run_started', 'part_read', 'part_read', 'run_finished'],
  )
  assert.deepEqual(rig.steps[0]?.detail, { parts: 2, chains: 1, since: QUERY.window.since, until: QUERY.window.until })
  assert.deepEqual(rig.steps.at(-1)?.detail, { verdict: 'complete' })
})

test('a run that is taken up again hands out only the parts that have not ended', async (t) => {
  const rig = await aRun(t)
  await runRun(JOB, BEGIN, rig.deps)
  await readPart(aPart(), rig.deps)
  rig.heard.added.length = 0
  assert.deepEqual(await runRun(JOB, BEGIN, rig.deps), { kind: 'wait for parts' })
  assert.deepEqual(
    rig.heard.added.map(({ region }) => region),
    ['us-east-1'],
  )
  assert.deepEqual(rig.heard.planned, [2, 2], 'progress may have been lost: it is told again')
  await readPart(aPart({ region: 'us-east-1' }), rig.deps)
  assert.deepEqual(await runRun(JOB, BEGIN, rig.deps), { kind: 'done' }, 'all have ended: nothing to wait for')
})

test('a run that has nothing to read answers at once', async (t) => {
  const rig = await aReading(t)
  assert.deepEqual(await runRun(JOB, BEGIN, { ...rig.deps, isClosed: () => true }), { kind: 'done' })
  assert.equal((await answerOf(rig))?.coverage.verdict, 'failed')
  assert.deepEqual(rig.heard.delivered, ['final by good'])
})

test('a run that has ended is announced again and read no more', async (t) => {
  const rig = await aRun(t)
  await planned(rig)
  await runRun(JOB, ENDED, rig.deps)
  const before = await answerOf(rig)
  assert.deepEqual(await runRun(JOB, BEGIN, rig.deps), { kind: 'done' })
  assert.deepEqual(await answerOf(rig), before)
  assert.deepEqual(rig.heard.added, [])
  assert.deepEqual(rig.heard.delivered, ['final by good', 'final by good'])
})

test('a cancelled run answers without waiting for its parts', async (t) => {
  const rig = await aRun(t)
  await runRun(JOB, BEGIN, rig.deps)
  await readPart(aPart(), rig.deps)
  rig.cancelled.add(RUN)
  assert.deepEqual(await runRun(JOB, BEGIN, rig.deps), { kind: 'done' })
  const answer = await answerOf(rig)
  assert.deepEqual(
    [answer?.coverage.verdict, answer?.coverage.ended, answer?.counts.matched],
    ['partial', 'cancelled', 5],
  )
})

test('a run cancelled before it began reads nothing', async (t) => {
  const rig = await aRun(t)
  rig.cancelled.add(RUN)
  assert.deepEqual(await runRun(JOB, BEGIN, rig.deps), { kind: 'done' })
  assert.deepEqual(rig.heard.added, [])
  assert.deepEqual([(await answerOf(rig))?.coverage.verdict, rig.histories.size], ['failed', 0])
})

test('when a part lapsed the answer says so, and not that it was cancelled', async (t) => {
  const rig = await aRun(t)
  await runRun(JOB, BEGIN, rig.deps)
  await readPart(aPart(), rig.deps)
  rig.clock.now += 1800
  await readPart(aPart({ region: 'us-east-1' }), rig.deps)
  rig.clock.now -= 1800
  rig.cancelled.add(RUN)
  await runRun(JOB, ENDED, rig.deps)
  assert.equal((await answerOf(rig))?.coverage.ended, 'lapsed')
})

test('what AWS says cannot pose as a lapse', async (t) => {
  const rig = await aRun(t)
  await runRun(JOB, BEGIN, rig.deps)
  const lookup: Rig['deps']['lookup'] = () => async () => {
    throw aFault('access_denied', { detail: '"code":"lapsed"' })
  }
  await readPart(aPart(), { ...rig.deps, lookup })
  await readPart(aPart({ region: 'us-east-1' }), rig.deps)
  await runRun(JOB, ENDED, rig.deps)
  const answer = await answerOf(rig)
  assert.deepEqual([answer?.coverage.verdict, answer?.coverage.ended], ['partial', undefined])
})

test('a token that lapsed is enough to answer with what was read, and with nothing more', async (t) => {
  const rig = await aRun(t)
  await runRun(JOB, BEGIN, rig.deps)
  await readPart(aPart(), rig.deps)
  rig.clock.now += 1800
  assert.deepEqual(await runRun(JOB, ENDED, rig.deps), { kind: 'done' })
  const answer = await answerOf(rig)
  assert.deepEqual([answer?.coverage.verdict, answer?.coverage.ended, answer?.counts.matched], ['partial', 'lapsed', 5])
  assert.deepEqual(rig.heard.delivered, ['final by good'])
})

test('a token that lapsed before the run began gives an answer that knows nothing', async (t) => {
  const rig = await aRun(t)
  rig.clock.now += 1800
  assert.deepEqual(await runRun(JOB, BEGIN, rig.deps), { kind: 'done' })
  assert.equal((await answerOf(rig))?.coverage.verdict, 'failed')
  assert.deepEqual(rig.heard.added, [])
})

test('a renewed token is the one that parts and delivery get', async (t) => {
  const rig = await aRun(t)
  rig.clock.now += 1800
  rig.tokens.set('renewed', aGrant({ query: TWO, jti: 'jti-2', exp: rig.clock.now + 1800 }))
  const deps = { ...rig.deps, renew: async () => ({ kind: 'renewed' as const, token: 'renewed' }) }
  await runRun(JOB, BEGIN, deps)
  assert.ok(rig.heard.added.every(({ token }) => token === 'renewed'))
  for (const part of rig.heard.added) await readPart(part, deps)
  await runRun(JOB, ENDED, deps)
  assert.deepEqual(rig.heard.delivered, ['final by renewed'])
})

test('a forged token starts nothing and ends nothing', async (t) => {
  const rig = await aRun(t)
  const forged = { ...JOB, token: 'forged' }
  assert.deepEqual(await runRun(forged, BEGIN, rig.deps), { kind: 'final', why: 'signature' })
  assert.deepEqual(await runRun(forged, ENDED, rig.deps), { kind: 'final', why: 'signature' })
  assert.equal(await rig.objects.size(planKey(RUN)), undefined)
  assert.equal(await rig.objects.size(terminalKey(RUN)), undefined)
})

test('a forged token that lapsed ends nothing either', async (t) => {
  const rig = await aRun(t)
  const deps: Rig['deps'] = {
    ...rig.deps,
    verify: async () => ({ ok: false, error: { code: 'expired', why: 'expired' } }),
    renew: async () => ({ kind: 'refused' }),
  }
  assert.deepEqual(await runRun({ ...JOB, token: 'forged' }, BEGIN, deps), { kind: 'final', why: 'signature' })
  rig.tokens.set('other', aGrant({ run: '00000000-0000-4000-8000-000000000000' }))
  assert.equal((await runRun({ ...JOB, token: 'other' }, BEGIN, deps)).kind, 'final')
  assert.equal(await rig.objects.size(terminalKey(RUN)), undefined)
})

test('a run whose runbook is gone is not run', async (t) => {
  const rig = await aRun(t)
  const why = 'the runbook is not in the store at the digest that was allowed'
  const deps = { ...rig.deps, allowed: async () => undefined }
  assert.deepEqual(await runRun(JOB, BEGIN, deps), { kind: 'final', why })
  rig.clock.now += 1800
  assert.deepEqual(await runRun(JOB, BEGIN, deps), { kind: 'final', why })
})

test('a plan for another query is not run', async (t) => {
  const rig = await aRun(t)
  await planned(rig)
  rig.tokens.set('good', aGrant({ query: { ...TWO, limit: 5 } }))
  assert.deepEqual(await runRun(JOB, BEGIN, rig.deps), {
    kind: 'final',
    why: 'the plan in the store is for another query',
  })
})

test('a run whose job failed for good ends as failed, and whoever asked is told why, once', async (t) => {
  const rig = await aRun(t)
  await failRun(JOB, 'AWS kept failing', rig.deps)
  assert.deepEqual(await readJson<Terminal>(terminalKey(RUN), rig.objects), {
    run: RUN,
    outcome: 'failed',
    at: new Date((NOON + 3600) * 1000).toISOString(),
    why: 'AWS kept failing',
  })
  await failRun(JOB, 'again', rig.deps)
  assert.deepEqual(rig.heard.delivered, ['final by good'])
  assert.deepEqual(
    rig.steps.map(({ step, detail }) => [step, detail]),
    [['run_finished', { verdict: 'failed', why: 'AWS kept failing' }]],
  )
})

test('a run that lapsed can still be told to have failed; one with a strange token cannot', async (t) => {
  const rig = await aRun(t)
  rig.tokens.set('other', aGrant({ run: '00000000-0000-4000-8000-000000000000' }))
  for (const token of ['forged', 'other']) await failRun({ ...JOB, token }, 'why', rig.deps)
  assert.equal(await rig.objects.size(terminalKey(RUN)), undefined)
  rig.clock.now += 100_000
  await failRun(JOB, 'why', rig.deps)
  assert.notEqual(await rig.objects.size(terminalKey(RUN)), undefined)
})

test('a question that is run in this process gives the same answer as the queue’s workers', async (t) => {
  const queued = await aRun(t)
  await runRun(JOB, BEGIN, queued.deps)
  for (const part of queued.heard.added) await readPart(part, queued.deps)
  await runRun(JOB, ENDED, queued.deps)
  const here = await aRun(t)
  const ended: string[] = []
  const answer = await runHere(JOB, { ...here.deps, partEnded: ({ region }) => ended.push(region) })
  assert.deepEqual(answer, await answerOf(queued))
  assert.deepEqual(ended.toSorted(), ['eu-west-1', 'us-east-1'])
  assert.deepEqual(here.heard.delivered, [])
})

test('in this process a part that must wait for its pace is waited for', async (t) => {
  const rig = await aRun(t)
  let turns = 0
  const pace: Rig['deps']['pace'] = async () => {
    turns += 1
    return turns % 3 === 0 ? { kind: 'until', until: new Date((rig.clock.now + 2) * 1000) } : { kind: 'go' }
  }
  const before = rig.clock.now
  const answer = await runHere(JOB, { ...rig.deps, pace, partEnded: () => undefined })
  assert.equal(answer.coverage.verdict, 'complete')
  assert.ok(rig.clock.now >= before + 2)
})

test('in this process what may not be run is an error', async (t) => {
  const rig = await aRun(t)
  const deps = { ...rig.deps, partEnded: () => undefined }
  await assert.rejects(runHere({ ...JOB, token: 'forged' }, deps), /signature/)
  await assert.rejects(runHere(JOB, { ...deps, matcher: async () => undefined }), /not in the store/)
  assert.equal(await rig.objects.size(partEndKey(RUN, PAYMENTS, 'eu-west-1')), undefined)
})
