import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decide } from '../../src/domain/policy/decide.ts'
import { TIERS } from '../../src/domain/policy/person.ts'
import type { Policy, Role } from '../../src/domain/policy/policy.ts'
import { rank, tierOf } from '../../src/domain/policy/tier.ts'
import type { Ask } from '../../src/domain/policy/weigh.ts'
import { aPerson, aPlace, aPolicy, aQuery, aRole, DAY, INVENTORY, PAYMENTS, STAGING, WEB } from '../support/askFacts.ts'
import { LIBRARY } from '../support/askRunbooks.ts'

const ACCOUNTS = [PAYMENTS, WEB, STAGING]
const ALICE = { team: 'T1', user: 'UALICE' }

const accounts = fc.subarray(ACCOUNTS, { minLength: 1 })
const runbook = fc.constantFrom(...LIBRARY.all)
const days = fc.integer({ min: 1, max: 90 })
const parameters = fc.constantFrom(
  {},
  { accessKeyId: 'AKIA2E0A8F3B244C9986' },
  { principal: 'alice' },
  { principal: 'session/alice' },
  { resourceName: 'my-bucket' },
)

const role: fc.Arbitrary<Role> = fc.record({
  name: fc.constantFrom('a', 'b', 'c'),
  members: fc.record({
    persons: fc.constantFrom([], [ALICE]),
    groups: fc.subarray(['S1', 'S2']),
    emails: fc.constant([]),
    onCall: fc.constant([]),
  }),
  runbooks: fc.subarray(['*', 'tag:intrusion', 'console-logins', 'key-activity']),
  accounts: fc.subarray(ACCOUNTS).map((ids) => ids.map((id) => ({ kind: 'id' as const, id }))),
  regions: fc.constantFrom(['*'], ['eu-west-1'], []),
  window: days.map((length) => length * DAY),
  rows: fc.integer({ min: 1, max: 1000 }),
  tier: fc.constantFrom(...TIERS),
  ceiling: fc.constantFrom(...TIERS),
  places: fc.subarray(['*', 'private', 'public', 'direct', 'shared']),
  cancel: fc.boolean(),
  defaultAccounts: fc.constant([]),
})

const policy: fc.Arbitrary<Policy> = fc
  .record({ roles: fc.array(role, { maxLength: 3 }), denied: fc.subarray(['S1', 'S3']) })
  .map(({ roles, denied }) => aPolicy({ roles, deny: { persons: [], groups: denied, places: [] } }))

const ask: fc.Arbitrary<Ask> = fc
  .record({
    runbook,
    accounts,
    days,
    parameters,
    groups: fc.subarray(['S1', 'S2', 'S3']),
    guest: fc.boolean(),
    kind: fc.constantFrom('private' as const, 'public' as const, 'direct' as const),
    regions: fc.constantFrom('enabled' as const, ['eu-west-1'], ['eu-west-1', 'us-east-1']),
  })
  .map((parts) => ({
    person: aPerson({ groups: parts.groups, guest: parts.guest }),
    place: aPlace({ kind: parts.kind }),
    query: aQuery(parts.runbook, parts),
    runbook: parts.runbook,
    inventory: INVENTORY,
    library: LIBRARY,
  }))

test('more accounts or a longer window never lower a tier', () => {
  fc.assert(
    fc.property(runbook, parameters, accounts, accounts, days, days, (book, values, some, more, length, longer) => {
      const narrow = aQuery(book, { parameters: values, accounts: some, days: length })
      const wide = aQuery(book, {
        parameters: values,
        accounts: [...new Set([...some, ...more])],
        days: Math.max(length, longer),
      })
      const [low, high] = [narrow, wide].map((query) => rank(tierOf(query, book, [], INVENTORY).tier))
      assert.ok((low ?? 0) <= (high ?? 0))
    }),
  )
})

test('a denied group or person is never allowed', () => {
  fc.assert(
    fc.property(ask, policy, (asked, rules) => {
      const groups = { ...rules, deny: { persons: [], groups: asked.person.groups, places: [] } }
      if (asked.person.groups.length > 0) assert.equal(decide(asked, groups).outcome, 'refuse')
      const persons = { ...rules, deny: { persons: [ALICE], groups: [], places: [] } }
      assert.equal(decide(asked, persons).outcome, 'refuse')
    }),
  )
})

test('taking a role away never allows more', () => {
  fc.assert(
    fc.property(ask, policy, (asked, rules) => {
      const fewer = { ...rules, roles: rules.roles.slice(1) }
      if (decide(asked, fewer).outcome === 'allow') assert.equal(decide(asked, rules).outcome, 'allow')
    }),
  )
})

test('what is allowed lies within one role of the person, and the same question is decided the same again', () => {
  fc.assert(
    fc.property(ask, policy, (asked, rules) => {
      const decision = decide(asked, rules)
      assert.deepEqual(decide(asked, rules), decision)
      if (decision.outcome !== 'allow') return
      const roles = rules.roles.filter(({ name }) => name === decision.role)
      assert.ok(roles.some(({ rows, tier }) => decision.query.limit <= rows && rank(decision.tier) <= rank(tier)))
      assert.ok(asked.place.kind !== 'public' || decision.answerTo === 'direct')
    }),
  )
})

test('with every role a role of everything, only tier and place are left to refuse', () => {
  const all = aRole({ members: { persons: [ALICE], groups: [], emails: [], onCall: [] }, tier: 'sensitive' })
  fc.assert(
    fc.property(ask, (asked) => {
      const decision = decide(asked, aPolicy({ roles: [all] }))
      const { tier } = tierOf(asked.query, asked.runbook, [], INVENTORY)
      assert.equal(decision.reason, tier === 'sensitive' ? 'tier_sensitive' : 'own_role')
    }),
  )
})
