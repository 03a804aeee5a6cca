import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { newKey } from '../../src/adapters/jose/keys.ts'
import { localKeys, signer } from '../../src/adapters/jose/tokens.ts'
import { fileObjects } from '../../src/adapters/resultStore/file.ts'
import type { AuditStep } from '../../src/domain/audit/step.ts'
import { ok } from '../../src/domain/outcome.ts'
import type { Investigation } from '../../src/domain/policy/investigation.ts'
import type { Person } from '../../src/domain/policy/person.ts'
import { isOverdue } from '../../src/domain/policy/review.ts'
import type { BrokenClaims, ClosingClaims } from '../../src/domain/policy/reviewTokens.ts'
import { askedKey, type Objects, reviewKey, terminalKey } from '../../src/domain/result/objects.ts'
import { approvalReaders, BROKEN_TOKEN, CLOSING_TOKEN } from '../../src/tokens.ts'
import {
  type Breaking,
  breakGlass,
  type GlassDeps,
  glassBasis,
  glassOf,
  partiesOf,
} from '../../src/usecases/breakGlass.ts'
import { openReviewRuns, readReview, reviewsAround } from '../../src/usecases/reviewLog.ts'
import { closeReview, type ReviewDeps, reviewsFor, stopBroken } from '../../src/usecases/reviews.ts'
import { aRequest } from '../policy/requests.ts'
import { ALICE, approvalPolicy, aRule, BOB, CAROL, DAVE, glassRules } from '../policy/rows.ts'
import { aPerson, NOW } from '../support/askFacts.ts'
import { scratch } from '../support/here.ts'

const KEYS = { keys: [await newKey(NOW)] }
const OTHER_KEYS = { keys: [await newKey(NOW)] }
const { run: RUN, query, to, cost, place } = aRequest()
const REASON = 'INC-42: payments are down, nobody answers'

type Rig = {
  readonly deps: ReviewDeps & GlassDeps
  readonly objects: Objects
  readonly steps: AuditStep[]
  readonly cancelled: string[]
  readonly advanced: string[]
  readonly clock: { now: number }
  readonly breaking: (parts?: Partial<Breaking>) => Breaking
}

async function aRig(t: TestContext, keys = KEYS): Promise<Rig> {
  const objects = fileObjects(await scratch(t), { outlastsPowerLoss: false })
  const sign = await signer(keys)
  const [steps, cancelled, advanced] = [[] as AuditStep[], [] as string[], [] as string[]]
  const clock = { now: NOW.getTime() / 1000 }
  const now = (): Date => new Date(clock.now * 1000)
  let ids = 0
  const needs = {
    ...{ seats: [{ by: ['security'], count: 1 }], rules: ['anything'], places: ['C0APPROVE'], reason: 10 },
    ...{ times: aRule().times, onCallAlone: false, self: false },
  }
  return {
    objects,
    steps,
    cancelled,
    advanced,
    clock,
    deps: {
      ...approvalReaders(localKeys(KEYS), now),
      objects,
      now,
      policy: approvalPolicy({ breakGlass: glassRules() }),
      signBroken: (claims) => sign(BROKEN_TOKEN, claims),
      signClosing: (claims) => sign(CLOSING_TOKEN, claims),
      newId: () => `jti-${++ids}`,
      audit: async (step) => void steps.push(step),
      personFacts: async (person) => aPerson({ person, readAt: clock.now }),
      verifyExpired: async () => ok({ run: RUN } as never),
      cancel: async (run) => void cancelled.push(run),
      advance: async (run) => void advanced.push(run),
    },
    breaking: (parts = {}) => ({
      ...{
        run: RUN,
        person: ALICE,
        query,
        to,
        cost,
        place,
        role: 'team',
        tier: 'elevated',
        reason: REASON,
        parties: [],
      },
      words: 'iam-persistence last 8d',
      skipped: { needs, why: 'an open search over 8d' },
      ...parts,
    }),
  }
}

const judge = (rig: Rig, person: Person, verdict: 'justified' | 'not_justified' = 'justified') =>
  closeReview({ run: RUN, person, verdict, note: 'nobody was awake' }, rig.deps)

test('a use is written down once, signed, before anything runs, and found under its person and its day', async (t) => {
  const rig = await aRig(t)
  const [first, second] = await Promise.all([
    breakGlass(rig.breaking(), rig.deps),
    breakGlass(rig.breaking(), rig.deps),
  ])
  assert.deepEqual(first.broken.hash, second.broken.hash)
  assert.equal(rig.steps.filter(({ step }) => step === 'glass_broken').length, 1)
  assert.deepEqual(glassBasis(first), {
    kind: 'break_glass',
    policy: rig.deps.policy.digest,
    review: RUN,
    reason: REASON,
  })
  assert.deepEqual([first.broken.reviewers, first.broken.places], [['security'], ['C0APPROVE']])
  assert.deepEqual(
    (await reviewsAround(rig.clock.now, rig.deps)).map(({ broken }) => broken.run),
    [RUN],
  )
  assert.deepEqual(await openReviewRuns(rig.objects), [RUN])
})

test('another question in the same run is not taken for the one that was written down', async (t) => {
  const rig = await aRig(t)
  await breakGlass(rig.breaking(), rig.deps)
  await assert.rejects(breakGlass(rig.breaking({ query: { ...query, limit: 1 } }), rig.deps), /another question/)
})

test('what another key signed, and what was moved to another run, is no use and no verdict', async (t) => {
  const rig = await aRig(t)
  const forger = await signer(OTHER_KEYS)
  const forged = { ...rig.deps, signBroken: (claims: BrokenClaims) => forger(BROKEN_TOKEN, claims) }
  await assert.rejects(breakGlass(rig.breaking(), forged))
  const other = await aRig(t)
  await breakGlass(other.breaking(), other.deps)
  const moved = RUN.replace('1', '2')
  await other.objects.create(reviewKey(moved, 1), (await other.objects.read(reviewKey(RUN, 1))) ?? '')
  assert.equal(await readReview(moved, other.deps), undefined)
  const strange = { ...other.deps, signClosing: (claims: ClosingClaims) => forger(CLOSING_TOKEN, claims) }
  await closeReview({ run: RUN, person: BOB, verdict: 'justified', note: 'fine by me' }, strange)
  assert.equal((await readReview(RUN, other.deps))?.review.closing, undefined)
  assert.ok((await judge(other, BOB)).ok, 'and it is in nobody’s way')
})

test('two reviewers in the same moment, a hundred times: one closes it, the other is told by whom', async (t) => {
  const deps = await aRig(t)
  for (let turn = 0; turn < 100; turn += 1) {
    const rig = { ...deps, run: `${String(turn).padStart(8, '0')}-5d4b-4a53-9d5e-0c7a2b1d3e4f` }
    await breakGlass(rig.breaking({ run: rig.run }), rig.deps)
    const found = { run: rig.run, note: 'nobody was awake' }
    const both = await Promise.all([
      closeReview({ ...found, person: BOB, verdict: 'justified' }, rig.deps),
      closeReview({ ...found, person: CAROL, verdict: 'not_justified' }, rig.deps),
    ])
    assert.equal(both.filter((one) => one.ok).length, 1)
    const [lost] = both.flatMap((one) => (one.ok ? [] : [one.error]))
    assert.ok(lost?.kind === 'review' && lost.refusal.code === 'already_closed')
    const closing = (await readReview(rig.run, rig.deps))?.review.closing
    assert.deepEqual(closing?.person, lost.refusal.by)
  }
  const allowed = deps.steps.filter(({ step, outcome }) => step === 'review_closed' && outcome === 'allow')
  assert.equal(allowed.length, 100)
})

test('whoever broke the glass is suspended by a review that is overdue, until somebody closes it', async (t) => {
  const rig = await aRig(t)
  const { broken } = await breakGlass(rig.breaking(), rig.deps)
  assert.deepEqual(await glassOf(ALICE, REASON, rig.deps), { reason: REASON })
  rig.clock.now = broken.dueAt
  assert.deepEqual(await glassOf(ALICE, REASON, rig.deps), { reason: REASON, overdue: RUN })
  assert.deepEqual(await glassOf(BOB, REASON, rig.deps), { reason: REASON })
  assert.ok(isOverdue({ broken }, rig.clock.now))
  assert.ok((await judge(rig, BOB)).ok)
  assert.deepEqual(await glassOf(ALICE, REASON, rig.deps), { reason: REASON })
})

test('a run that is found not justified while it goes on is stopped; one that is justified goes on', async (t) => {
  for (const verdict of ['justified', 'not_justified'] as const) {
    const rig = await aRig(t)
    await breakGlass(rig.breaking(), rig.deps)
    await rig.objects.create(askedKey(RUN), JSON.stringify({ token: 'token' }))
    assert.ok((await judge(rig, BOB, verdict)).ok)
    assert.deepEqual(rig.cancelled, verdict === 'justified' ? [] : [RUN])
    assert.deepEqual(rig.advanced, [RUN])
  }
})

test('it is stopped by whoever asked, by those who could approve it, and by nobody else', async (t) => {
  const rig = await aRig(t)
  await breakGlass(rig.breaking(), rig.deps)
  await rig.objects.create(askedKey(RUN), JSON.stringify({ token: 'token' }))
  const refused = await stopBroken(RUN.slice(0, 8), DAVE, rig.deps)
  assert.ok(refused !== undefined && !refused.ok && refused.error.code === 'not_yours_to_cancel')
  const stopped = await stopBroken(RUN.slice(0, 8), BOB, rig.deps)
  assert.ok(stopped?.ok === true && stopped.value.running)
  assert.deepEqual(rig.cancelled, [RUN])
  await rig.objects.create(terminalKey(RUN), '{}')
  const again = await stopBroken(RUN, ALICE, rig.deps)
  assert.ok(again?.ok === true && !again.value.running)
  assert.deepEqual(again.value.review.stopped?.by, BOB)
  assert.equal(await stopBroken('ffffffff', BOB, rig.deps), undefined)
})

test('a verdict about a run that broke nothing is told so', async (t) => {
  const rig = await aRig(t)
  const found = await judge(rig, BOB)
  assert.deepEqual(found, { ok: false, error: { kind: 'failure', failure: { code: 'unknown_review', input: RUN } } })
})

test('Home shows a review to those who may close it, while it is open', async (t) => {
  const rig = await aRig(t)
  await breakGlass(rig.breaking({ parties: [CAROL] }), rig.deps)
  const seen = async (person: Person) => (await reviewsFor(person, rig.deps)).length
  assert.deepEqual([await seen(BOB), await seen(ALICE), await seen(CAROL), await seen(DAVE)], [1, 0, 0, 0])
  await judge(rig, BOB)
  assert.equal(await seen(BOB), 0)
})

test('those who are at work with somebody in a channel are everybody of the investigations that are open there', () => {
  const open = (channel: string, opener: Person, people: readonly Person[]) =>
    ({ channel, opener, people }) as Investigation
  const all = [open('C1', BOB, [ALICE, CAROL]), open('C1', DAVE, [CAROL]), open('C2', DAVE, [ALICE])]
  assert.deepEqual(partiesOf(ALICE, 'C1', all), [BOB, CAROL])
  assert.deepEqual(partiesOf(ALICE, 'C3', all), [])
})
