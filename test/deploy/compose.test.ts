import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { parse } from 'yaml'
import { COMMANDS } from '../../src/commands/commands.ts'
import { readBotConfig, readWorkerConfig } from '../../src/config.ts'

type Secret = string | { readonly source: string; readonly target: string }
type Service = {
  readonly image: string
  readonly command: readonly string[]
  readonly environment?: { readonly [name: string]: string }
  readonly secrets: readonly Secret[]
  readonly configs?: readonly { readonly source: string; readonly target: string }[]
  readonly volumes: readonly string[]
  readonly networks: readonly string[]
  readonly user: string
  readonly read_only: boolean
  readonly cap_drop: readonly string[]
  readonly ports?: readonly string[]
  readonly build?: string
  readonly deploy?: { readonly replicas: number }
  readonly healthcheck?: object
  readonly stop_grace_period?: string
}
type Compose = {
  readonly services: { readonly bot: Service; readonly worker: Service; readonly valkey: Service }
  readonly secrets: { readonly [name: string]: { readonly file: string } }
  readonly networks: { readonly queue: { readonly internal: boolean } }
  readonly configs: { readonly settings: { readonly file: string } }
}

const compose = parse(readFileSync('deploy/compose.yml', 'utf8'), { merge: true }) as Compose
const { bot, worker, valkey } = compose.services
const services = Object.entries(compose.services)

const sourceOf = (secret: Secret): string => (typeof secret === 'string' ? secret : secret.source)
const targetOf = (secret: Secret): string => (typeof secret === 'string' ? secret : secret.target)

const KEY = { kty: 'EC', crv: 'P-256', kid: 'k', x: 'A'.repeat(43), y: 'A'.repeat(43) }
const CONTENTS: { readonly [secret: string]: string } = {
  slack_bot_token: 'xoxb-1',
  slack_app_token: 'xapp-1',
  signing_keys: JSON.stringify({ keys: [{ ...KEY, d: 'A'.repeat(43) }] }),
  verifying_keys: JSON.stringify({ keys: [KEY] }),
  pagerduty_token: 'pd-token',
  redis_url: 'redis://:secret@valkey:6379',
}

/** Reads what a service can read: its own secrets and settings, and nothing else. */
function reader(service: Service): (path: string) => string {
  return (path) => {
    if (service.configs?.some(({ target }) => target === path)) return readFileSync('ctq.example.yml', 'utf8')
    const secret = service.secrets.map(targetOf).find((name) => path === `/run/secrets/${name}`)
    const text = secret === undefined ? undefined : CONTENTS[secret]
    if (text === undefined) throw Object.assign(new Error(path), { code: 'ENOENT' })
    return text
  }
}

test("the bot's environment and secrets are a whole configuration", () => {
  const config = readBotConfig(bot.environment ?? {}, reader(bot))
  assert.ok(config.ok, config.ok ? '' : config.error.join('\n'))
  assert.equal(config.value.redis, CONTENTS['redis_url'])
})

test("the worker's environment and secrets are a whole configuration", () => {
  const config = readWorkerConfig(worker.environment ?? {}, reader(worker))
  assert.ok(config.ok, config.ok ? '' : config.error.join('\n'))
  assert.deepEqual(config.value.results, { kind: 'file', path: '/var/lib/ctq' })
})

test('a worker gets no Slack token and no key that signs; the bot gets no role that reads', () => {
  const workers = [...Object.keys(worker.environment ?? {}), ...worker.secrets.map(sourceOf)].join(' ')
  assert.doesNotMatch(workers, /slack|signing/i)
  assert.ok(worker.secrets.map(sourceOf).includes('aws_worker'))
  assert.ok(!bot.secrets.map(sourceOf).includes('aws_worker'))
})

test('there are two workers, and both processes share one result store', () => {
  assert.equal(worker.deploy?.replicas, 2)
  assert.deepEqual(bot.volumes, worker.volumes)
})

for (const [name, service] of services) {
  test(`${name} runs without root, without capabilities and on a file system it cannot write`, () => {
    assert.match(service.user, /^[1-9]\d*:/)
    assert.equal(service.read_only, true)
    assert.deepEqual(service.cap_drop, ['ALL'])
  })

  test(`no port of ${name} is published`, () => {
    assert.equal(service.ports, undefined)
  })
}

test('every secret that is used is declared, every one declared is used, and none lies in the project', () => {
  const used = [...new Set(services.flatMap(([, service]) => service.secrets.map(sourceOf)))].toSorted()
  assert.deepEqual(used, Object.keys(compose.secrets).toSorted())
  assert.match(readFileSync('deploy/.gitignore', 'utf8'), /^secrets\/$/m)
  for (const { file } of Object.values(compose.secrets)) assert.match(file, /^secrets\/[\w.]+$/)
})

test('bot and worker run subcommands that exist, from the image that is built here', () => {
  for (const service of [bot, worker]) {
    assert.ok(COMMANDS.some(({ name }) => name === service.command[0]))
    assert.ok(existsSync(join('deploy', service.build ?? '', 'Dockerfile')))
  }
})

test('a process has longer to stop than it takes to hand over', () => {
  // src/commands/serve.ts cuts off after 20 s
  assert.equal(worker.stop_grace_period, '30s')
})

test('Valkey evicts nothing, writes every command to a file, and is reached by nobody outside', () => {
  const line = valkey.command.join(' ')
  assert.match(line, /--appendonly yes --appendfsync everysec/)
  assert.match(line, /--maxmemory-policy noeviction/)
  assert.deepEqual(valkey.networks, ['queue'])
  assert.equal(compose.networks.queue.internal, true)
  assert.ok(valkey.healthcheck)
  assert.match(valkey.image, /^valkey\/valkey:\d+\.\d+/)
})
