import assert from 'node:assert/strict'
import { test } from 'node:test'
import { admit, type Decision, decide } from '../../src/domain/policy/decide.ts'
import type { PersonFacts, PlaceFacts } from '../../src/domain/policy/person.ts'
import type { Policy, Role } from '../../src/domain/policy/policy.ts'
import type { Ask } from '../../src/domain/policy/weigh.ts'
import type { Query } from '../../src/domain/query/query.ts'
import type { Runbook } from '../../src/domain/runbook/runbook.ts'
import { aPerson, aPlace, aPolicy, aQuery, aRole, DAY, INVENTORY, PAYMENTS, STAGING, WEB } from '../support/askFacts.ts'
import {
  aRunbook,
  CONSOLE_LOGINS,
  IAM_PERSISTENCE,
  KEY_ACTIVITY,
  LIBRARY,
  PRINCIPAL_WRITES,
  RESOURCE_HISTORY,
  SECRETS_READ,
} from '../support/askRunbooks.ts'

const KEY = { accessKeyId: 'AKIA2E0A8F3B244C9986' }
const ALICE = { team: 'T1', user: 'UALICE' }
const SESSION = { principal: 'arn:aws:sts::111122223333:assumed-role/admin/alice' }

const RESPONDER = aRole({ members: { persons: [], groups: ['SONCALL'], emails: ['alice@example.com'], onCall: [] } })
const DEVELOPER = aRole({
  name: 'developer',
  members: { persons: [], groups: ['SDEV'], emails: [], onCall: [] },
  runbooks: ['console-logins', 'tag:change'],
  accounts: [{ kind: 'group', name: 'test' }],
  regions: ['eu-west-1', 'us-east-1'],
  window: 7 * DAY,
  rows: 500,
  tier: 'open',
  places: ['private', 'direct'],
})
const LISTED = aRole({ name: 'listed', members: { persons: [ALICE], groups: [], emails: [], onCall: [] } })
const ELEVATED = aRole({ ...RESPONDER, name: 'lead', tier: 'elevated', ceiling: 'elevated' })
const MANAGED = { groups: [{ group: 'SONCALL', name: 'on call', managed: true }] }

type Row = {
  readonly says: string
  readonly person?: Partial<PersonFacts>
  readonly place?: Partial<PlaceFacts>
  readonly roles?: readonly Role[]
  readonly policy?: Partial<Policy>
  readonly runbook?: Runbook
  readonly query?: Partial<Query> & { readonly days?: number }
  readonly expected: string
}

const ONCALL = { groups: ['SONCALL'] }
const DEV = { groups: ['SDEV'] }

/** `role tier place` when allowed, else the failure's code and, after a colon, the nearest question that is allowed. */
function wordsOf(decision: Decision): string {
  if (decision.outcome === 'allow') return `${decision.role} ${decision.tier} ${decision.answerTo}`
  const { failure } = decision
  const nearest = 'nearest' in failure && failure.nearest !== undefined ? `: ${failure.nearest}` : ''
  return `${failure.code}${'why' in failure ? ` ${failure.why}` : ''}${nearest}`
}

function askOf(row: Row): Ask {
  const runbook = row.runbook ?? KEY_ACTIVITY
  const parameters = row.runbook === undefined ? KEY : {}
  return {
    person: aPerson({ ...ONCALL, ...row.person }),
    place: aPlace(row.place),
    query: aQuery(runbook, { parameters, ...row.query }),
    runbook,
    inventory: INVENTORY,
    library: LIBRARY,
  }
}

function decideRow(row: Row): Decision {
  const roles = row.roles ?? [RESPONDER, DEVELOPER]
  return decide(askOf(row), aPolicy({ roles, ...row.policy }))
}

const PERSONS: readonly Row[] = [
  { says: 'a member of the role’s group may ask', expected: 'responder open here' },
  { says: 'somebody without a role may not', person: { groups: [] }, expected: 'no_role' },
  { says: 'nobody may where there are no roles', roles: [], expected: 'no_role' },
  { says: 'somebody listed by id may', person: { groups: [] }, roles: [LISTED], expected: 'listed open here' },
  {
    says: 'the same user id in another team may not',
    person: { groups: [], person: { team: 'T2', user: 'UALICE' } },
    roles: [LISTED],
    expected: 'no_role',
  },
  { says: 'a guest in the group may not', person: { guest: true }, expected: 'denied' },
  { says: 'a guest listed by id may', person: { guest: true }, roles: [LISTED], expected: 'listed open here' },
  {
    says: 'a guest listed by id does not get a group’s role',
    person: { guest: true },
    roles: [RESPONDER, LISTED],
    expected: 'listed open here',
  },
  { says: 'a bot in the group may not', person: { bot: true }, expected: 'denied' },
  { says: 'a bot listed by id may', person: { bot: true }, roles: [LISTED], expected: 'listed open here' },
  { says: 'somebody of another workspace in the group may not', person: { stranger: true }, expected: 'denied' },
  {
    says: 'somebody of another workspace listed by id may',
    person: { stranger: true },
    roles: [LISTED],
    expected: 'listed open here',
  },
  { says: 'a deactivated account may not', person: { deactivated: true }, expected: 'denied' },
  {
    says: 'a deactivated account may not even when listed by id',
    person: { deactivated: true },
    roles: [LISTED],
    expected: 'denied',
  },
  {
    says: 'an e-mail address gives no role by itself',
    person: { groups: [], email: 'alice@example.com' },
    expected: 'no_role',
  },
  {
    says: 'an e-mail address gives a role where the policy says so',
    person: { groups: [], email: 'Alice@Example.com' },
    policy: { emails: true },
    expected: 'responder open here',
  },
  {
    says: 'a guest’s e-mail address gives no role even there',
    person: { guest: true, groups: [], email: 'alice@example.com' },
    policy: { emails: true },
    expected: 'denied',
  },
  {
    says: 'no e-mail address gives no role there',
    person: { groups: [] },
    policy: { emails: true },
    expected: 'no_role',
  },
  {
    says: 'a denied person may not, whatever their roles',
    roles: [RESPONDER, LISTED],
    policy: { deny: { persons: [ALICE], groups: [], places: [] } },
    expected: 'denied',
  },
  {
    says: 'a member of a denied group may not',
    person: { groups: ['SONCALL', 'SBAD'] },
    policy: { deny: { persons: [], groups: ['SBAD'], places: [] } },
    expected: 'denied',
  },
  {
    says: 'another denied person does not matter',
    policy: { deny: { persons: [{ team: 'T1', user: 'UBOB' }], groups: ['SBAD'], places: ['C9'] } },
    expected: 'responder open here',
  },
]

const PLACES: readonly Row[] = [
  {
    says: 'a direct message is answered in place',
    place: { kind: 'direct', channel: 'D0ALICE' },
    expected: 'responder open here',
  },
  {
    says: 'a direct message needs no membership',
    place: { kind: 'direct', channel: 'D0ALICE', botIsMember: false },
    expected: 'responder open here',
  },
  { says: 'a public channel gets the run only', place: { kind: 'public' }, expected: 'responder open direct' },
  {
    says: 'an externally shared channel gets the run only',
    place: { externallyShared: true },
    expected: 'responder open direct',
  },
  {
    says: 'a channel that holds guests gets the run only',
    place: { holdsGuests: true },
    expected: 'responder open direct',
  },
  {
    says: 'a public channel that the policy names gets the answer',
    place: { kind: 'public' },
    policy: { places: [{ channel: 'C0INCIDENT', answers: 'here', accounts: [] }] },
    expected: 'responder open here',
  },
  {
    says: 'a shared channel that the policy names gets the answer',
    place: { externallyShared: true },
    policy: { places: [{ channel: 'C0INCIDENT', answers: 'here', accounts: [] }] },
    expected: 'responder open here',
  },
  {
    says: 'another channel’s name does not help',
    place: { kind: 'public' },
    policy: { places: [{ channel: 'C0OTHER', answers: 'here', accounts: [] }] },
    expected: 'responder open direct',
  },
  {
    says: 'a private channel that the policy sends elsewhere gets the run only',
    policy: { places: [{ channel: 'C0INCIDENT', answers: 'direct', accounts: [] }] },
    expected: 'responder open direct',
  },
  {
    says: 'a channel without questions refuses',
    policy: { places: [{ channel: 'C0INCIDENT', answers: 'none', accounts: [] }] },
    expected: 'place_not_allowed policy',
  },
  {
    says: 'a denied channel refuses',
    policy: { deny: { persons: [], groups: [], places: ['C0INCIDENT'] } },
    expected: 'place_not_allowed policy',
  },
  {
    says: 'a denied channel refuses although it is named',
    policy: {
      deny: { persons: [], groups: [], places: ['C0INCIDENT'] },
      places: [{ channel: 'C0INCIDENT', answers: 'here', accounts: [] }],
    },
    expected: 'place_not_allowed policy',
  },
  { says: 'an archived channel refuses', place: { archived: true }, expected: 'place_not_allowed archived' },
  {
    says: 'a channel without the bot refuses',
    place: { botIsMember: false },
    expected: 'place_not_allowed not_member',
  },
  {
    says: 'a denied person learns nothing of the place',
    person: { groups: [] },
    place: { archived: true },
    expected: 'no_role',
  },
  {
    says: 'a role for private channels is none in a public one',
    roles: [{ ...RESPONDER, places: ['private'] }],
    place: { kind: 'public' },
    expected: 'denied',
  },
  {
    says: 'a role for public channels is none in a shared public one',
    roles: [{ ...RESPONDER, places: ['public'] }],
    place: { kind: 'public', externallyShared: true },
    expected: 'denied',
  },
  {
    says: 'a role for shared channels is one there',
    roles: [{ ...RESPONDER, places: ['shared'] }],
    place: { externallyShared: true },
    expected: 'responder open direct',
  },
  {
    says: 'a role for a channel by id is one there',
    roles: [{ ...RESPONDER, places: ['C0INCIDENT'] }],
    expected: 'responder open here',
  },
  {
    says: 'a role for a channel by id is none elsewhere',
    roles: [{ ...RESPONDER, places: ['C0OTHER'] }],
    expected: 'denied',
  },
  {
    says: 'a role for direct messages is none in a channel',
    roles: [{ ...RESPONDER, places: ['direct'] }],
    expected: 'denied',
  },
]

const SCOPES: readonly Row[] = [
  {
    says: 'a runbook by name is allowed',
    person: DEV,
    runbook: CONSOLE_LOGINS,
    query: { accounts: [STAGING], regions: ['eu-west-1'] },
    expected: 'developer open here',
  },
  {
    says: 'a runbook by tag is allowed',
    person: DEV,
    runbook: RESOURCE_HISTORY,
    query: { parameters: { resourceName: 'b' }, accounts: [STAGING], regions: ['eu-west-1'] },
    expected: 'developer open here',
  },
  {
    says: 'another runbook is not',
    person: DEV,
    query: { accounts: [STAGING], regions: ['eu-west-1'] },
    expected: 'denied',
  },
  {
    says: 'another runbook is not, and one with a tag in common is named',
    person: DEV,
    runbook: IAM_PERSISTENCE,
    roles: [{ ...DEVELOPER, runbooks: ['secrets-read', 'principal-writes'] }],
    query: { accounts: [STAGING], regions: ['eu-west-1'] },
    expected: 'denied: principal-writes',
  },
  {
    says: 'a query of another text of the runbook is not',
    query: { runbook: { name: 'key-activity', digest: '0'.repeat(64) } },
    expected: 'denied: principal-writes',
  },
  {
    says: 'a query of another runbook than was looked at is not',
    query: { runbook: { name: 'console-logins', digest: KEY_ACTIVITY.digest } },
    expected: 'denied: principal-writes',
  },
  {
    says: 'an account outside the role is refused',
    person: DEV,
    runbook: CONSOLE_LOGINS,
    query: { accounts: [WEB], regions: ['eu-west-1'] },
    expected: 'denied',
  },
  {
    says: 'an account too many is refused, and the one allowed is named',
    person: DEV,
    runbook: CONSOLE_LOGINS,
    query: { accounts: [STAGING, WEB], regions: ['eu-west-1'] },
    expected: 'denied: the same in staging (333344445555)',
  },
  {
    says: 'an account that nobody knows is refused, even by *',
    query: { accounts: ['999999999999'] },
    expected: 'denied',
  },
  { says: 'no account at all is refused', query: { accounts: [] }, expected: 'denied' },
  {
    says: 'a Region outside the role is refused',
    person: DEV,
    runbook: CONSOLE_LOGINS,
    query: { accounts: [STAGING], regions: ['eu-west-1', 'ap-south-1'] },
    expected: 'denied: the same with region=eu-west-1',
  },
  {
    says: 'every Region is refused where some are allowed',
    person: DEV,
    runbook: CONSOLE_LOGINS,
    query: { accounts: [STAGING] },
    expected: 'denied: the same with region=eu-west-1,us-east-1',
  },
  {
    says: 'account and Region are narrowed together',
    person: DEV,
    runbook: CONSOLE_LOGINS,
    query: { accounts: [STAGING, WEB] },
    expected: 'denied: the same in staging (333344445555) with region=eu-west-1,us-east-1',
  },
  {
    says: 'no Region at all is refused',
    person: DEV,
    runbook: CONSOLE_LOGINS,
    query: { accounts: [STAGING], regions: [] },
    expected: 'denied',
  },
  {
    says: 'a window longer than the role’s is refused, and a shorter one named',
    roles: [{ ...RESPONDER, window: 7 * DAY }],
    query: { days: 8 },
    expected: 'denied: the same over 7d or less',
  },
  {
    says: 'a window of exactly the role’s length is allowed',
    roles: [{ ...RESPONDER, window: 7 * DAY }],
    query: { days: 7 },
    expected: 'responder duty here',
  },
  {
    says: 'roles are not put together',
    person: { groups: ['SONCALL', 'SDEV'] },
    roles: [{ ...RESPONDER, accounts: [{ kind: 'id', id: PAYMENTS }] }, DEVELOPER],
    query: { accounts: [PAYMENTS, STAGING] },
    expected: 'denied: the same in prod-payments (111122223333)',
  },
  {
    says: 'the first role that allows all is taken',
    person: { groups: ['SONCALL', 'SDEV'] },
    roles: [DEVELOPER, RESPONDER, ELEVATED],
    expected: 'responder open here',
  },
  {
    says: 'a role by unit reaches the units below',
    roles: [{ ...RESPONDER, accounts: [{ kind: 'unit', name: 'Workloads/Prod' }] }],
    query: { accounts: [WEB] },
    expected: 'responder open here',
  },
  {
    says: 'a role by unit reaches no other',
    roles: [{ ...RESPONDER, accounts: [{ kind: 'unit', name: 'Workloads/Prod' }] }],
    query: { accounts: [STAGING] },
    expected: 'denied',
  },
  {
    says: 'a role by an account’s name reaches it',
    roles: [{ ...RESPONDER, accounts: [{ kind: 'name', name: 'Prod-Web' }] }],
    query: { accounts: [WEB] },
    expected: 'responder open here',
  },
]

const ALL = [PAYMENTS, WEB, STAGING]
const TIERS: readonly Row[] = [
  { says: 'one named key over a day is open', expected: 'responder open here' },
  { says: 'one named key over 90 days is duty', query: { days: 90 }, expected: 'responder duty here' },
  {
    says: 'one named key over 90 days in all accounts is still duty',
    query: { days: 90, accounts: ALL },
    expected: 'responder duty here',
  },
  {
    says: 'one named session over 90 days is duty',
    runbook: PRINCIPAL_WRITES,
    query: { days: 90, parameters: SESSION },
    expected: 'responder duty here',
  },
  {
    says: 'one named resource over 90 days is duty',
    runbook: RESOURCE_HISTORY,
    query: { days: 90, parameters: { resourceName: 'my-bucket' } },
    expected: 'responder duty here',
  },
  {
    says: 'somebody’s name is not one session: it is an open search',
    runbook: PRINCIPAL_WRITES,
    query: { days: 8, parameters: { principal: 'alice' } },
    expected: 'tier_beyond_reach: the same over 7d or less',
  },
  {
    says: 'a session name in any role is not one session',
    runbook: PRINCIPAL_WRITES,
    query: { days: 8, parameters: { principal: 'session/alice' } },
    expected: 'tier_beyond_reach: the same over 7d or less',
  },
  {
    says: 'a role’s ARN is not one session',
    runbook: PRINCIPAL_WRITES,
    query: { days: 8, parameters: { principal: 'arn:aws:iam::111122223333:role/admin' } },
    expected: 'tier_beyond_reach: the same over 7d or less',
  },
  {
    says: 'an open search over a day in one account is open',
    runbook: IAM_PERSISTENCE,
    expected: 'responder open here',
  },
  {
    says: 'an open search over two days is duty',
    runbook: IAM_PERSISTENCE,
    query: { days: 2 },
    expected: 'responder duty here',
  },
  {
    says: 'an open search over a day in three accounts is duty',
    runbook: IAM_PERSISTENCE,
    query: { accounts: ALL },
    expected: 'responder duty here',
  },
  {
    says: 'an open search over a week in one account is duty',
    runbook: IAM_PERSISTENCE,
    query: { days: 7 },
    expected: 'responder duty here',
  },
  {
    says: 'an open search over eight days is elevated',
    runbook: IAM_PERSISTENCE,
    query: { days: 8 },
    expected: 'tier_beyond_reach: the same over 7d or less',
  },
  {
    says: 'an open search over a week in three accounts is elevated',
    runbook: IAM_PERSISTENCE,
    query: { days: 7, accounts: ALL },
    expected: 'tier_beyond_reach: the same over 24h or less',
  },
  {
    says: 'an elevated question is allowed to a role that reaches so far',
    roles: [ELEVATED],
    policy: MANAGED,
    runbook: IAM_PERSISTENCE,
    query: { days: 30 },
    expected: 'lead elevated here',
  },
  {
    says: 'an optional key that is not given narrows nothing',
    runbook: aRunbook({
      ...KEY_ACTIVITY,
      parameters: { accessKeyId: { type: 'accessKeyId', optional: true, example: 'AKIA', help: 'a key' } },
    }),
    query: { days: 8 },
    expected: 'tier_beyond_reach: the same over 7d or less',
  },
  {
    says: 'a key in one branch of any narrows nothing',
    runbook: aRunbook({ ...KEY_ACTIVITY, match: { any: [KEY_ACTIVITY.match, { field: 'readOnly', equals: false }] } }),
    query: { days: 8, parameters: KEY },
    expected: 'tier_beyond_reach: the same over 7d or less',
  },
  {
    says: 'a key in every branch of any narrows',
    runbook: aRunbook({
      ...KEY_ACTIVITY,
      match: { any: [KEY_ACTIVITY.match, { field: 'responseElements.accessKey.accessKeyId', equals: '$accessKeyId' }] },
    }),
    query: { days: 8, parameters: KEY },
    expected: 'responder duty here',
  },
  {
    says: 'a key under not narrows nothing',
    runbook: aRunbook({ ...KEY_ACTIVITY, match: { not: KEY_ACTIVITY.match } }),
    query: { days: 8, parameters: KEY },
    expected: 'tier_beyond_reach: the same over 7d or less',
  },
  {
    says: 'a key that only begins so narrows nothing',
    runbook: aRunbook({ ...KEY_ACTIVITY, match: { field: 'userIdentity.accessKeyId', prefix: '$accessKeyId' } }),
    query: { days: 8, parameters: KEY },
    expected: 'tier_beyond_reach: the same over 7d or less',
  },
  { says: 'a store of secrets rises one step', runbook: SECRETS_READ, expected: 'responder duty here' },
  {
    says: 'a store of secrets over a week is elevated',
    runbook: SECRETS_READ,
    query: { days: 7 },
    expected: 'tier_beyond_reach: the same over 24h or less',
  },
  {
    says: 'a store of secrets over a month is sensitive',
    roles: [ELEVATED],
    policy: MANAGED,
    runbook: SECRETS_READ,
    query: { days: 30 },
    expected: 'sensitive_tier: the same over 7d or less',
  },
  {
    says: 'a runbook’s own tier lifts it',
    runbook: aRunbook({ ...KEY_ACTIVITY, tier: 'elevated' }),
    query: { parameters: KEY },
    expected: 'tier_beyond_reach: principal-writes',
  },
  {
    says: 'a runbook’s own tier lowers nothing',
    runbook: aRunbook({ ...IAM_PERSISTENCE, tier: 'open' }),
    query: { days: 8 },
    expected: 'tier_beyond_reach: the same over 7d or less',
  },
  {
    says: 'a sensitive runbook is out of everybody’s reach',
    roles: [ELEVATED],
    runbook: aRunbook({ ...KEY_ACTIVITY, tier: 'sensitive' }),
    query: { parameters: KEY },
    expected: 'sensitive_tier: principal-writes',
  },
  {
    says: 'the policy lifts a tier',
    policy: {
      raise: [{ runbooks: ['tag:intrusion'], accounts: [{ kind: 'group', name: 'payments' }], tier: 'elevated' }],
    },
    query: { accounts: [PAYMENTS, WEB] },
    expected: 'tier_beyond_reach: the same in prod-web (222233334444)',
  },
  {
    says: 'the policy lifts no tier in other accounts',
    policy: {
      raise: [{ runbooks: ['tag:intrusion'], accounts: [{ kind: 'group', name: 'payments' }], tier: 'elevated' }],
    },
    query: { accounts: [WEB] },
    expected: 'responder open here',
  },
  {
    says: 'the policy lowers no tier',
    policy: { raise: [{ runbooks: ['*'], accounts: [{ kind: 'all' }], tier: 'duty' }] },
    runbook: IAM_PERSISTENCE,
    query: { days: 8 },
    expected: 'tier_beyond_reach: the same over 7d or less',
  },
  {
    says: 'a tier beyond reach is not named where something else is refused too',
    person: DEV,
    runbook: CONSOLE_LOGINS,
    query: { accounts: [STAGING], regions: ['ap-south-1'], days: 8 },
    expected: 'denied',
  },
]

for (const [kind, rows] of Object.entries({ PERSONS, PLACES, SCOPES, TIERS }))
  for (const row of rows)
    test(`${kind.toLowerCase()}: ${row.says}`, () => {
      assert.equal(wordsOf(decideRow(row)), row.expected)
    })

test('the row limit of the role is what is granted', () => {
  const row = {
    says: '',
    person: DEV,
    runbook: CONSOLE_LOGINS,
    query: { accounts: [STAGING], regions: ['eu-west-1'] },
    expected: '',
  }
  const decision = decideRow(row)
  assert.ok(decision.outcome === 'allow')
  assert.deepEqual(decision.query, { ...askOf(row).query, limit: 500 })
})

test('every decision carries its checks and the policy’s digest, and a refusal has one that failed', () => {
  for (const row of [...PERSONS, ...PLACES, ...SCOPES, ...TIERS]) {
    const decision = decideRow(row)
    assert.equal(decision.policy, 'd'.repeat(64))
    assert.equal(
      decision.checks.some((check) => !check.passed && check.check !== 'readers' && check.check !== 'place_rule'),
      decision.outcome === 'refuse',
      row.says,
    )
  }
})

test('a refusal tells the asker no role, group or channel of the policy', () => {
  for (const row of [...PERSONS, ...PLACES, ...SCOPES, ...TIERS]) {
    const decision = decideRow(row)
    if (decision.outcome === 'refuse')
      assert.doesNotMatch(JSON.stringify(decision.failure), /responder|developer|listed|lead|SONCALL|SDEV|SBAD|C0/)
  }
})

test('who has no role is told whom to ask', () => {
  const policy = { ...aPolicy({ roles: [] }), contact: '#security' }
  const told = admit(aPerson({ groups: [] }), aPlace(), policy)
  assert.deepEqual(told.outcome === 'refuse' && told.failure, { code: 'no_role', contact: '#security' })
})
