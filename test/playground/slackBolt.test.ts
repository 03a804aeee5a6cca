import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Slack } from '../../src/playground/slack/server.ts'
import { waitFor } from '../../src/playground/slack/workspace.ts'
import { aClient, anApp, anHttpApp, aSlack, type Rig, until } from './slackRig.ts'

const INCIDENT = 'C0INCPAY1'

const WAYS: readonly (readonly [string, (slack: Rig) => ReturnType<typeof anApp>])[] = [
  ['Socket Mode', anApp],
  ['signed HTTP', anHttpApp],
]

for (const [way, start] of WAYS) {
  test(`${way}: a slash command is acknowledged, and the answer is a message in the channel`, async (t) => {
    const slack = await aSlack(t)
    const app = await start(slack)
    app.command('/ctq', async ({ command, ack, client }) => {
      await ack(`heard ${command.text}`)
      await client.chat.postMessage({ channel: command.channel_id, text: `for ${command.user_name}` })
    })
    const act = await slack.people.type({
      user: 'alice',
      channel: 'incident-payments',
      text: '/ctq key-activity last 24h',
    })
    assert.deepEqual([act.ok, act.status], [true, 'acked'])
    const said = await until(slack, INCIDENT, 2)
    const answer = said.find(({ text }) => text === 'for alice')
    const heard = said.find(({ text }) => text === 'heard key-activity last 24h')
    assert.deepEqual([answer?.ephemeral_to, heard?.ephemeral_to], [undefined, 'U0ALICE01'])
  })

  test(`${way}: a mention in a thread arrives as app_mention and as message, with one thread_ts`, async (t) => {
    const slack = await aSlack(t)
    const app = await start(slack)
    const seen: string[] = []
    app.event('app_mention', async ({ event, say }) => {
      seen.push(`app_mention ${event.text}`)
      await say({ text: 'here', thread_ts: event.thread_ts ?? event.ts })
    })
    app.event('message', async ({ event }) => void seen.push(`message ${'text' in event ? event.text : ''}`))
    const { ts } = await slack.people.type({ user: 'bob', channel: 'incident-payments', text: 'an alert' })
    const thread = { user: 'alice', channel: 'incident-payments', thread_ts: String(ts) }
    await slack.people.type({ ...thread, text: '@ctq denied-calls eventSource=ec2.amazonaws.com & more' })
    const said = await until(slack, INCIDENT, 3)
    assert.deepEqual(
      said.map(({ thread_ts }) => thread_ts),
      [undefined, ts, ts],
    )
    const text = '<@U0CTQBOT1> denied-calls eventSource=<http://ec2.amazonaws.com|ec2.amazonaws.com> &amp; more'
    assert.ok(seen.includes(`app_mention ${text}`) && seen.includes(`message ${text}`), seen.join('\n'))
  })

  test(`${way}: a button press replaces the message through its response_url`, async (t) => {
    const slack = await aSlack(t)
    const app = await start(slack)
    app.action('cancel', async ({ ack, body, respond }) => {
      await ack()
      const action = body.type === 'block_actions' && body.actions[0]
      const value = action && action.type === 'button' ? action.value : ''
      await respond({ replace_original: true, text: `cancelled ${value} by ${body.user.id}` })
    })
    const elements = [
      { type: 'button', text: { type: 'plain_text', text: 'Cancel' }, action_id: 'cancel', value: 'run1' },
    ]
    const blocks = [{ type: 'actions', elements }]
    const { ts } = await aClient(slack).chat.postMessage({ channel: INCIDENT, text: 'running', blocks } as never)
    const press = { user: 'carol', channel: INCIDENT, ts: String(ts), action_id: 'cancel' }
    assert.equal((await slack.people.click(press)).status, 'acked')
    const replaced = await waitFor(slack.workspace, () => find(slack, 'cancelled run1 by U0CAROL01'), 2000)
    assert.deepEqual([replaced?.ts, replaced?.blocks], [ts, []])
  })

  test(`${way}: a modal is opened, answered with errors, then updated, pushed and cleared`, async (t) => {
    const slack = await aSlack(t)
    const app = await start(slack)
    const label = (text: string) => ({ type: 'plain_text' as const, text })
    const input = { type: 'input' as const, block_id: 'key', label: label('Key') }
    const element = { type: 'plain_text_input' as const, action_id: 'value' }
    const modal = (title: string) => ({
      type: 'modal' as const,
      callback_id: 'ask',
      title: label(title),
      submit: label('Run'),
      blocks: [{ ...input, element }],
    })
    app.command('/ctq', async ({ ack, client, command }) => {
      await ack()
      await client.views.open({ trigger_id: command.trigger_id, view: modal('Ask') })
    })
    app.view('ask', async ({ ack, view }) => {
      const value = view.state.values['key']?.['value']?.value
      if (value === 'update') await ack({ response_action: 'update', view: modal('Updated') })
      else if (value === 'push') await ack({ response_action: 'push', view: modal('Pushed') })
      else if (value === 'clear') await ack({ response_action: 'clear' })
      else await ack({ response_action: 'errors', errors: { key: `not a key: ${value}` } })
    })
    await slack.people.type({ user: 'alice', channel: 'incident-payments', text: '/ctq' })
    const titles = () => (slack.workspace.modals.get('U0ALICE01') ?? []).map(({ json }) => json['title'])
    await waitFor(slack.workspace, () => (titles().length > 0 ? true : undefined), 2000)
    const submit = (values: Record<string, unknown>) => slack.people.submit({ user: 'alice', values })
    assert.deepEqual((await submit({})).errors, { key: 'Please complete this required field.' })
    assert.deepEqual((await submit({ key: 'x' })).errors, { key: 'not a key: x' })
    await submit({ key: 'update' })
    assert.deepEqual(titles(), [label('Updated')])
    await submit({ key: 'push' })
    assert.deepEqual(titles(), [label('Updated'), label('Pushed')])
    await submit({ key: 'clear' })
    assert.deepEqual(titles(), [])
  })
}

function find(slack: Slack, text: string) {
  return slack.workspace.messages.get(INCIDENT)?.find((message) => message.text === text)
}

test('nobody hears a command when no app is connected, and the person is told dispatch_failed', async (t) => {
  const slack = await aSlack(t)
  const act = await slack.people.type({ user: 'alice', channel: 'ops', text: '/ctq list' })
  assert.deepEqual([act.ok, act.error], [false, 'dispatch_failed'])
  const [told] = await until(slack, 'C0OPS0001', 1)
  assert.deepEqual([told?.user, told?.ephemeral_to], ['USLACKBOT', 'U0ALICE01'])
})

test('an acknowledgement after the time is up is operation_timeout for the person', async (t) => {
  const slack = await aSlack(t, { settings: { ackMs: 40 } })
  const app = await anApp(slack)
  const acked = new Promise<void>((resolve) =>
    app.command('/ctq', async ({ ack }) => {
      await new Promise((tick) => setTimeout(tick, 80))
      await ack('too late').finally(resolve)
    }),
  )
  const act = await slack.people.type({ user: 'alice', channel: 'ops', text: '/ctq list' })
  assert.equal(act.error, 'operation_timeout')
  const told = await until(slack, 'C0OPS0001', 1)
  assert.match(String(told[0]?.text), /failed with the error "operation_timeout"/)
  await acked
  assert.equal(slack.workspace.messages.get('C0OPS0001')?.length, 1)
})

test('signed HTTP: Bolt with another signing secret refuses the signature, and the person is told dispatch_failed', async (t) => {
  const slack = await aSlack(t)
  await anHttpApp(slack, 'another-secret')
  const act = await slack.people.type({ user: 'alice', channel: 'ops', text: '/ctq list' })
  assert.equal(act.error, 'dispatch_failed')
})
