import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { explain } from '../../src/domain/failure.ts'
import { type Decision, decide } from '../../src/domain/policy/decide.ts'
import { TIERS } from '../../src/domain/policy/person.ts'
import type { Policy } from '../../src/domain/policy/policy.ts'
import { REFUSE_REASONS } from '../../src/domain/policy/reasons.ts'
import { rank } from '../../src/domain/policy/tier.ts'
import type { Ask } from '../../src/domain/policy/weigh.ts'
import { aMembership, DAY, PAYMENTS, STAGING, WEB } from '../support/askFacts.ts'
import { LIBRARY, SECRETS_READ } from '../support/askRunbooks.ts'
import {
  ALICE,
  approvalPolicy,
  aRule,
  askOf,
  BOB,
  CAROL,
  decideRow,
  glassRules,
  outcomeOf,
  READ_AT,
  type Row,
  TEAM,
  WHY,
} from './rows.ts'

const GLASS = { glass: WHY, policy: { breakGlass: glassRules() } }
const OTHER = { person: { team: 'T1', user: 'UERIN' } }
const RUN = '1f0c9a2e-5d4b-4a53-9d5e-0c7a2b1d3e4f'
const byGroup = (group: string): Partial<Policy> => ({
  breakGlass: glassRules({ members: { persons: [], groups: [group], onCall: [] } }),
})
const inGroup = (group: string, days = 9) => ({ groups: [group], groupsSince: { [group]: READ_AT - days * DAY } })

const ROWS: readonly Row[] = [
  {
    says: 'whoever is named does without the approval that the question needs',
    ...GLASS,
    expected: 'allow break_glass',
  },
  {
    says: 'without asking so, they wait for approval like anybody',
    policy: GLASS.policy,
    expected: 'approve: 1 of security',
  },
  { says: 'where policy says nothing of it, nobody does', glass: WHY, expected: 'refuse glass_switched_off' },
  {
    says: 'whoever is not named does not, also with a role',
    ...GLASS,
    person: { ...OTHER, groups: ['STEAM'] },
    expected: 'refuse glass_not_theirs',
  },
  {
    says: 'an approver who is not named does not',
    ...GLASS,
    person: { person: BOB, groups: ['STEAM'] },
    expected: 'refuse glass_not_theirs',
  },
  {
    says: 'a group that the identity provider fills gives it',
    glass: WHY,
    policy: byGroup('SSEC'),
    person: inGroup('SSEC'),
    expected: 'allow break_glass',
  },
  {
    says: 'an ordinary group never gives it',
    glass: WHY,
    policy: byGroup('STEAM'),
    person: inGroup('STEAM'),
    expected: 'refuse glass_not_theirs',
  },
  {
    says: 'a membership of today does not count',
    glass: WHY,
    policy: { ...byGroup('SSEC'), settleFor: DAY },
    person: inGroup('SSEC', 0.5),
    expected: 'refuse glass_not_theirs',
  },
  {
    says: 'whoever is on call has it while they are',
    glass: WHY,
    policy: { breakGlass: glassRules({ members: { persons: [], groups: [], onCall: ['primary'] } }) },
    person: { onCall: { now: ['primary'], unread: [] } },
    expected: 'allow break_glass',
  },
  {
    says: 'a schedule that cannot be read is never a yes',
    glass: WHY,
    policy: { breakGlass: glassRules({ members: { persons: [], groups: [], onCall: ['primary'] } }) },
    person: { onCall: { now: [], unread: ['primary'] } },
    expected: 'refuse glass_not_theirs',
  },
  {
    says: 'deny of the person wins',
    ...GLASS,
    policy: { ...GLASS.policy, deny: { persons: [ALICE], groups: [], places: [] } },
    expected: 'refuse person_denied',
  },
  {
    says: 'deny of the place wins',
    ...GLASS,
    policy: { ...GLASS.policy, deny: { persons: [], groups: [], places: ['C0INCIDENT'] } },
    expected: 'refuse place_denied',
  },
  {
    says: 'a deactivated account has nothing',
    ...GLASS,
    person: { deactivated: true },
    expected: 'refuse person_deactivated',
  },
  {
    says: 'whoever has no role has nothing to break it with',
    ...GLASS,
    policy: { ...GLASS.policy, roles: [] },
    expected: 'refuse no_role',
  },
  {
    says: 'a reason that is too short is none',
    ...GLASS,
    glass: { reason: 'it is urgent' },
    expected: 'refuse glass_reason_short',
  },
  {
    says: 'spaces are no reason',
    ...GLASS,
    glass: { reason: ` urgent ${' '.repeat(40)}` },
    expected: 'refuse glass_reason_short',
  },
  { says: 'no reason is none', ...GLASS, glass: { reason: undefined }, expected: 'refuse glass_reason_short' },
  {
    says: 'ten letters are the least, whatever policy says',
    glass: { reason: 'urgent!' },
    policy: { breakGlass: glassRules({ reason: 1 }) },
    expected: 'refuse glass_reason_short',
  },
  {
    says: 'an overdue review suspends it',
    ...GLASS,
    glass: { ...WHY, overdue: RUN },
    expected: 'refuse glass_suspended',
  },
  {
    says: 'an overdue review does not keep anybody from asking with approval',
    policy: GLASS.policy,
    expected: 'approve: 1 of security',
  },
  {
    says: 'it reaches no higher than its tier',
    glass: WHY,
    policy: { breakGlass: glassRules({ tier: 'duty' }) },
    expected: 'refuse glass_tier',
  },
  {
    says: 'nor than the ceiling of the role',
    ...GLASS,
    policy: { ...GLASS.policy, roles: [{ ...TEAM, ceiling: 'duty' }] },
    expected: 'refuse tier_above_ceiling',
  },
  {
    says: 'nothing sensitive is asked by it',
    ...GLASS,
    runbook: SECRETS_READ,
    query: { days: 30 },
    expected: 'refuse tier_sensitive',
  },
  {
    says: 'the role is still for its window',
    ...GLASS,
    policy: { ...GLASS.policy, roles: [{ ...TEAM, window: DAY }] },
    expected: 'refuse window_outside_role',
  },
  {
    says: 'the role is still for its accounts',
    ...GLASS,
    policy: { ...GLASS.policy, roles: [{ ...TEAM, accounts: [{ kind: 'id', id: WEB }] }] },
    expected: 'refuse accounts_outside_role',
  },
  {
    says: 'what nobody could approve is not asked by it either',
    ...GLASS,
    policy: { ...GLASS.policy, approvals: [] },
    expected: 'refuse no_approval_rule',
  },
  {
    says: 'nobody there to approve is no hindrance: that is what it is for',
    ...GLASS,
    approvers: [],
    expected: 'allow break_glass',
  },
  {
    says: 'without it, nobody there to approve is one',
    policy: GLASS.policy,
    approvers: [],
    expected: 'refuse no_approvers',
  },
  { says: 'what needs nobody breaks nothing', ...GLASS, query: { days: 1 }, expected: 'allow own_role' },
  {
    says: 'whoever may run it alone on call breaks nothing',
    ...GLASS,
    policy: {
      ...GLASS.policy,
      approvals: [aRule({ seats: [{ by: ['oncall'], count: 1 }], onCallAlone: ['*'] })],
    },
    person: { onCall: { now: ['primary'], unread: [] } },
    expected: 'allow on_call_alone',
  },
  {
    says: 'a second role that allows it by itself is taken before the glass is broken',
    ...GLASS,
    policy: { ...GLASS.policy, roles: [TEAM, { ...TEAM, name: 'lead', tier: 'elevated' }] },
    expected: 'allow own_role',
  },
]

for (const row of ROWS)
  test(`break-glass: ${row.says}`, () => {
    assert.equal(outcomeOf(decideRow(row)), row.expected)
  })

test('every reason of its own is met by a row', () => {
  const met = new Set(ROWS.map(({ expected }) => expected.replace(/^refuse /, '')))
  assert.deepEqual(
    REFUSE_REASONS.filter((reason) => reason.startsWith('glass_') && !met.has(reason)),
    [],
  )
})

test('what is decided says whose approval is skipped, and the record that it was', () => {
  const decision = decideRow({ says: '', expected: '', ...GLASS })
  assert.ok(decision.outcome === 'allow')
  assert.deepEqual(decision.skipped?.needs.seats, [{ by: ['security'], count: 1 }])
  assert.equal(decision.skipped?.why, 'an open search over 8d')
  assert.deepEqual(decision.checks.slice(-2), [
    { check: 'approval', passed: false, detail: 'break_glass' },
    { check: 'break_glass', passed: true, detail: 'break_glass' },
  ])
})

test('a refusal names the review that is overdue, and the letters that are missing', () => {
  const said = (row: Partial<Row>): string => {
    const decision = decideRow({ says: '', expected: '', ...GLASS, ...row })
    return decision.outcome === 'allow' ? '' : explain(decision.failure)
  }
  assert.match(said({ glass: { ...WHY, overdue: RUN } }), /review of your run 1f0c9a2e is overdue/)
  assert.match(said({ glass: { reason: 'short' } }), /at least 30 letters/)
})

const ask: fc.Arbitrary<Ask> = fc
  .record({
    days: fc.integer({ min: 1, max: 90 }),
    accounts: fc.subarray([PAYMENTS, WEB, STAGING], { minLength: 1 }),
    runbook: fc.constantFrom(...LIBRARY.all),
    groups: fc.subarray(['STEAM', 'SSEC', 'SBAD']),
    overdue: fc.boolean(),
    letters: fc.integer({ min: 0, max: 60 }),
  })
  .map(({ days, accounts, runbook, groups, overdue, letters }) =>
    askOf({
      runbook,
      query: { days, accounts },
      person: { groups, groupsSince: Object.fromEntries(groups.map((group) => [group, 0])) },
      glass: { reason: 'xy'.repeat(letters).slice(0, letters), ...(overdue && { overdue: RUN }) },
    }),
  )
const policy: fc.Arbitrary<Policy> = fc
  .record({
    tier: fc.constantFrom(...TIERS),
    ceiling: fc.constantFrom(...TIERS),
    glassTier: fc.constantFrom('duty' as const, 'elevated' as const),
    persons: fc.subarray([ALICE, CAROL]),
    groups: fc.subarray(['STEAM', 'SSEC']),
    approvals: fc.subarray([aRule()]),
    on: fc.boolean(),
  })
  .map(({ tier, ceiling, glassTier, persons, groups, approvals, on }) =>
    approvalPolicy({
      roles: [{ ...TEAM, tier, ceiling, members: aMembership({ persons: [ALICE], groups: ['STEAM', 'SSEC'] }) }],
      approvals,
      deny: { persons: [], groups: ['SBAD'], places: [] },
      ...(on && { breakGlass: glassRules({ tier: glassTier, members: { persons, groups, onCall: [] } }) }),
    }),
  )

test('it allows nothing that approval could not: never above the ceiling, nothing sensitive, nothing denied', () => {
  const plain = ({ glass: _, ...rest }: Ask): Ask => rest
  fc.assert(
    fc.property(ask, policy, (asked, rules) => {
      const broken = decide(asked, rules)
      const before: Decision = decide(plain(asked), rules)
      if (before.outcome === 'refuse') assert.equal(broken.outcome, 'refuse')
      if (before.outcome === 'allow') assert.deepEqual(broken.reason, before.reason)
      if (broken.outcome !== 'allow' || broken.reason !== 'break_glass') return
      assert.equal(before.outcome, 'approve')
      assert.notEqual(broken.tier, 'sensitive')
      assert.ok(rank(broken.tier) <= rank(rules.roles[0]?.ceiling ?? 'open'))
      assert.ok(rank(broken.tier) <= rank(rules.breakGlass?.tier ?? 'open'))
      assert.ok(asked.glass?.overdue === undefined && !asked.person.groups.includes('SBAD'))
    }),
  )
})

test('taking anybody out of it, or a letter from the reason, never widens it', () => {
  const reaches = (asked: Ask, rules: Policy): boolean => decide(asked, rules).outcome === 'allow'
  fc.assert(
    fc.property(ask, policy, fc.nat(3), (asked, rules, at) => {
      const { breakGlass } = rules
      if (breakGlass === undefined || reaches(asked, rules)) return
      const without = <T>(items: readonly T[]): readonly T[] => items.filter((_, index) => index !== at)
      const { members } = breakGlass
      const fewer = { ...members, persons: without(members.persons), groups: without(members.groups) }
      assert.ok(!reaches(asked, { ...rules, breakGlass: { ...breakGlass, members: fewer } }))
      assert.ok(!reaches({ ...asked, glass: { ...asked.glass, reason: asked.glass?.reason?.slice(1) } }, rules))
    }),
  )
})
