import assert from 'node:assert/strict'
import { test } from 'node:test'
import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError, WebAPIRequestError } from '@slack/web-api'
import { aClient, aSlack, control, type Rig } from './slackRig.ts'

const INCIDENT = 'C0INCPAY1'
const POST = { channel: INCIDENT, text: 'x' }

function texts(slack: Rig): (string | undefined)[] {
  return (slack.workspace.messages.get(INCIDENT) ?? []).map(({ text }) => text)
}

test('messages in one channel are paced at one a second after a short burst, with Retry-After', async (t) => {
  let now = Date.UTC(2026, 7, 15)
  const slack = await aSlack(t, { now: () => now })
  const client = aClient(slack)
  for (const _ of [1, 2, 3, 4, 5]) await client.chat.postMessage(POST)
  await assert.rejects(
    client.chat.postMessage(POST),
    (error) => error instanceof WebAPIRateLimitedError && error.retryAfter === 1,
  )
  assert.ok((await client.chat.postMessage({ ...POST, channel: 'C0OPS0001' })).ok)
  now += 1000
  assert.ok((await client.chat.postMessage(POST)).ok)
})

test('a method over its tier is told how long until the minute is over', async (t) => {
  let now = Date.UTC(2026, 7, 15)
  const slack = await aSlack(t, { now: () => now })
  const client = aClient(slack)
  for (let call = 0; call < 20; call += 1) await client.usergroups.list()
  now += 20_000
  await assert.rejects(
    client.usergroups.list(),
    (error) => error instanceof WebAPIRateLimitedError && error.retryAfter === 40,
  )
  slack.workspace.settings.rateLimits = false
  assert.ok((await client.usergroups.list()).ok)
})

test('a planned 429 holds for as many calls as it was planned for', async (t) => {
  const slack = await aSlack(t)
  const client = aClient(slack)
  await control(slack, 'faults', { method: 'chat.postMessage', kind: 'ratelimited', times: 2, retryAfter: 7 })
  for (const _ of [1, 2])
    await assert.rejects(
      client.chat.postMessage(POST),
      (error) => error instanceof WebAPIRateLimitedError && error.retryAfter === 7,
    )
  assert.ok((await client.chat.postMessage(POST)).ok)
})

test('the real client waits out a 429 by itself', async (t) => {
  const slack = await aSlack(t)
  const retryConfig = { retries: 1, minTimeout: 1 }
  const client = aClient(slack, slack.botToken, { rejectRateLimitedCalls: false, retryConfig })
  await control(slack, 'faults', { method: 'chat.postMessage', kind: 'ratelimited', retryAfter: 1 })
  assert.ok((await client.chat.postMessage(POST)).ok)
  assert.deepEqual(
    slack.workspace.calls.map(({ status }) => status),
    [429, 200],
  )
})

test('an HTTP 500, an error name, and a page instead of JSON', async (t) => {
  const slack = await aSlack(t)
  const client = aClient(slack)
  await control(slack, 'faults', { method: '*', kind: 'http', status: 503 })
  await assert.rejects(
    client.chat.postMessage(POST),
    (error) => error instanceof WebAPIHTTPError && error.statusCode === 503,
  )
  await control(slack, 'faults', { method: 'chat.postMessage', kind: 'error', error: 'fatal_error' })
  await assert.rejects(
    client.chat.postMessage(POST),
    (error) => error instanceof WebAPIPlatformError && error.data.error === 'fatal_error',
  )
  await control(slack, 'faults', { method: 'chat.postMessage', kind: 'html' })
  await assert.rejects(
    client.chat.postMessage(POST),
    (error) => error instanceof WebAPIPlatformError && /<html>/.test(error.data.error),
  )
  assert.deepEqual(texts(slack), [])
})

for (const kind of ['hang', 'drop'])
  test(`a call that ends in ${kind} has no effect and no answer`, async (t) => {
    const slack = await aSlack(t)
    const client = aClient(slack, slack.botToken, { timeout: 60 })
    await control(slack, 'faults', { method: 'chat.postMessage', kind })
    await assert.rejects(client.chat.postMessage(POST), (error) => error instanceof WebAPIRequestError)
    assert.deepEqual(texts(slack), [])
  })

for (const as of ['hang', 'drop', 'http'])
  test(`a call may take effect and its answer be lost (${as})`, async (t) => {
    const slack = await aSlack(t)
    const client = aClient(slack, slack.botToken, { timeout: 60 })
    await control(slack, 'faults', { method: 'chat.postMessage', kind: 'lost', as })
    await assert.rejects(client.chat.postMessage(POST))
    assert.deepEqual(texts(slack), ['x'])
  })

test('a fault may skip calls and hold for one channel', async (t) => {
  const slack = await aSlack(t)
  const client = aClient(slack)
  await control(slack, 'faults', {
    method: 'chat.postMessage',
    kind: 'error',
    error: 'is_archived',
    skip: 1,
    channel: INCIDENT,
  })
  assert.ok((await client.chat.postMessage({ ...POST, channel: 'C0OPS0001' })).ok)
  assert.ok((await client.chat.postMessage(POST)).ok)
  await assert.rejects(client.chat.postMessage(POST), /is_archived/)
})

test('uploads, downloads and response_urls fail when told to', async (t) => {
  const slack = await aSlack(t)
  const client = aClient(slack)
  await control(slack, 'faults', { method: 'upload', kind: 'http', status: 500 })
  const upload = { channel_id: INCIDENT, filename: 'a.csv', content: 'a' }
  await assert.rejects(client.filesUploadV2(upload), WebAPIHTTPError)
  await control(slack, 'faults', { method: 'response_url', kind: 'http', status: 500 })
  await slack.people.type({ user: 'alice', channel: 'ops', text: '/ctq' })
  const url = String(slack.workspace.deliveries[0]?.envelope.payload['response_url'])
  assert.equal((await fetch(url, { method: 'POST', body: '{"text":"x"}' })).status, 500)
  assert.equal((await fetch(url, { method: 'POST', body: '{"text":"x"}' })).status, 200)
})

test('a fault that makes no sense is refused', async (t) => {
  const slack = await aSlack(t)
  assert.match(JSON.stringify(await control(slack, 'faults', { method: 'x', kind: 'explode' })), /kind must be one of/)
  assert.match(JSON.stringify(await control(slack, 'faults', { kind: 'drop' })), /names a method/)
})
