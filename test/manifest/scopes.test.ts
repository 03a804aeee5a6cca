import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { BOT_EVENTS, BOT_SCOPES, METHOD_SCOPES } from '../../src/adapters/slack/scopes.ts'
import { METHODS } from '../../src/playground/slack/webApi.ts'

/** The first names of Web API methods: a text such as 'chat.update' in the adapter is a call. */
const FAMILIES =
  /'((?:api|apps|assistant|auth|bookmarks|bots|canvases|chat|conversations|dnd|emoji|files|functions|pins|reactions|reminders|team|usergroups|users|views)\.[A-Za-z.]+)'/g

/** Called with the app-level token, or an address rather than a method. */
const NOT_THE_BOTS = ['apps.connections.open', 'files.upload_url']

function sources(folder = 'src/adapters/slack'): readonly string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && entry.name !== 'scopes.ts')
    .map((entry) => readFileSync(`${entry.parentPath}/${entry.name}`, 'utf8'))
}

function named(pattern: RegExp): readonly string[] {
  const found = sources().flatMap((text) => [...text.matchAll(pattern)].map(([, name = '']) => name))
  return [...new Set(found)].toSorted()
}

test('the table names every Web API method that the adapter calls, and no other', () => {
  const called = named(FAMILIES).filter((name) => !NOT_THE_BOTS.includes(name))
  assert.deepEqual(called, Object.keys(METHOD_SCOPES).toSorted())
})

test('the table names the events that the adapter listens to', () => {
  assert.deepEqual(named(/app\.event\('([a-z_.]+)'/g), ['app_home_opened', 'app_mention', 'message'])
  // of messages only those of direct messages are listened to: the adapter drops every other kind
  assert.ok(sources().some((text) => text.includes("event.channel_type !== 'im'")))
  assert.deepEqual(BOT_EVENTS, ['app_home_opened', 'app_mention', 'function_executed', 'message.im'])
})

for (const [method, scopes] of Object.entries(METHOD_SCOPES))
  test(`the simulated Slack asks ${method} for a scope that the table has`, () => {
    const wanted = METHODS[method]?.scopes ?? []
    assert.ok(METHODS[method], `the simulated Slack has no ${method}`)
    assert.ok(wanted.length === 0 || wanted.some((scope) => scopes.some((own) => own === scope)), wanted.join())
  })

test('posting anywhere without being invited is not asked for', () => {
  for (const scope of ['chat:write.public', 'channels:join', 'channels:manage'])
    assert.ok(!BOT_SCOPES.some((own) => own === scope))
})
