import assert from 'node:assert/strict'
import { test } from 'node:test'
import { aClient, aSlack, fails } from './slackRig.ts'

const INCIDENT = 'C0INCPAY1'

test('auth.test names the team and the bot', async (t) => {
  const client = aClient(await aSlack(t))
  const who = await client.auth.test()
  assert.deepEqual([who.team_id, who.user_id, who.bot_id], ['T0CTQ0001', 'U0CTQBOT1', 'B0CTQ0001'])
})

for (const [token, error] of [
  ['', 'not_authed'],
  ['xoxb-somebody-else', 'invalid_auth'],
  ['xapp-1-A0CTQ0001-playground', 'not_allowed_token_type'],
] as const)
  test(`a post with the token "${token}" is refused as ${error}`, async (t) => {
    const slack = await aSlack(t)
    await fails(aClient(slack, token).chat.postMessage({ channel: INCIDENT, text: 'x' }), error)
  })

test('apps.connections.open is for the app token only', async (t) => {
  const slack = await aSlack(t)
  await fails(aClient(slack).apps.connections.open(), 'not_allowed_token_type')
  assert.match(String((await aClient(slack, slack.appToken).apps.connections.open()).url), /^ws:\/\/127\.0\.0\.1/)
})

test('a method that does not exist is HTTP 200 with unknown_method', async (t) => {
  const slack = await aSlack(t)
  await fails(aClient(slack).apiCall('chat.shout'), 'unknown_method')
  const plain = await fetch(`${slack.apiUrl}chat.shout`, { method: 'POST' })
  assert.equal(plain.status, 200)
})

test('a scope that was not granted is named', async (t) => {
  const slack = await aSlack(t, { settings: { scopes: ['chat:write', 'channels:read'] } })
  const client = aClient(slack)
  await fails(client.usergroups.list(), 'missing_scope')
  await fails(client.conversations.info({ channel: 'C0SECRESP' }), 'missing_scope')
  assert.ok((await client.conversations.info({ channel: INCIDENT })).ok)
  const { body } = await post(slack.apiUrl, 'usergroups.list', {}, slack.botToken)
  assert.deepEqual([body['needed'], body['provided']], ['usergroups:read', 'chat:write,channels:read'])
})

async function post(apiUrl: string, method: string, args: unknown, token: string) {
  const headers = { 'content-type': 'application/json; charset=utf-8', authorization: `Bearer ${token}` }
  const response = await fetch(apiUrl + method, { method: 'POST', headers, body: JSON.stringify(args) })
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Record<string, unknown>,
  }
}

test('JSON bodies are taken like forms, and broken JSON is invalid_json', async (t) => {
  const slack = await aSlack(t)
  const blocks = [{ type: 'section', text: { type: 'mrkdwn', text: 'hello' } }]
  const { body } = await post(
    slack.apiUrl,
    'chat.postMessage',
    { channel: INCIDENT, text: 'x', blocks },
    slack.botToken,
  )
  assert.equal(body['ok'], true)
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${slack.botToken}` }
  const broken = await fetch(`${slack.apiUrl}chat.postMessage`, { method: 'POST', headers, body: '{' })
  assert.equal(((await broken.json()) as { error: string }).error, 'invalid_json')
})

for (const [where, channel, error] of [
  ['a public channel the bot is not in', 'C0GENERAL', 'not_in_channel'],
  ['a private channel the bot is not in', 'C0HRPRIV1', 'channel_not_found'],
  ['an archived channel', 'C0OLDINC1', 'is_archived'],
  ['a channel that does not exist', 'C0NOSUCH1', 'channel_not_found'],
] as const)
  test(`posting in ${where} is refused as ${error}`, async (t) => {
    await fails(aClient(await aSlack(t)).chat.postMessage({ channel, text: 'x' }), error)
  })

test('chat:write.public lets the bot post in public channels it has not joined', async (t) => {
  const slack = await aSlack(t, { settings: { scopes: ['chat:write', 'chat:write.public'] } })
  assert.ok((await aClient(slack).chat.postMessage({ channel: 'C0GENERAL', text: 'x' })).ok)
})

test('a channel may be named, and a user id means their direct messages', async (t) => {
  const client = aClient(await aSlack(t))
  assert.equal((await client.chat.postMessage({ channel: '#incident-payments', text: 'x' })).channel, INCIDENT)
  const direct = await client.chat.postMessage({ channel: 'U0ALICE01', text: 'x' })
  const opened = await client.conversations.open({ users: 'U0ALICE01' })
  assert.equal(direct.channel, opened.channel?.id)
  assert.match(String(direct.channel), /^D/)
})

test('a message needs text or blocks; text over 40,000 characters is cut with a warning', async (t) => {
  const slack = await aSlack(t)
  const client = aClient(slack)
  await fails(client.chat.postMessage({ channel: INCIDENT, text: '' }), 'no_text')
  const long = await client.chat.postMessage({ channel: INCIDENT, text: 'x'.repeat(40_001) })
  assert.equal(long.message?.text?.length, 40_000)
  assert.deepEqual(long.response_metadata?.warnings, ['message_truncated'])
})

test('markdown_text excludes text and blocks', async (t) => {
  const client = aClient(await aSlack(t))
  const call = client.apiCall('chat.postMessage', { channel: INCIDENT, text: 'x', markdown_text: '**x**' })
  await fails(call, 'markdown_text_conflict')
})

test('chat.update changes only own messages, keeps what is not given, and takes 4,000 characters', async (t) => {
  const slack = await aSlack(t)
  const client = aClient(slack)
  const blocks = [{ type: 'header', text: { type: 'plain_text', text: 'Running' } }]
  const metadata = { event_type: 'ctq_run', event_payload: { run: 'r1' } }
  const { ts } = await client.chat.postMessage({ channel: INCIDENT, text: 'one', blocks, metadata })
  const place = { channel: INCIDENT, ts: String(ts) }
  await client.chat.update({ ...place, text: 'two' })
  const told = { channel: INCIDENT, include_all_metadata: true } as const
  const [message] = (await client.conversations.history(told)).messages ?? []
  assert.deepEqual([message?.text, message?.blocks?.length, message?.metadata], ['two', 1, metadata])
  await fails(client.chat.update({ ...place, text: 'x'.repeat(4001) }), 'msg_too_long')
  await fails(client.chat.update({ channel: INCIDENT, ts: '1.000001', text: 'x' }), 'message_not_found')
  const said = await slack.people.type({ user: 'alice', channel: 'incident-payments', text: 'hi' })
  await fails(client.chat.update({ channel: INCIDENT, ts: String(said.ts), text: 'x' }), 'cant_update_message')
})

test('metadata is given back only when it is asked for, and its form is checked', async (t) => {
  const client = aClient(await aSlack(t))
  const metadata = { event_type: 'ctq_run', event_payload: { run: 'r1' } }
  await client.chat.postMessage({ channel: INCIDENT, text: 'x', metadata })
  const [plain] = (await client.conversations.history({ channel: INCIDENT })).messages ?? []
  assert.equal(plain?.metadata, undefined)
  const post = { channel: INCIDENT, text: 'x' }
  await fails(client.apiCall('chat.postMessage', { ...post, metadata: '{' }), 'invalid_metadata_format')
  await fails(client.apiCall('chat.postMessage', { ...post, metadata: { event_type: 'x' } }), 'invalid_metadata_schema')
  const event_payload = { text: 'x'.repeat(9000) }
  await fails(client.chat.postMessage({ ...post, metadata: { event_type: 'x', event_payload } }), 'metadata_too_large')
})

test('an ephemeral message reaches only members, is in no history, and cannot be updated', async (t) => {
  const client = aClient(await aSlack(t))
  const post = { channel: INCIDENT, text: 'only you' }
  await fails(client.chat.postEphemeral({ ...post, user: 'U0DAVE001' }), 'user_not_in_channel')
  const { message_ts } = await client.chat.postEphemeral({ ...post, user: 'U0ALICE01' })
  assert.deepEqual((await client.conversations.history({ channel: INCIDENT })).messages, [])
  await fails(client.chat.update({ channel: INCIDENT, ts: String(message_ts), text: 'x' }), 'message_not_found')
})

test('a thread is read in order with its parent first; a thread that does not exist is thread_not_found', async (t) => {
  const client = aClient(await aSlack(t))
  const { ts } = await client.chat.postMessage({ channel: INCIDENT, text: 'parent' })
  const place = { channel: INCIDENT, thread_ts: String(ts) }
  const first = await client.chat.postMessage({ ...place, text: 'first' })
  await client.chat.postMessage({ ...place, thread_ts: String(first.ts), text: 'second' })
  const thread = await client.conversations.replies({ channel: INCIDENT, ts: String(ts) })
  assert.deepEqual(
    thread.messages?.map(({ text }) => text),
    ['parent', 'first', 'second'],
  )
  assert.equal(thread.messages?.[0]?.reply_count, 2)
  const top = await client.conversations.history({ channel: INCIDENT })
  assert.deepEqual(
    top.messages?.map(({ text }) => text),
    ['parent'],
  )
  await fails(client.conversations.replies({ channel: INCIDENT, ts: '1.000001' }), 'thread_not_found')
  const lost = client.chat.postMessage({ channel: INCIDENT, text: 'x', thread_ts: '1.000001' })
  await fails(lost, 'cannot_reply_to_message')
})

test('history is paged by cursor and bounded by oldest and latest', async (t) => {
  const slack = await aSlack(t, { settings: { rateLimits: false } })
  const client = aClient(slack)
  const stamps: string[] = []
  for (const text of ['1', '2', '3', '4', '5'])
    stamps.push(String((await client.chat.postMessage({ channel: INCIDENT, text })).ts))
  const first = await client.conversations.history({ channel: INCIDENT, limit: 2 })
  assert.deepEqual(
    first.messages?.map(({ text }) => text),
    ['5', '4'],
  )
  const cursor = String(first.response_metadata?.next_cursor)
  const second = await client.conversations.history({ channel: INCIDENT, limit: 2, cursor })
  assert.deepEqual(
    second.messages?.map(({ text }) => text),
    ['3', '2'],
  )
  const [, two = '', , four = ''] = stamps
  const between = await client.conversations.history({ channel: INCIDENT, oldest: two, latest: four })
  assert.deepEqual(
    between.messages?.map(({ text }) => text),
    ['3'],
  )
  const inclusive = await client.conversations.history({
    channel: INCIDENT,
    oldest: two,
    latest: four,
    inclusive: true,
  })
  assert.equal(inclusive.messages?.length, 3)
})

test('a permalink names channel and message, and is refused for a message that is not there', async (t) => {
  const client = aClient(await aSlack(t))
  const { ts } = await client.chat.postMessage({ channel: INCIDENT, text: 'x' })
  const { permalink } = await client.chat.getPermalink({ channel: INCIDENT, message_ts: String(ts) })
  assert.match(String(permalink), /\/archives\/C0INCPAY1\/p\d{16}$/)
  await fails(client.chat.getPermalink({ channel: INCIDENT, message_ts: '1.000001' }), 'message_not_found')
})

test('a deleted message is gone, and only own ones can be deleted', async (t) => {
  const slack = await aSlack(t)
  const client = aClient(slack)
  const { ts } = await client.chat.postMessage({ channel: INCIDENT, text: 'x' })
  await client.chat.delete({ channel: INCIDENT, ts: String(ts) })
  await fails(client.chat.delete({ channel: INCIDENT, ts: String(ts) }), 'message_not_found')
  const said = await slack.people.type({ user: 'alice', channel: 'incident-payments', text: 'hi' })
  await fails(client.chat.delete({ channel: INCIDENT, ts: String(said.ts) }), 'cant_delete_message')
})

test('reactions: a second one is already_reacted, one that is not there is no_reaction', async (t) => {
  const client = aClient(await aSlack(t))
  const { ts } = await client.chat.postMessage({ channel: INCIDENT, text: 'x' })
  const reaction = { channel: INCIDENT, timestamp: String(ts), name: 'eyes' }
  await client.reactions.add(reaction)
  await fails(client.reactions.add(reaction), 'already_reacted')
  await client.reactions.remove(reaction)
  await fails(client.reactions.remove(reaction), 'no_reaction')
})

test('conversations.info tells shared, private and archived channels apart', async (t) => {
  const client = aClient(await aSlack(t))
  const shared = (await client.conversations.info({ channel: 'C0VENDOR1', include_num_members: true })).channel
  assert.deepEqual([shared?.is_ext_shared, shared?.is_shared, shared?.num_members], [true, true, 4])
  assert.deepEqual(shared?.shared_team_ids, ['T0CTQ0001', 'T0PARTNER'])
  const secret = (await client.conversations.info({ channel: 'C0SECRESP' })).channel
  assert.deepEqual([secret?.is_private, secret?.is_ext_shared], [true, false])
  await fails(client.conversations.info({ channel: 'C0HRPRIV1' }), 'channel_not_found')
})

test('conversations.list shows public channels and the private ones the bot is in', async (t) => {
  const client = aClient(await aSlack(t))
  const types = 'public_channel,private_channel'
  const all = await client.conversations.list({ types, exclude_archived: true })
  const names = all.channels?.map(({ name }) => name)
  assert.deepEqual(names, ['incident-payments', 'ops', 'general', 'sec-response', 'ext-vendor-support', 'contractors'])
  await fails(client.conversations.list({ types: 'secret' }), 'invalid_types')
})

test('the bot joins public channels and no private ones', async (t) => {
  const client = aClient(await aSlack(t))
  await client.conversations.join({ channel: 'C0GENERAL' })
  assert.ok((await client.chat.postMessage({ channel: 'C0GENERAL', text: 'x' })).ok)
  await fails(client.conversations.join({ channel: 'C0SECRESP' }), 'method_not_supported_for_channel_type')
  await fails(client.conversations.join({ channel: 'C0OLDINC1' }), 'is_archived')
})

test('direct messages cannot be opened with bots and deactivated people', async (t) => {
  const client = aClient(await aSlack(t))
  await fails(client.conversations.open({ users: 'U0BUILDB1' }), 'cannot_dm_bot')
  await fails(client.conversations.open({ users: 'U0ERIN001' }), 'user_disabled')
  await fails(client.conversations.open({ users: 'U0NOBODY1' }), 'user_not_found')
})

test('members are listed page by page', async (t) => {
  const client = aClient(await aSlack(t))
  const first = await client.conversations.members({ channel: INCIDENT, limit: 3 })
  const cursor = String(first.response_metadata?.next_cursor)
  const second = await client.conversations.members({ channel: INCIDENT, limit: 3, cursor })
  assert.deepEqual([first.members?.length, second.members], [3, ['U0BUILDB1', 'U0CTQBOT1']])
})

test('users.info tells guests, bots, deactivated people and strangers apart, with their time zone', async (t) => {
  const slack = await aSlack(t, { now: () => Date.UTC(2026, 7, 15, 14, 8) })
  const client = aClient(slack)
  const user = async (id: string) => (await client.users.info({ user: id })).user
  assert.deepEqual([(await user('U0ALICE01'))?.tz, (await user('U0ALICE01'))?.tz_offset], ['Europe/Paris', 7200])
  assert.equal((await user('U0BOB0001'))?.tz_offset, -14_400)
  assert.equal((await user('U0DAVE001'))?.is_restricted, true)
  assert.equal((await user('U0ERIN001'))?.deleted, true)
  assert.equal((await user('U0BUILDB1'))?.is_bot, true)
  const frank = await user('U0FRANK01')
  assert.deepEqual([frank?.is_stranger, frank?.team_id, frank?.profile?.email], [true, 'T0PARTNER', undefined])
  await fails(client.users.info({ user: 'U0NOBODY1' }), 'user_not_found')
})

test('a person of another workspace is not found once no channel is shared with them', async (t) => {
  const slack = await aSlack(t)
  const channel = slack.workspace.channels.get('C0VENDOR1')
  if (channel) channel.members = channel.members.filter((id) => id !== 'U0FRANK01')
  await fails(aClient(slack).users.info({ user: 'U0FRANK01' }), 'user_not_found')
})

test('people are found by e-mail with its scope, and never without', async (t) => {
  const slack = await aSlack(t)
  const client = aClient(slack)
  assert.equal((await client.users.lookupByEmail({ email: 'Alice@example.com' })).user?.id, 'U0ALICE01')
  await fails(client.users.lookupByEmail({ email: 'nobody@example.com' }), 'users_not_found')
  slack.workspace.settings.scopes = ['users:read']
  assert.equal((await client.users.info({ user: 'U0ALICE01' })).user?.profile?.email, undefined)
  await fails(client.users.lookupByEmail({ email: 'alice@example.com' }), 'missing_scope')
})

test('user groups are there on a paid plan only', async (t) => {
  const slack = await aSlack(t)
  const client = aClient(slack)
  const handles = (await client.usergroups.list()).usergroups?.map(({ handle }) => handle)
  assert.deepEqual(handles, ['responders', 'security'])
  const { users } = await client.usergroups.users.list({ usergroup: 'S0RESPOND' })
  assert.deepEqual(users, ['U0ALICE01', 'U0BOB0001'])
  await fails(client.usergroups.users.list({ usergroup: 'S0NOSUCH1' }), 'no_such_subteam')
  slack.workspace.settings.paidPlan = false
  await fails(client.usergroups.list(), 'plan_upgrade_required')
})

test('team.info and bots.info answer', async (t) => {
  const client = aClient(await aSlack(t))
  assert.equal((await client.team.info()).team?.domain, 'northwind')
  assert.equal((await client.bots.info({ bot: 'B0CTQ0001' })).bot?.app_id, 'A0CTQ0001')
  await fails(client.bots.info({ bot: 'B0NOSUCH1' }), 'bot_not_found')
})

test('users and the conversations of the bot are listed', async (t) => {
  const client = aClient(await aSlack(t))
  const names = (await client.users.list({})).members?.map(({ name }) => name)
  assert.deepEqual(names, ['slackbot', 'ctq', 'alice', 'bob', 'carol', 'dave', 'erin', 'frank', 'buildbot'])
  const mine = await client.users.conversations({ types: 'public_channel,private_channel', exclude_archived: true })
  const channels = mine.channels?.map(({ name }) => name)
  assert.deepEqual(channels, ['incident-payments', 'ops', 'sec-response', 'ext-vendor-support', 'contractors'])
})

test('a group of people has one group conversation, and eight is the most', async (t) => {
  const client = aClient(await aSlack(t))
  const first = await client.conversations.open({ users: 'U0ALICE01,U0BOB0001' })
  const again = await client.conversations.open({ users: 'U0BOB0001,U0ALICE01', return_im: true })
  assert.equal(again.channel?.id, first.channel?.id)
  await fails(client.conversations.open({ users: Array(9).fill('U0ALICE01').join(',') }), 'too_many_users')
  const { already_open } = await client.conversations.open({ channel: String(first.channel?.id) })
  assert.equal(already_open, true)
})

test('the bot leaves a channel and can no longer post there', async (t) => {
  const client = aClient(await aSlack(t))
  await client.conversations.leave({ channel: INCIDENT })
  await fails(client.chat.postMessage({ channel: INCIDENT, text: 'x' }), 'not_in_channel')
  assert.match(JSON.stringify(await client.conversations.leave({ channel: INCIDENT })), /"not_in_channel":true/)
})

test('a cursor that is none is invalid_cursor', async (t) => {
  const client = aClient(await aSlack(t))
  await fails(client.users.list({ cursor: 'bm9uc2Vuc2U=' }), 'invalid_cursor')
})
