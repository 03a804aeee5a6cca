import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { seated, seatsLeft } from '../../src/domain/policy/approvers.ts'
import { type Decision, decide } from '../../src/domain/policy/decide.ts'
import { TIERS } from '../../src/domain/policy/person.ts'
import type { Reading } from '../../src/domain/policy/reading.ts'
import { rank, tierOf, tierOfReading } from '../../src/domain/policy/tier.ts'
import { EVENT_CATEGORIES } from '../../src/domain/query/query.ts'
import { aMembership, aQuery, DAY, INVENTORY, PAYMENTS, STAGING, WEB } from '../support/askFacts.ts'
import { LIBRARY } from '../support/askRunbooks.ts'
import { ALICE, APPROVERS, approvalPolicy, aRule, askOf, BOB, CAROL, DAVE, READ_AT, TEAM } from './rows.ts'

const ACCOUNTS = [PAYMENTS, WEB, STAGING]
const REGIONS = ['eu-west-1', 'us-east-1', 'ap-south-1']

const reading: fc.Arbitrary<Reading> = fc.record(
  {
    named: fc.constantFrom('key', 'resource'),
    window: fc.integer({ min: 0, max: 90 * DAY }),
    accounts: fc.integer({ min: 1, max: 5000 }),
    categories: fc.subarray([...EVENT_CATEGORIES]),
    secrets: fc.boolean(),
    raw: fc.boolean(),
  },
  { requiredKeys: ['window', 'accounts', 'categories', 'secrets', 'raw'] },
)

test('reading more never lowers a tier: longer, in more accounts, of more categories, of secrets, raw, or no longer of one thing', () => {
  fc.assert(
    fc.property(reading, reading, fc.boolean(), (some, more, stillNamed) => {
      const { named, ...open } = some
      const wider: Reading = {
        ...open,
        ...(named !== undefined && stillNamed ? { named } : {}),
        window: Math.max(some.window, more.window),
        accounts: Math.max(some.accounts, more.accounts),
        categories: EVENT_CATEGORIES.filter((one) => some.categories.includes(one) || more.categories.includes(one)),
        secrets: some.secrets || more.secrets,
        raw: some.raw || more.raw,
      }
      assert.ok(rank(tierOfReading(some).tier) <= rank(tierOfReading(wider).tier))
    }),
  )
})

test('a query over a superset of accounts, Regions, window and categories, or raw, is never of a lower tier', () => {
  const query = fc.record({
    accounts: fc.subarray(ACCOUNTS, { minLength: 1 }),
    regions: fc.subarray(REGIONS, { minLength: 1 }),
    days: fc.integer({ min: 1, max: 90 }),
    categories: fc.subarray([...EVENT_CATEGORIES], { minLength: 1 }),
    raw: fc.boolean(),
  })
  const parameters = fc.constantFrom<{ readonly [name: string]: string }[]>(
    {},
    { accessKeyId: 'AKIA2E0A8F3B244C9986' },
    { principal: 'alice' },
    { resourceName: 'my-bucket' },
  )
  fc.assert(
    fc.property(fc.constantFrom(...LIBRARY.all), parameters, query, query, (book, values, narrow, more) => {
      const both = {
        accounts: [...new Set([...narrow.accounts, ...more.accounts])],
        regions: [...new Set([...narrow.regions, ...more.regions])],
        days: Math.max(narrow.days, more.days),
        categories: [...new Set([...narrow.categories, ...more.categories])],
        raw: narrow.raw || more.raw,
      }
      const [low, high] = [narrow, both].map(({ raw, ...rest }) =>
        rank(
          tierOf(aQuery(book, { parameters: values, ...rest, ...(raw && { raw: true }) }), book, [], INVENTORY).tier,
        ),
      )
      assert.ok((low ?? 9) <= (high ?? -1))
    }),
  )
})

const GROUPS = ['STEAM', 'SSEC', 'SBAD']
const SCHEDULES = ['primary']
const role = fc
  .record({
    persons: fc.subarray([ALICE]),
    groups: fc.subarray(['STEAM', 'SSEC']),
    onCall: fc.subarray(SCHEDULES),
    tier: fc.constantFrom(...TIERS),
    ceiling: fc.constantFrom(...TIERS),
    window: fc.integer({ min: 1, max: 90 }),
  })
  .map(({ persons, groups, onCall, window, ...rest }) => ({
    ...TEAM,
    ...rest,
    window: window * DAY,
    members: aMembership({ persons, groups, onCall }),
  }))
const rule = fc
  .record({
    accounts: fc.subarray(ACCOUNTS),
    by: fc.subarray(['security', 'oncall'], { minLength: 1 }),
    count: fc.integer({ min: 1, max: 2 }),
    onCallAlone: fc.subarray(['*']),
  })
  .map(({ accounts, by, count, onCallAlone }) =>
    aRule({ accounts: accounts.map((id) => ({ kind: 'id' as const, id })), seats: [{ by, count }], onCallAlone }),
  )
const policy = fc
  .record({
    roles: fc.array(role, { maxLength: 3 }),
    approvals: fc.array(rule, { maxLength: 3 }),
    settleFor: fc.constantFrom(0, DAY),
  })
  .map((parts) => approvalPolicy({ ...parts, deny: { persons: [], groups: ['SBAD'], places: [] } }))
const asked = fc
  .record({
    groups: fc.subarray(GROUPS),
    age: fc.constantFrom(0, 2 * DAY),
    now: fc.subarray(SCHEDULES),
    days: fc.integer({ min: 1, max: 90 }),
    accounts: fc.subarray(ACCOUNTS, { minLength: 1 }),
    runbook: fc.constantFrom(...LIBRARY.all),
    approvers: fc.option(fc.subarray([ALICE, BOB, CAROL, DAVE]), { nil: undefined }),
  })
  .map(({ groups, age, now, days, accounts, runbook, approvers }) => ({
    ...askOf({
      person: {
        groups,
        groupsSince: Object.fromEntries(groups.map((group) => [group, READ_AT - age])),
        onCall: { now, unread: [] },
      },
      runbook,
      query: { days, accounts },
    }),
    ...(approvers && { approvers: approvers.map((person) => ({ person, sets: APPROVERS.map(({ name }) => name) })) }),
  }))

const REACH = { refuse: 0, approve: 1, allow: 2 } as const
const reach = (decision: Decision): number => REACH[decision.outcome]

test('taking away a role, a membership, a duty or an approver never widens what may be asked', () => {
  fc.assert(
    fc.property(asked, policy, fc.nat(5), (ask, rules, at) => {
      const before = reach(decide(ask, rules))
      const without = <T>(items: readonly T[]): readonly T[] => items.filter((_, index) => index !== at)
      assert.ok(reach(decide(ask, { ...rules, roles: without(rules.roles) })) <= before)
      const groups = ask.person.groups.filter((group, index) => index !== at || group === 'SBAD')
      assert.ok(reach(decide({ ...ask, person: { ...ask.person, groups } }, rules)) <= before)
      const { onCall: _, ...offDuty } = ask.person
      assert.ok(reach(decide({ ...ask, person: offDuty }, rules)) <= before)
      const { groupsSince: __, ...ageless } = ask.person
      assert.ok(reach(decide({ ...ask, person: ageless }, rules)) <= before)
      if (ask.approvers !== undefined)
        assert.ok(reach(decide({ ...ask, approvers: without(ask.approvers) }, rules)) <= before)
    }),
  )
})

test('deny always wins: of a person, of a group however new, of a place', () => {
  fc.assert(
    fc.property(asked, policy, (ask, rules) => {
      const denied = [
        { persons: [ask.person.person], groups: [], places: [] },
        { persons: [], groups: [], places: [ask.place.channel] },
        { persons: [], groups: ['SNEW'], places: [] },
      ]
      const person = { ...ask.person, groups: [...ask.person.groups, 'SNEW'] }
      for (const deny of denied) assert.equal(decide({ ...ask, person }, { ...rules, deny }).outcome, 'refuse')
      if (ask.person.groups.includes('SBAD')) assert.equal(decide(ask, rules).reason, 'person_denied')
    }),
  )
})

test('nothing sensitive is ever allowed or approved, and nothing above a role’s ceiling', () => {
  fc.assert(
    fc.property(asked, policy, (ask, rules) => {
      const decision = decide(ask, rules)
      if (decision.outcome === 'refuse') return
      const { role: name, tier } = decision.outcome === 'allow' ? decision : decision.wanted
      assert.notEqual(tier, 'sensitive')
      assert.ok(
        rules.roles.some((one) => one.name === name && rank(tier) <= Math.max(rank(one.ceiling), rank(one.tier))),
      )
    }),
  )
})

test('a tier above duty that needs nobody comes from an id, the pager or a managed group', () => {
  fc.assert(
    fc.property(asked, policy, (ask, rules) => {
      const decision = decide(ask, rules)
      if (decision.reason !== 'own_role' || rank(decision.outcome === 'allow' ? decision.tier : 'open') <= 1) return
      const ordinary = {
        ...ask,
        person: { ...ask.person, person: DAVE, groups: ['STEAM'], onCall: { now: [], unread: [] } },
      }
      assert.notEqual(decide(ordinary, rules).outcome, 'allow')
    }),
  )
})

test('more accounts never need fewer approvers', () => {
  fc.assert(
    fc.property(asked, policy, fc.constantFrom(...ACCOUNTS), (ask, rules, more) => {
      const wider = { ...ask, query: { ...ask.query, accounts: [...new Set([...ask.query.accounts, more])] } }
      const [narrow, wide] = [decide(ask, rules), decide(wider, rules)]
      assert.ok(reach(wide) <= reach(narrow))
      if (narrow.outcome !== 'approve' || wide.outcome !== 'approve' || narrow.wanted.role !== wide.wanted.role) return
      const seats = ({ needs }: typeof narrow): number => needs.seats.reduce((sum, { count }) => sum + count, 0)
      assert.ok(seats(narrow) <= seats(wide))
    }),
  )
})

test('one person sits in one seat, everybody sits where they may, and as many seats are taken as can be', () => {
  const people = [ALICE, BOB, CAROL, DAVE]
  const seats = fc.array(
    fc.record({ by: fc.subarray(['a', 'b', 'c'], { minLength: 1 }), count: fc.integer({ min: 1, max: 2 }) }),
    { maxLength: 3 },
  )
  const sets = fc.array(fc.subarray(['a', 'b', 'c']), { minLength: 4, maxLength: 4 })
  fc.assert(
    fc.property(seats, sets, (wanted, of) => {
      const candidates = people.map((person, index) => ({ person, sets: of[index] ?? [] }))
      const filled = seated(wanted, candidates)
      const sitting = filled.flatMap(({ person }) => person ?? [])
      assert.equal(new Set(sitting).size, sitting.length)
      for (const { by, person } of filled)
        if (person !== undefined)
          assert.ok(candidates.some((one) => one.person === person && one.sets.some((set) => by.includes(set))))
      assert.equal(
        sitting.length,
        mostSeats(
          filled.map(({ by }) => by),
          candidates,
        ),
      )
    }),
  )
})

test('what is left of an approval names everybody who can fill a last seat, and nobody who cannot', () => {
  const [first, second] = [ALICE, BOB]
  const wanted = [
    { by: ['a', 'b'], count: 1 },
    { by: ['b'], count: 1 },
  ]
  const left = (sets: readonly string[]): ReturnType<typeof seatsLeft> => {
    const votes = [{ person: first, sets }]
    return seatsLeft(seated(wanted, votes), votes)
  }
  assert.deepEqual(left(['a']), [{ by: ['b'], count: 1 }])
  assert.deepEqual(left(['b']), [{ by: ['a', 'b'], count: 1 }], 'whoever sits may move')
  assert.deepEqual(seatsLeft(seated(wanted, []), []), wanted)
  assert.deepEqual(seatsLeft(seated([{ by: ['a'], count: 3 }], [{ person: second, sets: ['a'] }]), []), [
    { by: ['a'], count: 2 },
  ])
  const sets = fc.array(fc.subarray(['a', 'b', 'c'], { minLength: 1 }), { minLength: 1, maxLength: 3 })
  const seats = fc.array(fc.record({ by: fc.subarray(['a', 'b', 'c'], { minLength: 1 }), count: fc.constant(1) }), {
    minLength: 2,
    maxLength: 4,
  })
  const taken = (wants: Parameters<typeof seated>[0], who: Parameters<typeof seated>[1]): number =>
    seated(wants, who).filter(({ person }) => person !== undefined).length
  fc.assert(
    fc.property(seats, sets, (wants, of) => {
      const votes = of.flatMap((one, index) => {
        const person = [ALICE, BOB, CAROL][index]
        return person === undefined ? [] : [{ person, sets: one }]
      })
      const open = seatsLeft(seated(wants, votes), votes)
      const sum = open.reduce((all, { count }) => all + count, 0)
      assert.equal(sum, wants.length - taken(wants, votes))
      for (const set of ['a', 'b', 'c']) {
        const helps = taken(wants, [...votes, { person: DAVE, sets: [set] }]) > taken(wants, votes)
        const named = open.some(({ by }) => by.includes(set))
        assert.equal(named, helps, set)
      }
    }),
  )
})

/** The most seats that can be taken, by trying everything. */
function mostSeats(
  seats: readonly (readonly string[])[],
  people: readonly { readonly sets: readonly string[] }[],
): number {
  const [seat, ...rest] = seats
  if (seat === undefined) return 0
  const taken = people.flatMap((one, index) =>
    one.sets.some((set) => seat.includes(set)) ? [1 + mostSeats(rest, people.toSpliced(index, 1))] : [],
  )
  return Math.max(mostSeats(rest, people), ...taken)
}
