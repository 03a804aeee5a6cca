import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Person, PersonFacts } from '../../src/domain/policy/person.ts'
import {
  ALARM_WITHIN_S,
  afterReview,
  type Closing,
  closingOf,
  holdsStill,
  isIntactReview,
  isOverdue,
  mayClose,
  nextDueOf,
  type Review,
  type ReviewEntry,
  remindersBy,
  reviewTerms,
  usesAround,
} from '../../src/domain/policy/review.ts'
import { aPerson, DAY } from '../support/askFacts.ts'
import { aBroken } from '../support/reviews.ts'
import { aRequest } from './requests.ts'
import { ALICE, approvalPolicy, BOB, CAROL, DAVE, glassRules, READ_AT } from './rows.ts'

const POLICY = approvalPolicy({ breakGlass: glassRules() })
const BROKEN = aBroken({ ...aRequest(), reviewers: ['security'], parties: [CAROL], at: READ_AT, dueAt: READ_AT + DAY })
const OPEN: Review = { broken: BROKEN }
const factsOf = (person: Person, parts: Partial<PersonFacts> = {}): PersonFacts =>
  aPerson({ person, readAt: READ_AT, ...parts })
const CLOSING: Closing = {
  ...{ run: BROKEN.run, hash: BROKEN.hash, verdict: 'justified', note: 'nobody was awake', person: BOB },
  ...{ sets: ['security'], at: READ_AT + 60 },
}
const CLOSED = afterReview(OPEN, { kind: 'closed', closing: CLOSING })

function judged(
  person: Person,
  parts: { note?: string; hash?: string; review?: Review; facts?: Partial<PersonFacts> } = {},
): string {
  const { note = 'nobody was awake', hash = BROKEN.hash, review = OPEN, facts = {} } = parts
  const found = closingOf(review, { verdict: 'justified', note, hash }, factsOf(person, facts), POLICY, READ_AT + 60)
  return found.ok ? `closed by ${found.value.person.user} of ${found.value.sets.join(' ')}` : found.error.code
}

const JUDGED: readonly (readonly [says: string, found: string, expected: string])[] = [
  ['an approver who took no part closes it', judged(BOB), 'closed by UBOB of security'],
  [
    'whoever broke the glass does not, also as an approver',
    judged(ALICE, { facts: { groups: ['SSEC'] } }),
    'own_review',
  ],
  ['whoever is at work with them does not', judged(CAROL), 'took_part'],
  ['whoever is no approver does not', judged(DAVE), 'not_a_reviewer'],
  [
    'an approver of another set does not',
    judged(DAVE, { facts: { onCall: { now: ['primary'], unread: [] } } }),
    'not_a_reviewer',
  ],
  ['an approver who was deactivated does not', judged(BOB, { facts: { deactivated: true } }), 'not_a_reviewer'],
  ['a verdict without a word is none', judged(BOB, { note: '  a ' }), 'note_needed'],
  ['a card of something else is none', judged(BOB, { hash: 'b'.repeat(64) }), 'other_review'],
  ['a review that is closed stays so', judged(BOB, { review: CLOSED }), 'already_closed'],
]
for (const [says, found, expected] of JUDGED) test(`a review: ${says}`, () => assert.equal(found, expected))

const closing = (changes: Partial<Closing>): ReviewEntry => ({ kind: 'closed', closing: { ...CLOSING, ...changes } })
const FORGED: readonly (readonly [says: string, entry: ReviewEntry])[] = [
  ['of another run', closing({ run: '9c7a2b1d-5d4b-4a53-9d5e-0c7a2b1d3e4f' })],
  ['of another question', closing({ hash: 'b'.repeat(64) })],
  ['from before it was opened', closing({ at: READ_AT - 1 })],
  ['of whoever asked', closing({ person: ALICE })],
  ['of whoever took part', closing({ person: CAROL })],
  ['of nobody who may', closing({ sets: ['oncall'] })],
]
for (const [says, entry] of FORGED)
  test(`a verdict ${says} in the log counts for nothing`, () => assert.equal(afterReview(OPEN, entry), OPEN))

test('whatever comes in whatever order, a review is closed once and stopped once, and neither is undone', () => {
  const entry: fc.Arbitrary<ReviewEntry> = fc.oneof(
    fc
      .record({
        person: fc.constantFrom(BOB, DAVE, ALICE),
        verdict: fc.constantFrom('justified' as const, 'not_justified' as const),
      })
      .map(closing),
    fc.constantFrom(BOB, DAVE).map((by): ReviewEntry => ({ kind: 'stopped', by, at: READ_AT + 5 })),
  )
  fc.assert(
    fc.property(fc.array(entry), (entries) => {
      let review = OPEN
      for (const one of entries) {
        const next = afterReview(review, one)
        if (review.closing !== undefined) assert.equal(next.closing, review.closing)
        if (review.stopped !== undefined) assert.equal(next.stopped, review.stopped)
        if (!holdsStill(review)) assert.ok(!holdsStill(next))
        review = next
      }
      assert.notDeepEqual(review.closing?.person, ALICE)
    }),
  )
})

test('it is due after its time, and never once it is closed', () => {
  assert.ok(!isOverdue(OPEN, READ_AT + DAY - 1))
  assert.ok(isOverdue(OPEN, READ_AT + DAY))
  assert.ok(!isOverdue(CLOSED, READ_AT + 9 * DAY))
})

test('reminders come again and again, and its end between them', () => {
  const broken = { ...BROKEN, remind: 7 * 3600 }
  assert.deepEqual(
    [0, 6.9, 7, 13, 28.5].map((hours) => remindersBy(broken, READ_AT + hours * 3600)),
    [0, 0, 1, 1, 4],
  )
  assert.deepEqual(
    [0, 7, 21, 24, 28].map((hours) => (nextDueOf(broken, READ_AT + hours * 3600) - READ_AT) / 3600),
    [7, 14, 24, 28, 35],
  )
})

test('what was signed is what its hash says', () => {
  assert.ok(isIntactReview(BROKEN))
  assert.ok(!isIntactReview({ ...BROKEN, person: BOB }))
})

test('uses less than a day away are counted, that one included, the same person apart', () => {
  const use = (run: string, person: Person, ago: number) => ({ run, person, at: READ_AT - ago })
  const others = [use('a', ALICE, 60), use('b', BOB, 3600), use('c', ALICE, ALARM_WITHIN_S), use('d', ALICE, -60)]
  assert.deepEqual(usesAround(BROKEN, [...others, use('e', BOB, -ALARM_WITHIN_S), BROKEN], []), {
    own: 3,
    all: 4,
    unread: [],
  })
  assert.deepEqual(usesAround(BROKEN, [], [BROKEN.run]), { own: 1, all: 1, unread: [] })
})

test('of two uses each sees the other, whichever clock was ahead', () => {
  for (const at of [READ_AT - 2, READ_AT, READ_AT + 2]) {
    const other = { ...BROKEN, run: '2f0c9a2e-5d4b-4a53-9d5e-0c7a2b1d3e4f', at }
    assert.deepEqual([usesAround(BROKEN, [BROKEN, other], []).all, usesAround(other, [BROKEN, other], []).all], [2, 2])
  }
})

test('those who were skipped close it unless policy names others; it is shown where they would have been asked, too', () => {
  const skipped = { seats: [{ by: ['oncall', 'security'], count: 1 }], places: ['C1', 'direct'] }
  assert.deepEqual(reviewTerms(glassRules(), skipped), { reviewers: ['oncall', 'security'], places: ['C1', 'direct'] })
  assert.deepEqual(reviewTerms(glassRules({ reviewers: ['leads'], places: ['C2', 'C1'] }), skipped), {
    reviewers: ['leads'],
    places: ['C1', 'direct', 'C2'],
  })
})

test('it waits for those who may close it, and for nobody once it is closed', () => {
  assert.deepEqual(
    [BOB, ALICE, CAROL, DAVE].map((person) => mayClose(OPEN, factsOf(person), POLICY)),
    [true, false, false, false],
  )
  assert.ok(!mayClose(CLOSED, factsOf(BOB), POLICY))
})
