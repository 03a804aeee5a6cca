import assert from 'node:assert/strict'
import { test } from 'node:test'
import { slackApps } from '../../src/adapters/slack/app.ts'
import { SlackFault } from '../../src/adapters/slack/errors.ts'
import { ALICE, anApp, aRig, NO_FORMS, OPS, until } from './rig.ts'

test('two connections are kept, and commands are acknowledged while one is refreshed', async (t) => {
  const rig = await aRig(t)
  const app = await anApp(rig)
  await until(() => app.connected() === 2 && rig.slack.connections() === 2, 'both connections')
  await rig.control('POST', 'disconnect', { reason: 'refresh_requested', count: 1 })
  for (let i = 0; i < 10; i += 1) {
    const act = await rig.slack.people.type({ user: ALICE, channel: OPS, text: `/ctq list ${i}` })
    assert.equal(act.status, 'acked')
  }
  await until(() => app.connected() === 2 && rig.slack.connections() === 2, 'both connections again')
})

for (const reason of ['warning', 'refresh_requested', 'drop'] as const) {
  test(`connections that Slack ends (${reason}) are open again within a second or so`, async (t) => {
    const rig = await aRig(t)
    const app = await anApp(rig)
    await until(() => app.connected() === 2, 'both connections')
    const opened = rig.calls('apps.connections.open').length
    await rig.control('POST', 'disconnect', { reason })
    await until(
      () => rig.calls('apps.connections.open').length >= opened + 2 && app.connected() === 2,
      'both again',
      2500,
    )
    const act = await rig.slack.people.type({ user: ALICE, channel: OPS, text: '/ctq list' })
    assert.equal(act.status, 'acked')
  })
}

test('a connection that cannot be opened again at once is tried again and does not end the process', async (t) => {
  const rig = await aRig(t)
  const app = await anApp(rig)
  await until(() => app.connected() === 2, 'both connections')
  for (const kind of ['http', 'html', 'drop', 'ratelimited'])
    await rig.fault({ method: 'apps.connections.open', kind, status: 503 })
  await rig.control('POST', 'disconnect', { reason: 'drop' })
  await until(() => app.connected() === 0, 'both gone')
  await until(() => app.connected() === 2, 'both back', 5000)
})

test('a revoked app token while running is tried again, and counts as not connected', async (t) => {
  const rig = await aRig(t)
  const app = await anApp(rig)
  await until(() => app.connected() === 2, 'both connections')
  await rig.fault({ method: 'apps.connections.open', kind: 'error', error: 'invalid_auth', times: 3 })
  await rig.control('POST', 'disconnect', { reason: 'drop' })
  await until(
    () => rig.calls('apps.connections.open').filter(({ error }) => error === 'invalid_auth').length === 3,
    'refusals',
  )
  await until(() => app.connected() === 2, 'both back', 5000)
})

test('an app token that Slack refuses ends the start with a fault', async (t) => {
  const rig = await aRig(t)
  const { slack, client, self, log } = rig
  const apps = slackApps(
    {
      token: slack.botToken,
      self,
      client,
      apiUrl: slack.apiUrl,
      log,
      mode: { kind: 'socket', appToken: 'xapp-1-wrong' },
    },
    {
      ...NO_FORMS,
      onAsk: async () => ({ kind: 'accepted' }),
      onAction: async () => undefined,
      onFailure: () => ({ text: '' }),
      seen: async () => false,
    },
  )
  await assert.rejects(apps.start(), (error) => error instanceof SlackFault && error.kind === 'auth')
  await apps.stop()
})

test('nothing secret is logged while connections come and go', async (t) => {
  const rig = await aRig(t)
  const app = await anApp(rig)
  await until(() => app.connected() === 2, 'both connections')
  await rig.slack.people.type({ user: ALICE, channel: OPS, text: '/ctq list' })
  await rig.fault({ method: 'apps.connections.open', kind: 'http', status: 503, times: 2 })
  await rig.control('POST', 'disconnect', { reason: 'drop' })
  await until(() => app.connected() === 0, 'both gone')
  await until(() => app.connected() === 2, 'both back', 5000)
  const lines = rig.log.lines.join('\n')
  for (const secret of ['xoxb-', 'xapp-', 'ticket=', '/response/', 'ws://', rig.slack.signingSecret])
    assert.ok(!lines.includes(secret), `${secret} in ${lines}`)
})
