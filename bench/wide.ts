import { patientRedis } from '../src/adapters/redis/connection.ts'
import { redisBoard } from '../src/adapters/redis/runs.ts'
import { DEFAULT_REGIONS } from '../src/playground/aws/organisation/regions.ts'
import { type Aws, awsSettings, flatAccount, startAws } from './rig/aws.ts'
import { lastHours, openCtq, until } from './rig/ctq.ts'
import { beside } from './rig/files.ts'
import { startQueue } from './rig/queue.ts'
import { openStage, type Stage } from './rig/stage.ts'
import { table } from './rig/table.ts'

export type WideOptions = { readonly accounts: number; readonly workers: number }

const LATENCY_MS = 1_000
const LONGEST_S = 240
/** Records of an account and Region; every seventh is what is asked for: one page. */
const RECORDS = 35
const WANTED = 'CreateTags'

type Measured = {
  readonly who: string
  readonly firstMs: number
  readonly readMs: number
  readonly endMs: number
  readonly rows: number
}

/** One question over many accounts and every Region, one page each: to the first finding, to the last page, to the answer. */
export async function wide({ accounts, workers }: WideOptions): Promise<string> {
  const ids = Array.from({ length: accounts }, (_, at) => flatAccount(at + 1))
  const rows: Measured[] = []
  for (const measure of [byCtq('named'), byCtq('enabled'), byLoop]) {
    const stage = await openStage()
    try {
      const flat = `${accounts}x${DEFAULT_REGIONS.length}x${RECORDS}`
      const args = ['--rate', '2000', '--burst', '50', '--latency', String(LATENCY_MS), '--flat', flat]
      rows.push(await measure(stage, await startAws(stage, args), ids, workers))
    } finally {
      await stage.strike()
    }
  }
  return `One event name over ${accounts} accounts and their ${DEFAULT_REGIONS.length} enabled Regions: ${accounts * DEFAULT_REGIONS.length} parts of one page, every call to AWS takes ${LATENCY_MS} ms. Times from the question on. ctq assumes a role in each account (and another one to find out its Regions), and merges a CSV.

${table(
  ['who', 'first finding s', 'all pages s', 'answer s', 'rows'],
  rows.map(({ who, firstMs, readMs, endMs, rows: count }) => [
    who,
    ...[firstMs, readMs, endMs].map((ms) => (ms / 1000).toFixed(1)),
    String(count),
  ]),
)}`
}

type Measure = (stage: Stage, aws: Aws, accounts: readonly string[], workers: number) => Promise<Measured>

function byCtq(regions: 'named' | 'enabled'): Measure {
  return async (stage, aws, accounts, workers) => {
    const measured = await asked(stage, aws, accounts, workers, regions === 'named' ? DEFAULT_REGIONS : 'enabled')
    return { ...measured, who: `ctq, ${workers} workers, Regions ${regions === 'named' ? 'named' : 'found out'}` }
  }
}

async function asked(
  stage: Stage,
  aws: Aws,
  accounts: readonly string[],
  workers: number,
  regions: 'enabled' | readonly string[],
): Promise<Omit<Measured, 'who'>> {
  const queue = await startQueue(stage)
  const ctq = await openCtq(stage, { aws, redis: queue.url })
  for (let at = 0; at < workers; at += 1) await ctq.worker()
  const redis = patientRedis(queue.url)
  const board = redisBoard(redis)
  const started = performance.now()
  const run = await ctq.ask({
    accounts,
    regions,
    window: lastHours(24, new Date()),
    eventName: WANTED,
  })
  let firstMs = Number.NaN
  let readMs = Number.NaN
  await until(
    'the answer',
    LONGEST_S,
    async () => {
      const { matched, parts } = await board.progress(run)
      const now = performance.now() - started
      if (Number.isNaN(firstMs) && matched > 0) firstMs = now
      if (Number.isNaN(readMs) && parts.total > 0 && parts.done >= parts.total) readMs = now
      return await ctq.ended(run)
    },
    50,
  )
  const endMs = performance.now() - started
  const answer = await ctq.answer(run)
  redis.disconnect()
  await ctq.close()
  const { asked, complete } = answer.coverage.parts
  if (complete !== asked) throw new Error(`only ${complete} of ${asked} parts are complete`)
  return { firstMs, readMs, endMs, rows: answer.csv.rows }
}

async function byLoop(stage: Stage, aws: Aws, accounts: readonly string[]): Promise<Measured> {
  const window = lastHours(24, new Date())
  const started = performance.now()
  const words = [aws.url, 'ctq-reader', WANTED, window.since, window.until]
  const lists = [accounts.join(','), DEFAULT_REGIONS.join(',')]
  const loop = stage.node(beside('wideLoop'), [...words, ...lists], awsSettings(aws.url, aws.worker))
  await loop.line((line) => line === 'first')
  const firstMs = performance.now() - started
  const tally = JSON.parse(await loop.line((line) => line.startsWith('{'))) as { events: number }
  const endMs = performance.now() - started
  return { who: 'SDK loop, 50 at once, Regions named, no CSV', firstMs, readMs: endMs, endMs, rows: tally.events }
}
