import { setTimeout as delay } from 'node:timers/promises'
import { Queue } from 'bullmq'
import { Redis } from 'ioredis'
import { flatAccount, startAws } from './rig/aws.ts'
import { lastHours, openCtq, until } from './rig/ctq.ts'
import { beside } from './rig/files.ts'
import { startQueue } from './rig/queue.ts'
import { openStage, type Stage } from './rig/stage.ts'
import { percentile, table } from './rig/table.ts'

export type KillOptions = { readonly kills: number; readonly plainKills: number }

const REGION = 'us-east-1'
const LONGEST_S = 150

/** How long nothing is read after the worker that reads is killed with -9, while another stands idle beside it. */
export async function kill({ kills, plainKills }: KillOptions): Promise<string> {
  const stage = await openStage()
  try {
    const server = await startQueue(stage)
    const rows = [
      rowOf('ctq', await ofCtq(stage, server.url, kills)),
      rowOf("BullMQ's defaults", await ofPlain(stage, server.url, plainKills)),
    ]
    return `One reader is killed with -9 while it pages at AWS's pace; an idle one takes over. ${server.words}.

${table(['worker', 'kills', 'shortest s', 'p50 s', 'longest s'], rows)}`
  } finally {
    await stage.strike()
  }
}

function rowOf(who: string, gaps: readonly number[]): readonly string[] {
  const shown = [0, 0.5, 1].map((share) => percentile(gaps, share).toFixed(1))
  return [who, String(gaps.length), ...shown]
}

async function ofCtq(stage: Stage, redis: string, kills: number): Promise<readonly number[]> {
  const aws = await startAws(stage, ['--flat', '1x1x40000'])
  const ctq = await openCtq(stage, { aws, redis })
  const served = async (): Promise<readonly number[]> => (await aws.lookups(flatAccount(1), REGION)).servedAt
  let reading = await ctq.worker()
  await ctq.ask({ accounts: [flatAccount(1)], regions: [REGION], window: lastHours(25, new Date()) })
  await until('reading', LONGEST_S, async () => (await served()).length > 2)
  const gaps: number[] = []
  for (let killed = 0; killed < kills; killed += 1) {
    const idle = await ctq.worker()
    await delay(1_500)
    const before = Date.now()
    await reading.end('SIGKILL')
    await until('the next page', LONGEST_S, async () => (await served()).some((at) => at > before + 600))
    const next = (await served()).find((at) => at > before + 600) ?? Number.NaN
    gaps.push((next - before) / 1000)
    reading = idle
  }
  await reading.end('SIGKILL')
  await ctq.close()
  return gaps
}

/** The same with a worker as BullMQ's first page shows it: a job that pages and marks each page in Redis. */
async function ofPlain(stage: Stage, url: string, kills: number): Promise<readonly number[]> {
  const redis = new Redis(url, { maxRetriesPerRequest: null })
  const queue = new Queue('plain', { connection: redis as never })
  const worker = async (): Promise<ReturnType<Stage['node']>> => {
    const started = stage.node(beside('plainWorker'), [url], {})
    await started.line((line) => line === 'ready')
    return started
  }
  const pages = async (): Promise<readonly number[]> => (await redis.lrange('plain-pages', 0, -1)).map(Number)
  let reading = await worker()
  await queue.add('read', {}, { attempts: 100 })
  await until('reading', LONGEST_S, async () => (await pages()).length > 2)
  const gaps: number[] = []
  for (let killed = 0; killed < kills; killed += 1) {
    const idle = await worker()
    await delay(1_500)
    const before = Date.now()
    await reading.end('SIGKILL')
    await until('the next page', LONGEST_S, async () => (await pages()).some((at) => at > before))
    gaps.push(((await pages()).find((at) => at > before) ?? Number.NaN) / 1000 - before / 1000)
    reading = idle
  }
  await reading.end('SIGKILL')
  await queue.close()
  redis.disconnect()
  return gaps
}
