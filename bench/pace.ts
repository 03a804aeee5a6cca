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
/** What each way of reading uses, so that all have a bucket of their own: the limit is per account and Region. */
const REGIONS = { ctq: 'eu-west-1', standard: 'us-east-1', adaptive: 'us-west-2' } as const
const MODES = ['standard', 'adaptive'] as const

export type PaceOptions = { readonly processes: readonly number[]; readonly warmS: number; readonly windowS: number }

type Measured = { readonly processes: number; readonly burst: number; readonly who: string } & Speed
type Speed = { readonly perSecond: number; readonly throttled: number; readonly thrown?: number }

/** How near to AWS's limit, and how often over it: ctq and the SDK's paginator, ten questions on one account and Region. */
export async function pace(options: PaceOptions): Promise<string> {
  const rows: Measured[] = []
  let queue = ''
  for (const processes of options.processes)
    for (const measure of [measureCtq, measureSdk]) {
      const stage = await openStage()
      try {
        const bursts = await Promise.all([2, 1].map(async (burst) => ({ burst, aws: await slowAws(stage, burst) })))
        const measured = await measure(stage, bursts, processes, options)
        rows.push(...measured.rows)
        queue = measured.queue ?? queue
      } finally {
        await stage.strike()
      }
    }
  return `${QUESTIONS} questions on one account and Region, ${options.windowS} s after ${options.warmS} s of warm-up. The simulated AWS: 2 requests/s, a bucket of \`burst\`, 150 ms latency.
ctq: worker processes on one queue (${queue}), aws.paceMs 505. SDK: as many processes, each with ten \`paginateLookupEvents\`, begun again a second after one throws.

${table(
  ['processes', 'burst', 'who', 'requests/s', 'share of 2.0', 'throttled/min', 'reads broken off/min'],
  rows
    .toSorted((a, b) => b.burst - a.burst || a.processes - b.processes)
    .map(({ processes, burst, who, perSecond, throttled, thrown }) => [
      String(processes),
      String(burst),
      who,
      perSecond.toFixed(3),
      (perSecond / ALLOWED).toFixed(3),
      String(Math.round((throttled * 60) / options.windowS)),
      thrown === undefined ? '0' : String(Math.round((thrown * 60) / options.windowS)),
    ]),
)}`
}

type Burst = { readonly burst: number; readonly aws: Aws }
type MeasuredAll = { readonly rows: readonly Measured[]; readonly queue?: string }

async function slowAws(stage: Stage, burst: number): Promise<Aws> {
  return await startAws(stage, ['--burst', String(burst), '--latency', '150', '--flat', '1x17x1000000'])
}

async function measureCtq(
  stage: Stage,
  bursts: readonly Burst[],
  processes: number,
  options: PaceOptions,
): Promise<MeasuredAll> {
  const opened = await Promise.all(
    bursts.map(async ({ burst, aws }) => {
      const queue = await startQueue(stage, `queue-${burst}`)
      return { queue, ctq: await openCtq(stage, { aws, redis: queue.url, name: `ctq-${burst}` }) }
    }),
  )
  for (const { ctq } of opened) for (let at = 0; at < processes; at += 1) await ctq.worker()
  const window = lastHours(24, new Date())
  for (const { ctq } of opened)
    for (let at = 0; at < QUESTIONS; at += 1)
      await ctq.ask({ accounts: [flatAccount(1)], regions: [REGIONS.ctq], window })
  await delay(options.warmS * 1000)
  const speeds = await speedsOf(bursts, [REGIONS.ctq], options.windowS)
  await Promise.all(opened.map(({ ctq }) => ctq.close()))
  const rows = speeds.map(({ burst, speed }) => ({ processes, burst, who: 'ctq', ...speed }))
  return { rows, queue: opened[0]?.queue.words ?? '' }
}

async function measureSdk(
  stage: Stage,
  bursts: readonly Burst[],
  processes: number,
  options: PaceOptions,
): Promise<MeasuredAll> {
  const key = await readerKey(bursts[0]?.aws)
  const reads = bursts.flatMap(({ aws }) => MODES.map((mode) => `${aws.url}=${REGIONS[mode]}=${mode}`))
  const children: Started[] = []
  for (let at = 0; at < processes; at += 1) children.push(stage.node(beside('paginators'), reads, key))
  await Promise.all(children.map((child) => child.line((line) => line === 'reading')))
  await delay(options.warmS * 1000)
  const before = await talliesOf(children)
  const speeds = await speedsOf(
    bursts,
    MODES.map((mode) => REGIONS[mode]),
    options.windowS,
  )
  const after = await talliesOf(children)
  const rows = speeds.map(({ burst, region, speed }) => {
    const mode = region === REGIONS.adaptive ? 'adaptive' : 'standard'
    const aws = bursts.find((one) => one.burst === burst)?.aws
    const name = `${aws?.url}=${region}=${mode}`
    const who = mode === 'adaptive' ? 'SDK, adaptive retries' : 'SDK, default retries'
    return { processes, burst, who, ...speed, thrown: (after.get(name) ?? 0) - (before.get(name) ?? 0) }
  })
  return { rows }
}

/** The simulated organisation's responder may read its own account: what a person with a script has. */
async function readerKey(aws: Aws | undefined): Promise<{ readonly [name: string]: string }> {
  if (aws === undefined) throw new Error('there is no simulated AWS')
  return awsSettings(aws.url, aws.responder)
}

async function talliesOf(children: readonly Started[]): Promise<ReadonlyMap<string, number>> {
  const total = new Map<string, number>()
  const answers = await Promise.all(
    children.map(async ({ process: child }) => {
      const answer = new Promise<readonly { name: string; thrown: number }[]>((resolve) =>
        child.once('message', (message) => resolve(message as readonly { name: string; thrown: number }[])),
      )
      child.send('tally')
      return await answer
    }),
  )
  for (const { name, thrown } of answers.flat()) total.set(name, (total.get(name) ?? 0) + thrown)
  return total
}

/** Counts what the simulated AWS itself served and refused for so many seconds from now on. */
async function speedsOf(
  bursts: readonly Burst[],
  regions: readonly string[],
  seconds: number,
): Promise<readonly { readonly burst: number; readonly region: string; readonly speed: Speed }[]> {
  const from = Date.now()
  await delay(seconds * 1000)
  const within = (at: number): boolean => at >= from && at < from + seconds * 1000
  return await Promise.all(
    bursts.flatMap(({ burst, aws }) =>
      regions.map(async (region) => {
        const { servedAt, throttledAt } = await aws.lookups(flatAccount(1), region)
        const served = servedAt.filter(within).length
        return { burst, region, speed: { perSecond: served / seconds, throttled: throttledAt.filter(within).length } }
      }),
    ),
  )
}
