import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decide } from '../../src/domain/policy/decide.ts'
import {
  type Investigation,
  type InvestigationEntry,
  isOpen,
  outsideOf,
  type Proposal,
  type Taken,
} from '../../src/domain/policy/investigation.ts'
import { TIERS } from '../../src/domain/policy/person.ts'
import type { Raise } from '../../src/domain/policy/policy.ts'
import { rank } from '../../src/domain/policy/tier.ts'
import { underInvestigation } from '../../src/usecases/underInvestigation.ts'
import { aPerson, aPlace, aPolicy, aQuery, DAY, INVENTORY, PAYMENTS, STAGING, WEB } from '../support/askFacts.ts'
import { LIBRARY } from '../support/askRunbooks.ts'
import { anInvestigation } from './opened.ts'
import { ALICE, APPROVERS, aRule, BOB, CAROL, DAVE, READ_AT, TEAM } from './rows.ts'

const PEOPLE = [ALICE, BOB, CAROL, DAVE]
const ACCOUNTS = [PAYMENTS, WEB, STAGING]
const RUNBOOKS = LIBRARY.all.map(({ name }) => name)

const tier = fc.constantFrom(...TIERS)
const days = fc.integer({ min: 1, max: 90 })
const people = fc.subarray(PEOPLE)
const regions = fc.constantFrom<Proposal['regions'][]>('enabled', ['eu-west-1'], ['eu-west-1', 'us-east-1'])

const bounds: fc.Arbitrary<Partial<Proposal>> = fc.record({
  people: fc.subarray(PEOPLE, { minLength: 1 }),
  tier,
  accounts: fc.subarray(ACCOUNTS, { minLength: 1 }),
  regions,
  runbooks: fc.oneof(fc.constant(['*']), fc.subarray(RUNBOOKS, { minLength: 1 })),
  window: days.map((length) => length * DAY),
})

const taken: fc.Arbitrary<Taken> = fc.record(
  {
    people,
    accounts: fc.subarray(ACCOUNTS),
    runbooks: fc.subarray([...RUNBOOKS, '*', 'no-such']),
    tier,
    window: fc.integer({ min: -DAY, max: 100 * DAY }),
  },
  { requiredKeys: ['people', 'accounts', 'runbooks'] },
)

const entry: fc.Arbitrary<InvestigationEntry> = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.record({
      kind: fc.constant('narrowed' as const),
      by: fc.constantFrom(...PEOPLE),
      at: fc.integer({ min: READ_AT, max: READ_AT + 9_000 }),
      taken,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('ended' as const),
      by: fc.constantFrom(...PEOPLE),
      at: fc.integer({ min: READ_AT, max: READ_AT + 9_000 }),
    }),
  },
)

const asked = fc
  .record({
    person: fc.constantFrom(...PEOPLE),
    channel: fc.constantFrom('C0INCIDENT', 'C0OTHER', undefined),
    runbook: fc.constantFrom(...LIBRARY.all),
    accounts: fc.subarray(ACCOUNTS, { minLength: 1 }),
    regions,
    days,
    tier,
  })
  .map(({ runbook, person, channel, tier: of, ...rest }) => ({
    person,
    channel,
    tier: of,
    runbook,
    query: aQuery(runbook, rest),
  }))

/** Whether a question is within and the investigation goes on. */
function holds(one: Investigation, question: Parameters<typeof outsideOf>[1], at: number): boolean {
  return isOpen(one, at) && outsideOf(one, question) === undefined
}

test('whatever stands in its log, an investigation never holds a question that it did not hold before', () => {
  fc.assert(
    fc.property(
      bounds,
      fc.array(entry, { maxLength: 5 }),
      asked,
      fc.integer({ min: 0, max: 20_000 }),
      (how, log, question, after) => {
        const at = READ_AT + after
        let before = anInvestigation(how)
        for (let length = 1; length <= log.length; length += 1) {
          const next = anInvestigation(how, log.slice(0, length))
          if (holds(next, question, at)) assert.ok(holds(before, question, at))
          assert.ok(next.until <= before.until && next.from === before.from)
          assert.ok(next.hashes.includes(before.hash), 'what was minted under it before is known to it')
          before = next
        }
      },
    ),
  )
})

test('what is taken away is gone: of those people, accounts, runbooks, tiers and windows nothing is held any more', () => {
  fc.assert(
    fc.property(bounds, taken, asked, (how, less, question) => {
      const one = anInvestigation(how, [{ kind: 'narrowed', by: ALICE, at: READ_AT + 60, taken: less }])
      const { person, query, runbook } = question
      const gone =
        less.people.includes(person) ||
        less.runbooks.includes(runbook.name) ||
        query.accounts.some((account) => less.accounts.includes(account)) ||
        (less.tier !== undefined && rank(question.tier) > rank(less.tier))
      if (gone) assert.notEqual(outsideOf(one, question), undefined)
    }),
  )
})

test('nothing sensitive is held by any investigation, even one that was approved for it', () => {
  fc.assert(
    fc.property(bounds, asked, (how, question) => {
      const one = anInvestigation({ ...how, tier: 'sensitive' })
      assert.notEqual(outsideOf(one, { ...question, tier: 'sensitive' }), undefined)
    }),
  )
})

test('under an investigation nobody has more than their own role could have with approval: not above its ceiling, nor outside of it, nor anything sensitive', () => {
  const often = <T>(value: T, others: fc.Arbitrary<T>): fc.Arbitrary<T> =>
    fc.oneof({ weight: 5, arbitrary: fc.constant(value) }, { weight: 1, arbitrary: others })
  const role = fc
    .record({
      tier: fc.constantFrom('open' as const, 'duty' as const),
      ceiling: tier,
      accounts: often(ACCOUNTS, fc.subarray(ACCOUNTS)).map((ids) => ids.map((id) => ({ kind: 'id' as const, id }))),
      runbooks: often<readonly string[]>(['*'], fc.constantFrom(['console-logins'], [])),
      window: often(90 * DAY, fc.constantFrom(DAY, 7 * DAY)),
      persons: often(PEOPLE, people),
    })
    .map(({ persons, ...rest }) => ({ ...TEAM, ...rest, members: { persons, groups: [], emails: [], onCall: [] } }))
  const wide: Partial<Proposal> = { people: PEOPLE, accounts: ACCOUNTS, window: 90 * DAY }
  const raise = fc.constantFrom([{ runbooks: ['*'], accounts: [{ kind: 'all' as const }], tier: 'sensitive' as const }])
  let granted = 0
  fc.assert(
    fc.property(
      often(wide, bounds),
      role,
      often<readonly Raise[]>([], raise),
      asked,
      (how, held, raised, { person, runbook, query, channel }) => {
        const rules = aPolicy({ roles: [held], raise: raised, approvers: APPROVERS, approvals: [aRule()] })
        const one = anInvestigation({ ...how, tier: 'sensitive' })
        const place = aPlace({ channel: channel ?? 'C0INCIDENT' })
        const ask = { person: aPerson({ person, readAt: READ_AT }), place, query, runbook, inventory: INVENTORY }
        const under = underInvestigation(ask, [one], rules)
        if (under === undefined) return
        granted += 1
        assert.ok(rank(under.tier) <= rank(held.ceiling))
        assert.notEqual(under.tier, 'sensitive')
        assert.ok(held.members.persons.includes(person))
        // What only needs somebody's approval is all that it can stand for.
        assert.equal(decide(ask, rules).outcome, 'approve')
        assert.equal(
          outsideOf(one, { person, channel: place.channel, tier: under.tier, query: under.query }),
          undefined,
        )
      },
    ),
    { numRuns: 2_000 },
  )
  assert.ok(granted > 20, `${granted} were granted`)
})
