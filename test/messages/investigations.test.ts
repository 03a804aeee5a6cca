import assert from 'node:assert/strict'
import test from 'node:test'
import {
  type ApprovalView,
  answeredMessage,
  approvalCard,
  waitingMessage,
} from '../../src/adapters/slack/messages/approval.ts'
import {
  digestMessage,
  grantMessage,
  grantsMessage,
  openedMessage,
  revokedMessage,
  takenBackMessage,
} from '../../src/adapters/slack/messages/investigation.ts'
import type { Message } from '../../src/adapters/slack/messages/message.ts'
import { sha256 } from '../../src/domain/canonical.ts'
import { type Approval, opened } from '../../src/domain/policy/approval.ts'
import { approvalDetails, shownDetails } from '../../src/domain/policy/approvalDetails.ts'
import { approvalHash } from '../../src/domain/policy/basis.ts'
import { type AskedUnderIt, type Digest, digestFile } from '../../src/domain/policy/digestText.ts'
import { type InvestigationEntry, openedBy } from '../../src/domain/policy/investigation.ts'
import { HOSTILE } from '../support/answers.ts'
import { ASKED, ASKER, aRequest, clicked, FIRST, SECOND } from '../support/approvals.ts'
import { golden, goldenJson } from '../support/golden.ts'
import { slackProblems } from '../support/slackLimits.ts'

const PEOPLE = [ASKER, FIRST, SECOND].map(({ user }) => user)

function aWaiting(name = 'INC-42', reason = 'INC-42: who used the key that leaked, and for what?'): Approval {
  const {
    query: _,
    hash: __,
    ...rest
  } = aRequest({
    reason,
    why: 'every question within what stands below needs no further approval until it ends',
    words: `investigate ${name} for 4h with @${SECOND.user} tier elevated account=@prod window=30d`,
  })
  const investigation = {
    name,
    people: [ASKER, SECOND],
    channel: 'C0INCPAY1',
    tier: 'elevated' as const,
    accounts: ['111122223333', '444455556666', '555566667777'],
    regions: 'enabled' as const,
    runbooks: ['*'],
    window: 30 * 86_400,
    seconds: 4 * 3600,
  }
  const exact = { ...rest, investigation }
  return opened({ ...exact, hash: approvalHash(exact) })
}

const waiting = aWaiting()
const approved = clicked(waiting, FIRST, 122)

function anInvestigation(entries: readonly InvestigationEntry[] = [], from = approved): Digest['investigation'] {
  const investigation = openedBy(from, entries)
  assert.ok(investigation)
  return investigation
}

const narrowed: InvestigationEntry = {
  kind: 'narrowed',
  by: ASKER,
  at: ASKED + 4000,
  taken: { people: [], accounts: ['555566667777'], runbooks: ['secrets-read'], window: 7 * 86_400 },
}
const ended: InvestigationEntry = { kind: 'ended', by: FIRST, at: ASKED + 9000 }

const asked: readonly AskedUnderIt[] = [
  ['complete', 'iam-persistence last 10d account=prod-payments', 14],
  ['partial', 'denied-calls last 30d account=@prod', 2_310],
  ['failed', 'secrets-read last 7d account=prod-web', undefined],
  ['running', 'key-activity AKIAIOSFODNN7EXAMPLE last 30d', undefined],
].map(([outcome, words, matched], index) => ({
  run: `${index}f0c9a2e-5d4b-4a53-9d5e-0c7a2b1d3e4f`,
  person: index === 1 ? SECOND : ASKER,
  words: String(words),
  askedAt: new Date((ASKED + 600 * (index + 1)) * 1000).toISOString(),
  outcome: outcome as AskedUnderIt['outcome'],
  ...(matched === undefined
    ? {}
    : { matched: Number(matched), answer: sha256(String(words)), csv: sha256(`${words}.csv`) }),
}))

function viewOf(approval: Approval): ApprovalView {
  const { request } = approval
  const shown = shownDetails(
    request.run,
    approvalDetails(request, () => undefined),
  )
  return { approval, shown, by: '1 of payments on call or security', asked: [FIRST], notes: [] }
}

const over: Digest = { investigation: anInvestigation([narrowed, ended]), asked, unread: [] }
const quiet: Digest = { investigation: anInvestigation(), asked: [], unread: [] }
const unread: Digest = { ...over, asked: asked.slice(0, 1), unread: ['1a2b3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d'] }

const MESSAGES: { readonly [name: string]: Message } = {
  'investigation-card': approvalCard(viewOf(waiting)),
  'investigation-waiting': waitingMessage(viewOf(waiting)),
  'investigation-waiting-approved': waitingMessage(viewOf(approved)),
  'investigation-answered': answeredMessage(approved, '1 of payments on call or security'),
  'investigation-opened': openedMessage(approved),
  'investigation-grants': grantsMessage([quiet.investigation, anInvestigation([narrowed])], true),
  'investigation-grants-none': grantsMessage([], true),
  'investigation-grant': grantMessage({ investigation: anInvestigation([narrowed]), asked, unread: [] }),
  'investigation-narrowed': revokedMessage(anInvestigation([narrowed]), 1),
  'investigation-revoked': revokedMessage(over.investigation, 2),
  'approval-taken-back': takenBackMessage('1a2b3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d'),
  'investigation-digest': digestMessage(over, digestFile(over)),
  'investigation-digest-unread': digestMessage(unread, digestFile(unread)),
  'investigation-digest-quiet': digestMessage(quiet, digestFile(quiet)),
}

for (const [name, message] of Object.entries(MESSAGES))
  test(`${name} reads like this`, () => {
    assert.deepEqual(slackProblems(message, PEOPLE), [])
    goldenJson(`slack/${name}.json`, message)
  })

test('nobody is told to ask for an investigation where the policy knows of none', () => {
  assert.match(grantsMessage([], true).text, /investigate/)
  assert.equal(grantsMessage([], false).text, 'No investigation is open here or with you.')
})

test('the file of a digest reads like this, whole', () => {
  const file = digestFile(over)
  golden('investigation-digest.txt', file.text)
  assert.equal(file.sha256, sha256(file.text))
  for (const { run, answer, csv } of asked)
    for (const part of [run, answer, csv]) assert.ok(file.text.includes(part ?? ''))
})

test('nothing that somebody typed calls anybody, makes a link or a message that Slack does not take, however many questions there are', () => {
  const hostile = clicked(aWaiting(HOSTILE.slice(0, 80), HOSTILE.slice(0, 500)), FIRST, 122)
  const investigation = anInvestigation([], hostile)
  const many = Array.from({ length: 200 }, (_, index) =>
    asked.map((one) => ({ ...one, words: `${HOSTILE}${index}` })),
  ).flat()
  const damaged = many.map((_, index) => `${String(index).padStart(8, '0')}-5d4b-4a53-9d5e-0c7a2b1d3e4f`)
  const digest = { investigation, asked: many, unread: damaged }
  const all = [
    approvalCard(viewOf(aWaiting(HOSTILE.slice(0, 80), HOSTILE.slice(0, 500)))),
    openedMessage(hostile),
    grantsMessage(
      Array.from({ length: 40 }, () => investigation),
      true,
    ),
    grantMessage(digest),
    digestMessage(digest, digestFile(digest)),
    revokedMessage(investigation, 0),
  ]
  for (const message of all) assert.deepEqual(slackProblems(message, PEOPLE), [])
})

test('only what an approval has opened can be told as open', () => {
  assert.throws(() => openedMessage(waiting), TypeError)
})
