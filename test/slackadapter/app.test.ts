import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ALICE, anApp, aRig, gate, OPS, SECRET, TEAM, until } from './rig.ts'

for (const mode of ['socket', 'http'] as const) {
  test(`a slash command is acknowledged with what the handler answers, over ${mode}`, async (t) => {
    const rig = await aRig(t)
    const app = await anApp(rig, {}, mode)
    const act = await rig.slack.people.type({ user: ALICE, channel: OPS, text: '/ctq help key-activity' })
    assert.equal(act.status, 'acked')
    const [ask] = app.asks
    assert.deepEqual(
      {
        entry: ask?.entry,
        text: ask?.text,
        person: ask?.person,
        channel: ask?.channel,
        enterprise: ask?.isEnterpriseInstall,
      },
      {
        entry: 'command',
        text: 'help key-activity',
        person: { team: TEAM, user: ALICE },
        channel: OPS,
        enterprise: false,
      },
    )
    assert.ok(ask?.trigger)
    const shown = rig.messages(OPS).at(-1)
    assert.equal(shown?.text, 'heard help key-activity')
    assert.equal(shown?.ephemeral_to, ALICE)
  })

  test(`a slow handler does not hold up the acknowledgement, and its answer follows, over ${mode}`, async (t) => {
    const rig = await aRig(t)
    const { opened, open } = gate()
    const onAsk = async (): Promise<{ kind: 'ephemeral'; message: { text: string } }> => {
      await opened
      return { kind: 'ephemeral', message: { text: 'at last' } }
    }
    await anApp(rig, { onAsk }, mode, { ackWithinMs: 50 })
    const act = await rig.slack.people.type({ user: ALICE, channel: OPS, text: '/ctq list' })
    assert.equal(act.status, 'acked')
    assert.deepEqual(rig.messages(OPS), [])
    open()
    const late = await until(() => rig.messages(OPS).at(-1), 'the late answer')
    assert.equal(late.text, 'at last')
    assert.equal(late.ephemeral_to, ALICE)
  })

  test(`a handler that throws gives the person words of ours, over ${mode}`, async (t) => {
    const rig = await aRig(t)
    const onAsk = async (): Promise<never> => {
      throw new Error('secret detail')
    }
    await anApp(rig, { onAsk }, mode)
    const act = await rig.slack.people.type({ user: ALICE, channel: OPS, text: '/ctq list' })
    assert.equal(act.status, 'acked')
    assert.equal(rig.messages(OPS).at(-1)?.text, 'That did not work. Reference 1234.')
    assert.ok(!rig.log.lines.join().includes('secret detail'))
  })
}

test('an accepted question without words is acknowledged with nothing to see', async (t) => {
  const rig = await aRig(t)
  await anApp(rig, { onAsk: async () => ({ kind: 'accepted' }) })
  const act = await rig.slack.people.type({ user: ALICE, channel: OPS, text: '/ctq key-activity AKIA' })
  assert.equal(act.status, 'acked')
  assert.deepEqual(rig.messages(OPS), [])
})

test('the answer to a command can be given later through the asker alone', async (t) => {
  const rig = await aRig(t)
  const app = await anApp(rig, { onAsk: async () => ({ kind: 'accepted' }) })
  await rig.slack.people.type({ user: ALICE, channel: OPS, text: '/ctq status' })
  await app.asks[0]?.respond({ text: 'later' })
  assert.deepEqual(
    rig.messages(OPS).map(({ text, ephemeral_to }) => [text, ephemeral_to]),
    [['later', ALICE]],
  )
  assert.ok(!JSON.stringify(app.asks[0]).includes('/response/'), 'the response_url stays in the adapter')
})

test('a mention in a thread is an ask with its thread, answered there to the asker alone', async (t) => {
  const rig = await aRig(t)
  const app = await anApp(rig)
  const root = await rig.slack.people.type({ user: ALICE, channel: OPS, text: 'alert!' })
  const said = await rig.slack.people.type({
    user: ALICE,
    channel: OPS,
    text: '@ctq denied-calls user=bob',
    ...(root.ts ? { thread_ts: root.ts } : {}),
  })
  const reply = await until(() => rig.messages(OPS).find((message) => message.from_bot), 'the reply')
  const [ask] = app.asks
  assert.equal(ask?.entry, 'mention')
  assert.equal(ask?.text, 'denied-calls user=bob')
  assert.equal(ask?.thread, root.ts)
  assert.equal(ask?.ts, said.ts)
  assert.match(ask?.eventId ?? '', /^Ev/)
  assert.equal(reply.text, 'heard denied-calls user=bob')
  assert.equal(reply.thread_ts, root.ts)
  assert.equal(reply.ephemeral_to, ALICE)
  assert.equal(app.asks.length, 1, 'the same words as a message event are not a second ask')
})

test('a direct message is an ask, answered by a plain message', async (t) => {
  const rig = await aRig(t)
  const app = await anApp(rig)
  const said = await rig.slack.people.type({ user: ALICE, channel: 'dm', text: 'help' })
  const reply = await until(() => rig.messages(said.channel ?? '').find((message) => message.from_bot), 'the reply')
  assert.equal(app.asks[0]?.entry, 'direct')
  assert.equal(app.asks[0]?.channel, said.channel)
  assert.equal(reply.ephemeral_to, undefined)
  assert.equal(app.asks.length, 1, 'our own reply is not an ask')
})

test('what is not for ctq is left alone: talk in channels, edits, other bots', async (t) => {
  const rig = await aRig(t)
  const app = await anApp(rig)
  await rig.slack.people.type({ user: ALICE, channel: OPS, text: 'lunch?' })
  const { workspace } = rig.slack
  const event = { type: 'app_mention', channel: OPS, text: `<@${rig.self.botUser}> list`, ts: '1.1', user: ALICE }
  workspace.onEvent({ ...event, edited: { user: ALICE, ts: '1.2' } })
  workspace.onEvent({ ...event, bot_id: 'B0OTHER01' })
  workspace.onEvent({ ...event, type: 'message', channel_type: 'im', channel: 'D1', subtype: 'message_changed' })
  workspace.onEvent({ ...event, text: `<@${rig.self.botUser}> last` })
  await until(() => app.asks.length > 0, 'the one that counts')
  assert.deepEqual(
    app.asks.map(({ text }) => text),
    ['last'],
  )
})

test('a writer of another workspace in a shared channel is that workspace’s person', async (t) => {
  const rig = await aRig(t)
  const app = await anApp(rig)
  await rig.slack.people.type({ user: 'U0FRANK01', channel: 'C0VENDOR1', text: '@ctq list' })
  await until(() => app.asks.length > 0, 'the ask')
  assert.deepEqual(app.asks[0]?.person, { team: 'T0PARTNER', user: 'U0FRANK01' })
})

test('an event that Slack delivers again is handled once', async (t) => {
  const rig = await aRig(t)
  const app = await anApp(rig)
  await rig.slack.people.type({ user: ALICE, channel: OPS, text: '@ctq list' })
  await until(() => app.asks.length === 1, 'the ask')
  await rig.control('POST', 'redeliver', {})
  await rig.control('POST', 'redeliver', {})
  await rig.slack.people.type({ user: ALICE, channel: OPS, text: '@ctq whoami' })
  await until(() => app.asks.some(({ text }) => text === 'whoami'), 'the next ask')
  assert.deepEqual(
    app.asks.map(({ text }) => text),
    ['list', 'whoami'],
  )
})

test('when nobody remembers events a mention is still heard', async (t) => {
  const rig = await aRig(t)
  const app = await anApp(rig, { seen: () => Promise.reject(new Error('redis is away')) })
  await rig.slack.people.type({ user: ALICE, channel: OPS, text: '@ctq list' })
  await until(() => app.asks.length === 1, 'the ask')
})

test('a button is acknowledged at once and its answer shown to the presser alone', async (t) => {
  const rig = await aRig(t)
  const app = await anApp(rig, { onAction: async () => ({ text: 'Cancelled.' }) })
  const button = {
    type: 'button',
    action_id: 'cancel_run',
    value: 'run-1',
    text: { type: 'plain_text', text: 'Cancel' },
  }
  const posted = await rig.client.write<{ ts: string }>('chat.postMessage', {
    channel: SECRET,
    text: 'running',
    blocks: [{ type: 'actions', elements: [button] }],
  })
  const act = await rig.slack.people.click({ user: ALICE, channel: SECRET, ts: posted.ts, action_id: 'cancel_run' })
  assert.equal(act.status, 'acked')
  const shown = await until(() => rig.messages(SECRET).find(({ text }) => text === 'Cancelled.'), 'the answer')
  assert.equal(shown.ephemeral_to, ALICE)
  const [press] = app.presses
  assert.deepEqual(
    { action: press?.action, value: press?.value, person: press?.person, channel: press?.channel, ts: press?.ts },
    { action: 'cancel_run', value: 'run-1', person: { team: TEAM, user: ALICE }, channel: SECRET, ts: posted.ts },
  )
  assert.equal(rig.messages(SECRET)[0]?.text, 'running', 'the message itself stays')
})

test('stopping waits for what is being handled', async (t) => {
  const rig = await aRig(t)
  const { opened, open } = gate()
  let ended = false
  const onAsk = async (): Promise<{ kind: 'accepted' }> => {
    await opened
    ended = true
    return { kind: 'accepted' }
  }
  const app = await anApp(rig, { onAsk }, 'socket', { ackWithinMs: 20 })
  await rig.slack.people.type({ user: ALICE, channel: OPS, text: '/ctq list' })
  const stopped = app.stop()
  open()
  await stopped
  assert.equal(ended, true)
  assert.equal(app.connected(), 0)
})
