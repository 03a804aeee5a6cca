import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { settingsSchemaText } from '../../src/config/schema.ts'
import { parseSettings } from '../../src/config/settings.ts'
import { type Env, isBare, readBotConfig, readWorkerConfig, realSettings } from '../../src/config.ts'
import { goldenJson } from '../support/golden.ts'

/** The project's root, whether this runs from the source or from dist. */
const ROOT = join(import.meta.dirname.replace(/([\\/])dist([\\/]test[\\/]config)$/, '$1test$1config'), '..', '..')

const POINT = 'A'.repeat(43)
const PUBLIC_KEY = { kty: 'EC', crv: 'P-256', kid: 'k1', x: POINT, y: POINT }
const PUBLIC = JSON.stringify({ keys: [PUBLIC_KEY] })
const PRIVATE = JSON.stringify({ keys: [{ ...PUBLIC_KEY, d: POINT }] })

const FILES: { readonly [path: string]: string } = {
  'ctq.yml': 'version: 1\n',
  '/run/secrets/token': 'xoxb-from-file\n',
  '/run/secrets/empty': '\n',
  '/keys/private.json': PRIVATE,
  '/keys/public.json': PUBLIC,
}

function read(path: string): string {
  const text = FILES[path]
  if (text === undefined) throw Object.assign(new Error('no such file'), { code: 'ENOENT' })
  return text
}

const BOT: Env = {
  SLACK_BOT_TOKEN: 'xoxb-1',
  SLACK_APP_TOKEN: 'xapp-1',
  CTQ_SIGNING_KEYS: '/keys/private.json',
  REDIS_URL: 'redis://:secret@redis:6379/0',
  RESULTS_URL: 'file:///var/lib/ctq',
}
const WORKER: Env = {
  CTQ_VERIFYING_KEYS: '/keys/public.json',
  REDIS_URL: 'rediss://redis:6379',
  RESULTS_URL: 'file:/var/lib/ctq',
}

function problemsOf(env: Env): readonly string[] {
  const config = readBotConfig({ ...BOT, ...env }, read)
  return config.ok ? [] : config.error
}

test('a complete environment is read', () => {
  const config = readBotConfig(BOT, read)
  assert.ok(config.ok)
  assert.deepEqual(config.value.slack, { botToken: 'xoxb-1', mode: { kind: 'socket', appToken: 'xapp-1' } })
  assert.deepEqual(config.value.results, { kind: 'file', path: '/var/lib/ctq' })
  assert.equal(config.value.port, 3000)
  assert.equal(config.value.logLevel, 'info')
  assert.equal(config.value.settings.aws.paceMs, 505)
  assert.equal(config.value.settings.policy.roles.length, 0)
})

test('a worker needs no Slack token and no signing key, and gets none', () => {
  const config = readWorkerConfig({ ...BOT, ...WORKER }, read)
  assert.ok(config.ok)
  assert.ok(!JSON.stringify(config.value).includes('xoxb-'))
  assert.deepEqual(config.value.verifyingKeys, { kind: 'jwks', text: PUBLIC })
})

test('an empty environment names everything that is missing at once', () => {
  const bot = readBotConfig({}, read)
  assert.ok(!bot.ok)
  assert.deepEqual(bot.error, [
    'SLACK_BOT_TOKEN is not set',
    'exactly one of SLACK_APP_TOKEN (Socket Mode) and SLACK_SIGNING_SECRET (HTTP) must be set: neither is',
    'CTQ_SIGNING_KEYS is not set',
    'REDIS_URL is not set',
    'RESULTS_URL is not set (file:/var/lib/ctq, for example)',
  ])
  const worker = readWorkerConfig({}, () => read('missing'))
  assert.ok(!worker.ok)
  assert.deepEqual(worker.error.slice(0, 1), ['CTQ_VERIFYING_KEYS is not set'])
  assert.ok(worker.error.includes('CTQ_CONFIG: ctq.yml cannot be read (ENOENT)'))
})

const WRONG: readonly (readonly [string, Env, string])[] = [
  [
    'both Slack modes',
    { SLACK_SIGNING_SECRET: 's' },
    'exactly one of SLACK_APP_TOKEN (Socket Mode) and SLACK_SIGNING_SECRET (HTTP) must be set: both are',
  ],
  ['a user token', { SLACK_BOT_TOKEN: 'xoxp-1' }, 'SLACK_BOT_TOKEN does not begin with xoxb-'],
  ['an app token of another kind', { SLACK_APP_TOKEN: 'xoxb-1' }, 'SLACK_APP_TOKEN does not begin with xapp-'],
  [
    'a Slack address in the clear',
    { SLACK_API_URL: 'http://slack.example.com/api/' },
    'SLACK_API_URL is http: on another machine; use https',
  ],
  ['a Slack address that is none', { SLACK_API_URL: 'slack' }, 'SLACK_API_URL is not a URL'],
  [
    'a token file that is not there',
    { SLACK_BOT_TOKEN: '/run/secrets/none' },
    'SLACK_BOT_TOKEN: /run/secrets/none cannot be read (ENOENT)',
  ],
  [
    'an empty token file',
    { SLACK_BOT_TOKEN: 'file:///run/secrets/empty' },
    'SLACK_BOT_TOKEN: /run/secrets/empty is empty',
  ],
  [
    'public keys for the bot',
    { CTQ_SIGNING_KEYS: PUBLIC },
    'CTQ_SIGNING_KEYS holds a public key: the bot needs private ones (ctq keys new)',
  ],
  ['keys that are no JSON', { CTQ_SIGNING_KEYS: '{' }, 'CTQ_SIGNING_KEYS is not a JSON Web Key Set: it is no JSON'],
  [
    'a key of another kind',
    { CTQ_SIGNING_KEYS: '{"keys":[{"kty":"RSA","kid":"k"}]}' },
    'CTQ_SIGNING_KEYS is not a JSON Web Key Set of EC P-256 keys with a kid each: see keys.0.kty, keys.0.crv, keys.0.x, keys.0.y',
  ],
  [
    'two keys with one kid',
    {
      CTQ_SIGNING_KEYS: JSON.stringify({
        keys: [
          { ...PUBLIC_KEY, d: POINT },
          { ...PUBLIC_KEY, d: POINT },
        ],
      }),
    },
    'CTQ_SIGNING_KEYS has two keys with the same kid',
  ],
  ['a queue that is no Redis', { REDIS_URL: 'http://redis' }, 'REDIS_URL is not redis or rediss:'],
  [
    'a result store that is not there yet',
    { RESULTS_URL: 's3://bucket' },
    'RESULTS_URL is not file: and an absolute path',
  ],
  [
    'a name where an address belongs',
    { CTQ_LISTEN: 'localhost' },
    'CTQ_LISTEN is not an IP address (0.0.0.0 for every one, 127.0.0.1 for this machine alone)',
  ],
  ['a port that is none', { PORT: '99999' }, 'PORT is not a port number from 0 to 65535'],
  [
    'a log level that is none',
    { LOG_LEVEL: 'loud' },
    'LOG_LEVEL is not one of trace, debug, info, warn, error, fatal, silent',
  ],
]
for (const [what, env, problem] of WRONG)
  test(`${what} is a problem by name: ${problem}`, () => {
    assert.ok(problemsOf(env).includes(problem), JSON.stringify(problemsOf(env)))
  })

test('no problem repeats a value of the environment', () => {
  const odd = 'sEcReT-vAlUe'
  const names = [...Object.keys(BOT), 'SLACK_SIGNING_SECRET', 'SLACK_API_URL', 'PORT', 'CTQ_LISTEN', 'LOG_LEVEL']
  for (const name of names.filter((each) => each !== 'CTQ_SIGNING_KEYS'))
    assert.ok(
      !problemsOf({ [name]: odd })
        .join()
        .includes(odd),
      name,
    )
  assert.ok(
    !problemsOf({ CTQ_SIGNING_KEYS: `{"keys":[{"d":"${odd}"}]}` })
      .join()
      .includes(odd),
  )
})

test('a secret may be a file, and a Slack on this machine may be http', () => {
  const config = readBotConfig(
    { ...BOT, SLACK_BOT_TOKEN: '/run/secrets/token', SLACK_API_URL: 'http://127.0.0.1:3999/api/' },
    read,
  )
  assert.ok(config.ok)
  assert.equal(config.value.slack.botToken, 'xoxb-from-file')
  assert.equal(config.value.slack.apiUrl, 'http://127.0.0.1:3999/api/')
})

test('a worker refuses private keys, and takes an https address of public ones', () => {
  const held = readWorkerConfig({ ...WORKER, CTQ_VERIFYING_KEYS: '/keys/private.json' }, read)
  assert.ok(!held.ok && held.error[0]?.includes('must not be able to mint'))
  const fetched = readWorkerConfig({ ...WORKER, CTQ_VERIFYING_KEYS: 'https://ctq.example.com/jwks.json' }, read)
  assert.ok(fetched.ok)
  assert.deepEqual(fetched.value.verifyingKeys, { kind: 'url', url: 'https://ctq.example.com/jwks.json' })
})

test('Redis may be missing only with the embedded queue', () => {
  const { REDIS_URL: _left, ...without } = BOT
  assert.ok(!readBotConfig(without, read).ok)
  assert.ok(readBotConfig(without, read, { embeddedQueue: true }).ok)
})

test('a pace faster than AWS allows is refused, except for an AWS on this machine', () => {
  const fast = (path: string) => (path === 'ctq.yml' ? 'version: 1\naws: { paceMs: 1 }\n' : read(path))
  const real = readBotConfig(BOT, fast)
  assert.ok(!real.ok && real.error.join().includes('AWS allows one LookupEvents every 500 ms'))
  assert.ok(readBotConfig({ ...BOT, AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' }, fast).ok)
})

test('any setting of a real deployment keeps ctq from the playground', () => {
  assert.ok(isBare({ PATH: '/bin', HOME: '/root', AWS_PAGER: '', AWS_EXECUTION_ENV: 'x', LOG_LEVEL: 'debug' }))
  for (const name of ['SLACK_BOT_TOKEN', 'AWS_PROFILE', 'AWS_ACCESS_KEY_ID', 'REDIS_URL', 'RESULTS_URL', 'CTQ_CONFIG'])
    assert.deepEqual(realSettings({ [name]: 'x' }), [name])
})

test('the example is complete and right', () => {
  const parsed = parseSettings(readFileSync(join(ROOT, 'ctq.example.yml'), 'utf8'), 'ctq.example.yml')
  assert.ok(parsed.ok, JSON.stringify(parsed))
  assert.deepEqual(
    parsed.value.policy.roles.map(({ name }) => name),
    ['responder', 'developer'],
  )
  goldenJson('config/example.json', parsed.value)
})

test('schema/ctq.json is what the code says', () => {
  assert.equal(readFileSync(join(ROOT, 'schema', 'ctq.json'), 'utf8'), settingsSchemaText())
})

const YAML: readonly (readonly [string, string])[] = [
  ['version: 2', 'ctq.yml:1:10: version is not 1.'],
  ['version: 1\nroels: {}', 'ctq.yml:2:1: roels is not known here. Did you mean roles?'],
  ['roles: {}', 'ctq.yml:1:1: version is missing.'],
  [
    'version: 1\ninventory: { accounts: [{ id: 111122223333, name: a }] }',
    'ctq.yml:2:31: inventory.accounts.0.id: an account id is 12 digits in quotes.',
  ],
  [
    'version: 1\ninventory: { accounts: [{ id: 011122223333, name: a }] }',
    'ctq.yml:2:31: 011122223333 is read as the number 11122223333. Put it in quotes: "011122223333".',
  ],
  [
    'version: 1\ninventory: { accounts: [{ id: "1", name: a }] }',
    'ctq.yml:2:31: inventory.accounts.0.id: an account id is 12 digits in quotes.',
  ],
  [
    'version: 1\ngrants: { renewFor: 1y }',
    'ctq.yml:2:21: 1y is no length of time. A number and m, h, d or w, such as 24h or 7d.',
  ],
  ['version: 1\nplaces: { general: {} }', "ctq.yml:2:11: places.general: a channel is Slack's id, such as C0INCIDENT."],
  [
    'version: 1\nplaces: { C0ABCDEF: { accounts: [prodd] } }',
    'ctq.yml:2:34: prodd is no account, group or unit of the inventory.',
  ],
  [
    'version: 1\naddresses: { 1.2.3.4.5: office }',
    'ctq.yml:2:14: 1.2.3.4.5 is no address or range such as 203.0.113.0/24.',
  ],
  [
    'version: 1\ndeny: { persons: [U0ALICE] }',
    'ctq.yml:2:19: deny.persons.0: a person is team/user by Slack ids, such as T0EXAMPLE/U0ALICE.',
  ],
]
for (const [text, problem] of YAML)
  test(`ctq.yml: ${problem}`, () => {
    const config = readBotConfig(BOT, (path) => (path === 'ctq.yml' ? text : read(path)))
    assert.ok(!config.ok)
    assert.deepEqual(config.error, [problem])
  })
