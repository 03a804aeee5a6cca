import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { WebSocket } from 'ws'
import type { Slack } from '../../src/playground/slack/server.ts'
import { waitFor } from '../../src/playground/slack/workspace.ts'
import { aClient, anApp, aSlack, control, type Rig } from './slackRig.ts'

type Envelope = {
  type: string
  envelope_id?: string
  reason?: string
  retry_attempt?: number
  payload?: { event_id?: string }
}
type Line = { readonly socket: WebSocket; readonly heard: Envelope[]; next: (type: string) => Promise<Envelope> }

/** A bare Socket Mode connection that acknowledges nothing by itself. */
async function aLine(slack: Rig): Promise<Line> {
  const { url } = await aClient(slack, slack.appToken).apps.connections.open()
  const socket = new WebSocket(String(url))
  const heard: Envelope[] = []
  socket.on('message', (data) => void heard.push(JSON.parse(String(data)) as Envelope))
  slack.stops.push(async () => socket.terminate())
  const next = async (type: string): Promise<Envelope> => {
    for (;;) {
      const index = heard.findIndex((envelope) => envelope.type === type)
      const [found] = index < 0 ? [] : heard.splice(index, 1)
      if (found) return found
      await once(socket, 'message', { signal: AbortSignal.timeout(2000) })
    }
  }
  await next('hello')
  return { socket, heard, next }
}

function ask(slack: Slack, text = '/ctq list') {
  return slack.people.type({ user: 'alice', channel: 'ops', text })
}

test('a ticket is good for one connection', async (t) => {
  const slack = await aSlack(t)
  const { url } = await aClient(slack, slack.appToken).apps.connections.open()
  const first = new WebSocket(String(url))
  slack.stops.push(async () => first.terminate())
  await once(first, 'open')
  const second = new WebSocket(String(url))
  const [error] = await once(second, 'error')
  assert.match(String(error), /401/)
})

test('each payload goes to one connection of several, and the acknowledgement may carry an answer', async (t) => {
  const slack = await aSlack(t, { random: () => 0.99 })
  const [first, second] = [await aLine(slack), await aLine(slack)]
  const asked = ask(slack)
  const { envelope_id } = await second.next('slash_commands')
  second.socket.send(JSON.stringify({ envelope_id, payload: { text: 'yes' } }))
  assert.equal((await asked).status, 'acked')
  assert.deepEqual(first.heard, [])
  assert.equal(slack.workspace.messages.get('C0OPS0001')?.[0]?.text, 'yes')
})

test('an eleventh connection is told too_many_websockets', async (t) => {
  const slack = await aSlack(t, { settings: { maxSockets: 1 } })
  await aLine(slack)
  const { url } = await aClient(slack, slack.appToken).apps.connections.open()
  const extra = new WebSocket(String(url))
  const [data] = await once(extra, 'message')
  assert.equal((JSON.parse(String(data)) as Envelope).reason, 'too_many_websockets')
  await once(extra, 'close')
})

test('an event that nobody acknowledges comes again with the same event_id and a rising retry number', async (t) => {
  const settings = { ackMs: 30, events: ['app_mention'], redeliveryMs: [0, 10, 20] }
  const slack = await aSlack(t, { settings })
  const line = await aLine(slack)
  await ask(slack, '@ctq list')
  const seen = [await line.next('events_api'), await line.next('events_api'), await line.next('events_api')]
  assert.deepEqual(
    seen.map(({ retry_attempt }) => retry_attempt),
    [0, 1, 2],
  )
  assert.equal(new Set(seen.map(({ payload }) => payload?.event_id)).size, 1)
  const { envelope_id } = await line.next('events_api')
  line.socket.send(JSON.stringify({ envelope_id }))
  await new Promise((resolve) => setTimeout(resolve, 60))
  assert.deepEqual(line.heard, [])
})

test('an event waits for a connection, and is delivered again by hand without a retry number', async (t) => {
  const slack = await aSlack(t, { settings: { events: ['app_mention'], redeliveryMs: [100] } })
  await ask(slack, '@ctq list')
  const line = await aLine(slack)
  const first = await line.next('events_api')
  assert.equal(first.retry_attempt, 1)
  line.socket.send(JSON.stringify({ envelope_id: first.envelope_id }))
  const redelivered = control(slack, 'redeliver', {})
  const again = await line.next('events_api')
  assert.deepEqual([again.retry_attempt, again.payload?.event_id], [0, first.payload?.event_id])
  line.socket.send(JSON.stringify({ envelope_id: again.envelope_id }))
  assert.equal(((await redelivered) as { status: string }).status, 'acked')
})

test('Slack pings', async (t) => {
  const slack = await aSlack(t, { settings: { pingMs: 20 } })
  const line = await aLine(slack)
  await once(line.socket, 'ping')
})

for (const reason of ['warning', 'refresh_requested', 'link_disabled'])
  test(`a connection is told to leave: ${reason}`, async (t) => {
    const slack = await aSlack(t)
    const line = await aLine(slack)
    assert.deepEqual(await control(slack, 'disconnect', { reason }), { disconnected: 1 })
    assert.equal((await line.next('disconnect')).reason, reason)
    assert.equal(slack.connections(), reason === 'warning' ? 1 : 0)
  })

test('a dropped connection ends without a word', async (t) => {
  const slack = await aSlack(t)
  const line = await aLine(slack)
  await control(slack, 'disconnect', { reason: 'drop' })
  await once(line.socket, 'close')
  assert.deepEqual(line.heard, [])
})

test('with two real Bolt connections, commands are answered while one of them is refreshed', async (t) => {
  const slack = await aSlack(t)
  const apps = [await anApp(slack), await anApp(slack)]
  for (const app of apps) app.command('/ctq', async ({ ack }) => void (await ack()))
  await control(slack, 'disconnect', { reason: 'refresh_requested', count: 1 })
  const acts = await Promise.all(Array.from({ length: 5 }, () => ask(slack)))
  assert.deepEqual(
    acts.map(({ status }) => status),
    Array(5).fill('acked'),
  )
  await waitFor(slack.workspace, () => (slack.connections() === 1 ? true : undefined), 1000)
})
