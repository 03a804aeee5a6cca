import assert from 'node:assert/strict'
import test from 'node:test'
import { answerMessage } from '../../src/adapters/slack/messages/answer.ts'
import { helpMessage } from '../../src/adapters/slack/messages/help.ts'
import type { Message } from '../../src/adapters/slack/messages/message.ts'
import { progressMessage } from '../../src/adapters/slack/messages/progress.ts'
import {
  alarmMessage,
  closedMessage,
  type ReviewView,
  reviewCard,
  reviewedMessage,
  reviewReminder,
  stoppedMessage,
} from '../../src/adapters/slack/messages/review.ts'
import { reviewView } from '../../src/adapters/slack/views/review.ts'
import { askMessages } from '../../src/bot/messages.ts'
import { questionDetails, shownDetails } from '../../src/domain/policy/approvalDetails.ts'
import { afterReview, type Review, type ReviewRefusal } from '../../src/domain/policy/review.ts'
import { reviewRefusalWords } from '../../src/domain/policy/reviewWords.ts'
import { questionPhrase } from '../../src/domain/result/scopeWords.ts'
import { checkedView } from '../../src/playground/slack/blocks/view.ts'
import { ANSWERS, HOSTILE, RUN } from '../support/answers.ts'
import { ASKED, ASKER, FIRST, SECOND } from '../support/approvals.ts'
import { goldenJson } from '../support/golden.ts'
import { aBroken, aReview, closedBy } from '../support/reviews.ts'
import { slackProblems } from '../support/slackLimits.ts'

const PEOPLE = [ASKER, FIRST, SECOND].map(({ user }) => user)
const NAMES: ReadonlyMap<string, string> = new Map([
  ['111122223333', 'prod-payments'],
  ['444455556666', 'prod-web'],
])

function viewOf(review: Review, parts: Partial<ReviewView> = {}): ReviewView {
  const { broken } = review
  return {
    review,
    shown: shownDetails(
      broken.run,
      questionDetails(broken.query, broken, (id) => NAMES.get(id)),
    ),
    by: '1 of payments on call or security',
    reviewers: 'security',
    told: [FIRST, SECOND],
    notes: [],
    overdue: false,
    ...parts,
  }
}

const open = aReview()
const stopped = afterReview(open, { kind: 'stopped', by: FIRST, at: ASKED + 95 })
const justified = closedBy(open, FIRST, 4000)
const unjustified = closedBy(stopped, SECOND, 4000, { verdict: 'not_justified', note: 'Bob was in the channel' })
const unread = 'The schedule payments cannot be read (it did not answer): its fallback approves instead.'
const before = aBroken({ run: `2${open.broken.run.slice(1)}`, person: FIRST, at: ASKED - 7200, reason: 'INC-41: same' })
const NEWS = ANSWERS['rows-1']

const MESSAGES: { readonly [name: string]: Message } = {
  'review-card': reviewCard(viewOf(open)),
  'review-card-overdue': reviewCard(viewOf(open, { overdue: true, notes: [unread], told: [] })),
  'review-card-stopped': reviewCard(viewOf(stopped)),
  'review-card-justified': reviewCard(viewOf(justified)),
  'review-card-not-justified': reviewCard(viewOf(unjustified)),
  'review-reminder': reviewReminder(viewOf(open)),
  'review-reminder-overdue': reviewReminder(viewOf(open, { overdue: true })),
  'review-alarm': alarmMessage(open, { own: 2, all: 2, unread: [] }, [{ ...before, person: ASKER }, open.broken]),
  'review-alarm-unread': alarmMessage(open, { own: 1, all: 2, unread: [before.run] }, [open.broken]),
  'review-alarm-others': alarmMessage(open, { own: 1, all: 2, unread: [] }, [before, open.broken]),
  'review-closed': reviewedMessage(justified),
  'review-closed-not-justified': reviewedMessage(unjustified),
  'review-thanks': closedMessage(justified),
  'review-stopping': stoppedMessage(stopped, true),
  'review-stopped-late': stoppedMessage(stopped, false),
  'review-needless': askMessages.needless(RUN),
  'review-progress': progressMessage({
    run: RUN,
    question: questionPhrase('iam-persistence', { principal: 'alice' }),
    glass: open.broken.reason,
  }),
}

for (const [name, message] of Object.entries(MESSAGES))
  test(`${name} reads like this`, () => {
    assert.deepEqual(slackProblems(message, PEOPLE), [])
    goldenJson(`slack/${name}.json`, message)
  })

test('an answer that nobody approved says so below its news, and in its notification', () => {
  assert.ok(NEWS)
  const message = answerMessage(NEWS, 'plain', { glass: open.broken.reason })
  assert.match(JSON.stringify(message.blocks[1]), /Break-glass:\* nobody approved this.*payments are down/)
  assert.match(message.text, /Break-glass/)
  goldenJson('slack/answer-break-glass.json', message)
})

test('help tells of it whoever may do it, and nobody else', () => {
  const told = (glass: boolean): string => JSON.stringify(helpMessage([], { open: false, end: false, glass }).blocks)
  assert.match(told(true), /break-glass &lt;question&gt;/)
  assert.doesNotMatch(told(false), /break-glass/)
})

test('the dialog in which a review is closed asks what was found, and why, and carries what its button carried', () => {
  const carried = JSON.stringify({ run: RUN, hash: open.broken.hash })
  const view = reviewView(carried)
  const { blocks, private_metadata, title } = view
  checkedView(view, 'modal', { table: true, dataTable: true })
  goldenJson('slack/view-review.json', reviewView('{"run":"1f0c9a2e"}'))
  assert.deepEqual([private_metadata, title.text], [carried, 'Close the review'])
  const said = JSON.stringify(blocks)
  for (const part of ['it was justified', 'it was not justified', 'What did you find?']) assert.ok(said.includes(part))
})

test('nothing that somebody typed calls anybody, makes a link or a message that Slack does not take', () => {
  const hostile = aReview({ words: HOSTILE.repeat(20), reason: HOSTILE.slice(0, 500), why: HOSTILE.slice(0, 500) })
  const closed = closedBy(hostile, FIRST, 4000, { note: HOSTILE.slice(0, 500) })
  const many = Array.from({ length: 60 }, () => hostile.broken)
  const all = [
    reviewCard(viewOf(hostile, { notes: [HOSTILE] })),
    reviewCard(viewOf(closed)),
    reviewReminder(viewOf(hostile)),
    alarmMessage(hostile, { own: 60, all: 60, unread: many.map(({ run }) => run) }, many),
    reviewedMessage(closed),
    progressMessage({ run: RUN, question: questionPhrase('x', {}), glass: HOSTILE.repeat(5) }),
    answerMessage(NEWS ?? assert.fail(), 'plain', { glass: HOSTILE.repeat(5) }),
  ]
  for (const message of all) assert.deepEqual(slackProblems(message, PEOPLE), [])
})

test('long lists stand in a file, which the card names, and it says where that could not be given', () => {
  const accounts = Array.from({ length: 300 }, (_, index) => String(100_000_000_000 + index))
  const wide = aReview({ query: { ...open.broken.query, accounts } })
  const card = JSON.stringify(reviewCard(viewOf(wide)))
  assert.match(card, /300 entries, in the file/)
  assert.match(JSON.stringify(reviewCard(viewOf(wide, { fileMissing: true }))), /could not be given here/)
})

const REFUSALS: readonly (readonly [refusal: ReviewRefusal, words: RegExp])[] = [
  [{ code: 'already_closed', verdict: 'justified', by: FIRST, at: ASKED }, /found justified by U0BOB0001 at 14:00Z/],
  [{ code: 'own_review' }, /somebody else must review it/],
  [{ code: 'took_part' }, /take part in the investigation/],
  [{ code: 'not_a_reviewer' }, /not one of those/],
  [{ code: 'note_needed' }, /Say in a few words/],
  [{ code: 'other_review' }, /Nothing was decided/],
]
for (const [refusal, words] of REFUSALS)
  test(`${refusal.code} is told in words`, () => {
    assert.match(
      reviewRefusalWords(refusal, ({ user }) => user),
      words,
    )
  })

test('a review that is open has nothing to tell whoever asked', () => {
  assert.throws(() => reviewedMessage(open), TypeError)
})
