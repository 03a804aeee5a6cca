import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { type Directory, type DirectoryOptions, slackDirectory } from '../../src/adapters/slack/directory.ts'
import { SlackFault } from '../../src/adapters/slack/errors.ts'
import { ALICE, aRig, BOB, OPS, type Rig, SECRET, TEAM } from './rig.ts'

type DirectoryRig = { readonly rig: Rig; readonly directory: Directory; readonly clock: { now: number } }

async function aDirectory(t: TestContext, options: Partial<DirectoryOptions> = {}): Promise<DirectoryRig> {
  const rig = await aRig(t)
  const clock = { now: 0 }
  const { client, self } = rig
  return { rig, clock, directory: slackDirectory({ client, self, now: () => clock.now, ...options }) }
}

const alice = { team: TEAM, user: ALICE }

test('a person is described as Slack has them, with the ids of their groups', async (t) => {
  const { directory } = await aDirectory(t)
  assert.deepEqual(await directory.personFacts(alice), {
    person: alice,
    name: 'Alice Moreau',
    timeZone: 'Europe/Paris',
    bot: false,
    deactivated: false,
    guest: false,
    stranger: false,
    groups: ['S0RESPOND', 'S0SECURIT'],
    email: 'alice@example.com',
  })
})

const KINDS = [
  ['a guest', 'U0DAVE001', TEAM, 'guest'],
  ['a bot', 'U0BUILDB1', TEAM, 'bot'],
  ['somebody who left', 'U0ERIN001', TEAM, 'deactivated'],
  ['somebody of another workspace', 'U0FRANK01', 'T0PARTNER', 'stranger'],
] as const
for (const [who, user, team, fact] of KINDS) {
  test(`${who} is told apart`, async (t) => {
    const { directory } = await aDirectory(t)
    const facts = await directory.personFacts({ team, user })
    const { guest, bot, deactivated, stranger } = facts
    assert.deepEqual(
      Object.entries({ guest, bot, deactivated, stranger }).filter(([, is]) => is),
      [[fact, true]],
    )
  })
}

test('a person of ours who is said to be of another workspace counts as a stranger', async (t) => {
  const { directory } = await aDirectory(t)
  assert.equal((await directory.personFacts({ team: 'T0PARTNER', user: ALICE })).stranger, true)
})

test('a workspace without user groups gives nobody a group', async (t) => {
  const { rig, directory } = await aDirectory(t)
  await rig.control('POST', 'settings', { paidPlan: false })
  assert.deepEqual((await directory.personFacts(alice)).groups, [])
})

test('groups that cannot be read are a fault, never an empty set', async (t) => {
  const { rig, directory } = await aDirectory(t)
  await rig.fault({ method: 'usergroups.list', kind: 'error', error: 'missing_scope', times: 9 })
  await assert.rejects(directory.personFacts(alice), (error) => error instanceof SlackFault && error.kind === 'auth')
})

test('answers are remembered for a while, asked for once by many, and anew when freshness matters', async (t) => {
  const { rig, directory, clock } = await aDirectory(t)
  await Promise.all([directory.personFacts(alice), directory.personFacts(alice), directory.personFacts(alice)])
  assert.equal(rig.calls('users.info').length, 1)
  clock.now = 59_000
  await directory.personFacts(alice)
  assert.equal(rig.calls('users.info').length, 1)
  await directory.personFacts(alice, { fresh: true })
  assert.equal(rig.calls('users.info').length, 2)
  await rig.control('POST', 'users', { id: ALICE, deleted: true })
  clock.now = 120_000
  assert.equal((await directory.personFacts(alice)).deactivated, true)
})

test('who is in which group is never older than 15 seconds, counted from when Slack was asked', async (t) => {
  const { rig, directory, clock } = await aDirectory(t)
  const groups = async (options?: { readonly fresh: true }): Promise<readonly string[]> =>
    (await directory.personFacts(alice, options)).groups
  assert.ok((await groups()).includes('S0SECURIT'))
  await rig.control('POST', 'usergroups', { id: 'S0SECURIT', users: [] })
  clock.now = 14_900
  assert.ok((await groups({ fresh: true })).includes('S0SECURIT'))
  assert.equal(rig.calls('usergroups.list').length, 1)
  clock.now = 15_000
  assert.ok(!(await groups()).includes('S0SECURIT'))
  assert.ok(!(await directory.groups()).get(ALICE)?.includes('S0SECURIT'))
  assert.equal(rig.calls('usergroups.list').length, 2)
})

test('a failed answer is not remembered', async (t) => {
  const { rig, directory } = await aDirectory(t)
  await rig.fault({ method: 'users.info', kind: 'ratelimited' })
  await assert.rejects(directory.personFacts(alice), SlackFault)
  assert.equal((await directory.personFacts(alice)).name, 'Alice Moreau')
})

test('a private channel of our own people is described as it is, with its thread', async (t) => {
  const { directory } = await aDirectory(t)
  assert.deepEqual(await directory.placeFacts({ channel: SECRET, thread: '1.2' }, alice), {
    team: TEAM,
    channel: SECRET,
    thread: '1.2',
    kind: 'private',
    externallyShared: false,
    holdsGuests: false,
    archived: false,
    botIsMember: true,
  })
})

const PLACES = [
  [
    'a public channel',
    OPS,
    { kind: 'public', externallyShared: false, holdsGuests: false, archived: false, botIsMember: true },
  ],
  [
    'a public channel without the bot',
    'C0GENERAL',
    { kind: 'public', externallyShared: false, holdsGuests: true, archived: false, botIsMember: false },
  ],
  [
    'a channel with a guest',
    'C0CONTRAC',
    { kind: 'private', externallyShared: false, holdsGuests: true, archived: false, botIsMember: true },
  ],
  [
    'a channel shared with a partner',
    'C0VENDOR1',
    { kind: 'public', externallyShared: true, holdsGuests: false, archived: false, botIsMember: true },
  ],
  [
    'an archived channel',
    'C0OLDINC1',
    { kind: 'public', externallyShared: false, holdsGuests: false, archived: true, botIsMember: true },
  ],
  [
    'a private channel without the bot',
    'C0HRPRIV1',
    { kind: 'private', externallyShared: true, holdsGuests: true, archived: false, botIsMember: false },
  ],
] as const
for (const [what, channel, expected] of PLACES) {
  test(`${what} is described as it is, the worst taken where it cannot be known`, async (t) => {
    const { directory } = await aDirectory(t)
    const { team, channel: named, ...facts } = await directory.placeFacts({ channel }, alice)
    assert.deepEqual([team, named], [TEAM, channel])
    assert.deepEqual(facts, expected)
  })
}

test('an invitation to another organisation counts as sharing before it is taken', async (t) => {
  const { rig, directory } = await aDirectory(t)
  await rig.control('POST', 'channels', { id: SECRET, is_pending_ext_shared: true })
  assert.equal((await directory.placeFacts({ channel: SECRET }, alice)).externallyShared, true)
})

test('a channel too large to be searched counts as holding guests', async (t) => {
  const { rig, directory } = await aDirectory(t, { mostMembers: 2 })
  assert.equal((await directory.placeFacts({ channel: SECRET }, alice)).holdsGuests, true)
  assert.equal(rig.calls('users.info').length, 0)
})

test('a guest who joins is seen by a fresh look, and by others once what is remembered is old', async (t) => {
  const { rig, directory, clock } = await aDirectory(t)
  await directory.placeFacts({ channel: SECRET }, alice)
  await rig.control('POST', 'join', { channel: SECRET, user: 'U0DAVE001' })
  assert.equal((await directory.placeFacts({ channel: SECRET }, alice)).holdsGuests, false)
  assert.equal((await directory.placeFacts({ channel: SECRET }, alice, { fresh: true })).holdsGuests, true)
  clock.now = 61_000
  assert.equal((await directory.placeFacts({ channel: SECRET }, alice)).holdsGuests, true)
})

test('what nobody waits for shares a look at a channel for five seconds, and then looks anew', async (t) => {
  const { rig, directory, clock } = await aDirectory(t)
  const look = () => directory.placeFacts({ channel: SECRET }, alice, { fresh: true, background: true })
  await Promise.all(Array.from({ length: 25 }, look))
  clock.now = 4_900
  await look()
  assert.equal(rig.calls('conversations.info').length, 1)
  await rig.control('POST', 'join', { channel: SECRET, user: 'U0DAVE001' })
  clock.now = 5_100
  assert.equal((await look()).holdsGuests, true)
  assert.equal(rig.calls('conversations.info').length, 2)
})

test('the direct messages of the bot and the asker are theirs alone; those of others are not for answers', async (t) => {
  const { directory } = await aDirectory(t)
  const channel = await directory.directChannel(ALICE)
  const own = await directory.placeFacts({ channel }, alice)
  assert.deepEqual([own.kind, own.holdsGuests, own.botIsMember], ['direct', false, true])
  const others = await directory.placeFacts({ channel }, { team: TEAM, user: BOB })
  assert.deepEqual([others.kind, others.holdsGuests, others.botIsMember], ['private', true, false])
})

test('a place that cannot be read is a fault', async (t) => {
  const { rig, directory } = await aDirectory(t)
  await rig.fault({ method: 'conversations.members', kind: 'http', status: 500, times: 5 })
  await assert.rejects(directory.placeFacts({ channel: OPS }, alice), SlackFault)
})
