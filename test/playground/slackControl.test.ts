import assert from 'node:assert/strict'
import { request } from 'node:http'
import { test } from 'node:test'
import { aClient, aSlack, control, fails, type Rig } from './slackRig.ts'

const INCIDENT = 'C0INCPAY1'

async function look(slack: Rig, path: string): Promise<unknown> {
  return (await fetch(`${slack.url}/_playground/${path}`)).json()
}

test('a person sees their channels and their own ephemeral messages, and nobody else does', async (t) => {
  const slack = await aSlack(t)
  const client = aClient(slack)
  await client.chat.postMessage({ channel: INCIDENT, text: 'for all' })
  await client.chat.postEphemeral({ channel: INCIDENT, user: 'U0ALICE01', text: 'for alice' })
  const seenBy = async (user: string) => {
    const messages = (await look(slack, `messages?channel=${INCIDENT}&user=${user}`)) as { text: string }[]
    return messages.map(({ text }) => text)
  }
  assert.deepEqual(await seenBy('U0ALICE01'), ['for all', 'for alice'])
  assert.deepEqual(await seenBy('U0BOB0001'), ['for all'])
  const { channels } = (await look(slack, 'state?user=U0DAVE001')) as { channels: { name: string }[] }
  assert.deepEqual(
    channels.map(({ name }) => name),
    ['general', 'contractors'],
  )
})

test('wait answers as soon as the message is there, and null when it never comes', async (t) => {
  const slack = await aSlack(t)
  const waiting = control(slack, 'wait', { what: 'message', channel: INCIDENT, text: 'COMPLETE' })
  await aClient(slack).chat.postMessage({ channel: INCIDENT, text: 'running' })
  await aClient(slack).chat.postMessage({ channel: INCIDENT, text: 'now "COMPLETE"' })
  assert.equal(((await waiting) as { found: { text: string } }).found.text, 'now "COMPLETE"')
  assert.deepEqual(await control(slack, 'wait', { what: 'modal', user: 'U0ALICE01', timeoutMs: 20 }), { found: null })
})

test('wait sees files, Home tabs and calls', async (t) => {
  const slack = await aSlack(t)
  const client = aClient(slack)
  await client.filesUploadV2({ channel_id: INCIDENT, filename: 'rows.csv', content: 'a' })
  const file = (await control(slack, 'wait', { what: 'file', text: 'rows.csv' })) as { found: { id: string } }
  const alice = await fetch(`${slack.url}/_playground/file?id=${file.found.id}&user=U0ALICE01`)
  assert.deepEqual([alice.status, await alice.text()], [200, 'a'])
  assert.match(String(alice.headers.get('content-disposition')), /^attachment; filename="rows\.csv"/)
  assert.equal((await fetch(`${slack.url}/_playground/file?id=${file.found.id}&user=U0DAVE001`)).status, 404)
  await client.views.publish({ user_id: 'U0ALICE01', view: { type: 'home', blocks: [] } })
  assert.ok(((await control(slack, 'wait', { what: 'home', user: 'U0ALICE01' })) as { found: unknown }).found)
  const wait = { what: 'call', method: 'files.completeUploadExternal' }
  assert.ok(((await control(slack, 'wait', wait)) as { found: unknown }).found)
})

test('a channel becomes shared, loses the bot, and is archived while everything runs', async (t) => {
  const slack = await aSlack(t)
  const client = aClient(slack)
  await control(slack, 'channels', { name: 'ops', connected_team_ids: ['T0PARTNER'] })
  assert.equal((await client.conversations.info({ channel: 'C0OPS0001' })).channel?.is_ext_shared, true)
  await control(slack, 'leave', { channel: 'ops', user: 'ctq' })
  await fails(client.chat.postMessage({ channel: 'C0OPS0001', text: 'x' }), 'not_in_channel')
  await control(slack, 'join', { channel: 'ops', user: 'ctq' })
  await control(slack, 'channels', { id: 'C0OPS0001', is_archived: true })
  await fails(client.chat.postMessage({ channel: 'C0OPS0001', text: 'x' }), 'is_archived')
})

test('people are deactivated, made guests, added, and put into groups', async (t) => {
  const slack = await aSlack(t)
  const client = aClient(slack)
  await control(slack, 'users', { name: 'bob', deleted: true })
  assert.equal((await client.users.info({ user: 'U0BOB0001' })).user?.deleted, true)
  await control(slack, 'users', { id: 'U0NEW0001', name: 'grace', is_ultra_restricted: true })
  await control(slack, 'join', { channel: 'incident-payments', user: 'grace' })
  assert.equal((await client.users.info({ user: 'U0NEW0001' })).user?.is_ultra_restricted, true)
  assert.ok((await client.conversations.members({ channel: INCIDENT })).members?.includes('U0NEW0001'))
  await control(slack, 'usergroups', { handle: 'responders', users: ['U0CAROL01'] })
  const { users } = await client.usergroups.users.list({ usergroup: 'S0RESPOND' })
  assert.deepEqual(users, ['U0CAROL01'])
})

test('wrong fields and settings are refused by name', async (t) => {
  const slack = await aSlack(t)
  const refusal = async (path: string, input: object) =>
    ((await control(slack, path, input)) as { error: string }).error
  assert.match(await refusal('users', { name: 'bob', colour: 'red' }), /no such field: colour/)
  assert.match(await refusal('channels', { name: 'ops', members: 'all' }), /members has another type/)
  assert.match(await refusal('settings', { speed: 1 }), /no such setting: speed/)
  assert.match(await refusal('settings', { eventsUrl: 'https://example.com/' }), /must be a URL on this machine/)
  assert.match(await refusal('type', { user: 'alice' }), /channel is missing/)
  assert.match(await refusal('join', { channel: 'ops', user: 'nobody' }), /no such user/)
})

test('calls are logged with their outcome and without any token', async (t) => {
  const slack = await aSlack(t)
  const body = new URLSearchParams({ token: slack.botToken, channel: INCIDENT, text: 'x' })
  await fetch(`${slack.apiUrl}chat.postMessage`, { method: 'POST', body })
  await fails(aClient(slack).chat.postMessage({ channel: 'C0GENERAL', text: 'x' }), 'not_in_channel')
  const calls = (await look(slack, 'calls?method=chat.postMessage')) as { ok: boolean; error?: string }[]
  assert.deepEqual(
    calls.map(({ ok, error }) => [ok, error]),
    [
      [true, undefined],
      [false, 'not_in_channel'],
    ],
  )
  assert.ok(!JSON.stringify(calls).includes('xoxb'))
})

test('reset brings the seeded workspace back, whatever was changed', async (t) => {
  const slack = await aSlack(t)
  await aClient(slack).chat.postMessage({ channel: INCIDENT, text: 'x' })
  await control(slack, 'users', { name: 'bob', deleted: true })
  await control(slack, 'leave', { channel: 'ops', user: 'ctq' })
  await control(slack, 'reset', {})
  assert.deepEqual(await look(slack, `messages?channel=${INCIDENT}`), [])
  assert.equal(slack.workspace.users.get('U0BOB0001')?.deleted, false)
  assert.ok(slack.workspace.channels.get('C0OPS0001')?.members.includes('U0CTQBOT1'))
})

test('a seed may replace people and channels', async (t) => {
  const seed = {
    users: [{ id: 'U1', name: 'zoe' }],
    channels: [{ id: 'C1', name: 'one', members: ['U1', 'U0CTQBOT1'] }],
  }
  const slack = await aSlack(t, { seed })
  assert.ok((await slack.people.type({ user: 'zoe', channel: 'one', text: 'hi' })).ok)
  await fails(aClient(slack).users.info({ user: 'U0ALICE01' }), 'user_not_found')
})

/** A request with headers that fetch does not let a program set. */
function statusWith(slack: Rig, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(`${slack.url}/_playground/reset`, { method: 'POST', headers }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    sent.on('error', reject)
    sent.end()
  })
}

test('another web page, and a name that only resolves to this machine, cannot use the control API', async (t) => {
  const slack = await aSlack(t)
  assert.equal(await statusWith(slack, { origin: 'https://evil.example' }), 403)
  assert.equal(await statusWith(slack, { host: 'evil.example' }), 403)
  assert.equal(await statusWith(slack, { origin: slack.url }), 200)
})

test('the page is served with a policy that runs and loads only its own files', async (t) => {
  const slack = await aSlack(t)
  const page = await fetch(slack.url)
  assert.equal(page.status, 200)
  assert.match(String(page.headers.get('content-security-policy')), /default-src 'none'; script-src 'self'/)
  const html = await page.text()
  const files = [...html.matchAll(/(?:src|href)="([^"#]+)"/g)].map(([, name]) => name)
  assert.ok(files.length > 1)
  for (const name of files) assert.equal((await fetch(slack.url + name)).status, 200, name)
  assert.equal((await fetch(`${slack.url}/..%2fserver.ts`)).status, 404)
})

test('changes are streamed to the page', async (t) => {
  const slack = await aSlack(t)
  const abort = new AbortController()
  const stream = await fetch(`${slack.url}/_playground/events`, { signal: abort.signal })
  const reader = stream.body?.getReader()
  await reader?.read()
  const { ts } = await aClient(slack).chat.postMessage({ channel: INCIDENT, text: 'x' })
  const { value } = (await reader?.read()) ?? {}
  assert.equal(
    new TextDecoder().decode(value).split('\n')[0],
    `data: ${JSON.stringify({ type: 'messages', channel: INCIDENT, ts })}`,
  )
  abort.abort()
})
