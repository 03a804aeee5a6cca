import { createReadStream } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Aws, awsSettings, flatAccount, startAws } from './rig/aws.ts'
import { lastHours, openCtq, SCAN, until } from './rig/ctq.ts'
import { beside, CTQ } from './rig/files.ts'
import { peakMemory, processorSeconds } from './rig/machine.ts'
import { startQueue } from './rig/queue.ts'
import { openStage, type Stage, type Started } from './rig/stage.ts'
import { table } from './rig/table.ts'

export type ThroughputOptions = {
  /** Records of each reading, fewest first. */
  readonly sizes: readonly number[]
  /** Kept of a worker, for profiling: where V8 writes its profile. */
  readonly profile?: string
}

const REGION = 'us-east-1'
/** A little more than the history holds, so that all of it is read, in as many slices as a long question has. */
const HOURS = 25
const LONGEST_S = 600

type Measured = {
  readonly who: string
  readonly records: number
  readonly seconds: number
  readonly megabytes: number
  readonly processorS: number
}

/** Records a second from AWS to a CSV, and the most memory that it took: ctq's worker, `ctq run`, and the SDK's paginator. */
export async function throughput({ sizes, profile }: ThroughputOptions): Promise<string> {
  const rows: Measured[] = []
  let queue = ''
  for (const size of sizes) {
    const stage = await openStage()
    try {
      const aws = await startAws(stage, ['--rate', '2000', '--burst', '50', '--flat', `1x1x${size}`])
      const server = await startQueue(stage)
      queue = server.words
      rows.push(await byWorker(stage, aws, server.url, size, profile))
      rows.push(await byCommand(stage, aws, size))
      rows.push(await bySdk(stage, aws, size))
    } finally {
      await stage.strike()
    }
  }
  const [smallest = 0] = sizes
  const before = (who: string): number =>
    rows.find((row) => row.who === who && row.records === smallest)?.megabytes ?? Number.NaN
  return `One account and Region, every record, simulated AWS at \`--rate 2000\` and no latency; aws.paceMs 0.5. From the question to a CSV that is on disk.
The AWS, ${queue} and the reader share the cores. Memory is the reader's peak (VmHWM).

${table(
  ['reader', 'records', 'seconds', 'records/s', 'CPU s', 'peak MB', `more than at ${smallest}`],
  rows
    .toSorted((a, b) => a.who.localeCompare(b.who) || a.records - b.records)
    .map(({ who, records, seconds, megabytes, processorS }) => [
      who,
      String(records),
      seconds.toFixed(1),
      String(Math.round(records / seconds)),
      processorS.toFixed(1),
      megabytes.toFixed(0),
      records === smallest ? '' : `${(megabytes - before(who)).toFixed(0)} MB`,
    ]),
)}`
}

async function byWorker(stage: Stage, aws: Aws, redis: string, size: number, profile?: string): Promise<Measured> {
  const ctq = await openCtq(stage, { aws, redis, paceMs: 0.5 })
  const worker = await ctq.worker(profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`])
  const before = processorSeconds(worker.pid)
  const started = performance.now()
  const run = await ctq.ask({
    accounts: [flatAccount(1)],
    regions: [REGION],
    window: lastHours(HOURS, new Date()),
  })
  await until('the CSV', LONGEST_S, () => ctq.ended(run))
  const seconds = (performance.now() - started) / 1000
  const used = { megabytes: peakMemory(worker.pid), processorS: processorSeconds(worker.pid) - before }
  const answer = await ctq.answer(run)
  same(size, answer.csv.rows, 'the worker')
  await ctq.close()
  await worker.end(profile === undefined ? 'SIGKILL' : 'SIGTERM')
  return { who: 'ctq worker', records: size, seconds, ...used }
}

async function byCommand(stage: Stage, aws: Aws, size: number): Promise<Measured> {
  const runbooks = join(stage.folder, 'runbooks')
  await mkdir(runbooks)
  await writeFile(join(runbooks, 'scan.yaml'), SCAN)
  const config = join(stage.folder, 'run.yml')
  await writeFile(config, 'version: 1\naws: { paceMs: 0.5 }\n')
  const out = join(stage.folder, 'run.csv')
  const words = ['scan', '--last', `${HOURS}h`, '--region', REGION, '--account', flatAccount(1)]
  const options = ['--rows', '10000000', '--runbooks', runbooks, '--config', config, '--out', out]
  const started = performance.now()
  const env = { ...awsSettings(aws.url, aws.responder), TMPDIR: stage.folder }
  const program = stage.node(CTQ, ['run', ...words, ...options], env)
  const used = await usedUntilEnd(program)
  const seconds = (performance.now() - started) / 1000
  if (program.process.exitCode !== 0)
    throw new Error(`ctq run ended with ${program.process.exitCode}: ${program.said()}`)
  same(size, (await linesOf(out)) - 1, 'ctq run')
  return { who: 'ctq run', records: size, seconds, ...used }
}

async function bySdk(stage: Stage, aws: Aws, size: number): Promise<Measured> {
  const started = performance.now()
  const out = join(stage.folder, 'sdk.csv')
  const program = stage.node(beside('toCsv'), [aws.url, REGION, out], awsSettings(aws.url, aws.responder))
  const used = await usedUntilEnd(program)
  const seconds = (performance.now() - started) / 1000
  same(size, await linesOf(out), 'the paginator')
  return { who: 'SDK paginator to CSV', records: size, seconds, ...used }
}

/** What a process used is looked at again and again, as it is gone with the process. */
async function usedUntilEnd(program: Started): Promise<Pick<Measured, 'megabytes' | 'processorS'>> {
  let used = { megabytes: Number.NaN, processorS: Number.NaN }
  const timer = setInterval(() => {
    const now = { megabytes: peakMemory(program.pid), processorS: processorSeconds(program.pid) }
    if (now.megabytes > 0) used = now
  }, 50)
  try {
    await program.ended
    return used
  } finally {
    clearInterval(timer)
  }
}

function same(wanted: number, found: number, who: string): void {
  // What ctq itself asks of AWS is recorded too, as AWS does: the answer may hold some records more.
  if (found < wanted) throw new Error(`${who} wrote ${found} records of ${wanted}`)
}

async function linesOf(file: string): Promise<number> {
  let lines = 0
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>)
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) lines += 1
  return lines
}
