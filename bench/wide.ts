import { DEFAULT_REGIONS } from '../src/playground/aws/organisation/regions.ts'
import { awsSettings, flatAccount, startAws } from './rig/aws.ts'
import { lastHours, openCtq, until } from './rig/ctq.ts'
import { beside } from './rig/files.ts'
import { startQueue } from './rig/queue.ts'
import { openStage, type Stage } from './rig/stage.ts'
import { table } from './rig/table.ts'

export type WideOptions = { readonly accounts: number; readonly workers: number }

const REGIONS = DEFAULT_REGIONS.slice(0, 17)
const LATENCY_MS = 1_000
const RECORDS = 40
/** Within an hour a part has one chain, and with so few records one page. */
const HOURS = 1
const LONGEST_S = 600

type Row = readonly [who: string, first: number, all: number, rows: number]

/** One question over many accounts and Regions, one page each, when every call to AWS takes a second. */
export async function wide({ accounts, workers }: WideOptions): Promise<string> {
  const stage = await openStage()
  try {
    const flat = `${accounts}x${REGIONS.length}x${RECORDS}`
    const aws = await startAws(stage, ['--latency', String(LATENCY_MS), '--flat', flat, '--hours', String(HOURS)])
    const server = await startQueue(stage)
    const ctq = await byCtq(stage, aws, server.url, { accounts, workers })
    const loop = await bySdk(stage, aws, accounts)
    return `${accounts} accounts × ${REGIONS.length} Regions, one page of LookupEvents each, ${LATENCY_MS} ms a call (AssumeRole too), ${server.words}.
From the question in the queue to the first page in the store, and to the answer.

${table(
  ['reader', 'parts', 'first s', 'all s', 'rows'],
  [ctq, loop].map(([who, first, all, rows]) => [
    who,
    String(accounts * REGIONS.length),
    first.toFixed(1),
    all.toFixed(1),
    String(rows),
  ]),
)}`
  } finally {
    await stage.strike()
  }
}

async function byCtq(
  stage: Stage,
  aws: Awaited<ReturnType<typeof startAws>>,
  redis: string,
  { accounts, workers }: WideOptions,
): Promise<Row> {
  const ctq = await openCtq(stage, { aws, redis })
  for (let started = 0; started < workers; started += 1) await ctq.worker()
  const begun = performance.now()
  const run = await ctq.ask({
    accounts: Array.from({ length: accounts }, (_, at) => flatAccount(at + 1)),
    regions: REGIONS,
    window: lastHours(HOURS, new Date()),
  })
  await until('the first page', LONGEST_S, async () => await hasPage(ctq, run))
  const first = (performance.now() - begun) / 1000
  await until('the answer', LONGEST_S, () => ctq.ended(run))
  const all = (performance.now() - begun) / 1000
  const answer = await ctq.answer(run)
  if (answer.coverage.verdict !== 'complete') throw new Error(`the answer is ${answer.coverage.verdict}`)
  await ctq.close()
  return [`ctq, ${workers} workers`, first, all, answer.csv.rows]
}

async function hasPage(ctq: Awaited<ReturnType<typeof openCtq>>, run: string): Promise<boolean> {
  const parts = await ctq.objects.list(`runs/${run}/parts`)
  for (const part of parts.slice(0, 3)) {
    const pages = await ctq.objects.list(`runs/${run}/parts/${part}/0000`)
    if (pages.some((name) => name.endsWith('.page'))) return true
  }
  return false
}

/** What one would write in an hour: fifty calls at a time, a session an account. */
async function bySdk(stage: Stage, aws: Awaited<ReturnType<typeof startAws>>, accounts: number): Promise<Row> {
  const begun = performance.now()
  const program = stage.node(
    beside('wideLoop'),
    [String(accounts), String(HOURS), ...REGIONS],
    awsSettings(aws.url, aws.worker),
  )
  await program.line((line) => line.startsWith('first'))
  const first = (performance.now() - begun) / 1000
  const last = await program.line((line) => line.startsWith('rows'))
  return ['a loop with the SDK, 50 at a time', first, (performance.now() - begun) / 1000, Number(last.split(' ')[1])]
}
