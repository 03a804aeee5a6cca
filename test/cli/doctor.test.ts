import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { request as ask, createServer } from 'node:http'
import { createServer as createTcpServer } from 'node:net'
import { join } from 'node:path'
import test, { type TestContext } from 'node:test'
import { type KeySet, newKey, publicKeys } from '../../src/adapters/jose/keys.ts'
import { BOT_SCOPES } from '../../src/adapters/slack/scopes.ts'
import type { Aws } from '../../src/playground/aws/server.ts'
import { ON_CALL } from '../../src/playground/incidentChannel.ts'
import { startPagerDuty } from '../../src/playground/pagerduty/server.ts'
import { startInMemory } from '../../src/playground/redis/server.ts'
import { startSlack } from '../../src/playground/slack/server.ts'
import { scratch } from '../support/here.ts'
import { aConfig, anAws, ctq, type Ended, keysOf } from './rig.ts'

const ROLE = `roles:
  responder: { persons: [T0CTQ0001/U0ALICE01], runbooks: ['*'], accounts: ['*'], window: 7d, tier: duty, places: ['*'] }
`

/** A whole deployment in order: a real Bolt-less Slack, a queue, a result store, keys and an AWS, all simulated. */
async function deployment(t: TestContext, scopes: readonly string[] = BOT_SCOPES) {
  const aws = await anAws(t)
  const slack = await startSlack({ settings: { scopes: [...scopes] } })
  t.after(() => slack.close())
  const redis = await startInMemory()
  t.after(() => redis.close())
  const keys: KeySet = { keys: [await newKey(new Date())] }
  const env: Record<string, string> = {
    ...keysOf(aws, 'worker'),
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_APP_TOKEN: slack.appToken,
    SLACK_API_URL: slack.apiUrl,
    REDIS_URL: redis.url,
    RESULTS_URL: `file:${await scratch(t)}`,
    CTQ_SIGNING_KEYS: JSON.stringify(keys),
    CTQ_VERIFYING_KEYS: JSON.stringify(publicKeys(keys)),
    CTQ_CONFIG: await aConfig(t, ROLE),
    CTQ_RUNBOOKS: 'runbooks',
  }
  return { aws, slack, env }
}

/** The state that a check came out with, in words. */
function stateOf(out: string, what: string): string | undefined {
  const line = out.split('\n').find((one) => one.slice(15).startsWith(`${what} `))
  return line?.slice(2, 13).trim()
}

test('a deployment in order has nothing wrong, and each way to look records up is tried on a real account', async (t) => {
  const { env } = await deployment(t)
  const { code, out, err } = await ctq(['doctor'], { env })
  assert.equal(err, '')
  assert.doesNotMatch(out, /✗/)
  for (const what of [
    'settings',
    'runbooks',
    'sign and verify',
    'bot token',
    'scopes',
    'app token',
    'server',
    'write and read',
  ])
    assert.equal(stateOf(out, what), '✓ ok', what)
  for (const what of ['credentials', 'account of a key', 'reader in prod-payments', 'reader in prod-web'])
    assert.equal(stateOf(out, what), '✓ ok', what)
  for (const key of ['EventId', 'AccessKeyId', 'ResourceName', 'Username', 'EventName', 'EventSource', 'ReadOnly'])
    assert.equal(stateOf(out, `by ${key}`), '✓ ok', `${key}\n${out}`)
  assert.match(out, /Nothing is wrong\./)
  assert.equal(code, 0)
})

const SCHEDULES = `${ROLE}onCall:
  payments:
    pagerduty: [PPAYMNT, PNOWHERE]
    people: { PCAROL1: T0CTQ0001/U0CAROL01 }
    fallback: { persons: [T0CTQ0001/U0ALICE01] }
`

test('the pager: its schedules, who is on call, and how to mend what is wrong', async (t) => {
  const { env } = await deployment(t)
  const pager = await startPagerDuty({ oncalls: ON_CALL })
  t.after(() => pager.close())
  const CTQ_CONFIG = await aConfig(t, SCHEDULES)
  const paging = { ...env, CTQ_CONFIG, PAGERDUTY_TOKEN: pager.token, PAGERDUTY_API_URL: pager.url }
  const look = (more = {}): Promise<Ended> => ctq(['doctor', 'bot'], { env: { ...paging, ...more } })
  const first = await look()
  assert.equal(stateOf(first.out, 'schedule PPAYMNT'), '✓ ok')
  assert.match(first.out, /✗ wrong +schedule PNOWHERE +PagerDuty knows no such schedule\n +→ onCall in ctq\.yml names/)
  assert.match(first.out, /✓ ok +on call for payments +U0CAROL01 now/)
  pager.set([{ user: 'PMALLORY', schedule: 'PPAYMNT' }])
  const nobody = await look()
  assert.match(nobody.out, /✗ wrong +on call for payments +nobody whom ctq\.yml names\n +→ See who is on call/)
  assert.match(
    nobody.out,
    /! note +on call for payments +PMALLORY is on call, and nobody here\n +→ Name them under people/,
  )
  const refused = await look({ PAGERDUTY_TOKEN: 'hunter2-key' })
  assert.match(refused.out, /✗ wrong +PagerDuty +it refuses the key\n +→ PAGERDUTY_TOKEN is a REST API key/)
  assert.ok(!`${refused.out}${refused.err}`.includes('hunter2'))
  pager.fail({ status: 503 }, 10)
  assert.match((await look()).out, /✗ wrong +PagerDuty +it answers with 503\n +→ Is PAGERDUTY_API_URL reachable/)
  const { PAGERDUTY_TOKEN: _, ...unset } = paging
  const without = await ctq(['doctor', 'bot'], { env: unset })
  assert.match(without.out, /✗ wrong +settings +PAGERDUTY_TOKEN is not set: the schedule payments/)
  assert.match(without.out, /– not tried +schedule payments/)
  assert.doesNotMatch((await ctq(['doctor', 'worker'], { env: paging })).out, /Pager/)
})

test('no secret is in what it says', async (t) => {
  const { env } = await deployment(t)
  const wrong = { ...env, REDIS_URL: 'redis://:hunter2-redis@127.0.0.1:1', SLACK_BOT_TOKEN: 'xoxb-hunter2-slack' }
  const { out, err } = await ctq(['doctor'], { env: wrong })
  const { d } = (JSON.parse(env['CTQ_SIGNING_KEYS'] ?? '') as { keys: readonly [{ d: string }] }).keys[0]
  for (const secret of [d, env['AWS_SECRET_ACCESS_KEY'] ?? '', 'hunter2', env['SLACK_APP_TOKEN'] ?? '']) {
    assert.ok(secret.length > 6)
    assert.ok(!`${out}${err}`.includes(secret))
  }
})

test('what is wrong is told with what to do, thing by thing, and the rest is still examined', async (t) => {
  const { env } = await deployment(
    t,
    ['chat:write', 'admin'].concat(BOT_SCOPES.filter((scope) => scope !== 'files:write')),
  )
  const config = join(await scratch(t), 'ctq.yml')
  await writeFile(
    config,
    `version: 1
matchEmails: true
inventory: { accounts: [{ id: '888899990000', name: sandbox }, { id: '333344445555', name: old, closed: true }] }
`,
  )
  const other = JSON.stringify(publicKeys({ keys: [await newKey(new Date())] }))
  const wrong = { ...env, CTQ_CONFIG: config, CTQ_VERIFYING_KEYS: other, RESULTS_URL: 'file:/etc/hostname/ctq' }
  const { code, out } = await ctq(['doctor'], { env: wrong })
  assert.equal(code, 1)
  assert.equal(stateOf(out, 'policy'), '✗ wrong')
  assert.match(out, /sign and verify +refused: unknown key\n +→ Give workers the public set/)
  assert.match(out, /✗ wrong +scopes +missing: files:write\n +→ Add them in the app's settings/)
  assert.match(out, /! note +scopes +more than ctq uses: admin/)
  assert.match(out, /✗ wrong +e-mails/)
  assert.match(out, /✗ wrong +write and read +\/etc\/hostname\/ctq cannot be used \(ENOTDIR\)/)
  assert.match(
    out,
    /✗ wrong +reader in sandbox +The role arn:aws:iam::888899990000:role\/ctq-reader could not be assumed/,
  )
  assert.match(out, /– not tried +closed accounts +1 declared closed/)
  assert.match(out, /– not tried +lookups +no account can be read/)
  assert.match(out, /6 things are wrong \(✗\)/)
})

test('everything that is missing is told at once', async (t) => {
  const { code, out } = await ctq(['doctor'], { cwd: await scratch(t) })
  assert.equal(code, 1)
  for (const name of [
    'SLACK_BOT_TOKEN',
    'SLACK_APP_TOKEN',
    'CTQ_SIGNING_KEYS',
    'RESULTS_URL',
    'CTQ_CONFIG',
    'CTQ_RUNBOOKS',
  ])
    assert.match(out, new RegExp(name), name)
})

test('a worker is examined as one: no Slack, no signing', async (t) => {
  const { env } = await deployment(t)
  const { SLACK_BOT_TOKEN: _token, SLACK_APP_TOKEN: _app, CTQ_SIGNING_KEYS: _keys, ...worker } = env
  const { code, out } = await ctq(['doctor'], { env: worker })
  assert.match(out, /^Checking what ctq worker needs\./)
  assert.doesNotMatch(out, /Slack|account of a key|runbooks/)
  assert.equal(stateOf(out, 'verifying keys'), '✓ ok')
  assert.equal(code, 0)
})

test('a lookup that does not find the record is wrong, and says what it means', async (t) => {
  const { aws, env } = await deployment(t)
  const url = await deafTo(t, aws, '"AttributeKey":"AccessKeyId"')
  const { code, out } = await ctq(['doctor', 'worker'], { env: { ...env, AWS_ENDPOINT_URL: url } })
  assert.match(
    out,
    /✗ wrong +by AccessKeyId +the record [\w-]+ of [\w:-]+Z is not found by A[KS]IA\w{16}\n +→ Questions/,
  )
  assert.equal(stateOf(out, 'by Username'), '✓ ok')
  assert.equal(code, 1)
})

/** The simulated AWS behind a server that finds nothing for some requests. */
async function deafTo(t: TestContext, aws: Aws, piece: string): Promise<string> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const body = Buffer.concat(chunks)
    if (body.includes(piece)) return response.end('{"Events":[]}')
    // with its headers untouched: the host is signed
    const options = { method: request.method, headers: request.headers }
    const onward = ask(`${aws.url}${request.url}`, options, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers)
      answer.pipe(response)
    })
    return onward.end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => server.close())
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
}

const REDIS_SAYS: readonly (readonly [string, RegExp])[] = [
  [
    'redis_version:6.0.16\r\nmaxmemory_policy:noeviction\r\naof_enabled:1',
    /✗ wrong +server +Redis 6\.0\.16 is too old/,
  ],
  [
    'redis_version:7.2.4\r\nvalkey_version:8.1.0\r\nmaxmemory_policy:noeviction\r\naof_enabled:1',
    /✓ ok +server +Valkey 8\.1\.0/,
  ],
  [
    'redis_version:7.4.0\r\nmaxmemory_policy:allkeys-lru\r\naof_enabled:1',
    /✗ wrong +maxmemory-policy +allkeys-lru: a full server/,
  ],
  ['redis_version:7.4.0\r\nmaxmemory_policy:noeviction\r\naof_enabled:0', /! note +appendonly +no: a restart forgets/],
]

for (const [info, says] of REDIS_SAYS)
  test(`of a queue that says ${info.replace(/\r\n.*/s, '')} it tells ${says.source.slice(0, 30)}`, async (t) => {
    const url = await aRedisThatSays(t, info)
    const { out } = await ctq(['doctor', 'worker'], { env: { REDIS_URL: url }, cwd: await scratch(t) })
    assert.match(out, says)
  })

/** A server that answers INFO with a text and everything else with OK (Redis: RESP3). */
async function aRedisThatSays(t: TestContext, info: string): Promise<string> {
  const answers: { readonly [command: string]: string } = {
    hello: '%1\r\n$6\r\nserver\r\n$5\r\nredis\r\n',
    info: `$${Buffer.byteLength(info)}\r\n${info}\r\n`,
  }
  const server = createTcpServer((socket) => {
    socket.on('error', () => socket.destroy())
    socket.on('data', (data) => {
      // each command comes as an array of texts; only how many and which matters here
      for (const [, command = ''] of data.toString('utf8').matchAll(/\*\d+\r\n\$\d+\r\n(\w+)\r\n/g))
        socket.write(answers[command.toLowerCase()] ?? '+OK\r\n')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => server.close())
  const address = server.address()
  return `redis://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
}
