import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { opsRoutes, type Route, serveOps } from '../adapters/http/ops.ts'
import { parseKeySet, publicKeys } from '../adapters/jose/keys.ts'
import { type Metrics, openMetrics } from '../adapters/metrics/metrics.ts'
import { openAudit, openLog } from '../adapters/pino/log.ts'
import { whyUnusable } from '../adapters/resultStore/file.ts'
import { startBot } from '../bot.ts'
import { type BotConfig, type Env, readBotConfig, readWorkerConfig, type WorkerConfig } from '../config.ts'
import type { Result } from '../domain/outcome.ts'
import type { Host, Running } from '../host.ts'
import { readLibrary } from '../library.ts'
import { startEmbedded } from '../playground/redis/server.ts'
import { startWorker } from '../worker.ts'

/** sysexits.h EX_CONFIG: something in the configuration is missing or wrong. */
const EX_CONFIG = 78
/** sysexits.h EX_TEMPFAIL: try again, as a supervisor does. */
const EX_TEMPFAIL = 75
/** What is under way is handed over between two pages; whoever takes longer is cut off. */
const STOP_WITHIN_MS = 20_000
/** After everything is stopped and written, nothing keeps the process longer. */
const LINGER_MS = 500

/** `ctq bot`: Slack in and out, tokens minted. */
export async function bot(): Promise<number> {
  return await run('bot', process.env, readBotConfig(process.env, readText), async (config, host) => [
    await startBot(config, host, await readLibrary(config.runbooks), routesOf(host, jwksOf(config))),
  ])
}

/** `ctq worker`: CloudTrail read, answers made. */
export async function worker(): Promise<number> {
  return await run('worker', process.env, readWorkerConfig(process.env, readText), async (config, host) => {
    const running = await startWorker(config, host)
    const ops = await serveOps(routesOf(host), config.port, config.listen)
    return [running, { ...NOTHING, port: () => ops.port, stop: ops.close }]
  })
}

/** `ctq serve`: both in one process, on REDIS_URL or an embedded queue. */
export async function serve(): Promise<number> {
  return await serveWith(process.env)
}

/** Bot and worker in one process with these settings. `ready` is called once, with the port, when questions can be asked. */
export async function serveWith(env: Env, ready?: (port: number | undefined) => void | Promise<void>): Promise<number> {
  const settings = withVerifyingKeys(env)
  const botConfig = readBotConfig(settings, readText, { embeddedQueue: true })
  const workerConfig = readWorkerConfig(settings, readText, { embeddedQueue: true })
  const both = together(botConfig, workerConfig)
  return await run('serve', env, both, async (config, host) => {
    const started = await startWorker(config.worker, host)
    const front = await startBot(
      config.bot,
      host,
      await readLibrary(config.bot.runbooks),
      routesOf(host, jwksOf(config.bot)),
    )
    await ready?.(front.port?.())
    return [front, started]
  })
}

/** In one process, the worker's public keys are those of the bot unless said otherwise. */
function withVerifyingKeys(env: Env): Env {
  if ((env['CTQ_VERIFYING_KEYS'] ?? '') !== '' || (env['CTQ_SIGNING_KEYS'] ?? '') === '') return env
  const read = readBotConfig(env, readText, { embeddedQueue: true })
  return read.ok
    ? { ...env, CTQ_VERIFYING_KEYS: JSON.stringify(publicKeys(parseKeySet(read.value.signingKeys, 'private'))) }
    : env
}

type Both = BotConfig & { readonly bot: BotConfig; readonly worker: WorkerConfig }

function together(
  bot: Result<BotConfig, readonly string[]>,
  worker: Result<WorkerConfig, readonly string[]>,
): Result<Both, readonly string[]> {
  if (bot.ok && worker.ok) return { ok: true, value: { ...bot.value, bot: bot.value, worker: worker.value } }
  const problems = [...(bot.ok ? [] : bot.error), ...(worker.ok ? [] : worker.error)]
  return { ok: false, error: [...new Set(problems)] }
}

/** Runs until told to stop. Every problem of the configuration is said at once. */
async function run<C extends BotConfig | WorkerConfig>(
  name: string,
  env: Env,
  read: Result<C, readonly string[]>,
  start: (config: C, host: Host) => Promise<readonly Running[]>,
): Promise<number> {
  if (!read.ok) {
    for (const problem of read.error) process.stderr.write(`${problem}\n`)
    return EX_CONFIG
  }
  const config = read.value
  const unusable = await whyUnusable(config.results.path)
  if (unusable !== undefined) {
    process.stderr.write(`RESULTS_URL: ${unusable}\n`)
    return EX_CONFIG
  }
  const log = openLog(config.logLevel, `ctq-${name}`)
  const { audit, close } = openAudit(env['CTQ_AUDIT'])
  const queue =
    config.redis === undefined
      ? await embedded(config)
      : { url: config.redis, words: 'the queue is at REDIS_URL', close: async () => undefined }
  const ended = endings()
  const host: Host = {
    redis: queue.url,
    log,
    audit,
    metrics: openMetrics(),
    fail: (why) => {
      log.fatal({ why }, 'giving up: a supervisor should start this process again')
      ended.end(EX_TEMPFAIL)
    },
  }
  log.info({ queue: queue.words, results: config.results.path }, 'starting')
  const running = await start(config, host)
  HOSTED.set(host, running)
  log.info({}, 'ready')
  const code = await ended.code
  log.info({}, 'stopping')
  await Promise.race([Promise.all(running.map((part) => part.stop())), timeout(STOP_WITHIN_MS)])
  await queue.close()
  close()
  log.flush()
  // A connection that was dying while it was stopped can leave a timer of half a minute (socket-mode 3.1.0).
  setTimeout(() => process.exit(code), LINGER_MS).unref()
  return code
}

const NOTHING: Running = { stop: async () => undefined, ready: async () => ({ ok: true }) }

/** What runs beside each host, for its readiness. */
const HOSTED = new WeakMap<Host, readonly Running[]>()

function routesOf(host: Host, jwks?: () => object): readonly Route[] {
  const { metrics }: { metrics: Metrics } = host
  return opsRoutes({
    healthz: async () => ({ ok: true }),
    readyz: async () => {
      const parts = await Promise.all((HOSTED.get(host) ?? []).map((part) => part.ready()))
      return Object.assign({}, ...parts, { ok: parts.length > 0 && parts.every((part) => part.ok) }) as { ok: boolean }
    },
    metrics: () => metrics.text(),
    ...(jwks === undefined ? {} : { jwks }),
  })
}

function jwksOf(config: BotConfig): () => object {
  const published = publicKeys(parseKeySet(config.signingKeys, 'private'))
  return () => published
}

async function embedded(
  config: BotConfig | WorkerConfig,
): Promise<{ readonly url: string; readonly words: string; readonly close: () => Promise<void> }> {
  return await startEmbedded(join(config.results.path, 'queue'), process.env['PATH'] ?? '')
}

/** The first signal stops in order, the second at once. */
function endings(): { readonly code: Promise<number>; readonly end: (code: number) => void } {
  let end: (code: number) => void = () => undefined
  const code = new Promise<number>((resolve) => {
    end = resolve
  })
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      end(0)
      process.once(signal, () => process.exit(1))
    })
  return { code, end }
}

function timeout(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref()
  })
}

function readText(path: string): string {
  return readFileSync(path, 'utf8')
}
