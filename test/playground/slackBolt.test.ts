import assert from 'node:assert/strict'
import { test } from 'node:test'
import { anApp, aSlack, until } from './slackRig.ts'

test('a slash command travels over Socket Mode, is acknowledged, and the answer is a message in the channel', async (t) => {
  const slack = await aSlack(t)
  const app = await anApp(slack)
  app.command('/ctq', async ({ command, ack, client }) => {
    await ack(`heard ${command.text}`)
    await client.chat.postMessage({ channel: command.channel_id, text: `for ${command.user_name}` })
  })
  const act = await slack.people.type({
    user: 'alice',
    channel: 'incident-payments',
    text: '/ctq key-activity last 24h',
  })
  assert.equal(act.status, 'acked')
  const [ephemeral, message] = await until(slack, 'C0INCPAY1', 2)
  assert.equal(ephemeral?.text, 'heard key-activity last 24h')
  assert.equal(ephemeral?.ephemeral_to, 'U0ALICE01')
  assert.equal(message?.text, 'for alice')
})
