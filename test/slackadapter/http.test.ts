import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ALICE, anApp, aRig, OPS, until } from './rig.ts'

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
