import { access, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type KeySet, newKey, publicKeys } from '../../src/adapters/jose/keys.ts'
import { packageRoot } from '../../src/commands/root.ts'
import type { AuditStep } from '../../src/domain/audit/step.ts'
import type { Answer } from '../../src/domain/result/answer.ts'
import type { Count } from '../../src/playground/aws/counters.ts'
import { type Aws, type AwsOptions, startAws } from '../../src/playground/aws/server.ts'
import { settingsOfManifest } from '../../src/playground/slack/manifest.ts'
import type { Act } from '../../src/playground/slack/people/act.ts'
import { type Slack, type SlackOptions, startSlack } from '../../src/playground/slack/server.ts'
import type { Message, SlackFile } from '../../src/playground/slack/types.ts'
import { type Ctq, startCtq } from './rigProcess.ts'
import { aRigRedis, type RigRedis } from './rigRedis.ts'

export const ALICE = 'U0ALICE01'
export const BOB = 'U0BOB0001'
/** Public; the rig's policy says that answers are given there. */
export const OPS = 'C0OPS0001'
/** Private, with Alice, Carol and the bot. */
export const SECRET = 'C0SECRESP'
export const PAYMENTS = '111122223333'

/** What a rig starts with. */
export type RigOptions = {
  readonly aws?: AwsOptions
  readonly slack?: SlackOptions
  /** Sections of ctq.yml that replace the rig's. */
  readonly settings?: Readonly<Record<string, unknown>>
  /** How Slack reaches the bot. */
  readonly mode?: 'socket' | 'http'
  readonly env?: Readonly<Record<string, string>>
}

/** An answer as Slack has it, and as the store has it. */
export type Seen = {
  readonly run: string
  readonly answer: Answer
  readonly channel: string
  readonly message: Message
  /** Everything the message shows, as one text. */
  readonly shown: string
  readonly file: SlackFile | undefined
}

export type Rig = {
  readonly slack: Slack
  readonly aws: Aws
  readonly keys: KeySet
  readonly redis: RigRedis
  readonly results: string
  readonly env: Readonly<Record<string, string>>
  /** Starts a process and waits until it is ready. */
  readonly bot: (env?: Readonly<Record<string, string>>) => Promise<Ctq>
  readonly worker: (env?: Readonly<Record<string, string>>) => Promise<Ctq>
  readonly processes: readonly Ctq[]
  /** Somebody types something; Alice in #ops unless told. */
  readonly type: (text: string, where?: { user?: string; channel?: string; thread_ts?: string }) => Promise<Act>
  /** The same, for a slash command that becomes a run: its whole id. */
  readonly ask: (question: string, where?: { user?: string; channel?: string }) => Promise<string>
  /** What the act's own message says: that of the ack, seen by the asker alone. */
  readonly told: (act: Act) => string
  /** Waits for a run's last message and its CSV. */
  readonly seen: (run: string, ms?: number) => Promise<Seen>
  readonly audit: (run?: string) => Promise<readonly AuditStep[]>
  /** A file of the run in the store, as JSON, or undefined. */
  readonly stored: <T>(run: string, name: string) => Promise<T | undefined>
  /** The control APIs of the simulations. */
  readonly tellAws: (path: string, body?: object, method?: string) => Promise<unknown>
  readonly tellSlack: (path: string, body?: object, method?: string) => Promise<unknown>
  /** LookupEvents served, by `account region`. */
  readonly lookups: () => Promise<ReadonlyMap<string, Count>>
  readonly close: () => Promise<void>
}

/** The whole of ctq's surroundings in this process; ctq itself comes as processes of its own. */
export async function aRig(options: RigOptions = {}): Promise<Rig> {
  const folder = await mkdtemp(join(tmpdir(), 'ctq-spine-'))
  const aws = await startAws({ rate: 10_000, burst: 10_000, ...options.aws })
  // Slack's pace is tried where it is the point: 15 questions a minute would need more calls than it allows.
  // Commands as the app that people install has them: what Slack escapes in their text is a setting of the manifest.
  const { commands = [] } = settingsOfManifest(await readFile(join(packageRoot(), 'manifest.yml'), 'utf8'))
  const quick = {
    fileShareMs: 50,
    redeliveryMs: [100, 300, 1000],
    rateLimits: false,
    commands,
    ...options.slack?.settings,
  }
  const slack = await startSlack({ ...options.slack, settings: quick })
  const redis = await aRigRedis()
  const keys: KeySet = { keys: [await newKey(new Date())] }
  const env = await environment(folder, { aws, slack, redisUrl: redis.url, keys }, options)
  const processes: Ctq[] = []
  const start = async (command: string, extra: Readonly<Record<string, string>>): Promise<Ctq> => {
    const started = startCtq(command, { ...extra, CTQ_AUDIT: join(folder, `audit-${processes.length}.jsonl`) })
    processes.push(started)
    await started.ready
    return started
  }
  const results = join(folder, 'results')
  const controlOf =
    (url: string): Rig['tellAws'] =>
    async (path, body, method = body === undefined ? 'GET' : 'POST') => {
      const init = { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }
      const response = await fetch(`${url}/_playground/${path}`, init)
      if (!response.ok) throw new Error(`${path}: ${await response.text()}`)
      return await response.json()
    }
  const tellAws = controlOf(aws.url)
  const stored: Rig['stored'] = async (run, name) => {
    const text = await readFile(join(results, 'runs', run, name), 'utf8').catch(() => undefined)
    return text === undefined ? undefined : JSON.parse(text)
  }
  const type: Rig['type'] = (text, where = {}) => slack.people.type({ user: ALICE, channel: OPS, ...where, text })
  const told: Rig['told'] = (act) => textOf(messageAt(slack, act.channel ?? '', act.ts ?? ''))
  return {
    slack,
    aws,
    keys,
    redis,
    results,
    env: env.common,
    processes,
    stored,
    tellAws,
    tellSlack: controlOf(slack.url),
    type,
    told,
    bot: async (extra = {}) => {
      const bot = await start('bot', { ...env.common, ...env.bot, ...extra })
      if (env.port !== undefined) slack.workspace.settings.eventsUrl = `http://127.0.0.1:${env.port}/slack/events`
      return bot
    },
    worker: (extra = {}) => start('worker', { ...env.common, ...env.worker, ...extra }),
    ask: async (question, where = {}) => {
      const act = await type(`/ctq ${question}`, where)
      const [, begin] = /run `?([0-9a-f]{8})/.exec(told(act)) ?? []
      if (begin === undefined) throw new Error(`not asked: ${JSON.stringify(act)} ${told(act)}`)
      return await until(
        async () => (await runsIn(results)).find((run) => run.startsWith(begin)),
        () => `run ${begin} is not in the store; told: ${botWords(slack).slice(-3).join(' | ')}`,
      )
    },
    seen: (run, ms) => seenAnswer(slack, stored, run, ms),
    audit: async (run) => {
      const names = (await readdir(folder)).filter((name) => name.startsWith('audit-'))
      const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))
      const lines = texts.flatMap((text) => text.split('\n').filter((line) => line !== ''))
      const steps = lines.map((line) => JSON.parse(line) as AuditStep)
      return run === undefined ? steps : steps.filter((step) => step.run === run)
    },
    lookups: async () => {
      const counts = (await tellAws('counters')) as readonly Count[]
      const reads = counts.filter(({ operation }) => operation === 'LookupEvents')
      return new Map(reads.map((count) => [`${count.account} ${count.region}`, count]))
    },
    close: async () => {
      await Promise.all(processes.map((process) => process.stop('SIGKILL')))
      // For whoever looks for the cause of a failure: CTQ_TEST_LOG=1 npm test
      if (process.env['CTQ_TEST_LOG'] !== undefined)
        for (const { command, said } of processes) process.stderr.write(`--- ctq ${command}\n${said()}\n`)
      await slack.close()
      await aws.close()
      await redis.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

type Around = { readonly aws: Aws; readonly slack: Slack; readonly redisUrl: string; readonly keys: KeySet }

async function environment(
  folder: string,
  { aws, slack, redisUrl, keys }: Around,
  { settings, mode = 'socket', env = {} }: RigOptions,
): Promise<{
  readonly common: Readonly<Record<string, string>>
  readonly bot: Readonly<Record<string, string>>
  readonly worker: Readonly<Record<string, string>>
  readonly port: number | undefined
}> {
  const config = join(folder, 'ctq.yml')
  await writeFile(config, JSON.stringify({ ...SETTINGS, ...settings }))
  const port = mode === 'http' ? await freePort() : undefined
  const { accessKeyId, secretAccessKey } = aws.organisation.users.worker
  return {
    port,
    common: {
      REDIS_URL: redisUrl,
      RESULTS_URL: `file:${join(folder, 'results')}`,
      CTQ_CONFIG: config,
      AWS_ENDPOINT_URL: aws.url,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      LOG_LEVEL: 'info',
      PORT: '0',
      ...env,
    },
    bot: {
      SLACK_BOT_TOKEN: slack.botToken,
      SLACK_API_URL: slack.apiUrl,
      CTQ_SIGNING_KEYS: JSON.stringify(keys),
      CTQ_RUNBOOKS: join(packageRoot(), 'runbooks'),
      ...(port === undefined
        ? { SLACK_APP_TOKEN: slack.appToken }
        : { SLACK_SIGNING_SECRET: slack.signingSecret, PORT: String(port) }),
    },
    worker: { CTQ_VERIFYING_KEYS: JSON.stringify(publicKeys(keys)) },
  }
}

/** What Alice and Bob may: nearly everything. */
export const RESPONDER = {
  groups: ['S0RESPOND'],
  runbooks: ['*'],
  accounts: ['*'],
  window: '90d',
  tier: 'elevated',
  places: ['*'],
  cancel: true,
  defaultAccounts: ['prod-payments'],
}

/** The rig's ctq.yml: JSON is YAML. The pace is short because AWS is simulated. */
export const SETTINGS = {
  version: 1,
  inventory: {
    from: 'list',
    accounts: [
      { id: PAYMENTS, name: 'prod-payments', groups: ['prod'] },
      { id: '444455556666', name: 'prod-web', groups: ['prod'] },
      { id: '555566667777', name: 'prod-data', groups: ['prod'] },
    ],
  },
  aws: { readerRole: 'ctq-reader', homeRegion: 'us-east-1', paceMs: 2 },
  roles: { responder: RESPONDER },
  places: { [OPS]: { answers: 'here' } },
}

async function freePort(): Promise<number> {
  return await new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}

async function runsIn(results: string): Promise<readonly string[]> {
  const runs = await readdir(join(results, 'runs')).catch(() => [])
  const asked = await Promise.all(runs.map((run) => access(join(results, 'runs', run, 'asked.json')).then(...yesOrNo)))
  return runs.filter((_, index) => asked[index])
}

const yesOrNo = [() => true, () => false] as const

type DoneFile = { readonly channel: string; readonly ts: string; readonly file?: string }

async function seenAnswer(slack: Slack, stored: Rig['stored'], run: string, ms = 30_000): Promise<Seen> {
  const done = async (step: string): Promise<DoneFile | undefined> =>
    (await stored<DoneFile>(run, `delivery/${step}-direct.done.json`)) ??
    (await stored<DoneFile>(run, `delivery/${step}.done.json`))
  const final = await until(
    () => done('final'),
    () => `no last message of run ${run}; shown: ${botWords(slack).slice(-3).join(' | ')}`,
    ms,
  )
  const answer = (await stored<Answer>(run, 'answer.json')) as Answer
  const csv =
    answer.csv.rows === 0
      ? undefined
      : await until(
          async () => (await done('csv')) ?? (await done('csv-note')),
          () => `no CSV of run ${run}`,
          ms,
        )
  const message = messageAt(slack, final.channel, final.ts)
  if (message === undefined) throw new Error(`the last message of ${run} is not in Slack`)
  const file = csv?.file === undefined ? undefined : slack.workspace.files.get(csv.file)
  return { run, answer, channel: final.channel, message, shown: textOf(message), file }
}

/** A message by its place. */
export function messageAt(slack: Slack, channel: string, ts: string): Message | undefined {
  return slack.workspace.messages.get(channel)?.find((message) => message.ts === ts && !message.deleted)
}

/** What a message says, to whom it cannot show blocks and to whom it can. */
export function textOf(message: Message | undefined): string {
  return message === undefined ? '' : `${message.text}\n${JSON.stringify(message.blocks)}`
}

/** Everything the bot has posted, everywhere, in order. */
export function botWords(slack: Slack): readonly string[] {
  const all = [...slack.workspace.messages.values()].flat().filter((message) => message.from_bot && !message.deleted)
  return all.sort((a, b) => Number(a.ts) - Number(b.ts)).map((message) => message.text)
}

/** What `look` finds, as soon as it finds something. Throws with `what` after `ms`. */
export async function until<T>(
  look: () => T | undefined | Promise<T | undefined>,
  what: string | (() => string),
  ms = 15_000,
): Promise<T> {
  const end = performance.now() + ms
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    if (performance.now() > end) throw new Error(`not in time: ${typeof what === 'string' ? what : what()}`)
    await delay(25)
  }
}
