import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { connect } from 'node:net'
import { test } from 'node:test'
import { ALICE, anApp, aRig, OPS, type Rig, until } from './rig.ts'

test('a request that Slack did not sign is refused and never heard', async (t) => {
  const rig = await aRig(t)
  const app = await anApp(rig, {}, 'http')
  const url = `http://127.0.0.1:${app.port()}/slack/events`
  const body = new URLSearchParams({
    command: '/ctq',
    text: 'list',
    user_id: ALICE,
    team_id: 'T0CTQ0001',
    channel_id: OPS,
  })
  const unsigned = await fetch(url, { method: 'POST', body })
  assert.equal(unsigned.status, 401)
  const headers = {
    'x-slack-request-timestamp': String(Math.floor(Date.now() / 1000)),
    'x-slack-signature': `v0=${'0'.repeat(64)}`,
  }
  const forged = await fetch(url, { method: 'POST', body, headers })
  assert.equal(forged.status, 401)
  assert.deepEqual(app.asks, [])
})

test('given routes are served on the same port, and nothing else', async (t) => {
  const rig = await aRig(t)
  const app = await anApp(rig, {}, 'http', {
    mode: {
      kind: 'http',
      signingSecret: rig.slack.signingSecret,
      port: 0,
      host: '127.0.0.1',
      routes: [{ path: '/healthz', handler: (_request, response) => response.end('fine') }],
    },
  })
  const health = await fetch(`http://127.0.0.1:${app.port()}/healthz`)
  assert.equal(await health.text(), 'fine')
  const other = await fetch(`http://127.0.0.1:${app.port()}/metrics`)
  assert.equal(other.status, 404)
  assert.equal(app.connected(), 1)
})

test('events come over signed HTTP, and one that is sent again is handled once', async (t) => {
  const rig = await aRig(t)
  const app = await anApp(rig, {}, 'http')
  await rig.slack.people.type({ user: ALICE, channel: OPS, text: '@ctq list' })
  await until(() => app.asks.length === 1, 'the ask')
  await rig.control('POST', 'redeliver', {})
  await rig.slack.people.type({ user: ALICE, channel: OPS, text: '@ctq help' })
  await until(() => app.asks.some(({ text }) => text === 'help'), 'the next ask')
  assert.deepEqual(
    app.asks.map(({ text }) => text),
    ['list', 'help'],
  )
})

test('a port that is taken ends the start', async (t) => {
  const rig = await aRig(t)
  const app = await anApp(rig, {}, 'http')
  const mode = {
    kind: 'http',
    signingSecret: rig.slack.signingSecret,
    port: app.port() ?? 0,
    host: '127.0.0.1',
  } as const
  await assert.rejects(anApp(rig, {}, 'http', { mode }), /EADDRINUSE/)
})

const JSON_TYPE = 'application/json'
const FORM = 'application/x-www-form-urlencoded'
const inForm = (payload: unknown): readonly [string, string] => [
  FORM,
  `payload=${encodeURIComponent(JSON.stringify(payload))}`,
]
const PRESSED = { type: 'block_actions', actions: [{ action_id: 'x', type: 'button', value: 'y' }] }
const ODD: readonly (readonly [string, string])[] = [
  ...['', 'null', '1', '"x"', '[]', '[null]', '{}', '{', '{"type":"event_callback"}'].map(
    (body) => [JSON_TYPE, body] as const,
  ),
  [JSON_TYPE, '{"type":"event_callback","event":null}'],
  [JSON_TYPE, '{"type":"event_callback","event":{"type":"message"}}'],
  [JSON_TYPE, '{"type":"event_callback","event":{"type":"app_mention","user":"U0ALICE01"}}'],
  [JSON_TYPE, '{"type":"event_callback","event":{"type":"app_mention","user":{},"channel":[],"text":7,"ts":null}}'],
  [JSON_TYPE, '{"type":"url_verification"}'],
  [FORM, 'payload='],
  [FORM, 'payload=%7B'],
  [FORM, 'command=%2Fctq'],
  [FORM, 'command=%2Fctq&text=list&user_id=&team_id=&channel_id='],
  ['text/plain', 'x'],
  inForm(null),
  inForm(7),
  inForm([]),
  inForm({}),
  inForm({ type: 'block_actions' }),
  inForm({ ...PRESSED, actions: [] }),
  inForm({ ...PRESSED, actions: [null] }),
  inForm({ ...PRESSED, user: null, channel: null, message: null }),
  inForm({ ...PRESSED, user: { id: ALICE }, channel: { id: OPS }, message: { ts: 7 } }),
  inForm({ type: 'view_submission', view: null }),
  inForm({ type: 'shortcut' }),
  inForm({ type: 'message_action', callback_id: 'ask_cloudtrail' }),
]

test('a signed request with an odd body is answered, and the next question is heard', async (t) => {
  const rig = await aRig(t)
  const app = await anApp(rig, {}, 'http')
  const answered = await Promise.all(ODD.map(([type, body]) => signed(rig, app.port(), type, body)))
  const refused = answered.filter((status) => status === 400).length
  assert.ok(refused >= 9, `${refused} refused of ${answered.join(' ')}`)
  await rig.slack.people.type({ user: ALICE, channel: OPS, text: '@ctq list' })
  await until(() => app.asks.some(({ text }) => text === 'list'), 'the ask')
})

for (const target of ['//', '//[', '/\\\\', 'http://[', '*', '/%', '//slack/events', '/slack/events?%'])
  test(`a request for ${target}, which anybody can send, is answered and ends no process`, async (t) => {
    const rig = await aRig(t)
    const app = await anApp(rig, {}, 'http')
    for (const method of ['GET', 'POST', 'PUT'])
      assert.match(await raw(app.port() ?? 0, `${method} ${target} HTTP/1.1`), /^HTTP\/1\.1 [245]/)
  })

/** What comes back for a request line that no client would write. */
async function raw(port: number, line: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  socket.setTimeout(5_000, () => socket.destroy(new Error('no answer')))
  socket.write(`${line}\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`)
  let answer = ''
  for await (const chunk of socket) answer += chunk
  return answer
}

/** The status of the answer; throws when none comes within ten seconds. */
async function signed(rig: Rig, port: number | undefined, type: string, body: string): Promise<number> {
  const at = String(Math.floor(Date.now() / 1000))
  const signature = createHmac('sha256', rig.slack.signingSecret).update(`v0:${at}:${body}`).digest('hex')
  const headers = {
    'content-type': type,
    'x-slack-request-timestamp': at,
    'x-slack-signature': `v0=${signature}`,
  }
  const url = `http://127.0.0.1:${port}/slack/events`
  const answered = await fetch(url, { method: 'POST', body, headers, signal: AbortSignal.timeout(10_000) })
  await answered.text()
  return answered.status
}
