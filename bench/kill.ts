import { setTimeout as delay } from 'node:timers/promises'
import { type ConnectionOptions, Queue } from 'bullmq'
import { Redis } from 'ioredis'
import { type Aws, flatAccount, startAws } from './rig/aws.ts'
import { type Ctq, lastHours, openCtq, until } from './rig/ctq.ts'
import { beside } from './rig/files.ts'
import { startQueue } from './rig/queue.ts'
import { openStage, type Stage, type Started } from './rig/stage.ts'
import { percentile, table } from './rig/table.ts'

export type KillOptions = { readonly kills: number; readonly besideKills: number }

const REGION = 'us-east-1'
const LONGEST_S = 120
/** BullMQ's stalled check runs every three seconds: a kill falls anywhere between two. */
const SPREAD_MS = 3_000

/** From kill -9 of the worker that is reading to the next page that another one is given by AWS; beside BullMQ with its own settings. */
export async function kill({ kills, besideKills }: KillOptions): Promise<string> {
  const stage = await openStage()
  try {
    const aws = await startAws(stage, ['--rate', '2000', '--burst', '50', '--flat', '1x1x1000000'])
    const queue = await startQueue(stage)
    const other = await startQueue(stage, 'other')
    const ctq = await openCtq(stage, { aws, redis: queue.url })
    const [ours, theirs] = await Promise.all([killCtq(ctq, aws, kills), killBullmq(stage, other.url, besideKills)])
    await ctq.close()
    return `kill -9 of the process that holds the job, until the next request for a page (ctq) or the next start of the job (BullMQ). Queue: ${queue.words}.

${table(
  ['who', 'kills', 'min s', 'p50 s', 'max s'],
  [
    row('ctq: lockDuration 6 s, stalledInterval 3 s', ours),
    row('BullMQ as it comes: 30 s and 30 s, and the second kill fails the job', theirs),
  ],
)}`
  } finally {
    await stage.strike()
  }
}

function row(who: string, ms: readonly number[]): readonly string[] {
  const seconds = (share: number): string => (percentile(ms, share) / 1000).toFixed(2)
  return [who, String(ms.length), seconds(0), seconds(0.5), seconds(1)]
}

/** One part of one run; the older of two workers always holds it, and is killed. */
async function killCtq(ctq: Ctq, aws: Aws, kills: number): Promise<readonly number[]> {
  let reading = await ctq.worker()
  await ctq.ask({ accounts: [flatAccount(1)], regions: [REGION], window: lastHours(1, new Date()) })
  const pages = async (): Promise<readonly number[]> => (await aws.lookups(flatAccount(1), REGION)).servedAt
  await until('the first page', LONGEST_S, async () => (await pages()).length > 0)
  const took: number[] = []
  for (let at = 0; at < kills; at += 1) {
    const next = await ctq.worker()
    await delay(Math.random() * SPREAD_MS)
    await reading.end('SIGKILL')
    const killedAt = Date.now()
    // The victim's last call may still be on its way to being counted.
    const after = async (): Promise<number | undefined> => (await pages()).find((page) => page > killedAt + 100)
    await until('the next page', LONGEST_S, async () => (await after()) !== undefined, 50)
    took.push(((await after()) ?? Number.NaN) - killedAt)
    reading = next
  }
  return took
}

/** As many jobs, each with a process of its own that is killed; one process waits for all of them. */
async function killBullmq(stage: Stage, redis: string, kills: number): Promise<readonly number[]> {
  const names = Array.from({ length: kills }, (_, at) => `default-${at}`)
  const connection = new Redis(redis, { maxRetriesPerRequest: null })
  const victims: Started[] = []
  for (const name of names) {
    const queue = new Queue(name, { connection: connection as unknown as ConnectionOptions })
    await queue.add('job', {})
    const victim = stage.node(beside('bullmqDefaults'), [redis, name], {})
    await victim.line((line) => line === `took ${name}`)
    victims.push(victim)
    await queue.close()
  }
  connection.disconnect()
  const heir = stage.node(beside('bullmqDefaults'), [redis, ...names], {})
  await heir.line((line) => line === 'ready')
  return await Promise.all(
    victims.map(async (victim, at) => {
      await delay((at / kills) * 30_000)
      await victim.end('SIGKILL')
      const killedAt = performance.now()
      await heir.line((line) => line === `took ${names[at]}`)
      return performance.now() - killedAt
    }),
  )
}
