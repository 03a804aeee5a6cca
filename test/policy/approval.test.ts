import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  type Approval,
  type ApprovalEntry,
  type ApprovalRequest,
  after,
  askedSets,
  isIntact,
  opened,
  type QuestionRequest,
  timetable,
  type Vote,
  voteOf,
} from '../../src/domain/policy/approval.ts'
import { voteRefusalWords } from '../../src/domain/policy/approvalWords.ts'
import { approvalHash } from '../../src/domain/policy/basis.ts'
import type { Person, PersonFacts } from '../../src/domain/policy/person.ts'
import { ASKED, anApproval, clicked as approvedBy, FIRST, SECOND } from '../support/approvals.ts'
import { aPerson, PAYMENTS, WEB } from '../support/askFacts.ts'
import { aRequest, RUN } from './requests.ts'
import { ALICE, approvalPolicy, aSchedule, aSet, BOB, CAROL, DAVE, READ_AT } from './rows.ts'

const AT = READ_AT

const POLICY = approvalPolicy()
const facts = (person: Person, parts: Partial<PersonFacts> = {}): PersonFacts =>
  aPerson({ person, readAt: AT, ...parts })
const click = (request: ApprovalRequest, verdict: Vote['verdict'] = 'approve', reason?: string) => ({
  verdict,
  hash: request.hash,
  ...(reason === undefined ? {} : { reason }),
})
const vote = (request: ApprovalRequest, person: Person, parts: Partial<Vote> = {}): ApprovalEntry => ({
  kind: 'voted',
  vote: { verdict: 'approve', run: RUN, hash: request.hash, person, sets: ['security'], at: AT + 60, ...parts },
})
const folded = (request: ApprovalRequest, ...entries: readonly ApprovalEntry[]): Approval =>
  entries.reduce(after, opened(request))

/** The outcome of somebody's click on a request in some state. */
function clicked(
  person: PersonFacts,
  {
    approval = opened(aRequest()),
    verdict = 'approve' as Vote['verdict'],
    reason = undefined as string | undefined,
    at = AT + 60,
    policy = POLICY,
  } = {},
): string {
  const made = voteOf(approval, click(approval.request, verdict, reason), person, policy, at)
  return made.ok ? `${made.value.verdict} as ${made.value.sets.join(' ')}` : made.error.code
}

const TWO = aRequest({
  seats: [
    { by: ['security'], count: 1 },
    { by: ['oncall'], count: 1 },
  ],
})

const CLICKS: readonly (readonly [says: string, found: string, expected: string])[] = [
  ['an approver’s click counts', clicked(facts(BOB)), 'approve as security'],
  ['somebody who is none is told no more', clicked(facts(DAVE)), 'not_an_approver'],
  [
    'nobody else learns what became of it',
    clicked(facts(DAVE), { approval: folded(aRequest(), vote(aRequest(), BOB)) }),
    'not_an_approver',
  ],
  ['whoever asked may not approve it', clicked(facts(ALICE)), 'own_request'],
  [
    'whoever asked may not approve it though they are an approver',
    clicked(facts(ALICE), { policy: approvalPolicy({ approvers: [aSet('security', { persons: [ALICE] })] }) }),
    'own_request',
  ],
  [
    'whoever asked may approve it where the request says so and they are an approver',
    clicked(facts(ALICE), {
      approval: opened(aRequest({ self: true })),
      policy: approvalPolicy({ approvers: [aSet('security', { persons: [ALICE] })] }),
    }),
    'approve as security',
  ],
  [
    'whoever asked may not where the request says so but they are none',
    clicked(facts(ALICE), { approval: opened(aRequest({ self: true })) }),
    'not_an_approver',
  ],
  [
    'the same user of another workspace is somebody else',
    clicked(facts({ team: 'T2', user: 'UBOB' })),
    'not_an_approver',
  ],
  ['a deactivated approver has no right', clicked(facts(BOB, { deactivated: true })), 'not_an_approver'],
  [
    'a denied approver has no right',
    clicked(facts(BOB), { policy: approvalPolicy({ deny: { persons: [BOB], groups: [], places: [] } }) }),
    'not_an_approver',
  ],
  ['an approver by a managed group has the right', clicked(facts(DAVE, { groups: ['SSEC'] })), 'approve as security'],
  ['a guest in a managed group has none', clicked(facts(DAVE, { groups: ['SSEC'], guest: true })), 'not_an_approver'],
  [
    'an ordinary group gives none',
    clicked(facts(DAVE, { groups: ['SPLAIN'] }), {
      policy: approvalPolicy({ approvers: [aSet('security', { groups: ['SPLAIN'] })] }),
    }),
    'not_an_approver',
  ],
  [
    'whoever came into the group too late has none',
    clicked(facts(DAVE, { groups: ['SSEC'], groupsSince: { SSEC: AT - 60 } }), {
      policy: approvalPolicy({ settleFor: 86_400 }),
    }),
    'not_an_approver',
  ],
  [
    'whoever is on call has the right',
    clicked(facts(DAVE, { onCall: { now: ['primary'], unread: [] } }), { approval: opened(TWO) }),
    'approve as oncall',
  ],
  [
    'the fallback has it while the schedule cannot be read',
    clicked(facts(DAVE, { onCall: { now: [], unread: ['primary'] } }), { approval: opened(TWO) }),
    'approve as oncall',
  ],
  [
    'on call for a set that is not asked gives none',
    clicked(facts(DAVE, { onCall: { now: ['primary'], unread: [] } })),
    'not_an_approver',
  ],
  ['a click at the last second counts', clicked(facts(BOB), { at: AT + 1799 }), 'approve as security'],
  ['a click when it has expired does not', clicked(facts(BOB), { at: AT + 1800 }), 'expired'],
  ['a denial without a reason does not count', clicked(facts(BOB), { verdict: 'deny' }), 'reason_needed'],
  ['a denial of white space does not', clicked(facts(BOB), { verdict: 'deny', reason: '  \n ' }), 'reason_needed'],
  [
    'a denial with a reason counts',
    clicked(facts(BOB), { verdict: 'deny', reason: 'not during audit' }),
    'deny as security',
  ],
  [
    'the second click finds it handled',
    clicked(facts(CAROL), { approval: folded(aRequest(), vote(aRequest(), BOB)) }),
    'already_handled',
  ],
  ['one person answers once', clicked(facts(BOB), { approval: folded(TWO, vote(TWO, BOB)) }), 'already_voted'],
  [
    'a seat that is taken takes nobody else, who would be the second of the same',
    clicked(facts(CAROL), { approval: folded(TWO, vote(TWO, BOB)) }),
    'no_seat',
  ],
  [
    'whoever fills the other seat completes it',
    clicked(facts(DAVE, { onCall: { now: ['primary'], unread: [] } }), { approval: folded(TWO, vote(TWO, BOB)) }),
    'approve as oncall',
  ],
  [
    'somebody whose seat is taken may still deny',
    clicked(facts(CAROL), { approval: folded(TWO, vote(TWO, BOB)), verdict: 'deny', reason: 'wrong account' }),
    'deny as security',
  ],
]
for (const [says, found, expected] of CLICKS) test(`clicks: ${says}`, () => assert.equal(found, expected))

test('a click on a card of something else counts for nothing', () => {
  const approval = opened(aRequest())
  const other = { verdict: 'approve' as const, hash: '0'.repeat(64) }
  const made = voteOf(approval, other, facts(BOB), POLICY, AT)
  assert.deepEqual(made, { ok: false, error: { code: 'other_request' } })
})

const ENDS: readonly (readonly [says: string, approval: Approval, expected: string])[] = [
  ['nobody has answered', opened(aRequest()), 'requested 0'],
  ['one seat of one', folded(aRequest(), vote(aRequest(), BOB)), 'approved 1'],
  ['one seat of two', folded(TWO, vote(TWO, BOB)), 'requested 1'],
  ['two seats of two', folded(TWO, vote(TWO, BOB), vote(TWO, DAVE, { sets: ['oncall'] })), 'approved 2'],
  ['one denial ends it', folded(TWO, vote(TWO, BOB), vote(TWO, CAROL, { verdict: 'deny' })), 'denied 2'],
  [
    'after a denial nothing counts',
    folded(aRequest(), vote(aRequest(), BOB, { verdict: 'deny' }), vote(aRequest(), CAROL)),
    'denied 1',
  ],
  ['a vote by whoever asked', folded(aRequest(), vote(aRequest(), ALICE)), 'requested 0'],
  ['a vote for another run', folded(aRequest(), vote(aRequest(), BOB, { run: RUN.replace('1', '2') })), 'requested 0'],
  ['a vote for another hash', folded(aRequest(), vote(aRequest(), BOB, { hash: '0'.repeat(64) })), 'requested 0'],
  ['a vote by nobody’s set', folded(aRequest(), vote(aRequest(), BOB, { sets: ['oncall'] })), 'requested 0'],
  ['a vote after the expiry', folded(aRequest(), vote(aRequest(), BOB, { at: AT + 1800 })), 'requested 0'],
  ['a vote from before it was asked', folded(aRequest(), vote(aRequest(), BOB, { at: AT - 1 })), 'requested 0'],
  ['the same vote twice', folded(TWO, vote(TWO, BOB), vote(TWO, BOB)), 'requested 1'],
  [
    'a withdrawal by whoever asked',
    folded(aRequest(), { kind: 'withdrawn', person: ALICE, at: AT + 1 }),
    'withdrawn 0',
  ],
  ['a withdrawal by somebody else', folded(aRequest(), { kind: 'withdrawn', person: BOB, at: AT + 1 }), 'requested 0'],
  ['an expiry', folded(aRequest(), { kind: 'expired', at: AT + 1800 }), 'expired 0'],
  ['an expiry before its time', folded(aRequest(), { kind: 'expired', at: AT + 1799 }), 'requested 0'],
  [
    'an expiry after the approval',
    folded(aRequest(), vote(aRequest(), BOB), { kind: 'expired', at: AT + 1800 }),
    'approved 1',
  ],
]
for (const [says, { status, votes }, expected] of ENDS)
  test(`what becomes of a request: ${says}`, () => assert.equal(`${status} ${votes.length}`, expected))

test('the hash is of exactly what would run: anything else is another request', () => {
  const request = aRequest()
  assert.ok(isIntact(request))
  const { query } = request
  const changed: readonly Partial<QuestionRequest>[] = [
    { run: RUN.replace('1', '2') },
    { person: BOB },
    { cost: { usd: 5 } },
    { to: { kind: 'slack', team: 'T1', channel: 'C0OTHER' } },
    { query: { ...query, accounts: [PAYMENTS, WEB] } },
    { query: { ...query, regions: ['eu-west-1'] } },
    { query: { ...query, limit: 5 } },
    { query: { ...query, parameters: { principal: 'alice' } } },
    { query: { ...query, window: { ...query.window, since: '2026-01-01T00:00:00Z' } } },
    { query: { ...query, window: { ...query.window, until: '2026-11-20T14:08:30Z' } } },
    { query: { ...query, runbook: { ...query.runbook, digest: '0'.repeat(64) } } },
    { query: { ...query, raw: true } },
  ]
  const hashes = changed.map((parts) => {
    assert.ok(!isIntact({ ...request, ...parts }), JSON.stringify(parts))
    return approvalHash({ ...request, ...parts })
  })
  assert.equal(new Set([...hashes, request.hash]).size, changed.length + 1)
  assert.deepEqual(query.window.until, { atStart: true, notAfter: '2026-11-20T15:08:30Z' })
})

test('whatever is clicked in whatever order, nobody sits twice, whoever asked sits nowhere, and an end is final', () => {
  const people = [ALICE, BOB, CAROL, DAVE]
  const entry = fc.oneof(
    fc
      .record({
        person: fc.constantFrom(...people),
        verdict: fc.constantFrom('approve' as const, 'approve' as const, 'approve' as const, 'deny' as const),
        sets: fc.subarray(['security', 'oncall']),
        at: fc.integer({ min: AT - 10, max: AT + 2000 }),
      })
      .map((parts) => vote(TWO, parts.person, parts)),
    fc.record({ kind: fc.constant('withdrawn' as const), person: fc.constantFrom(...people), at: fc.constant(AT + 5) }),
    fc.record({ kind: fc.constant('expired' as const), at: fc.integer({ min: AT, max: AT + 3000 }) }),
  )
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 8 }), (entries) => {
      let approval = opened(TWO)
      for (const one of entries) {
        const next = after(approval, one)
        if (approval.status !== 'requested') assert.deepEqual(next, approval)
        approval = next
      }
      const sitting = approval.seats.flatMap(({ person }) => person ?? [])
      assert.equal(new Set(sitting.map(({ user }) => user)).size, sitting.length)
      assert.ok(!sitting.some(({ user }) => user === ALICE.user))
      if (approval.status === 'approved') assert.equal(sitting.length, 2)
    }),
  )
})

test('reminders, escalations and the expiry come in time, and none after the expiry', () => {
  const request = aRequest({ seats: [{ by: ['oncall', 'security', 'leads'], count: 1 }], escalate: 600 })
  assert.deepEqual(
    timetable(request).map((due) => `${due.what}${'level' in due ? ` ${due.level}` : ''} ${due.at - AT}`),
    ['remind 180', 'remind 360', 'escalate 1 600', 'escalate 2 1200', 'expire 1800'],
  )
  assert.deepEqual(
    timetable({ ...request, expiresAt: AT + 300 }).map(({ what }) => what),
    ['remind', 'expire'],
  )
  assert.deepEqual(
    [0, 599, 600, 1300].map((after) => askedSets(request, AT + after).join(' ')),
    ['oncall', 'oncall', 'oncall security', 'oncall security leads'],
  )
})

test('every reason why a click does not count has its words', () => {
  const by = BOB
  const at = Date.parse('2026-11-20T14:02:30Z') / 1000
  const words = (refusal: Parameters<typeof voteRefusalWords>[0]): string =>
    voteRefusalWords(refusal, ({ user }) => `@${user}`)
  assert.equal(
    words({ code: 'already_handled', status: 'approved', at, by }),
    'This was already approved by @UBOB at 14:02Z.',
  )
  assert.equal(words({ code: 'already_handled', status: 'expired', at }), 'This was already expired at 14:02Z.')
  for (const code of [
    'expired',
    'own_request',
    'not_an_approver',
    'already_voted',
    'no_seat',
    'reason_needed',
    'other_request',
  ] as const)
    assert.match(words({ code }), /\.$/)
})

test('a schedule of the policy that nobody named makes nobody an approver', () => {
  const policy = approvalPolicy({ onCall: [aSchedule({ name: 'other' })] })
  assert.equal(
    clicked(facts(DAVE, { onCall: { now: ['other'], unread: [] } }), { approval: opened(TWO), policy }),
    'not_an_approver',
  )
})

test('an approval that is taken back is withdrawn; what was not approved, or opened an investigation, cannot be', () => {
  const back = { kind: 'taken_back', person: SECOND, at: ASKED + 90 } as const
  const approved = approvedBy(anApproval(), FIRST, 60)
  assert.equal(approved.status, 'approved')
  const taken = after(approved, back)
  assert.deepEqual([taken.status, taken.ended], ['withdrawn', { at: ASKED + 90, by: SECOND }])
  assert.equal(after(taken, back), taken)
  const waits = anApproval()
  assert.equal(after(waits, back), waits)
})
