import assert from 'node:assert/strict'
import test from 'node:test'
import {
  type ApprovalView,
  answeredMessage,
  answerRefusedMessage,
  approvalCard,
  endedMessage,
  escalatedMessage,
  readAnswerPress,
  reminderMessage,
  waitingMessage,
} from '../../src/adapters/slack/messages/approval.ts'
import type { Message } from '../../src/adapters/slack/messages/message.ts'
import { mention } from '../../src/adapters/slack/messages/people.ts'
import { statusMessage } from '../../src/adapters/slack/messages/status.ts'
import { denyView } from '../../src/adapters/slack/views/deny.ts'
import { sha256 } from '../../src/domain/canonical.ts'
import { type Approval, after, isIntact, type QuestionRequest } from '../../src/domain/policy/approval.ts'
import { approvalDetails, shownDetails } from '../../src/domain/policy/approvalDetails.ts'
import { notStartedWords, voteRefusalWords } from '../../src/domain/policy/approvalWords.ts'
import { type RequestStatus, requestStatus } from '../../src/domain/policy/requestStatus.ts'
import type { RunStatus } from '../../src/domain/result/runStatus.ts'
import { checkedView } from '../../src/playground/slack/blocks/view.ts'
import { aSet } from '../policy/rows.ts'
import { HOSTILE, RUN } from '../support/answers.ts'
import { ASKED, ASKER, anApproval, aRequest, clicked, FIRST, SECOND } from '../support/approvals.ts'
import { aPerson, aPolicy } from '../support/askFacts.ts'
import { goldenJson } from '../support/golden.ts'
import { slackProblems } from '../support/slackLimits.ts'

const NAMES: { readonly [id: string]: string } = {
  '111122223333': 'prod-payments',
  '444455556666': 'prod-web',
  '555566667777': 'prod-data',
}

/** Who may be mentioned: nobody else. */
const PEOPLE = [ASKER, FIRST, SECOND].map(({ user }) => user)

function viewOf(approval: Approval, changes: Partial<ApprovalView> = {}): ApprovalView {
  const { request } = approval
  return {
    approval,
    shown: shownDetails(
      request.run,
      approvalDetails(request, (id) => NAMES[id]),
    ),
    by: '1 of payments on call or security',
    estimate: { seconds: 95, requests: 190, parts: 3, regions: { count: 1, assumed: false }, hourly: 40 },
    asked: [FIRST],
    notes: [],
    alone: 'the same over 24h or less',
    ...changes,
  }
}

const question = aRequest()
const waiting = anApproval()
const two = anApproval({ seats: [{ by: ['on-call', 'security'], count: 2 }] })
const approved = clicked(waiting, FIRST, 122)
const denied = clicked(waiting, SECOND, 240, { verdict: 'deny', reason: 'Bob has asked the owner, it is theirs' })
const expired = after(waiting, { kind: 'expired', at: ASKED + 1800 })
const withdrawn = after(waiting, { kind: 'withdrawn', person: ASKER, at: ASKED + 60 })
const unread = {
  notes: ['The schedule payments cannot be read (no answer within 3 s): its fallback approves instead.'],
}
const otherWaiting = anApproval({
  run: '9b2d7c11-0f3e-4c8a-8a57-2f1f5f0f7a10',
  person: FIRST,
  words: `denied-calls last 30d reason="${HOSTILE}"`,
})

function requestOf(approval: Approval, changes: Partial<RequestStatus>): RequestStatus {
  const by = '1 of payments on call or security'
  return { approval, by, own: false, answerable: false, ...changes }
}

function aRun(): RunStatus {
  const question = 'key-activity accessKeyId=AKIAIOSFODNN7EXAMPLE last 24h'
  return { run: RUN, question, askedAt: '2026-11-20T13:40:00Z', state: 'complete', mayCancel: false }
}

const many: Partial<QuestionRequest> = {
  query: {
    ...question.query,
    accounts: Array.from({ length: 240 }, (_, index) => String(100_000_000_000 + index * 7_919)),
    parameters: { principal: 'x'.repeat(3_000) },
  },
}

const MESSAGES: { readonly [name: string]: Message } = {
  'approval-card': approvalCard(viewOf(waiting)),
  'approval-card-fallback': approvalCard(viewOf(waiting, unread)),
  'approval-card-half': approvalCard(
    viewOf(clicked(two, FIRST, 61), { by: '2 of payments on call or security', asked: [FIRST, SECOND] }),
  ),
  'approval-card-nobody': approvalCard(viewOf(waiting, { asked: [] })),
  'approval-card-long': approvalCard(viewOf(anApproval(many))),
  'approval-card-long-without-file': approvalCard(viewOf(anApproval(many), { fileMissing: true })),
  'approval-card-approved': approvalCard(viewOf(approved)),
  'approval-card-denied': approvalCard(viewOf(denied)),
  'approval-card-expired': approvalCard(viewOf(expired)),
  'approval-card-withdrawn': approvalCard(viewOf(withdrawn)),
  'approval-waiting': waitingMessage(viewOf(waiting)),
  'approval-waiting-direct': waitingMessage(viewOf(anApproval({ places: ['direct'] }), unread)),
  'approval-waiting-approved': waitingMessage(viewOf(approved)),
  'approval-waiting-denied': waitingMessage(viewOf(denied)),
  'approval-waiting-not-started': waitingMessage(viewOf(approved, { notStarted: notStartedWords('refused') })),
  'approval-reminder': reminderMessage(viewOf(waiting), [FIRST]),
  'approval-escalated': escalatedMessage(viewOf(waiting), [SECOND]),
  'approval-ended-denied': endedMessage(viewOf(denied)),
  'approval-ended-expired': endedMessage(viewOf(expired)),
  'approval-ended-not-started': endedMessage(viewOf(approved, { notStarted: notStartedWords('other_approvers') })),
  'approval-answered': answeredMessage(approved, '1 of payments on call or security'),
  'approval-answered-half': answeredMessage(clicked(two, FIRST, 61), '1 of payments on call or security'),
  'approval-status': statusMessage(
    [aRun()],
    [requestOf(waiting, { own: true }), requestOf(otherWaiting, { answerable: true })],
  ),
  'approval-status-over': statusMessage([], [requestOf(denied, { own: true })]),
  'approval-refused-handled': answerRefusedMessage(
    voteRefusalWords({ code: 'already_handled', status: 'approved', at: ASKED + 122, by: FIRST }, mention),
  ),
}

for (const [name, message] of Object.entries(MESSAGES))
  test(`${name} reads like this`, () => {
    assert.deepEqual(slackProblems(message, PEOPLE), [])
    goldenJson(`slack/${name}.json`, message)
  })

test('who must approve is whole where one request is shown, and short in a list of several', () => {
  const by = Array.from({ length: 12 }, (_, index) => `1 of the approvers of payments ${index}`).join('; and ')
  const one = requestOf(waiting, { own: true, by })
  assert.ok(statusMessage([], [one]).text.includes(by.slice(-40)))
  const listed = statusMessage([], [one, one])
  assert.ok(!JSON.stringify(listed).includes(by.slice(0, 120)))
  assert.match(listed.text, /needs 1 of the approvers of payments 0; and .*…/)
})

test('the dialog of a denial reads like this', () => {
  const view = denyView('{"run":"1f0c9a2e"}')
  checkedView(view, 'modal', { table: true, dataTable: true })
  goldenJson('slack/view-deny.json', view)
})

test('a card shows every account, parameter and Region, or counts them and names the file that has them all, with its hash', () => {
  const small = JSON.stringify(MESSAGES['approval-card'])
  for (const part of ['prod-payments (111122223333)', 'prod-data (555566667777)', 'us-east-1', waiting.request.hash])
    assert.ok(small.includes(part), part)
  const request = aRequest(many)
  const { details, file } = shownDetails(
    request.run,
    approvalDetails(request, () => undefined),
  )
  const card = JSON.stringify(MESSAGES['approval-card-long'])
  assert.ok(file)
  assert.ok(card.includes(sha256(file.text)), 'the hash of the file')
  for (const account of request.query.accounts) assert.ok(file.text.includes(account), account)
  assert.ok(file.text.includes('x'.repeat(3_000)))
  assert.deepEqual(
    details.filter(({ inFile }) => inFile).map(({ name }) => name),
    ['Parameter principal', 'Accounts'],
  )
  for (const { values, inFile } of details)
    if (!inFile) for (const value of values) assert.ok(card.includes(value), value)
})

test('what cannot be read whole has no button to approve it with, and what has ended has none at all', () => {
  const buttons = (message: Message | undefined): readonly string[] =>
    JSON.stringify(message).match(/(approve|deny|withdraw)_request/g) ?? []
  assert.deepEqual(buttons(MESSAGES['approval-card']), ['approve_request', 'deny_request'])
  assert.deepEqual(buttons(MESSAGES['approval-card-long-without-file']), ['deny_request'])
  for (const name of ['approved', 'denied', 'expired', 'withdrawn'])
    assert.deepEqual(buttons(MESSAGES[`approval-card-${name}`]), [], name)
})

test('hostile text in what is asked, in the reason and in a denial mentions nobody', () => {
  const text = HOSTILE.slice(0, 480)
  const approval = anApproval({
    words: HOSTILE.repeat(9),
    reason: text,
    why: HOSTILE,
    query: { ...question.query, parameters: { principal: `${'&<>`'.repeat(220)} <!channel> <@U0EVIL001>` } },
  })
  assert.ok(isIntact(approval.request))
  const over = clicked(approval, FIRST, 60, { verdict: 'deny', reason: text })
  const views = [viewOf(approval, { alone: HOSTILE, by: HOSTILE, notes: [HOSTILE] }), viewOf(over)]
  for (const view of views)
    for (const message of [
      approvalCard(view),
      waitingMessage(view),
      endedMessage(view),
      reminderMessage(view, [FIRST]),
    ]) {
      assert.deepEqual(slackProblems(message, PEOPLE), [])
      const mentioned = JSON.stringify(message).match(/<[@!#][^>]*>/g) ?? []
      for (const one of mentioned) assert.match(one, /^<(@U0ALICE01|@U0BOB0001|#C0SECRESP)>$/)
    }
})

test('what a button carried is read as two texts, or not at all', () => {
  assert.deepEqual(readAnswerPress('{"run":"a","hash":"b","more":1}'), { run: 'a', hash: 'b' })
  for (const forged of ['', 'null', '[]', '{"run":1,"hash":"b"}', '{"run":"a"}', 'run'])
    assert.equal(readAnswerPress(forged), undefined, forged)
})

test('a status says who must still approve, once somebody has', () => {
  const policy = aPolicy({
    approvers: [aSet('on-call', { persons: [FIRST] }), aSet('security', { persons: [SECOND] })],
  })
  const asked = anApproval({
    seats: [
      { by: ['on-call'], count: 1 },
      { by: ['security'], count: 1 },
    ],
  })
  const by = (approval: Approval): string => requestStatus(approval, aPerson({ person: ASKER }), policy, ASKED + 100).by
  assert.equal(by(asked), '1 of on-call, and 1 of security')
  assert.equal(by(clicked(asked, FIRST, 60, { sets: ['on-call'] })), '1 of security')
})

test('a status has a button to take back what its reader asked and still waits, and none to answer others by: their card has it all', () => {
  const buttons = (...requests: readonly RequestStatus[]): readonly string[] =>
    JSON.stringify(statusMessage([], requests)).match(/(approve|deny|withdraw)_request/g) ?? []
  const all = [
    requestOf(waiting, { own: true }),
    requestOf(otherWaiting, { answerable: true }),
    requestOf(denied, { own: true }),
  ]
  assert.deepEqual(buttons(...all), ['withdraw_request'])
  assert.deepEqual(buttons(...Array.from({ length: 60 }, () => all).flat()).length, 5)
  assert.deepEqual(slackProblems(statusMessage([aRun()], Array.from({ length: 60 }, () => all).flat()), PEOPLE), [])
})
