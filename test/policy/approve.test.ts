import assert from 'node:assert/strict'
import { test } from 'node:test'
import { explain } from '../../src/domain/failure.ts'
import { REFUSE_REASONS } from '../../src/domain/policy/reasons.ts'
import { aMembership, DAY, PAYMENTS, STAGING, WEB } from '../support/askFacts.ts'
import {
  aRunbook,
  CONSOLE_LOGINS,
  IAM_PERSISTENCE,
  KEY_ACTIVITY,
  RESOURCE_HISTORY,
  SECRETS_READ,
} from '../support/askRunbooks.ts'
import { ALICE, aRule, aSchedule, aSet, BOB, CAROL, decideRow, outcomeOf, READ_AT, type Row, TEAM } from './rows.ts'

const KEY = { accessKeyId: 'AKIA2E0A8F3B244C9986' }
const APPROVE = 'approve: 1 of security'
const LEAD = { ...TEAM, name: 'lead', tier: 'elevated' as const }
const byGroup = (group: string) => ({ ...LEAD, members: aMembership({ groups: [group] }) })
const seenFor = (group: string, days: number) => ({
  groups: [group],
  groupsSince: { [group]: READ_AT - days * DAY },
})
const ON_CALL = { onCall: { now: ['primary'], unread: [] } }
const UNREAD = { onCall: { now: [], unread: ['primary'] } }
const OTHER = { person: { team: 'T1', user: 'UERIN' } }

const MEMBERSHIPS: readonly Row[] = [
  {
    says: 'an elevated role by id needs nobody',
    policy: { roles: [LEAD] },
    expected: 'allow own_role',
  },
  {
    says: 'an elevated role by a managed group needs nobody',
    person: { ...OTHER, groups: ['SSEC'] },
    policy: { roles: [byGroup('SSEC')] },
    expected: 'allow own_role',
  },
  {
    says: 'an elevated role by an ordinary group gives duty, and needs approval above it',
    person: { ...OTHER, groups: ['STEAM'] },
    policy: { roles: [byGroup('STEAM')] },
    expected: APPROVE,
  },
  {
    says: 'an elevated role by an ordinary group still gives duty',
    person: { ...OTHER, groups: ['STEAM'] },
    policy: { roles: [byGroup('STEAM')] },
    query: { days: 7 },
    expected: 'allow own_role',
  },
  {
    says: 'a group that is named but not managed is an ordinary one',
    person: { ...OTHER, groups: ['STEAM'] },
    policy: { roles: [byGroup('STEAM')], groups: [{ group: 'STEAM', name: 'team', managed: false }] },
    expected: APPROVE,
  },
  {
    says: 'an elevated role by the pager needs nobody while on call',
    person: { ...OTHER, ...ON_CALL },
    policy: { roles: [{ ...LEAD, members: aMembership({ onCall: ['primary'] }) }] },
    expected: 'allow own_role',
  },
  {
    says: 'a role by the pager is none when not on call',
    person: { ...OTHER, onCall: { now: [], unread: [] } },
    policy: { roles: [{ ...LEAD, members: aMembership({ onCall: ['primary'] }) }] },
    expected: 'refuse no_role',
  },
  {
    says: 'a role by the pager is none while the schedule cannot be read',
    person: { ...OTHER, ...UNREAD },
    policy: { roles: [{ ...LEAD, members: aMembership({ onCall: ['primary'] }) }] },
    expected: 'refuse no_role',
  },
  {
    says: 'a role by the pager is none where nobody looked who is on call',
    person: OTHER,
    policy: { roles: [{ ...LEAD, members: aMembership({ onCall: ['primary'] }) }] },
    expected: 'refuse no_role',
  },
  {
    says: 'being on call in another schedule is no role',
    person: { ...OTHER, onCall: { now: ['secondary'], unread: [] } },
    policy: { roles: [{ ...LEAD, members: aMembership({ onCall: ['primary'] }) }] },
    expected: 'refuse no_role',
  },
  {
    says: 'a guest on call has no role by it',
    person: { ...OTHER, ...ON_CALL, guest: true },
    expected: 'refuse person_outside',
  },
  {
    says: 'an elevated role by e-mail gives duty, and needs approval above it',
    person: { ...OTHER, email: 'erin@example.com' },
    policy: { emails: true, roles: [{ ...LEAD, members: aMembership({ emails: ['erin@example.com'] }) }] },
    expected: APPROVE,
  },
  {
    says: 'somebody both listed and in an ordinary group has the role by id',
    person: { groups: ['STEAM'] },
    policy: { roles: [LEAD] },
    expected: 'allow own_role',
  },
  {
    says: 'a membership seen for a day counts',
    person: { ...OTHER, ...seenFor('STEAM', 1) },
    policy: { settleFor: DAY },
    query: { days: 1 },
    expected: 'allow own_role',
  },
  {
    says: 'a membership seen for less than a day does not',
    person: { ...OTHER, ...seenFor('STEAM', 0.99) },
    policy: { settleFor: DAY },
    query: { days: 1 },
    expected: 'refuse membership_too_new',
  },
  {
    says: 'a membership of unknown age does not count',
    person: { ...OTHER, groups: ['STEAM'] },
    policy: { settleFor: DAY },
    query: { days: 1 },
    expected: 'refuse membership_too_new',
  },
  {
    says: 'a membership whose facts have no time does not count',
    person: { ...OTHER, groups: ['STEAM'], groupsSince: { STEAM: 0 }, readAt: Number.NaN },
    policy: { settleFor: DAY },
    query: { days: 1 },
    expected: 'refuse membership_too_new',
  },
  {
    says: 'a membership from the future does not count',
    person: { ...OTHER, ...seenFor('STEAM', -1) },
    policy: { settleFor: DAY },
    query: { days: 1 },
    expected: 'refuse membership_too_new',
  },
  {
    says: 'a new membership takes nothing from a role by id',
    person: { groups: ['STEAM'] },
    policy: { settleFor: DAY },
    query: { days: 1 },
    expected: 'allow own_role',
  },
  {
    says: 'a new membership of a denied group denies at once',
    person: { groups: ['SBAD'] },
    policy: { settleFor: DAY, deny: { persons: [], groups: ['SBAD'], places: [] } },
    query: { days: 1 },
    expected: 'refuse person_denied',
  },
  {
    says: 'a new membership of a managed group gives nothing either',
    person: { ...OTHER, ...seenFor('SSEC', 0.5) },
    policy: { settleFor: DAY, roles: [byGroup('SSEC')] },
    query: { days: 1 },
    expected: 'refuse membership_too_new',
  },
]

const REASONS: readonly Row[] = [
  {
    says: 'a deactivated account is refused for that, whatever else',
    person: { deactivated: true, guest: true },
    policy: { deny: { persons: [ALICE], groups: [], places: ['C0INCIDENT'] } },
    expected: 'refuse person_deactivated',
  },
  {
    says: 'a denied person is refused for that before anything about the place',
    place: { archived: true },
    policy: { deny: { persons: [ALICE], groups: [], places: [] } },
    expected: 'refuse person_denied',
  },
  {
    says: 'a denied group is refused for that',
    person: { groups: ['SBAD'] },
    policy: { deny: { persons: [], groups: ['SBAD'], places: [] } },
    expected: 'refuse person_denied',
  },
  { says: 'a guest is refused for that', person: { ...OTHER, guest: true }, expected: 'refuse person_outside' },
  { says: 'a bot is refused for that', person: { ...OTHER, bot: true }, expected: 'refuse person_outside' },
  { says: 'a stranger is refused for that', person: { ...OTHER, stranger: true }, expected: 'refuse person_outside' },
  { says: 'somebody without a role is refused for that', person: OTHER, expected: 'refuse no_role' },
  {
    says: 'a denied place is refused for that',
    policy: { deny: { persons: [], groups: [], places: ['C0INCIDENT'] } },
    expected: 'refuse place_denied',
  },
  {
    says: 'an archived place is refused for that',
    place: { archived: true },
    expected: 'refuse place_archived',
  },
  {
    says: 'a place without the bot is refused for that',
    place: { botIsMember: false },
    expected: 'refuse place_without_bot',
  },
  {
    says: 'another text of the runbook is refused for that before its scope',
    query: { runbook: { name: 'iam-persistence', digest: '0'.repeat(64) }, accounts: ['999999999999'] },
    expected: 'refuse other_runbook_text',
  },
  {
    says: 'an account that nobody knows is refused for that',
    query: { accounts: [PAYMENTS, '999999999999'] },
    expected: 'refuse unknown_account',
  },
  {
    says: 'no account is refused as one that nobody knows',
    query: { accounts: [] },
    expected: 'refuse unknown_account',
  },
  {
    says: 'a place outside the role is refused for that',
    policy: { roles: [{ ...TEAM, places: ['direct'] }] },
    expected: 'refuse place_outside_role',
  },
  {
    says: 'a runbook outside the role is refused for that',
    policy: { roles: [{ ...TEAM, runbooks: ['key-activity'] }] },
    expected: 'refuse runbook_outside_role',
  },
  {
    says: 'accounts outside the role are refused for that',
    policy: { roles: [{ ...TEAM, accounts: [{ kind: 'group', name: 'test' }] }] },
    expected: 'refuse accounts_outside_role',
  },
  {
    says: 'Regions outside the role are refused for that',
    policy: { roles: [{ ...TEAM, regions: ['eu-west-1'] }] },
    expected: 'refuse regions_outside_role',
  },
  { says: 'no Region is refused, whatever the role', query: { regions: [] }, expected: 'refuse regions_outside_role' },
  {
    says: 'a window outside the role is refused for that: approval does not widen a role',
    policy: { roles: [{ ...TEAM, window: 7 * DAY }] },
    expected: 'refuse window_outside_role',
  },
  {
    says: 'a sensitive question is refused for that even where a role reaches it',
    policy: { roles: [{ ...TEAM, tier: 'sensitive', ceiling: 'sensitive' }] },
    runbook: SECRETS_READ,
    query: { days: 30 },
    expected: 'refuse tier_sensitive',
  },
  {
    says: 'a sensitive question cannot be approved',
    runbook: SECRETS_READ,
    query: { days: 30 },
    expected: 'refuse tier_sensitive',
  },
  {
    says: 'a tier above the ceiling is refused for that',
    policy: { roles: [{ ...TEAM, ceiling: 'duty' }] },
    expected: 'refuse tier_above_ceiling',
  },
  {
    says: 'a tier within the ceiling that no rule covers is refused for that',
    policy: { approvals: [] },
    expected: 'refuse no_approval_rule',
  },
]

const RULES: readonly Row[] = [
  { says: 'an elevated question needs approval', expected: APPROVE },
  { says: 'a duty question needs none', query: { days: 7 }, expected: 'allow own_role' },
  {
    says: 'the first role that needs nobody goes before one that needs approval',
    policy: { roles: [TEAM, LEAD] },
    expected: 'allow own_role',
  },
  {
    says: 'the first role that can be approved goes before one that refuses',
    policy: { roles: [{ ...TEAM, name: 'narrow', ceiling: 'duty' }, TEAM] },
    expected: APPROVE,
  },
  {
    says: 'a rule for other accounts is none',
    policy: { approvals: [aRule({ accounts: [{ kind: 'group', name: 'test' }] })] },
    expected: 'refuse no_approval_rule',
  },
  {
    says: 'an account of several without a rule refuses all',
    policy: { approvals: [aRule({ accounts: [{ kind: 'id', id: PAYMENTS }] })] },
    query: { accounts: [PAYMENTS, WEB] },
    expected: 'refuse no_approval_rule',
  },
  {
    says: 'a rule for other runbooks is none',
    policy: { approvals: [aRule({ runbooks: ['tag:login'] })] },
    expected: 'refuse no_approval_rule',
  },
  {
    says: 'a rule for a tag of the runbook is one',
    policy: { approvals: [aRule({ runbooks: ['tag:iam'] })] },
    expected: APPROVE,
  },
  {
    says: 'a rule up to duty does not cover an elevated question',
    policy: { approvals: [aRule({ tier: 'duty' })] },
    expected: 'refuse no_approval_rule',
  },
  {
    says: 'a rule for other roles is none',
    policy: { approvals: [aRule({ roles: ['lead'] })] },
    expected: 'refuse no_approval_rule',
  },
  {
    says: 'a rule for this role is one',
    policy: { approvals: [aRule({ roles: ['team'] })] },
    expected: APPROVE,
  },
  {
    says: 'the first rule that covers an account holds',
    policy: { approvals: [aRule({ seats: [{ by: ['oncall'], count: 1 }] }), aRule({ name: 'later' })] },
    expected: 'approve: 1 of oncall',
  },
  {
    says: 'accounts of two rules need both',
    policy: {
      approvals: [
        aRule({ name: 'payments', accounts: [{ kind: 'id', id: PAYMENTS }], seats: [{ by: ['oncall'], count: 1 }] }),
        aRule(),
      ],
    },
    query: { accounts: [PAYMENTS, STAGING] },
    expected: 'approve: 1 of oncall and 1 of security',
  },
  {
    says: 'two rules that ask for the same people ask for the larger number, not the sum',
    policy: {
      approvals: [
        aRule({ name: 'payments', accounts: [{ kind: 'id', id: PAYMENTS }], seats: [{ by: ['security'], count: 2 }] }),
        aRule(),
      ],
    },
    query: { accounts: [PAYMENTS, STAGING] },
    expected: 'approve: 2 of security',
  },
  {
    says: 'a raised tier asks for approval of a named key too',
    policy: { raise: [{ runbooks: ['*'], accounts: [{ kind: 'all' }], tier: 'elevated' }] },
    runbook: KEY_ACTIVITY,
    query: { parameters: KEY, days: 1 },
    expected: APPROVE,
  },
  {
    says: 'a runbook that is always elevated asks for approval',
    runbook: aRunbook({ ...CONSOLE_LOGINS, tier: 'elevated' }),
    query: { days: 1 },
    expected: APPROVE,
  },
  {
    says: 'an open role with a ceiling of duty asks for approval of duty',
    policy: { roles: [{ ...TEAM, tier: 'open', ceiling: 'duty' }] },
    query: { days: 7 },
    expected: APPROVE,
  },
]

const APPROVERS_KNOWN: readonly Row[] = [
  {
    says: 'a question that somebody else can approve asks for it',
    approvers: [{ person: BOB, sets: ['security'] }],
    expected: APPROVE,
  },
  { says: 'a question that nobody can approve is refused', approvers: [], expected: 'refuse no_approvers' },
  {
    says: 'whoever asks does not count as one who can approve',
    approvers: [{ person: ALICE, sets: ['security'] }],
    expected: 'refuse no_approvers',
  },
  {
    says: 'whoever asks counts where the policy says so for the runbook',
    approvers: [{ person: ALICE, sets: ['security'] }],
    policy: { approvals: [aRule({ selfApproval: ['iam-persistence'] })] },
    expected: APPROVE,
  },
  {
    says: 'whoever asks does not count for another runbook',
    approvers: [{ person: ALICE, sets: ['security'] }],
    policy: { approvals: [aRule({ selfApproval: ['console-logins'] })] },
    expected: 'refuse no_approvers',
  },
  {
    says: 'one approver does not make two',
    approvers: [{ person: BOB, sets: ['security'] }],
    policy: { approvals: [aRule({ seats: [{ by: ['security'], count: 2 }] })] },
    expected: 'refuse no_approvers',
  },
  {
    says: 'one approver who is listed twice does not make two',
    approvers: [
      { person: BOB, sets: ['security'] },
      { person: BOB, sets: ['security'] },
    ],
    policy: { approvals: [aRule({ seats: [{ by: ['security'], count: 2 }] })] },
    expected: 'refuse no_approvers',
  },
  {
    says: 'one person fills one seat, though they could fill either',
    approvers: [{ person: BOB, sets: ['security', 'oncall'] }],
    policy: {
      approvals: [
        aRule({
          seats: [
            { by: ['security'], count: 1 },
            { by: ['oncall'], count: 1 },
          ],
        }),
      ],
    },
    expected: 'refuse no_approvers',
  },
  {
    says: 'somebody who fits both seats leaves the one to whom only it fits',
    approvers: [
      { person: BOB, sets: ['security', 'oncall'] },
      { person: CAROL, sets: ['security'] },
    ],
    policy: {
      approvals: [
        aRule({
          seats: [
            { by: ['security'], count: 1 },
            { by: ['oncall'], count: 1 },
          ],
        }),
      ],
    },
    expected: 'approve: 1 of security and 1 of oncall',
  },
  {
    says: 'a seat may be filled from a later set',
    approvers: [{ person: BOB, sets: ['security'] }],
    policy: { approvals: [aRule({ seats: [{ by: ['oncall', 'security'], count: 1 }] })] },
    expected: 'approve: 1 of oncall or security',
  },
]

const ALONE = aRule({ seats: [{ by: ['oncall'], count: 1 }], onCallAlone: ['iam-persistence'] })
const ON_DUTY: readonly Row[] = [
  {
    says: 'whoever is on call may run a named runbook without a second person',
    person: ON_CALL,
    policy: { approvals: [ALONE] },
    expected: 'allow on_call_alone',
  },
  {
    says: 'whoever is on call may not run another one without',
    person: ON_CALL,
    policy: { approvals: [{ ...ALONE, onCallAlone: ['console-logins'] }] },
    expected: 'approve: 1 of oncall',
  },
  {
    says: 'whoever is not on call needs a second person',
    policy: { approvals: [ALONE] },
    expected: 'approve: 1 of oncall',
  },
  {
    says: 'a schedule that cannot be read is never a yes',
    person: UNREAD,
    policy: { approvals: [ALONE] },
    expected: 'approve: 1 of oncall',
  },
  {
    says: 'the fallback of a schedule that cannot be read is no yes either',
    person: UNREAD,
    policy: { approvals: [ALONE], onCall: [aSchedule({ fallback: { persons: [ALICE], groups: [] } })] },
    expected: 'approve: 1 of oncall',
  },
  {
    says: 'on call in a schedule whose people do not approve this is no yes',
    person: ON_CALL,
    policy: { approvals: [{ ...ALONE, seats: [{ by: ['security'], count: 1 }] }] },
    expected: APPROVE,
  },
  {
    says: 'accounts of two rules: on call for the one is not enough',
    person: ON_CALL,
    policy: { approvals: [{ ...ALONE, name: 'one', accounts: [{ kind: 'id', id: PAYMENTS }] }, aRule()] },
    query: { accounts: [PAYMENTS, STAGING] },
    expected: 'approve: 1 of oncall and 1 of security',
  },
  {
    says: 'on call is no way to a sensitive question',
    person: ON_CALL,
    policy: { approvals: [{ ...ALONE, onCallAlone: ['*'] }] },
    runbook: SECRETS_READ,
    query: { days: 30 },
    expected: 'refuse tier_sensitive',
  },
  {
    says: 'a denied person on call may not',
    person: ON_CALL,
    policy: { approvals: [ALONE], deny: { persons: [ALICE], groups: [], places: [] } },
    expected: 'refuse person_denied',
  },
  {
    says: 'on call for a set that asks for a listed approver first is enough when the schedule is among the sets',
    person: ON_CALL,
    policy: {
      approvals: [{ ...ALONE, seats: [{ by: ['security', 'mixed'], count: 1 }] }],
      approvers: [aSet('security', { persons: [BOB] }), aSet('mixed', { persons: [CAROL], onCall: ['primary'] })],
    },
    expected: 'allow on_call_alone',
  },
  {
    says: 'being listed among approvers is not being on call',
    policy: {
      approvals: [{ ...ALONE, seats: [{ by: ['mixed'], count: 1 }] }],
      approvers: [aSet('mixed', { persons: [ALICE], onCall: ['primary'] })],
    },
    expected: 'approve: 1 of mixed',
  },
]

const READINGS: readonly Row[] = [
  {
    says: 'raw records of a named key rise to elevated',
    runbook: KEY_ACTIVITY,
    query: { parameters: KEY, days: 1, raw: true },
    expected: APPROVE,
  },
  {
    says: 'raw records of an open search over a day are elevated',
    query: { days: 1, raw: true },
    expected: APPROVE,
  },
  {
    says: 'raw records of an elevated search are sensitive',
    query: { days: 8, raw: true },
    expected: 'refuse tier_sensitive',
  },
  {
    says: 'data events of a named resource are elevated',
    runbook: RESOURCE_HISTORY,
    query: { parameters: { resourceName: 'b' }, days: 1, categories: ['data'] },
    expected: APPROVE,
  },
  {
    says: 'data events of an open search over eight days are sensitive',
    query: { categories: ['management', 'data'] },
    expected: 'refuse tier_sensitive',
  },
  {
    says: 'data events and raw records together are sensitive',
    runbook: KEY_ACTIVITY,
    query: { parameters: KEY, days: 1, categories: ['data'], raw: true },
    expected: 'refuse tier_sensitive',
  },
  {
    says: 'a match that speaks of data events reads them, whatever is asked of the engine',
    runbook: aRunbook({ match: { field: 'eventCategory', equals: 'Data' } }),
    query: { days: 1 },
    expected: APPROVE,
  },
  {
    says: 'a match that only excludes a category may read any other',
    runbook: aRunbook({ match: { not: { field: 'eventCategory', equals: 'Management' } } }),
    query: { days: 1 },
    expected: APPROVE,
  },
  {
    says: 'a match for management events reads no others',
    runbook: aRunbook({ match: { field: 'eventCategory', equals: 'Management' } }),
    query: { days: 1 },
    expected: 'allow own_role',
  },
  {
    says: 'a match for what is not a management event reads all others',
    runbook: aRunbook({ match: { field: 'managementEvent', equals: false } }),
    query: { days: 1 },
    expected: APPROVE,
  },
  {
    says: 'a secret by its name over 90 days is elevated: a named thing is duty, and a store of secrets one more',
    runbook: aRunbook({
      ...RESOURCE_HISTORY,
      match: { all: [RESOURCE_HISTORY.match, { field: 'eventSource', equals: 'secretsmanager.amazonaws.com' }] },
    }),
    query: { parameters: { resourceName: 'prod/db' }, days: 90 },
    expected: APPROVE,
  },
  {
    says: 'the history of a secret by its ARN rises like the question who read it',
    runbook: RESOURCE_HISTORY,
    query: {
      parameters: { resourceName: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/db-a1B2c3' },
      days: 90,
    },
    expected: APPROVE,
  },
  {
    says: 'the history of a parameter by its ARN rises',
    runbook: RESOURCE_HISTORY,
    query: { parameters: { resourceName: 'arn:aws:ssm:eu-west-1:111122223333:parameter/prod/db' }, days: 90 },
    expected: APPROVE,
  },
  {
    says: 'the history of a bucket by its ARN does not',
    runbook: RESOURCE_HISTORY,
    query: { parameters: { resourceName: 'arn:aws:s3:::customer-exports' }, days: 90 },
    expected: 'allow own_role',
  },
  {
    says: 'an event name that is typed and reads secrets rises',
    runbook: aRunbook({
      parameters: { eventName: { type: 'eventName', optional: false, example: 'x', help: 'x' } },
      match: { field: 'eventName', equals: '$eventName' },
    }),
    query: { parameters: { eventName: 'GetSecretValue' }, days: 7 },
    expected: APPROVE,
  },
  {
    says: 'an event name that is typed and reads none does not',
    runbook: aRunbook({
      parameters: { eventName: { type: 'eventName', optional: false, example: 'x', help: 'x' } },
      match: { field: 'eventName', equals: '$eventName' },
    }),
    query: { parameters: { eventName: 'RunInstances' }, days: 7 },
    expected: 'allow own_role',
  },
  {
    says: 'every Region is no higher tier than one',
    query: { days: 7, regions: 'enabled' },
    expected: 'allow own_role',
  },
  {
    says: 'an optional principal that is given is still an open search',
    runbook: IAM_PERSISTENCE,
    query: { parameters: { principal: 'alice' } },
    expected: APPROVE,
  },
  {
    says: 'an optional principal that is one session makes it one named thing',
    runbook: IAM_PERSISTENCE,
    query: { parameters: { principal: 'arn:aws:sts::111122223333:assumed-role/admin/alice' } },
    expected: 'allow own_role',
  },
]

const TABLES = { MEMBERSHIPS, REASONS, RULES, APPROVERS_KNOWN, ON_DUTY, READINGS }
const ALL = Object.values(TABLES).flat()

for (const [kind, rows] of Object.entries(TABLES))
  for (const row of rows)
    test(`${kind.toLowerCase().replaceAll('_', ' ')}: ${row.says}`, () => {
      assert.equal(outcomeOf(decideRow(row)), row.expected)
    })

test('every reason of a refusal but those of break-glass is met by a row', () => {
  const met = new Set(ALL.map((row) => row.expected.replace(/^refuse /, '')))
  assert.deepEqual(
    REFUSE_REASONS.filter((reason) => !met.has(reason) && !reason.startsWith('glass_')),
    [],
  )
})

test('what needs approval says who must give it, and what needs none', () => {
  const decision = decideRow({ says: '', expected: '' })
  assert.ok(decision.outcome === 'approve')
  assert.deepEqual(decision.failure, {
    code: 'needs_approval',
    tier: 'elevated',
    reason: 'an open search over 8d',
    by: '1 of security',
    nearest: 'the same over 7d or less',
    type: 'iam-persistence last 7d account=prod-payments region=all',
  })
  assert.deepEqual(
    decision.checks.filter(({ check }) => ['role_tier', 'approval'].includes(check)),
    [
      { check: 'role_tier', passed: false, detail: 'team: elevated' },
      { check: 'approval', passed: false, detail: 'needed by anything' },
    ],
  )
})

test('a schedule of the approvers that cannot be read is named in the outcome, and no other is', () => {
  const unread = (row: Partial<Row>): readonly string[] | undefined => {
    const decision = decideRow({ says: '', expected: '', ...row })
    return decision.outcome === 'approve' ? decision.unread : undefined
  }
  const policy = { approvals: [aRule({ seats: [{ by: ['oncall', 'security'], count: 1 }] })] }
  assert.deepEqual(unread({ policy, person: UNREAD }), ['primary'])
  assert.deepEqual(unread({ policy }), ['primary'])
  assert.deepEqual(unread({ policy, person: { onCall: { now: [], unread: ['another'] } } }), [])
  assert.deepEqual(unread({ person: UNREAD }), [])
  const decision = decideRow({ says: '', expected: '', policy, person: UNREAD })
  assert.ok(decision.outcome === 'approve')
  assert.match(explain(decision.failure), /cannot be read \(schedule primary\), so its fallback approves instead\./)
})
