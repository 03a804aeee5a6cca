import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { slackClient, whoAmI } from '../../src/adapters/slack/client.ts'
import { SlackFault } from '../../src/adapters/slack/errors.ts'
import { scrub } from '../../src/adapters/slack/log.ts'
import { aLog, aRig, OPS, type Rig } from './rig.ts'

const POST = { channel: OPS, text: 'hello' }

async function faultOf(work: Promise<unknown>): Promise<SlackFault> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof SlackFault)) throw new Error(`not a SlackFault: ${String(error)}`)
  return error
}

function seen(fault: SlackFault): readonly unknown[] {
  return [fault.kind, fault.code, fault.reason]
}

async function failing(t: TestContext, fault: Parameters<Rig['fault']>[0]): Promise<{ rig: Rig; fault: SlackFault }> {
  const rig = await aRig(t)
  await rig.fault(fault)
  return { rig, fault: await faultOf(rig.client.write('chat.postMessage', POST)) }
}

test('a rate limit is told at once with how long to wait, and nothing was posted', async (t) => {
  const { rig, fault } = await failing(t, { method: 'chat.postMessage', kind: 'ratelimited', retryAfter: 7 })
  assert.deepEqual(seen(fault), ['rate_limited', 'slack_rate_limited', 'ratelimited'])
  assert.equal(fault.retryAfterSeconds, 7)
  assert.equal(rig.calls('chat.postMessage').length, 1)
})

test('a rate limit that does not say how long is half a minute', async (t) => {
  const server = createServer((_request, response) => response.writeHead(429).end())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => server.close())
  const apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/`
  const client = slackClient({ token: 'xoxb-1', apiUrl, log: aLog() })
  const fault = await faultOf(client.write('chat.postMessage', POST))
  assert.deepEqual([fault.kind, fault.retryAfterSeconds], ['rate_limited', 30])
})

const UNSURE = [
  ['an HTTP 500', { kind: 'http', status: 500 }, 'http_500'],
  ['an HTML page with status 200', { kind: 'html' }, 'not_json'],
  ['no answer in time', { kind: 'hang' }, 'timeout'],
  ['a connection that is cut', { kind: 'drop' }, 'connection'],
  ['Slack’s own internal_error', { kind: 'error', error: 'internal_error' }, 'internal_error'],
] as const
for (const [what, how, reason] of UNSURE) {
  test(`${what} leaves the outcome unknown, and the call is not made again`, async (t) => {
    const { rig, fault } = await failing(t, { method: 'chat.postMessage', ...how })
    assert.deepEqual(seen(fault), ['unknown_outcome', 'slack_unknown_outcome', reason])
    assert.equal(rig.calls('chat.postMessage').length, 1)
  })
}

test('a call that took effect and whose answer was lost is an unknown outcome', async (t) => {
  const { rig, fault } = await failing(t, { method: 'chat.postMessage', kind: 'lost', as: 'hang' })
  assert.equal(fault.kind, 'unknown_outcome')
  assert.equal(rig.messages(OPS).length, 1)
})

test('a refusal carries Slack’s name for it', async (t) => {
  const rig = await aRig(t)
  const fault = await faultOf(rig.client.write('chat.postMessage', { channel: 'C0GENERAL', text: 'hello' }))
  assert.deepEqual(seen(fault), ['refused', 'slack_refused', 'not_in_channel'])
})

test('a token that Slack does not take, or a scope it lacks, is a fault of authorisation', async (t) => {
  const rig = await aRig(t)
  const { slack, log } = rig
  const wrong = slackClient({ token: 'xoxb-wrong', apiUrl: slack.apiUrl, log })
  assert.deepEqual(seen(await faultOf(wrong.read('users.info', { user: 'U1' }))), [
    'auth',
    'slack_auth',
    'invalid_auth',
  ])
  await rig.control('POST', 'settings', { scopes: ['chat:write'] })
  assert.equal((await faultOf(rig.client.read('users.info', { user: 'U1' }))).reason, 'missing_scope')
})

test('words that Slack is not known to say are never passed on', async (t) => {
  const { rig, fault } = await failing(t, { method: 'chat.postMessage', kind: 'error', error: 'evil_new_name' })
  assert.deepEqual(seen(fault), ['refused', 'slack_refused', 'unlisted'])
  await rig.fault({ method: 'chat.postMessage', kind: 'error', error: '<b>xoxb-123 you</b>' })
  const page = await faultOf(rig.client.write('chat.postMessage', POST))
  assert.ok(!`${page.message} ${JSON.stringify(page)}`.includes('xoxb'))
})

test('a read is tried again when the line fails', async (t) => {
  const rig = await aRig(t)
  await rig.fault({ method: 'users.info', kind: 'http', status: 502, times: 2 })
  const answer = await rig.client.read<{ user: { id: string } }>('users.info', { user: 'U0ALICE01' })
  assert.equal(answer.user.id, 'U0ALICE01')
  assert.equal(rig.calls('users.info').length, 3)
})

test('the bot knows who it is', async (t) => {
  const rig = await aRig(t)
  assert.deepEqual(await whoAmI(rig.client), {
    team: 'T0CTQ0001',
    botUser: 'U0CTQBOT1',
    botId: rig.slack.workspace.app.botId,
  })
})

test('what the SDK logs loses tokens, addresses and length', () => {
  const line = scrub(
    `token xoxb-123-abc and xapp-1-A-b wss://host/link?ticket=9 https://hooks.slack.com/x ${'y'.repeat(500)}`,
  )
  assert.ok(line.startsWith('token [token] and [token] [url] [url] yyy'))
  assert.equal(line.length, 300)
})
