import assert from 'node:assert/strict'
import { test } from 'node:test'
import { after, opened } from '../../src/domain/policy/approval.ts'
import {
  type Bounds,
  isOpen,
  openedBy,
  outsideOf,
  type Proposal,
  type Taken,
} from '../../src/domain/policy/investigation.ts'
import { mayInvestigate } from '../../src/domain/policy/mayInvestigate.ts'
import type { PersonFacts, Tier } from '../../src/domain/policy/person.ts'
import type { Policy } from '../../src/domain/policy/policy.ts'
import { propose } from '../../src/domain/policy/propose.ts'
import type { Investigate } from '../../src/domain/request/investigate.ts'
import { underInvestigation } from '../../src/usecases/underInvestigation.ts'
import { aPerson, aPlace, aPolicy, aQuery, DAY, INVENTORY, PAYMENTS } from '../support/askFacts.ts'
import { IAM_PERSISTENCE, LIBRARY } from '../support/askRunbooks.ts'
import { anInvestigation, narrowed } from './opened.ts'
import { aRequest } from './requests.ts'
import { ALICE, APPROVERS, aRule, BOB, CAROL, READ_AT, TEAM } from './rows.ts'

const query = aQuery(IAM_PERSISTENCE, { days: 8 })
const ASKED = { person: ALICE, channel: 'C0INCIDENT', tier: 'elevated' as Tier, query }

test('it is open from its approval on, for as long as was approved', () => {
  const one = anInvestigation()
  assert.equal(one.from, READ_AT + 5)
  assert.deepEqual(
    [READ_AT + 4, READ_AT + 5, one.until - 1, one.until].map((at) => isOpen(one, at)),
    [false, true, true, false],
  )
})

test('what waits, or was denied, opens nothing, nor does a question that was approved', () => {
  const question = aRequest()
  assert.equal(openedBy(opened(question)), undefined)
  const { run, hash } = question
  const vote = { verdict: 'approve' as const, run, hash, person: BOB, sets: ['security'], at: READ_AT + 5 }
  assert.equal(openedBy(after(opened(question), { kind: 'voted', vote })), undefined)
})

const NARROWINGS: readonly (readonly [says: string, taken: Partial<Taken>, asked: string | undefined])[] = [
  ['a person', { people: [ALICE] }, 'the person is not of the investigation'],
  ['an account', { accounts: [PAYMENTS] }, 'an account is not of the investigation'],
  ['a runbook', { runbooks: ['iam-persistence'] }, 'its runbook is not of the investigation'],
  ['a tier', { tier: 'duty' }, 'its tier is above that of the investigation'],
  ['a longer window', { window: DAY }, 'its window is longer than that of the investigation'],
  ['somebody else', { people: [CAROL] }, undefined],
]
for (const [says, taken, expected] of NARROWINGS)
  test(`narrowed by ${says}: ${expected ?? 'the question is still within'}`, () => {
    const before = anInvestigation()
    const one = anInvestigation({}, [narrowed(taken)])
    assert.equal(outsideOf(before, ASKED), undefined)
    assert.equal(outsideOf(one, ASKED), expected)
    assert.notEqual(one.hash, before.hash)
    assert.deepEqual(one.hashes, [before.hash, one.hash])
  })

test('an entry of the log can only take away, whatever is written in it', () => {
  const small: Partial<Bounds> = { tier: 'duty', window: DAY, accounts: [PAYMENTS], runbooks: ['who-is'] }
  const before = anInvestigation(small)
  const one = anInvestigation(small, [narrowed({ tier: 'sensitive', window: 90 * DAY, runbooks: ['other'] })])
  const { tier, window, accounts, runbooks, people, until } = one
  assert.deepEqual(
    { tier, window, accounts, runbooks, people, until },
    { ...small, people: before.people, until: before.until },
  )
})

test('when nobody or nothing is left it has ended, and so has what somebody ended, whatever comes then', () => {
  const gone = anInvestigation({}, [narrowed({ people: [ALICE, CAROL] })])
  assert.deepEqual(gone.ended, { at: READ_AT + 60, by: ALICE })
  const ended = anInvestigation({}, [{ kind: 'ended', by: BOB, at: READ_AT + 9 }, narrowed({ tier: 'duty' })])
  assert.deepEqual(ended.ended, { at: READ_AT + 9, by: BOB })
  assert.equal(ended.tier, 'elevated')
  assert.equal(isOpen(ended, READ_AT + 10), false)
})

const POLICY: Policy = aPolicy({
  roles: [TEAM],
  approvers: APPROVERS,
  approvals: [aRule()],
  investigations: { longest: 8 * 3600, window: 7 * DAY },
})
const facts = (person = ALICE, parts: Partial<PersonFacts> = {}): PersonFacts =>
  aPerson({ person, groups: ['STEAM'], groupsSince: { STEAM: 0 }, readAt: READ_AT, ...parts })
const PLACE = aPlace({ channel: 'C0INCIDENT' })
const asks = (person = ALICE) => ({
  person: facts(person),
  place: PLACE,
  query,
  runbook: IAM_PERSISTENCE,
  inventory: INVENTORY,
})

test('a question under it is granted by it, at its own tier', () => {
  const one = anInvestigation()
  const under = underInvestigation(asks(), [one], POLICY)
  assert.equal(under?.tier, 'elevated')
  assert.deepEqual(under?.basis, {
    kind: 'investigation',
    policy: POLICY.digest,
    id: one.id,
    hash: one.hash,
    until: one.until,
  })
})

const NOT_UNDER: readonly (readonly [says: string, granted: unknown])[] = [
  ['above the ceiling of their own role', underOf({}, { roles: [{ ...TEAM, ceiling: 'duty' }] })],
  ['of whoever is not named', underOf({ people: [CAROL] })],
  ['in another channel', underOf({ channel: 'C0OTHER' })],
  ['when the rules want others by now', underOf({}, { approvals: [aRule({ seats: [{ by: ['oncall'], count: 1 }] })] })],
  ['when the rules want two by now', underOf({}, { approvals: [aRule({ seats: [{ by: ['security'], count: 2 }] })] })],
  ['when no rule is left by which it could be approved', underOf({}, { approvals: [] })],
  ['of somebody without a role by now', underOf({}, { roles: [] })],
  ['of somebody who is denied by now', underOf({}, { deny: { persons: [ALICE], groups: [], places: [] } })],
  ['that is sensitive', underOf({}, { raise: [{ runbooks: ['*'], accounts: [{ kind: 'all' }], tier: 'sensitive' }] })],
]
for (const [says, granted] of NOT_UNDER) test(`it grants nothing ${says}`, () => assert.equal(granted, undefined))

function underOf(changes: Partial<Proposal>, policy: Partial<Policy> = {}): unknown {
  return underInvestigation(asks(), [anInvestigation(changes)], { ...POLICY, ...policy })
}

test('nobody asks under what they alone have approved', () => {
  const one = anInvestigation({ people: [BOB] })
  const roles = [{ ...TEAM, members: { ...TEAM.members, persons: [ALICE, BOB] } }]
  assert.equal(underInvestigation(asks(BOB), [one], { ...POLICY, roles }), undefined)
})

const COMMAND: Investigate = {
  kind: 'investigate',
  name: 'INC-42',
  seconds: 4 * 3600,
  people: [],
  accounts: [{ kind: 'id', id: PAYMENTS }],
  runbooks: [],
  tier: 'elevated',
}
const proposed = (
  command: Partial<Investigate> = {},
  policy: Partial<Policy> = {},
  people: readonly PersonFacts[] = [facts()],
) =>
  propose({
    command: { ...COMMAND, ...command },
    opener: facts(),
    people,
    place: PLACE,
    policy: { ...POLICY, ...policy },
    inventory: INVENTORY,
    library: LIBRARY,
    approvers: [{ person: BOB, sets: ['security'] }],
  })

test('what is asked for has its bounds said or by default, and needs whoever any question within them would need', () => {
  const found = proposed({}, { approvals: [aRule({ runbooks: ['who-is'], name: 'first' }), aRule()] })
  assert.ok(found.ok, JSON.stringify(found))
  const { proposal, needs } = found.value
  assert.deepEqual([proposal.window, proposal.runbooks, proposal.regions], [7 * DAY, ['*'], 'enabled'])
  assert.equal(needs.self, false)
  assert.ok(needs.rules.includes('anything'))
})

const REFUSALS: readonly (readonly [why: string, found: ReturnType<typeof proposed>])[] = [
  ['switched_off', propose({ ...plain(), policy: withoutInvestigations() })],
  ['too_long', proposed({ seconds: 9 * 3600 })],
  ['direct', propose({ ...plain(), place: aPlace({ channel: 'D1', kind: 'direct' }) })],
  ['person', proposed({}, {}, [facts(), facts(CAROL, { groups: [] })])],
  ['no_rule', proposed({}, { approvals: [] })],
  ['nothing_more', proposed({ tier: 'duty' })],
  ['no_approvers', proposed({}, { approvals: [aRule({ seats: [{ by: ['security'], count: 2 }] })] })],
]
for (const [why, found] of REFUSALS)
  test(`an investigation cannot be asked for: ${why}`, () => {
    assert.ok(!found.ok)
    assert.equal(found.error.code === 'no_investigation' ? found.error.why : found.error.code, why)
  })

function plain(): Parameters<typeof propose>[0] {
  const [opener, people] = [facts(), [facts()]]
  const base = { command: COMMAND, opener, people, place: PLACE, policy: POLICY, inventory: INVENTORY }
  return { ...base, library: LIBRARY, approvers: [{ person: BOB, sets: ['security'] }] }
}

function withoutInvestigations(): Policy {
  const { investigations: _, ...rest } = POLICY
  return rest
}

const COMMANDS: readonly (readonly [
  says: string,
  told: string,
  parts: Partial<Policy>,
  person?: PersonFacts,
  place?: ReturnType<typeof aPlace>,
])[] = [
  ['whoever could have more with approval asks for one, and ends one', 'open end', {}],
  ['without the section nobody is told of them', '', { investigations: undefined as never }],
  ['a role that approval does not widen opens none', '', { roles: [{ ...TEAM, ceiling: 'duty' }] }],
  [
    'what is only widened to the sensitive tier is not widened',
    '',
    { roles: [{ ...TEAM, tier: 'elevated', ceiling: 'sensitive' }] },
  ],
  ['who may cancel the runs of others may end one', 'end', { roles: [{ ...TEAM, ceiling: 'duty', cancel: true }] }],
  ['an approver ends one', 'end', { roles: [] }, facts(BOB)],
  ['nobody opens one in a direct message', 'end', {}, facts(BOB), aPlace({ channel: 'D1', kind: 'direct' })],
  ['nor where answers are not given', '', {}, facts(), aPlace({ kind: 'public' })],
  ['whoever is denied is told nothing', '', { deny: { persons: [BOB], groups: [], places: [] } }, facts(BOB)],
]
for (const [says, told, parts, person = facts(), place = PLACE] of COMMANDS)
  test(`in help: ${says}`, () => {
    const { open, end } = mayInvestigate(person, place, { ...POLICY, ...parts })
    assert.equal([...(open ? ['open'] : []), ...(end ? ['end'] : [])].join(' '), told)
  })
