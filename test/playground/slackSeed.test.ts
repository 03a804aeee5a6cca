import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { parse } from 'yaml'
import { startAws } from '../../src/playground/aws/server.ts'
import { incidentSeed } from '../../src/playground/incidentChannel.ts'
import { settingsOfManifest } from '../../src/playground/slack/manifest.ts'
import { DEFAULT_SEED } from '../../src/playground/slack/seed.ts'
import { aClient, aSlack, control, fails } from './slackRig.ts'

const CHANNEL = 'C0INCPAY1'
const START = Date.parse('2026-11-20T14:08:00Z')

test('what the seed says was said lies in the past, oldest first, and comes back after a reset', async (t) => {
  const seed = {
    ...DEFAULT_SEED,
    messages: [
      { channel: CHANNEL, user: 'U0BOB0001', minutesAgo: 5, text: 'second <b>' },
      { channel: CHANNEL, user: 'U0ALICE01', minutesAgo: 20, text: 'first, @bob' },
    ],
  }
  const slack = await aSlack(t, { seed, now: () => START })
  const history = async () => (await aClient(slack).conversations.history({ channel: CHANNEL })).messages ?? []
  const told = [
    ['second &lt;b&gt;', START / 1000 - 5 * 60],
    ['first, <@U0BOB0001>', START / 1000 - 20 * 60],
  ]
  assert.deepEqual(
    (await history()).map(({ text, ts }) => [text, Number(ts)]),
    told,
  )
  await control(slack, 'type', { user: 'alice', channel: CHANNEL, text: 'and now' })
  assert.equal((await history()).length, 3)
  await control(slack, 'reset', {})
  assert.deepEqual(
    (await history()).map(({ text }) => text),
    told.map(([text]) => text),
  )
})

test("the incident's channel begins with an alert that names the key which really leaked", async (t) => {
  const aws = await startAws()
  t.after(() => aws.close())
  assert.ok(aws.story)
  const slack = await aSlack(t, { seed: incidentSeed(aws.story) })
  const { messages = [] } = await aClient(slack).conversations.history({ channel: CHANNEL })
  const alert = messages.at(-1)
  assert.ok(alert?.text?.includes(aws.story.leakedKey))
  assert.ok(JSON.stringify(alert?.attachments).includes(aws.story.leakedKey))
  assert.deepEqual(incidentSeed(undefined), DEFAULT_SEED)
})

test('questions are offered to the page as they are given', async (t) => {
  const slack = await aSlack(t, { questions: ['/ctq a', '/ctq b'] })
  const state = (await (await fetch(`${slack.url}/_playground/state`)).json()) as { questions: unknown }
  assert.deepEqual(state.questions, ['/ctq a', '/ctq b'])
})

test("an app's manifest says what its token may do, what it hears of, and its commands and shortcuts", async (t) => {
  const settings = settingsOfManifest(`
features:
  app_home: { messages_tab_enabled: true }
  slash_commands: [{ command: /ask, description: Ask, usage_hint: words, should_escape: true }]
  shortcuts:
    - { name: Ask about this, type: message, callback_id: ask_about, description: Asks }
    - { name: Ask, type: global, callback_id: ask, description: Asks }
functions:
  ask_step:
    title: Ask
    description: Asks
    input_parameters: { properties: { question: { type: string } }, required: [question] }
    output_parameters: { properties: { verdict: { type: string } } }
oauth_config: { scopes: { bot: [chat:write, commands], bot_optional: [users:read.email] } }
settings: { event_subscriptions: { bot_events: [app_mention] } }
`)
  assert.deepEqual(settings, {
    scopes: ['chat:write', 'commands', 'users:read.email'],
    events: ['app_mention'],
    commands: [{ command: '/ask', description: 'Ask', usage_hint: 'words', should_escape: true }],
    shortcuts: [
      { type: 'message', callback_id: 'ask_about', name: 'Ask about this' },
      { type: 'global', callback_id: 'ask', name: 'Ask' },
    ],
    functions: [{ callback_id: 'ask_step', title: 'Ask', required: ['question'], outputs: ['verdict'] }],
    messagesTab: true,
  })
  const slack = await aSlack(t, { settings })
  await aClient(slack).chat.postMessage({ channel: CHANNEL, text: 'may' })
  await fails(aClient(slack).conversations.history({ channel: CHANNEL }), 'missing_scope')
})

test("ctq's own manifest is read whole", () => {
  const text = readFileSync('manifest.yml', 'utf8')
  const { oauth_config, features } = parse(text) as {
    oauth_config: { scopes: { bot: string[]; bot_optional: string[] } }
    features: { slash_commands: { command: string }[]; shortcuts?: { name: string }[] }
  }
  const { scopes, commands, shortcuts } = settingsOfManifest(text)
  assert.equal(scopes?.length, oauth_config.scopes.bot.length + oauth_config.scopes.bot_optional.length)
  assert.deepEqual(
    commands?.map(({ command }) => command),
    features.slash_commands.map(({ command }) => command),
  )
  assert.deepEqual(
    shortcuts?.map(({ name }) => name),
    (features.shortcuts ?? []).map(({ name }) => name),
  )
})
