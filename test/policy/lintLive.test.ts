import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Live } from '../../src/domain/policy/lintLive.ts'
import { lintPolicy } from '../../src/domain/policy/lintPolicy.ts'
import type { Policy } from '../../src/domain/policy/policy.ts'
import { aMembership, aPolicy, aRole, INVENTORY } from '../support/askFacts.ts'
import { LIBRARY } from '../support/askRunbooks.ts'
import { ALICE, aRule, aSchedule, aSet, BOB, DAVE } from './rows.ts'

const SOURCE = { kind: 'pagerduty', schedules: ['PS'], people: { PA: ALICE } } as const

/** Alice and a managed group may ask; Bob, another managed group and whoever is on call approve. */
const POLICY = aPolicy({
  groups: [
    { group: 'STEAM', name: 'responders', managed: true },
    { group: 'SSEC', name: 'security', managed: true },
  ],
  roles: [
    aRole({ name: 'team', members: aMembership({ groups: ['STEAM'] }), runbooks: ['*'], accounts: [{ kind: 'all' }] }),
  ],
  approvers: [aSet('security', { groups: ['SSEC'] }), aSet('oncall', { onCall: ['primary'] })],
  approvals: [aRule({ seats: [{ by: ['security', 'oncall'], count: 2 }] })],
  onCall: [aSchedule({ levels: 2, source: SOURCE, fallback: { persons: [DAVE], groups: [] } })],
})
const GOOD: Live = {
  groups: new Map([
    ['STEAM', 3],
    ['SSEC', 2],
  ]),
  onCall: new Map([['primary', { persons: 2, empty: [], unknown: [] }]]),
  gone: [],
}

function found(live: Live, policy: Policy = POLICY): readonly string[] {
  const lines = lintPolicy(policy, LIBRARY, INVENTORY, live)
  return lines.map(({ severity, about, message }) => `${severity}: ${about}: ${message}`)
}

const about = (live: Live, what: string, policy?: Policy): readonly string[] =>
  found(live, policy).filter((line) => line.includes(what))

/** Where every group, schedule and person is as the policy takes it, nothing is found but what the file says by itself. */
const BY_FILE = found({})

test('with everybody there, looking finds nothing that the file does not say', () => {
  assert.deepEqual(found(GOOD), BY_FILE)
})

test('a role whose only group is empty is one that nobody has, and its runbooks are ones that nobody may run', () => {
  const empty = {
    ...GOOD,
    groups: new Map([
      ['STEAM', 0],
      ['SSEC', 2],
    ]),
  }
  assert.deepEqual(about(empty, 'role team'), [
    'error: role team: Nobody has it.',
    'warning: role team: Nobody is in the user group responders (STEAM).',
  ])
  assert.equal(about(empty, 'Nobody may run it: nobody has a role that names it.').length, LIBRARY.all.length)
})

test('a group that Slack does not know is named', () => {
  const without = { ...GOOD, groups: new Map([['SSEC', 2]]) }
  assert.deepEqual(about(without, 'There is no user group'), [
    'warning: role team: There is no user group responders (STEAM) in Slack.',
  ])
})

test('approvers that are empty, and seats that not enough people can fill, are errors', () => {
  const few = {
    ...GOOD,
    groups: new Map([
      ['STEAM', 3],
      ['SSEC', 0],
    ]),
  }
  assert.deepEqual(
    about({ ...few, onCall: new Map([['primary', { persons: 1, empty: [2], unknown: [] }]]) }, 'error'),
    [
      'error: approvers security: Nobody is in it.',
      'error: approval rule anything: 2 of security or oncall cannot be: there are not so many.',
    ],
  )
})

test('a level that has nobody, and whoever is on call and nobody here, are named', () => {
  const levels = { ...GOOD, onCall: new Map([['primary', { persons: 1, empty: [2], unknown: ['PMALLORY'] }]]) }
  assert.deepEqual(about(levels, 'schedule primary'), [
    'warning: schedule primary: Level 2 has nobody on call now.',
    'warning: schedule primary: PMALLORY is on call now, and people does not say who that is.',
  ])
})

test('while a schedule cannot be read its fallback counts, and only that', () => {
  const unread = { ...GOOD, onCall: new Map([['primary', undefined]]) }
  assert.deepEqual(about(unread, 'approvers oncall'), [])
  assert.ok(about(unread, 'schedule primary').includes('error: schedule primary: It cannot be read now.'))
  const bare = aSchedule({ source: SOURCE, fallback: { persons: [], groups: [] } })
  assert.deepEqual(about(unread, 'approvers oncall', { ...POLICY, onCall: [bare] }), [
    'error: approvers oncall: Nobody is in it.',
  ])
})

test('somebody listed who is gone counts as nobody', () => {
  const approvers = [aSet('security', { persons: [BOB] }), aSet('oncall', { persons: [ALICE, DAVE] })]
  assert.deepEqual(about({ ...GOOD, gone: [BOB] }, 'approvers security', { ...POLICY, approvers }), [
    'error: approvers security: Nobody is in it.',
    'warning: approvers security: Slack does not know T1/UBOB, or only as deactivated.',
  ])
})

test('a runbook that needs an approval which nobody can give is one that nobody may run', () => {
  const roles = [
    aRole({
      name: 'team',
      members: aMembership({ persons: [ALICE] }),
      runbooks: ['*'],
      tier: 'open',
      ceiling: 'elevated',
    }),
  ]
  const raise = [{ runbooks: ['*'], accounts: [{ kind: 'all' as const }], tier: 'elevated' as const }]
  const policy = { ...POLICY, roles, raise }
  const none = {
    ...GOOD,
    groups: new Map([['SSEC', 0]]),
    onCall: new Map([['primary', { persons: 1, empty: [], unknown: [] }]]),
  }
  assert.equal(about(GOOD, 'Nobody may run it', policy).length, 0)
  assert.equal(about(none, 'and cannot be approved', policy).length, LIBRARY.all.length)
})

test('where the organisation has more accounts than the file, nothing is said to reach none', () => {
  const roles = [
    aRole({
      name: 'team',
      members: aMembership({ persons: [ALICE] }),
      runbooks: ['*'],
      accounts: [{ kind: 'unit', name: 'Far' }],
    }),
  ]
  const approvals = [aRule({ accounts: [{ kind: 'unit', name: 'Far' }], seats: [{ by: ['security'], count: 1 }] })]
  const policy = { ...POLICY, roles, approvals }
  assert.ok(about(GOOD, 'no account', policy).length > 0)
  assert.deepEqual(about({ ...GOOD, moreAccounts: true }, 'no account', policy), [])
  assert.deepEqual(about({ ...GOOD, moreAccounts: true }, 'Nobody may run it', policy), [])
})
