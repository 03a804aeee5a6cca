import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { newKey } from '../../src/adapters/jose/keys.ts'
import { localKeys, signer } from '../../src/adapters/jose/tokens.ts'
import { fileObjects } from '../../src/adapters/resultStore/file.ts'
import type { AuditStep } from '../../src/domain/audit/step.ts'
import { ok } from '../../src/domain/outcome.ts'
import type { Investigation } from '../../src/domain/policy/investigation.ts'
import type { Person } from '../../src/domain/policy/person.ts'
import { isOverdue, usesAround } from '../../src/domain/policy/review.ts'
import type { BrokenClaims, ClosingClaims } from '../../src/domain/policy/reviewTokens.ts'
import {
  askedKey,
  deliveryKey,
  type Objects,
  reviewKey,
  reviewOfKey,
  reviewOnKey,
  terminalKey,
} from '../../src/domain/result/objects.ts'
import { approvalReaders, BROKEN_TOKEN, CLOSING_TOKEN } from '../../src/tokens.ts'
import {
  type Breaking,
  breakGlass,
  type GlassDeps,
  glassBasis,
  glassOf,
  partiesOf,
} from '../../src/usecases/breakGlass.ts'
import { openReviewRuns, REVIEW_OVER, readReview, reviewsAround } from '../../src/usecases/reviewLog.ts'
import { closeReview, type ReviewDeps, reviewsFor, stopBroken } from '../../src/usecases/reviews.ts'
import { aRequest } from '../policy/requests.ts'
import { ALICE, approvalPolicy, aRule, BOB, CAROL, DAVE, glassRules } from '../policy/rows.ts'
import { aPerson, NOW } from '../support/askFacts.ts'
import { scratch } from '../support/here.ts'

const KEYS = { keys: [await newKey(NOW)] }
const OTHER_KEYS = { keys: [await newKey(NOW)] }
const { run: RUN, query, to, cost, place } = aRequest()
const MOVED = RUN.replace('1', '2')
const REASON = 'INC-42: payments are down, nobody answers'

type Rig = {
  readonly deps: ReviewDeps & GlassDeps
  readonly objects: Objects
  readonly steps: AuditStep[]
  readonly cancelled: string[]
  readonly advanced: string[]
  readonly clock: { now: number }
  readonly leftOut: string[]
  readonly breaking: (parts?: Partial<Breaking>) => Breaking
}

async function aRig(t: TestContext, keys = KEYS): Promise<Rig> {
  const objects = fileObjects(await scratch(t), { outlastsPowerLoss: false })
  const sign = await signer(keys)
  const [steps, cancelled, advanced] = [[] as AuditStep[], [] as string[], [] as string[]]
  const clock = { now: NOW.getTime() / 1000 }
  const leftOut: string[] = []
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
    leftOut,
    deps: {
      leftOut: (id) => void leftOut.push(id),
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
    (await reviewsAround(rig.clock.now, rig.deps)).reviews.map(({ broken }) => broken.run),
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
  await other.objects.create(reviewKey(MOVED, 1), (await other.objects.read(reviewKey(RUN, 1))) ?? '')
  assert.equal(await readReview(MOVED, other.deps), undefined)
  const strange = { ...other.deps, signClosing: (claims: ClosingClaims) => forger(CLOSING_TOKEN, claims) }
  await closeReview({ run: RUN, person: BOB, verdict: 'justified', note: 'fine by me' }, strange)
  assert.equal((await readReview(RUN, other.deps))?.review.closing, undefined)
  assert.ok((await judge(other, BOB)).ok, 'and it is in nobody’s way')
})

test('who may not review is told of a use where it is told; elsewhere there is none', async (t) => {
  const rig = await aRig(t)
  await breakGlass(rig.breaking(), rig.deps)
  const typed = RUN.slice(0, 8)
  const judged = async (channel: string) =>
    await closeReview({ run: typed, person: DAVE, channel, verdict: 'justified', note: 'fine by me' }, rig.deps)
  assert.deepEqual(await judged('C0OTHER'), {
    ok: false,
    error: { kind: 'failure', failure: { code: 'unknown_review', input: typed } },
  })
  assert.deepEqual(await judged('C0APPROVE'), {
    ok: false,
    error: { kind: 'review', refusal: { code: 'not_a_reviewer' } },
  })
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

test('a review that cannot be verified suspends as one that is overdue, unless it was closed and everybody told', async (t) => {
  const rig = await aRig(t)
  await breakGlass(rig.breaking(), rig.deps)
  const gone = { ...rig.deps, ...approvalReaders(localKeys(OTHER_KEYS), rig.deps.now) }
  const suspended = { reason: REASON, overdue: RUN, unproven: true }
  assert.deepEqual(await glassOf(ALICE, REASON, gone), suspended, 'its key left the set')
  const objects = {
    ...rig.objects,
    read: async (key: string) => (key === reviewKey(RUN, 1) ? Buffer.alloc(0) : undefined),
  }
  assert.deepEqual(await glassOf(ALICE, REASON, { ...rig.deps, objects }), suspended, 'it is empty')
  assert.deepEqual(rig.leftOut, [RUN])
  await rig.objects.create(reviewOfKey(BOB, MOVED), '')
  assert.deepEqual(await glassOf(BOB, REASON, rig.deps), { reason: REASON }, 'the bot died before it was written down')
  await rig.objects.create(deliveryKey(RUN, REVIEW_OVER), '{}')
  assert.deepEqual(await glassOf(ALICE, REASON, gone), { reason: REASON })
})

test('a review that is damaged is left out of every list and said in the log, and the others are there', async (t) => {
  const rig = await aRig(t)
  await breakGlass(rig.breaking(), rig.deps)
  await rig.objects.create(reviewKey(MOVED, 1), '')
  await rig.objects.create(reviewOnKey(NOW, MOVED), '')
  assert.deepEqual(
    (await reviewsAround(rig.clock.now, rig.deps)).reviews.map(({ broken }) => broken.run),
    [RUN],
  )
  assert.equal((await reviewsFor(BOB, rig.deps)).length, 1)
  assert.deepEqual(rig.leftOut, [MOVED, MOVED])
})

test('an earlier use that is damaged counts for the alarm: it is raised rather than kept back', async (t) => {
  const rig = await aRig(t)
  const { broken } = await breakGlass(rig.breaking(), rig.deps)
  await rig.objects.create(reviewKey(MOVED, 1), '')
  await Promise.all([MOVED, 'never-written'].map((run) => rig.objects.create(reviewOnKey(NOW, run), '')))
  const { reviews, unread } = await reviewsAround(broken.at, rig.deps)
  const others = reviews.map((review) => review.broken)
  assert.deepEqual(usesAround(broken, others, unread), { own: 1, all: 2, unread: [MOVED] })
})

test('of two uses whose bots have different clocks the one written down later sees the other, over midnight too', async (t) => {
  const rig = await aRig(t)
  rig.clock.now = Date.parse('2026-11-21T00:00:01Z') / 1000
  await breakGlass(rig.breaking(), rig.deps)
  rig.clock.now -= 2
  const { broken } = await breakGlass(rig.breaking({ run: MOVED }), rig.deps)
  const { reviews, unread } = await reviewsAround(broken.at, rig.deps)
  const others = reviews.map((review) => review.broken)
  assert.deepEqual(usesAround(broken, others, unread), { own: 2, all: 2, unread: [] })
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
  assert.equal((await readReview(RUN, rig.deps))?.entries, 2, 'and nothing is written down twice')
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

test('those who are at work with somebody are everybody their open investigations were approved for, wherever it is asked', () => {
  const open = (opener: Person, admitted: readonly Person[], people = admitted) =>
    ({ channel: 'C1', opener, admitted, people }) as Investigation
  assert.deepEqual(partiesOf(ALICE, [open(BOB, [ALICE, CAROL]), open(DAVE, [CAROL])]), [BOB, CAROL])
  assert.deepEqual(partiesOf(ALICE, [open(DAVE, [ALICE, BOB], [BOB])]), [DAVE, BOB], 'who was taken out of it')
  assert.deepEqual(partiesOf(ALICE, [open(ALICE, [ALICE, BOB], [ALICE])]), [BOB], 'and from whom another was taken')
  assert.deepEqual(partiesOf(ALICE, [open(ALICE, [BOB])]), [BOB], 'who opened it for others')
  assert.deepEqual(partiesOf(ALICE, []), [])
})

test('a secret in the reason for breaking the glass is neither signed nor recorded', async (t) => {
  const rig = await aRig(t)
  const secret = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'
  const review = await breakGlass(rig.breaking({ reason: `${REASON} aws_secret_access_key=${secret}` }), rig.deps)
  assert.equal(review.broken.reason, `${REASON} aws_secret_access_key=[masked: secret]`)
  assert.ok(!JSON.stringify(rig.steps).includes(secret))
})
