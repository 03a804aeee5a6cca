import assert from 'node:assert/strict'
import { test } from 'node:test'
import { after, opened } from '../../src/domain/policy/approval.ts'
import { approvalHash } from '../../src/domain/policy/basis.ts'
import { basisFault, type Evidence } from '../../src/domain/policy/basisCheck.ts'
import { type Grant, grantSchema } from '../../src/domain/policy/grant.ts'
import type { Investigation } from '../../src/domain/policy/investigation.ts'
import { afterReview, type Review } from '../../src/domain/policy/review.ts'
import { aQuery, DAY, PAYMENTS, WEB } from '../support/askFacts.ts'
import { IAM_PERSISTENCE } from '../support/askRunbooks.ts'
import { aBroken } from '../support/reviews.ts'
import { aRequest } from './requests.ts'
import { ALICE, BOB, CAROL, READ_AT } from './rows.ts'

const REQUEST = aRequest()
const APPROVED = after(opened(REQUEST), {
  kind: 'voted',
  vote: { verdict: 'approve', run: REQUEST.run, hash: REQUEST.hash, person: BOB, sets: ['security'], at: READ_AT + 1 },
})
const POLICY = 'd'.repeat(64)
const BASIS = { kind: 'approval', policy: POLICY, hash: REQUEST.hash, cost: REQUEST.cost, approvers: [BOB] } as const
const ID = '9c7a2b1d-5d4b-4a53-9d5e-0c7a2b1d3e4f'

function aGrant(parts: Partial<Grant> = {}): Grant {
  const { run, person, query, to, tier } = REQUEST
  return {
    ...{ iss: 'ctq', aud: 'ctq-worker', sub: 'T1.UALICE', jti: 'j', iat: READ_AT, nbf: READ_AT, exp: READ_AT + 600 },
    ...{ run, person, role: 'team', tier, query, to, deliverBy: READ_AT + 3600, askedAt: READ_AT },
    basis: BASIS,
    ...parts,
  }
}

const PROOF: Evidence = { kind: 'approval', approval: APPROVED }
const fault = (grant: Grant, evidence: Evidence | undefined = PROOF, now = READ_AT + 60): string | undefined =>
  basisFault(grant, evidence, now)

const { query } = REQUEST
const APPROVALS: readonly (readonly [says: string, found: string | undefined, expected: string | undefined])[] = [
  ['what was approved holds', fault(aGrant()), undefined],
  [
    'what began long after it was approved does not',
    fault(aGrant({ askedAt: READ_AT + 1 + 1800 })),
    'it began too long after it was approved',
  ],
  [
    'another account is not',
    fault(aGrant({ query: { ...query, accounts: [PAYMENTS, WEB] } })),
    'it is not what was approved',
  ],
  [
    'another place for the answer is not',
    fault(aGrant({ to: { kind: 'sink', name: 'x' } })),
    'it is not what was approved',
  ],
  ['another person is not', fault(aGrant({ person: CAROL })), 'it is not what was approved'],
  ['another run is not', fault(aGrant({ run: ID })), 'it is not what was approved'],
  ['more money is not', fault(aGrant({ basis: { ...BASIS, cost: { usd: 5 } } })), 'it is not what was approved'],
  ['another tier is not', fault(aGrant({ tier: 'duty' })), 'another tier was approved'],
  ['nothing sensitive holds', fault(aGrant({ tier: 'sensitive' })), 'nothing sensitive is allowed by any basis'],
  [
    'without a request nothing holds',
    fault(aGrant(), { kind: 'approval', approval: undefined }),
    'there is no such request for approval',
  ],
  ['without evidence nothing holds', basisFault(aGrant(), undefined, READ_AT), 'nothing is known of its basis'],
  [
    'evidence of another kind is none',
    fault(aGrant(), { kind: 'break_glass', review: undefined }),
    'nothing is known of its basis',
  ],
  [
    'a request that waits does not hold',
    fault(aGrant(), { kind: 'approval', approval: opened(REQUEST) }),
    'the request is requested',
  ],
  [
    'a request that was withdrawn does not hold',
    fault(aGrant(), {
      kind: 'approval',
      approval: after(opened(REQUEST), { kind: 'withdrawn', person: ALICE, at: READ_AT }),
    }),
    'the request is withdrawn',
  ],
  [
    'other approvers than it says do not hold',
    fault(aGrant({ basis: { ...BASIS, approvers: [CAROL] } })),
    'others approved it than it says',
  ],
  [
    'an approver too many does not hold',
    fault(aGrant({ basis: { ...BASIS, approvers: [BOB, CAROL] } })),
    'others approved it than it says',
  ],
  [
    'an approval of another request does not hold',
    fault(aGrant(), { kind: 'approval', approval: { ...APPROVED, request: aRequest({ cost: { usd: 1 } }) } }),
    'another request was approved',
  ],
  [
    'whoever asked is no approver, whatever the log says',
    fault(aGrant({ basis: { ...BASIS, approvers: [ALICE] } }), {
      kind: 'approval',
      approval: { ...APPROVED, votes: APPROVED.votes.map((vote) => ({ ...vote, person: ALICE })) },
    }),
    'whoever asked approved it',
  ],
  [
    'the policy alone needs no evidence',
    basisFault(aGrant({ basis: { kind: 'policy', policy: POLICY } }), undefined, READ_AT),
    undefined,
  ],
]
for (const [says, found, expected] of APPROVALS) test(`by approval: ${says}`, () => assert.equal(found, expected))

const INVESTIGATION: Investigation = {
  id: ID,
  name: 'INC-42',
  opener: ALICE,
  reason: 'a key leaked',
  hash: 'a'.repeat(64),
  hashes: ['c'.repeat(64), 'a'.repeat(64)],
  approvers: [{ person: CAROL, sets: ['security'] }],
  without: [],
  regions: 'enabled',
  runbooks: ['*'],
  people: [ALICE],
  admitted: [ALICE],
  channel: 'C0INCIDENT',
  tier: 'elevated',
  accounts: [PAYMENTS],
  window: 8 * DAY,
  from: READ_AT - 60,
  until: READ_AT + 4 * 3600,
}
const WITHIN = {
  kind: 'investigation',
  policy: POLICY,
  id: ID,
  hash: INVESTIGATION.hash,
  until: INVESTIGATION.until,
} as const

function within(
  parts: Partial<Grant> = {},
  changed: Partial<Investigation> = {},
  now = READ_AT + 60,
): string | undefined {
  const investigation = { ...INVESTIGATION, ...changed }
  return basisFault(aGrant({ basis: WITHIN, ...parts }), { kind: 'investigation', investigation }, now)
}

const INVESTIGATIONS: readonly (readonly [says: string, found: string | undefined, expected: string | undefined])[] = [
  ['a question within its bounds holds', within(), undefined],
  ['an ended one holds nothing', within({}, { ended: { at: READ_AT, by: BOB } }), 'the investigation has ended'],
  ['one whose time is over holds nothing', within({}, {}, INVESTIGATION.until), 'the investigation has ended'],
  [
    'a token from before a narrowing holds while it lies within what is left',
    within({ basis: { ...WITHIN, hash: 'c'.repeat(64) } }),
    undefined,
  ],
  [
    'bounds that nobody approved hold nothing',
    within({ basis: { ...WITHIN, hash: 'b'.repeat(64) } }),
    'it is not an investigation that was approved',
  ],
  [
    'whoever alone approved it may not ask under it',
    within({}, { approvers: [{ person: ALICE, sets: ['security'] }] }),
    'nobody but whoever asked approved it',
  ],
  ['another runbook holds not', within({}, { runbooks: ['who-is'] }), 'its runbook is not of the investigation'],
  [
    'a runbook that was taken away holds not',
    within({}, { without: ['iam-persistence'] }),
    'its runbook is not of the investigation',
  ],
  ['another Region holds not', within({}, { regions: ['eu-west-1'] }), 'a Region is not of the investigation'],
  ['another one holds nothing', within({}, { id: REQUEST.run }), 'there is no such investigation'],
  ['a token does not outlast it', within({}, { until: READ_AT + 300 }), 'it would outlast the investigation'],
  [
    'a question from before it holds not',
    within({ askedAt: READ_AT - 120 }),
    'it was asked before the investigation was opened',
  ],
  ['somebody else holds not', within({ person: BOB }), 'the person is not of the investigation'],
  [
    'another channel holds not',
    within({ to: { kind: 'slack', team: 'T1', channel: 'C0OTHER' } }),
    'it was not asked in the channel of the investigation',
  ],
  ['a tier above holds not', within({}, { tier: 'duty' }), 'its tier is above that of the investigation'],
  [
    'another account holds not',
    within({ query: { ...query, accounts: [WEB] } }),
    'an account is not of the investigation',
  ],
  [
    'a longer window holds not',
    within({ query: aQuery(IAM_PERSISTENCE, { days: 9 }) }),
    'its window is longer than that of the investigation',
  ],
]
for (const [says, found, expected] of INVESTIGATIONS)
  test(`by investigation: ${says}`, () => assert.equal(found, expected))

const GLASS = { kind: 'break_glass', policy: POLICY, review: REQUEST.run, reason: 'payments are down' } as const
const REVIEW = { broken: aBroken({ ...REQUEST, tier: REQUEST.tier, reason: GLASS.reason }) }
const CLOSING = {
  ...{ run: REVIEW.broken.run, hash: REVIEW.broken.hash, note: 'nobody was awake', person: CAROL },
  ...{ sets: ['security'], at: READ_AT + 30 },
}
const closed = (verdict: 'justified' | 'not_justified'): Review =>
  afterReview(REVIEW, { kind: 'closed', closing: { ...CLOSING, verdict } })

function broken(parts: Partial<Grant> = {}, review: Review | undefined = REVIEW): string | undefined {
  return fault(aGrant({ basis: GLASS, ...parts }), { kind: 'break_glass', review })
}

const BROKEN: readonly (readonly [says: string, found: string | undefined, expected: string | undefined])[] = [
  ['exactly what the review is of holds', broken(), undefined],
  ['it holds while the review is closed as justified', broken({}, closed('justified')), undefined],
  ['a reason of spaces is none', broken({ basis: { ...GLASS, reason: 'urgent       ' } }), 'there is no reason'],
  [
    'without a review it does not',
    fault(aGrant({ basis: GLASS }), { kind: 'break_glass', review: undefined }),
    'no review is open',
  ],
  [
    'without evidence it does not',
    basisFault(aGrant({ basis: GLASS }), undefined, READ_AT),
    'nothing is known of its basis',
  ],
  ['a review of another run is none', broken({ basis: { ...GLASS, review: ID } }), 'no review is open'],
  ['another run is not', broken({ run: ID }), 'the review is of another run'],
  ['another person is not', broken({ person: BOB }), 'the review is of another run'],
  [
    'another account is not',
    broken({ query: { ...query, accounts: [PAYMENTS, WEB] } }),
    'it is not what the review is of',
  ],
  [
    'a longer window is not',
    broken({ query: aQuery(IAM_PERSISTENCE, { days: 30 }) }),
    'it is not what the review is of',
  ],
  [
    'another place for the answer is not',
    broken({ to: { kind: 'sink', name: 'x' } }),
    'it is not what the review is of',
  ],
  ['another tier is not', broken({ tier: 'duty' }), 'the review is of another tier'],
  ['nothing sensitive is', broken({ tier: 'sensitive' }), 'nothing sensitive is allowed by any basis'],
  ['another reason is not', broken({ basis: { ...GLASS, reason: 'payments are up' } }), 'another reason was given'],
  [
    'once somebody has stopped it, it does not',
    broken({}, afterReview(REVIEW, { kind: 'stopped', by: BOB, at: READ_AT + 9 })),
    'it was stopped, or found not justified',
  ],
  [
    'once it was found not justified, it does not',
    broken({}, closed('not_justified')),
    'it was stopped, or found not justified',
  ],
]
for (const [says, found, expected] of BROKEN) test(`by break-glass: ${says}`, () => assert.equal(found, expected))

test('a token carries one basis of a known kind, whole, and nothing else', () => {
  for (const basis of [BASIS, WITHIN, GLASS, { kind: 'policy', policy: POLICY }] as const)
    assert.ok(grantSchema.safeParse(aGrant({ basis: structuredClone(basis) as Grant['basis'] })).success, basis.kind)
  const wrong = [
    { kind: 'none', policy: POLICY },
    { ...BASIS, approvers: [] },
    { ...BASIS, hash: 'short' },
    { ...BASIS, more: 1 },
    { kind: 'approval', policy: POLICY },
    { ...WITHIN, id: 'INC-42' },
    { ...GLASS, reason: '' },
  ]
  for (const basis of wrong) assert.ok(!grantSchema.safeParse(aGrant({ basis: basis as never })).success, basis.kind)
})

test('a grant of data events is none for an engine that reads no data events', () => {
  const data = aGrant({ query: { ...query, categories: ['data'] } })
  assert.ok(!grantSchema.safeParse(data).success)
  assert.notEqual(approvalHash({ ...REQUEST, query: data.query }), REQUEST.hash)
})
