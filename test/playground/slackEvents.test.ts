import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import { test } from 'node:test'
import type { Slack } from '../../src/playground/slack/server.ts'
import { waitFor } from '../../src/playground/slack/workspace.ts'
import { aClient, aSlack, type Rig } from './slackRig.ts'

type Request = { readonly headers: IncomingHttpHeaders; readonly body: string }
type Reply = { readonly status: number; readonly headers?: Record<string, string> }

/** A bare HTTP app that answers with what `reply` says and remembers what came. */
async function anEndpoint(slack: Rig, reply: (index: number) => Reply): Promise<Request[]> {
  const seen: Request[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => void chunks.push(chunk))
    request.on('end', () => {
      const { status, headers } = reply(seen.length)
      seen.push({ headers: request.headers, body: Buffer.concat(chunks).toString() })
      response.writeHead(status, headers).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  slack.workspace.settings.eventsUrl = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/`
  slack.stops.push(async () => {
    server.closeAllConnections()
    server.close()
  })
  return seen
}

function deliveries(slack: Slack, count: number): Promise<true | undefined> {
  const done = () => slack.workspace.deliveries.filter(({ outcome }) => outcome).length >= count
  return waitFor(slack.workspace, () => (done() ? true : undefined), 2000)
}

test('what is posted is signed with v0 over timestamp and body', async (t) => {
  const slack = await aSlack(t)
  const seen = await anEndpoint(slack, () => ({ status: 200 }))
  await slack.people.type({ user: 'alice', channel: 'sec-response', text: '/ctq key-activity a=b c&d' })
  const [request] = seen
  const timestamp = String(request?.headers['x-slack-request-timestamp'])
  const hash = createHmac('sha256', slack.signingSecret).update(`v0:${timestamp}:${request?.body}`).digest('hex')
  assert.equal(request?.headers['x-slack-signature'], `v0=${hash}`)
  const form = new URLSearchParams(request?.body)
  assert.deepEqual(
    [form.get('command'), form.get('text'), form.get('channel_name'), form.get('is_enterprise_install')],
    ['/ctq', 'key-activity a=b c&d', 'privategroup', 'false'],
  )
})

test('a failed event comes again with retry headers until it is taken', async (t) => {
  const slack = await aSlack(t, { settings: { events: ['message.im'] } })
  const seen = await anEndpoint(slack, (index) => ({ status: index < 2 ? 500 : 200 }))
  await slack.people.type({ user: 'alice', channel: 'dm', text: 'help' })
  await deliveries(slack, 3)
  const retries = seen.map(({ headers }) => [headers['x-slack-retry-num'], headers['x-slack-retry-reason']])
  assert.deepEqual(retries, [
    [undefined, undefined],
    ['1', 'http_error'],
    ['2', 'http_error'],
  ])
  const ids = new Set(seen.map(({ body }) => (JSON.parse(body) as { event_id: string }).event_id))
  assert.equal(ids.size, 1)
})

test('X-Slack-No-Retry stops the repeats', async (t) => {
  const slack = await aSlack(t, { settings: { events: ['message.im'] } })
  const seen = await anEndpoint(slack, () => ({ status: 500, headers: { 'x-slack-no-retry': '1' } }))
  await slack.people.type({ user: 'alice', channel: 'dm', text: 'help' })
  await deliveries(slack, 1)
  await new Promise((resolve) => setTimeout(resolve, 80))
  assert.equal(seen.length, 1)
})

test('events go only to an app that subscribed and is in the channel', async (t) => {
  const slack = await aSlack(t, { settings: { events: ['app_mention', 'message.channels'] } })
  const seen = await anEndpoint(slack, () => ({ status: 200 }))
  await slack.people.type({ user: 'alice', channel: 'sec-response', text: 'not subscribed' })
  await slack.people.type({ user: 'alice', channel: 'general', text: '@ctq not a member' })
  await slack.people.type({ user: 'alice', channel: 'ops', text: 'heard' })
  await deliveries(slack, 1)
  assert.deepEqual(
    seen.map(({ body }) => (JSON.parse(body) as { event: { text: string } }).event.text),
    ['heard'],
  )
  const notice = slack.workspace.messages.get('C0GENERAL')?.at(-1)
  assert.match(String(notice?.text), /not in this channel/)
})

test('an event of a shared channel says so', async (t) => {
  const slack = await aSlack(t, { settings: { events: ['app_mention'] } })
  const seen = await anEndpoint(slack, () => ({ status: 200 }))
  await slack.people.type({ user: 'frank', channel: 'ext-vendor-support', text: '@ctq list' })
  await deliveries(slack, 1)
  const body = JSON.parse(String(seen[0]?.body)) as {
    is_ext_shared_channel: boolean
    event: { user: string; team: string }
  }
  assert.deepEqual([body.is_ext_shared_channel, body.event.user, body.event.team], [true, 'U0FRANK01', 'T0PARTNER'])
})

test('a change of a message is an event of its own', async (t) => {
  const slack = await aSlack(t, { settings: { events: ['message.channels'] } })
  const seen = await anEndpoint(slack, () => ({ status: 200 }))
  const client = aClient(slack)
  const { ts } = await client.chat.postMessage({ channel: 'C0OPS0001', text: 'one' })
  await client.chat.update({ channel: 'C0OPS0001', ts: String(ts), text: 'two' })
  await deliveries(slack, 2)
  const events = seen.map(({ body }) => (JSON.parse(body) as { event: { subtype?: string; bot_id?: string } }).event)
  assert.deepEqual(
    events.map(({ subtype }) => subtype),
    [undefined, 'message_changed'],
  )
  assert.equal(events[0]?.bot_id, 'B0CTQ0001')
})

test('opening Home is app_home_opened, with the view once there is one', async (t) => {
  const slack = await aSlack(t)
  const seen = await anEndpoint(slack, () => ({ status: 200 }))
  slack.people.openHome('alice')
  await deliveries(slack, 1)
  await aClient(slack).views.publish({ user_id: 'U0ALICE01', view: { type: 'home', blocks: [{ type: 'divider' }] } })
  slack.people.openHome('alice')
  await deliveries(slack, 2)
  const views = seen.map(({ body }) => (JSON.parse(body) as { event: { tab: string; view?: { type: string } } }).event)
  assert.deepEqual(
    views.map(({ tab, view }) => [tab, view?.type]),
    [
      ['home', undefined],
      ['home', 'home'],
    ],
  )
})
