import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decide } from '../../src/domain/policy/decide.ts'
import { mayRun } from '../../src/domain/policy/mayRun.ts'
import { placeAllows } from '../../src/domain/policy/place.ts'
import { defaultScope, mayCancel, rolesOf, tooNew } from '../../src/domain/policy/roles.ts'
import { aMembership, anAccount, aPerson, aPlace, aPolicy, aQuery, aRole, DAY, INVENTORY } from '../support/askFacts.ts'
import { aLibrary, aRunbook, LIBRARY } from '../support/askRunbooks.ts'
import { approvalPolicy, aRule, TEAM } from './rows.ts'

const MEMBERS = { persons: [], groups: ['S1'], emails: [], onCall: [] }
const PERSON = aPerson({ groups: ['S1'] })

test('what somebody may run here is what one of their roles here allows', () => {
  const roles = [
    aRole({
      name: 'reader',
      members: MEMBERS,
      runbooks: ['console-logins', 'key-activity'],
      window: 7 * DAY,
      tier: 'open',
    }),
    aRole({ name: 'lead', members: MEMBERS, runbooks: ['key-activity'], places: ['direct'], window: 90 * DAY }),
  ]
  const names = (place = aPlace()) =>
    mayRun(PERSON, place, LIBRARY, INVENTORY, aPolicy({ roles })).map(
      ({ runbook, role, window, tier, answerTo }) => `${runbook.name} ${role} ${window / DAY}d ${tier} ${answerTo}`,
    )
  assert.deepEqual(names(), ['key-activity reader 7d open here', 'console-logins reader 7d open here'])
  assert.deepEqual(names(aPlace({ kind: 'direct' })), [
    'key-activity reader 90d duty here',
    'console-logins reader 7d open here',
  ])
  assert.deepEqual(
    names(aPlace({ kind: 'public' })).map((line) => line.split(' ').at(-1)),
    ['direct', 'direct'],
  )
  assert.deepEqual(names(aPlace({ archived: true })), [])
})

test('a runbook above a role’s tier is not offered', () => {
  const library = { ...LIBRARY, all: LIBRARY.all.map((runbook) => ({ ...runbook, tier: 'elevated' as const })) }
  const policy = aPolicy({ roles: [aRole({ members: MEMBERS })] })
  assert.deepEqual(mayRun(PERSON, aPlace(), library, INVENTORY, policy), [])
})

test('a role that reaches no account offers nothing', () => {
  const policy = aPolicy({ roles: [aRole({ members: MEMBERS, accounts: [{ kind: 'name', name: 'nowhere' }] })] })
  assert.deepEqual(mayRun(PERSON, aPlace(), LIBRARY, INVENTORY, policy), [])
})

test('a question without accounts goes to the channel’s default, else to the role’s', () => {
  const role = aRole({ members: MEMBERS, defaultAccounts: [{ kind: 'name', name: 'staging' }] })
  const place = {
    channel: 'C0INCIDENT',
    answers: 'here' as const,
    accounts: [{ kind: 'group' as const, name: 'prod' }],
  }
  const both = aPolicy({ roles: [role], places: [place] })
  assert.deepEqual(defaultScope(PERSON, aPlace(), both)?.words, "this channel's default")
  assert.deepEqual(defaultScope(PERSON, aPlace({ channel: 'C0OTHER' }), both), {
    accounts: [{ kind: 'name', name: 'staging' }],
    words: 'the default of the role responder',
  })
  assert.equal(defaultScope(aPerson(), aPlace({ channel: 'C0OTHER' }), both), undefined)
})

test('a run is cancelled by its asker or by a role that may, and by nobody else', () => {
  const asker = PERSON.person
  const other = { team: 'T1', user: 'UBOB' }
  const policy = (cancel: boolean) => aPolicy({ roles: [aRole({ members: MEMBERS, cancel })] })
  assert.ok(mayCancel(PERSON, asker, policy(false)))
  assert.ok(!mayCancel(PERSON, other, policy(false)))
  assert.ok(mayCancel(PERSON, other, policy(true)))
  assert.ok(!mayCancel(aPerson(), other, policy(true)))
  assert.ok(!mayCancel(PERSON, { team: 'T2', user: asker.user }, policy(false)))
  assert.ok(!mayCancel(aPerson({ groups: ['S1'], deactivated: true }), other, policy(true)))
})

test('a channel that becomes shared while a run goes on gets its answer no more', () => {
  const policy = aPolicy()
  assert.equal(placeAllows(aPlace(), policy).outcome, 'here')
  assert.equal(placeAllows(aPlace({ externallyShared: true }), policy).outcome, 'direct')
  assert.equal(placeAllows(aPlace({ holdsGuests: true }), policy).outcome, 'direct')
  assert.equal(placeAllows(aPlace({ archived: true }), policy).outcome, 'nowhere')
})

test('the roles somebody has are in the policy’s order', () => {
  const roles = [aRole({ name: 'b', members: MEMBERS }), aRole({ name: 'x' }), aRole({ name: 'a', members: MEMBERS })]
  assert.deepEqual(
    rolesOf(PERSON, aPolicy({ roles })).map(({ name }) => name),
    ['b', 'a'],
  )
})

test('what only an approval allows is offered as that, with whom it takes; what nobody can approve is not', () => {
  const team = { ...TEAM, members: MEMBERS, tier: 'open' as const }
  const library = aLibrary(
    aRunbook({ name: 'free' }),
    aRunbook({ name: 'always-duty', tier: 'duty' }),
    aRunbook({ name: 'always-elevated', tier: 'elevated' }),
    aRunbook({ name: 'always-sensitive', tier: 'sensitive' }),
  )
  const offered = (parts: Parameters<typeof approvalPolicy>[0]): readonly string[] =>
    mayRun(PERSON, aPlace(), library, INVENTORY, approvalPolicy({ roles: [team], ...parts })).map(
      ({ runbook, tier, alone, approval }) =>
        `${runbook.name} ${alone ? tier : 'never alone'}${approval === undefined ? '' : `, ${approval.tier} by ${approval.by}`}`,
    )
  assert.deepEqual(offered({}), [
    'free open, duty by 1 of security',
    'always-duty never alone, duty by 1 of security',
    'always-elevated never alone, elevated by 1 of security',
  ])
  const lead = aRole({ name: 'lead', members: aMembership({ persons: [PERSON.person] }), tier: 'elevated' })
  assert.deepEqual(
    offered({ roles: [team, lead] }),
    ['free elevated', 'always-duty elevated', 'always-elevated elevated'],
    'what another role allows alone needs nobody',
  )
  assert.deepEqual(offered({ approvals: [] }), ['free open'])
  assert.deepEqual(offered({ roles: [{ ...team, ceiling: 'open' }] }), ['free open'])
  const raise = [{ runbooks: ['free'], accounts: [{ kind: 'all' as const }], tier: 'elevated' as const }]
  assert.equal(offered({ raise })[0], 'free never alone, elevated by 1 of security')
})

test('however many accounts there are, they are looked through a few times and not once for each of them', () => {
  const accounts = Array.from({ length: 500 }, (_, index) =>
    anAccount(String(100_000_000_000 + index), { name: `account-${index}`, groups: index % 2 === 0 ? ['even'] : [] }),
  )
  let looked = 0
  const inventory = {
    regions: [],
    get accounts() {
      looked += 1
      return accounts
    },
  }
  const even = [{ kind: 'group' as const, name: 'even' }]
  const policy = approvalPolicy({
    roles: [{ ...TEAM, members: MEMBERS }],
    approvals: [aRule({ name: 'even', accounts: even, seats: [{ by: ['oncall'], count: 1 }] }), aRule()],
    raise: [{ runbooks: ['free'], accounts: even, tier: 'elevated' }],
  })
  const runbook = aRunbook({ name: 'free' })
  const [offered] = mayRun(PERSON, aPlace(), aLibrary(runbook), inventory, policy)
  assert.equal(offered?.accounts, 250, 'in the others it is asked alone')
  assert.equal(offered?.approval?.by, '1 of payments on call; or 1 of security')
  assert.ok(looked < 30, `what may be run: ${looked} times`)
  looked = 0
  const query = aQuery(runbook, { accounts: accounts.map(({ id }) => id) })
  assert.equal(decide({ person: PERSON, place: aPlace(), query, runbook, inventory }, policy).outcome, 'approve')
  assert.ok(looked < 500, `a decision: ${looked} times`)
})

test('a group that gives something and is too new is named, with when it counts; one that gives nothing is not', () => {
  const policy = aPolicy({
    groups: [{ group: 'STEAM', name: 'responders', managed: true }],
    roles: [aRole({ members: aMembership({ groups: ['STEAM', 'SOLD', 'SUNSEEN'] }) })],
    settleFor: 86_400,
  })
  const facts = aPerson({
    groups: ['STEAM', 'SOLD', 'SUNSEEN', 'SOTHER'],
    readAt: 1_000_000,
    groupsSince: { STEAM: 990_000, SOLD: 0, SOTHER: 990_000 },
  })
  assert.deepEqual(tooNew(facts, policy), [{ name: 'responders', countsAt: 1_076_400 }, { name: 'SUNSEEN' }])
  assert.deepEqual(tooNew(facts, { ...policy, settleFor: 0 }), [])
})
