import { parseArgs } from 'node:util'
import { DEFAULT_REGIONS } from './organisation/regions.ts'
import { type Aws, type AwsOptions, type FlatFixture, startAws } from './server.ts'

/**
 * `ctq playground aws`: starts the simulated AWS and prints one JSON line with its address and the keys to use.
 * Throws on a wrong option. The caller decides when to close it.
 */
export async function runAws(args: readonly string[], print: (line: string) => void = console.log): Promise<Aws> {
  const aws = await startAws(awsOptions(args))
  const { worker, responder } = aws.organisation.users
  const keys = ({ accessKeyId, secretAccessKey }: typeof worker) => ({ accessKeyId, secretAccessKey })
  print(JSON.stringify({ aws: { url: aws.url, worker: keys(worker), responder: keys(responder) } }))
  return aws
}

/** The options of the command line. `--now` is where its clock begins; `--flat 300x17x50` is accounts, Regions, records. */
export function awsOptions(args: readonly string[]): AwsOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: 'string', default: '0' },
      rate: { type: 'string', default: '2' },
      burst: { type: 'string', default: '2' },
      latency: { type: 'string', default: '0' },
      jitter: { type: 'string', default: '0' },
      'delivery-delay': { type: 'string', default: '0' },
      seed: { type: 'string', default: '1' },
      noise: { type: 'string', default: '1' },
      now: { type: 'string' },
      flat: { type: 'string' },
      hours: { type: 'string', default: '24' },
    },
  })
  const now = values.now === undefined ? undefined : clockFrom(instant(values.now))
  return {
    port: number('port', values.port),
    rate: number('rate', values.rate),
    burst: number('burst', values.burst),
    latencyMs: number('latency', values.latency),
    jitterMs: number('jitter', values.jitter),
    deliveryDelayMs: number('delivery-delay', values['delivery-delay']),
    seed: number('seed', values.seed),
    noisePerDay: number('noise', values.noise),
    ...(now !== undefined && { now }),
    ...(values.flat !== undefined && { fixture: flat(values.flat, number('hours', values.hours)) }),
  }
}

function number(name: string, text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value) || value < 0)
    throw new Error(`--${name} must be a number, not "${text}"`)
  return value
}

function instant(text: string): Date {
  const date = new Date(text)
  if (Number.isNaN(date.getTime())) throw new Error(`--now must be a time such as 2026-11-20T12:00:00Z, not "${text}"`)
  return date
}

/** A clock that begins at an instant and goes on from there. */
function clockFrom(start: Date): () => Date {
  const began = performance.now()
  return () => new Date(start.getTime() + performance.now() - began)
}

function flat(text: string, hours: number): FlatFixture {
  const [, accounts, regions, records] = /^(\d+)x(\d+)x(\d+)$/.exec(text) ?? []
  if (accounts === undefined)
    throw new Error(`--flat must be accounts x Regions x records, such as 1x1x10000, not "${text}"`)
  return {
    kind: 'flat',
    accounts: Number(accounts),
    regions: DEFAULT_REGIONS.slice(0, Number(regions)),
    recordsPerAccountRegion: Number(records),
    hours,
  }
}
