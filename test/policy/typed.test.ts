import assert from 'node:assert/strict'
import { test } from 'node:test'
import { opened, voteOf } from '../../src/domain/policy/approval.ts'
import { reasonLength } from '../../src/domain/policy/breakGlass.ts'
import { closingOf } from '../../src/domain/policy/review.ts'
import { echo } from '../../src/domain/request/echo.ts'
import { investigateWords } from '../../src/domain/request/investigate.ts'
import { maskedTyped } from '../../src/domain/result/secrets.ts'
import { aPerson } from '../support/askFacts.ts'
import { aReview } from '../support/reviews.ts'
import { aRequest } from './requests.ts'
import { approvalPolicy, BOB, READ_AT } from './rows.ts'

const SECRET = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'
const TYPED = `pager dead; aws_secret_access_key=${SECRET} leaked`
const MASKED = 'pager dead; aws_secret_access_key=[masked: secret] leaked'
const bob = aPerson({ person: BOB, readAt: READ_AT })

test('a secret in what was typed is masked, once: doing it again changes nothing', () => {
  assert.equal(maskedTyped(TYPED), MASKED)
  assert.equal(maskedTyped(MASKED), MASKED)
  assert.equal(maskedTyped('nobody answers'), 'nobody answers')
  assert.equal(maskedTyped('password=a&'.repeat(45)).length, 500, 'no token takes more')
})

test('the words of a question and of an investigation repeat no secret of its reason', () => {
  const request = { runbook: 'iam-persistence', parameters: {}, accounts: [], reason: TYPED }
  assert.ok(echo(request as never).endsWith(`reason="${MASKED}"`), echo(request as never))
  const command = { kind: 'investigate', name: 'INC-42', seconds: 3600, people: [], accounts: [], runbooks: [] }
  const words = investigateWords({ ...command, reason: TYPED } as never)
  assert.ok(words.includes(`reason="${MASKED}"`), words)
})

test('a denial and what a review found are signed without the secrets that were typed', () => {
  const request = aRequest()
  const vote = voteOf(
    opened(request),
    { verdict: 'deny', hash: request.hash, reason: TYPED },
    bob,
    approvalPolicy(),
    READ_AT + 5,
  )
  assert.equal(vote.ok && vote.value.reason, MASKED)
  const review = aReview()
  const judgement = { verdict: 'justified' as const, note: TYPED, hash: review.broken.hash }
  const closing = closingOf(review, judgement, bob, approvalPolicy(), READ_AT + 5)
  assert.equal(closing.ok && closing.value.note, MASKED)
})

for (const [typed, letters] of [
  ['..........', 2],
  ['aaaaaaaaaaaaaaaaaaaa', 2],
  ['\u115f'.repeat(12), 0],
  ['\u3164\u200b\u2800\u00ad'.repeat(4), 0],
  [`no${' '.repeat(40)}pager`, 8],
  ['really good, 111 of 200', 22],
  ['支払いが止まっている', 10],
] as const)
  test(`letters that say something: ${JSON.stringify(typed)} has ${letters}`, () => {
    assert.equal(reasonLength(typed), letters)
  })

test('a denial of dots, or of nothing that anybody sees, does not count', () => {
  const request = aRequest()
  for (const reason of ['.....', '\u115f'.repeat(5)]) {
    const click = { verdict: 'deny' as const, hash: request.hash, reason }
    const vote = voteOf(opened(request), click, bob, approvalPolicy(), READ_AT + 5)
    assert.ok(!vote.ok && vote.error.code === 'reason_needed')
  }
})
