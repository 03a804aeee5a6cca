import { randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { openQueues } from '../../src/adapters/bullmq/queues.ts'
import { type KeySet, newKey, publicKeys } from '../../src/adapters/jose/keys.ts'
import { signer } from '../../src/adapters/jose/tokens.ts'
import { patientRedis } from '../../src/adapters/redis/connection.ts'
import { fileObjects } from '../../src/adapters/resultStore/file.ts'
import type { Query } from '../../src/domain/query/query.ts'
import type { Answer } from '../../src/domain/result/answer.ts'
import { answerKey, type Objects, runbookKey, terminalKey } from '../../src/domain/result/objects.ts'
import { parseRunbook } from '../../src/domain/runbook/parse.ts'
import type { Runbook } from '../../src/domain/runbook/runbook.ts'
import { RUN_TOKEN } from '../../src/tokens.ts'
import { mint } from '../../src/usecases/mint.ts'
import { type Aws, awsSettings } from './aws.ts'
import { CTQ } from './files.ts'
import type { Env, Stage, Started } from './stage.ts'

/** Reads everything: nothing of it can be pushed down to AWS. */
export const SCAN = `language: 1
name: scan
title: What happened?
about: Every record, for benchmarks.
tags: [bench]
tier: open
window: { default: 24h, max: 90d }
match: { field: eventName, exists: true }
columns: [eventTime, who, service, eventName, target, outcome, account, region, sourceIPAddress, userAgent, eventID]
group: [service, eventName, outcome]
`

/** Asks one event name, which AWS indexes: one lookup an account and Region. */
const EVENT_NAME = `language: 1
name: event-name
title: Who made this call?
about: Every call of one name, for benchmarks.
tags: [bench]
tier: open
parameters:
  eventName: { type: eventName, example: CreateTags, help: the name of a call }
window: { default: 24h, max: 90d }
match: { field: eventName, equals: $eventName }
columns: [eventTime, who, service, eventName, target, outcome, account, region, sourceIPAddress, userAgent, eventID]
group: [service, eventName, outcome]
`

/** ctq's own processes against a simulated AWS, asked without Slack: jobs are minted and queued as the bot does. */
export type Ctq = {
  readonly objects: Objects
  readonly results: string
  readonly worker: (flags?: readonly string[]) => Promise<Started>
  readonly ask: (question: Question) => Promise<string>
  readonly ended: (run: string) => Promise<boolean>
  readonly answer: (run: string) => Promise<Answer>
  readonly close: () => Promise<void>
}

export type Question = Pick<Query, 'accounts' | 'regions' | 'window'> & {
  /** An event name to ask for; everything is read without one. */
  readonly eventName?: string
}

/** No benchmark asks for more. */
const MOST_ROWS = 10_000_000

export type CtqOptions = {
  readonly aws: Aws
  readonly redis: string
  /** AWS's own 505 ms unless the simulated AWS allows more. */
  readonly paceMs?: number
  /** Tells instances on one stage apart. */
  readonly name?: string
}

const HOUR_S = 3_600

export async function openCtq(stage: Stage, options: CtqOptions): Promise<Ctq> {
  const results = join(stage.folder, options.name ?? 'ctq')
  const config = `${results}.yml`
  await writeFile(config, `version: 1\naws: { paceMs: ${options.paceMs ?? 505} }\n`)
  const keys: KeySet = { keys: [await newKey(new Date())] }
  const env: Env = {
    ...awsSettings(options.aws.url, options.aws.worker),
    REDIS_URL: options.redis,
    RESULTS_URL: `file:${results}`,
    CTQ_CONFIG: config,
    CTQ_VERIFYING_KEYS: JSON.stringify(publicKeys(keys)),
    CTQ_AUDIT: join(stage.folder, 'audit.jsonl'),
    LOG_LEVEL: 'info',
    PORT: '0',
  }
  const redis = patientRedis(options.redis)
  const queues = openQueues(redis, { eventsKept: 1_000 })
  const objects = fileObjects(results)
  const sign = await signer(keys)
  const [scan, byName] = [runbookOf(SCAN), runbookOf(EVENT_NAME)]
  for (const { digest, text } of [scan, byName]) await objects.create(runbookKey(digest), text)
  return {
    objects,
    results,
    worker: async (flags) => {
      const started = stage.node(CTQ, ['worker'], env, flags)
      await started.line((line) => line.includes('"msg":"ready"'))
      return started
    },
    ask: async ({ eventName, ...question }) => {
      const run = randomUUID()
      const runbook = eventName === undefined ? scan : byName
      const query: Query = {
        runbook: { name: runbook.name, digest: runbook.digest },
        parameters: eventName === undefined ? {} : { eventName },
        engines: ['lookup'],
        limit: MOST_ROWS,
        ...question,
      }
      const { token } = await mint(
        {
          run,
          person: { team: 'T0BENCH', user: 'U0BENCH' },
          role: 'bench',
          tier: 'open',
          policy: 'bench',
          query,
          to: { kind: 'sink', name: 'bench' },
          askedAt: Math.floor(Date.now() / 1000),
        },
        'minted',
        [],
        {
          sign: (grant) => sign(RUN_TOKEN, grant),
          newId: randomUUID,
          now: () => new Date(),
          audit: async () => undefined,
          times: { token: HOUR_S, run: HOUR_S, delivery: HOUR_S },
        },
      )
      await queues.addRun(run, token, 'interactive')
      return run
    },
    ended: async (run) => (await objects.size(terminalKey(run))) !== undefined,
    answer: async (run) => {
      const bytes = await objects.read(answerKey(run))
      if (bytes === undefined) throw new Error(`run ${run} has no answer`)
      return JSON.parse(bytes.toString('utf8')) as Answer
    },
    close: async () => {
      await queues.close()
      redis.disconnect()
    },
  }
}

function runbookOf(text: string): Runbook {
  const { runbook, problems } = parseRunbook(text, 'bench.yaml')
  if (runbook === undefined) throw new Error(`the benchmark's runbook is wrong: ${problems[0]?.message}`)
  return runbook
}

/** Looks every few milliseconds until something is so. Throws when it takes too long. */
export async function until(what: string, seconds: number, so: () => Promise<boolean>, everyMs = 20): Promise<void> {
  const deadline = performance.now() + seconds * 1000
  while (!(await so())) {
    if (performance.now() > deadline) throw new Error(`${what} did not happen within ${seconds} s`)
    await delay(everyMs)
  }
}

/** The window of a flat history: from so many hours before to the moment that its server started. */
export function lastHours(hours: number, until: Date): { readonly since: string; readonly until: string } {
  const text = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`
  return { since: text(until.getTime() - hours * HOUR_S * 1000), until: text(until.getTime()) }
}
