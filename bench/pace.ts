import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { type Aws, awsSettings, flatAccount, startAws } from './rig/aws.ts'
import { lastHours, openCtq } from './rig/ctq.ts'
import { beside } from './rig/files.ts'
import { startQueue } from './rig/queue.ts'
import { openStage, type Stage, type Started } from './rig/stage.ts'
import { table } from './rig/table.ts'

/** AWS allows two LookupEvents a second per account and Region (API reference). */
const ALLOWED = 2
const QUESTIONS = 10
const BURSTS = [2, 1] as const
/** What each way of reading uses, so that all have a bucket of their own: the limit is per account and Region. */
const REGIONS = { ctq: 'eu-west-1', standard: 'us-east-1', adaptive: 'us-west-2' } as const

/** So many processes of one kind. What is measured side by side should leave the cores idle most of the time. */
export type Group = { readonly kind: 'ctq' | 'sdk'; readonly processes: number }
export type PaceOptions = {
  /** Groups of one list are measured at the same time, each against a simulated AWS of its own. */
  readonly phases: readonly (readonly Group[])[]
  readonly warmS: number
  readonly windowS: number
}

/** Something that reads an account and Region, and what the simulated AWS and it count. */
type Reader = {
  readonly who: string
  readonly processes: number
  readonly burst: number
  readonly aws: Aws
  readonly region: string
  /** How often a paginator has thrown so far. */
  readonly thrown: () => Promise<number>
}
type Measured = Pick<Reader, 'who' | 'processes' | 'burst'> & {
  readonly served: number
  readonly throttled: number
  readonly thrown: number
}

/** How near to AWS's limit, and how often over it: ctq and the SDK's paginator, ten questions on one account and Region. */
export async function pace(options: PaceOptions): Promise<string> {
  const rows: Measured[] = []
  for (const phase of options.phases) rows.push(...(await measured(phase, options)))
  const { warmS, windowS } = options
  const aMinute = (count: number): string => String(Math.round((count * 60) / windowS))
  return `${QUESTIONS} questions on one account and Region, ${windowS} s after ${warmS} s of warm-up. The simulated AWS: 2 requests/s, a bucket of \`burst\`, 150 ms latency.
ctq: worker processes on one queue, aws.paceMs 505. SDK: as many processes, each with ten \`paginateLookupEvents\`, begun again a second after one throws.

${table(
  ['who', 'burst', 'processes', 'requests/s', 'share of 2.0', 'throttled/min', 'reads broken off/min'],
  rows
    .toSorted((a, b) => b.burst - a.burst || a.processes - b.processes || a.who.localeCompare(b.who))
    .map(({ who, processes, burst, served, throttled, thrown }) => [
      who,
      String(burst),
      String(processes),
      (served / windowS).toFixed(3),
      (served / windowS / ALLOWED).toFixed(3),
      aMinute(throttled),
      aMinute(thrown),
    ]),
)}`
}

async function measured(phase: readonly Group[], { warmS, windowS }: PaceOptions): Promise<readonly Measured[]> {
  const stage = await openStage()
  try {
    const readers = (await Promise.all(phase.map((group) => startGroup(stage, group)))).flat()
    await delay(warmS * 1000)
    const before = await Promise.all(readers.map(({ thrown }) => thrown()))
    const from = Date.now()
    await delay(windowS * 1000)
    const within = (at: number): boolean => at >= from && at < from + windowS * 1000
    return await Promise.all(
      readers.map(async ({ who, processes, burst, aws, region, thrown }, at) => {
        const { servedAt, throttledAt } = await aws.lookups(flatAccount(1), region)
        const counts = { served: servedAt.filter(within).length, throttled: throttledAt.filter(within).length }
        return { who, processes, burst, ...counts, thrown: (await thrown()) - (before[at] ?? 0) }
      }),
    )
  } finally {
    await stage.strike()
  }
}

async function startGroup(stage: Stage, { kind, processes }: Group): Promise<readonly Reader[]> {
  const aws = await Promise.all(
    BURSTS.map((burst) => startAws(stage, ['--burst', String(burst), '--latency', '150', '--flat', '1x17x1000000'])),
  )
  const seats = BURSTS.flatMap((burst, at) => (aws[at] === undefined ? [] : [{ burst, aws: aws[at] }]))
  if (kind === 'sdk') return await startPaginators(stage, seats, processes)
  return await Promise.all(seats.map((seat) => startWorkers(stage, seat, processes)))
}

type Seat = Pick<Reader, 'burst' | 'aws'>

async function startWorkers(stage: Stage, { burst, aws }: Seat, processes: number): Promise<Reader> {
  const name = `ctq-${processes}-${burst}`
  const queue = await startQueue(stage, `queue-${name}`)
  const ctq = await openCtq(stage, { aws, redis: queue.url, name })
  await Promise.all(Array.from({ length: processes }, () => ctq.worker()))
  const question = { accounts: [flatAccount(1)], regions: [REGIONS.ctq], window: lastHours(24, new Date()) }
  for (let at = 0; at < QUESTIONS; at += 1) await ctq.ask(question)
  await ctq.close()
  return { who: 'ctq', processes, burst, aws, region: REGIONS.ctq, thrown: async () => 0 }
}

/** Each process reads with default and with adaptive retries, at every burst: the account's own user may, as a person with a script. */
async function startPaginators(stage: Stage, seats: readonly Seat[], processes: number): Promise<readonly Reader[]> {
  const readers = seats.flatMap(({ burst, aws }) =>
    (['standard', 'adaptive'] as const).map((mode) => ({ burst, aws, mode, region: REGIONS[mode] })),
  )
  const names = readers.map(({ aws, mode, region }) => `${aws.url}=${region}=${mode}`)
  const [first] = seats
  const key = first === undefined ? {} : awsSettings(first.aws.url, first.aws.responder)
  const children = Array.from({ length: processes }, () => stage.node(beside('paginators'), names, key))
  await Promise.all(children.map((child) => child.line((line) => line === 'reading')))
  return readers.map(({ burst, aws, mode, region }, at) => ({
    who: `SDK, ${mode === 'standard' ? 'default' : mode} retries`,
    ...{ processes, burst, aws, region },
    thrown: async () => {
      const tallies = await Promise.all(children.map(tallyOf))
      return tallies.reduce((sum, tally) => sum + (tally.find(({ name }) => name === names[at])?.thrown ?? 0), 0)
    },
  }))
}

type Tally = readonly { readonly name: string; readonly thrown: number }[]

/** Asks with a mark: a message that nobody waited for is kept by Node and given to the next who does. */
async function tallyOf({ process: child }: Started): Promise<Tally> {
  const mark = randomUUID()
  return await new Promise<Tally>((resolve) => {
    const hear = (message: unknown): void => {
      const { asked, tallies } = message as { readonly asked: string; readonly tallies: Tally }
      if (asked !== mark) return
      child.off('message', hear)
      resolve(tallies)
    }
    child.on('message', hear)
    child.send(mark)
  })
}
