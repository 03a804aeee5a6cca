import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { type WebSocket, WebSocketServer } from 'ws'
import { ALICE, anApp, aRig, OPS, type Rig, TEAM, until } from './rig.ts'

/** A Slack that opens connections and lets a test send whatever it likes on them. */
async function oddSlack(t: TestContext): Promise<{ readonly apiUrl: string; readonly sockets: readonly WebSocket[] }> {
  const sockets: WebSocket[] = []
  const server = createServer((request, response) => {
    request.resume()
    const { port } = server.address() as AddressInfo
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ ok: true, url: `ws://127.0.0.1:${port}/link/` }))
  })
  const upgrades = new WebSocketServer({ server })
  upgrades.on('connection', (socket) => {
    sockets.push(socket)
    socket.send(JSON.stringify({ type: 'hello', num_connections: 1, connection_info: { app_id: 'A0' } }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    for (const socket of sockets) socket.terminate()
    upgrades.close()
    server.close()
  })
  return { apiUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, sockets }
}

const PRESSED = { type: 'block_actions', actions: [{ action_id: 'x', type: 'button', value: 'y' }] }
const PAYLOADS: readonly unknown[] = [
  null,
  7,
  'x',
  [],
  {},
  { type: 'event_callback' },
  { type: 'event_callback', event: null },
  { type: 'event_callback', event: { type: 'app_mention', user: {}, channel: [], text: 7, ts: null } },
  { type: 'event_callback', event: { type: 'message', channel_type: 'im', user: ALICE, text: {} } },
  { command: '/ctq' },
  { command: '/ctq', text: 7, user_id: {}, team_id: [], channel_id: null },
  { type: 'block_actions' },
  { ...PRESSED, actions: [] },
  { ...PRESSED, actions: [null] },
  { ...PRESSED, user: null, channel: null, message: null },
  { ...PRESSED, user: { id: ALICE }, channel: { id: OPS }, message: { ts: 7 } },
  { type: 'view_submission', view: null },
  { type: 'message_action', callback_id: 'ask_cloudtrail' },
]

const FRAMES: readonly string[] = [
  ...['', 'null', '7', '"x"', '[]', '{', '{}', '{"type":"hello"}', '{"type":"nothing"}', '{"type":null}'],
  '{"type":"slash_commands"}',
  '{"type":"disconnect"}',
  ...['slash_commands', 'events_api', 'interactive', 'options', '__proto__', 'error', 'close'].flatMap((type) =>
    PAYLOADS.map((payload, at) => JSON.stringify({ envelope_id: `${type}-${at}`, type, payload })),
  ),
  '{"type":"events_api","envelope_id":{},"payload":{}}',
]

const COMMAND = { command: '/ctq', text: 'list', user_id: ALICE, team_id: TEAM, channel_id: OPS, trigger_id: '1.2.x' }

async function connected(t: TestContext, rig: Rig) {
  const slack = await oddSlack(t)
  const app = await anApp(rig, {}, 'socket', { apiUrl: slack.apiUrl })
  await until(() => app.connected() === 2, 'both connections')
  return { ...slack, app }
}

test('whatever comes over a socket, the process goes on and the next question is heard', async (t) => {
  const rig = await aRig(t)
  const { sockets, app } = await connected(t, rig)
  const unhandled: unknown[] = []
  const keep = (error: unknown): void => void unhandled.push(error)
  process.on('unhandledRejection', keep).on('uncaughtException', keep)
  t.after(() => process.off('unhandledRejection', keep).off('uncaughtException', keep))
  for (const frame of FRAMES) {
    const open = await until(() => sockets.find((socket) => socket.readyState === socket.OPEN), 'a connection', 5000)
    open.send(frame)
    await new Promise((resolve) => setTimeout(resolve, 3))
  }
  sockets.find((socket) => socket.readyState === socket.OPEN)?.send(Buffer.from([0xff, 0x00, 0xfe]))
  await new Promise((resolve) => setTimeout(resolve, 300))
  const acked: string[] = []
  const open = await until(() => sockets.findLast((socket) => socket.readyState === socket.OPEN), 'a connection', 5000)
  open.on('message', (data) => acked.push(String(data)))
  open.send(
    JSON.stringify({ envelope_id: 'good', type: 'slash_commands', payload: COMMAND, accepts_response_payload: true }),
  )
  await until(() => acked.some((text) => text.includes('heard list')), 'the answer')
  assert.deepEqual(unhandled.map(String), [])
  assert.ok(app.connected() > 0)
})
