import type { Count } from '../../src/playground/aws/counters.ts'
import { CTQ } from './files.ts'
import type { Env, Stage } from './stage.ts'

export type Key = { readonly accessKeyId: string; readonly secretAccessKey: string }

/** The simulated AWS in a process of its own. */
export type Aws = {
  readonly url: string
  readonly worker: Key
  readonly responder: Key
  /** What LookupEvents was asked in an account and Region since the last reset. */
  readonly lookups: (account: string, region: string) => Promise<Count>
  readonly counts: () => Promise<readonly Count[]>
  readonly reset: () => Promise<void>
}

/** Starts it with options of `ctq playground aws`. */
export async function startAws(stage: Stage, args: readonly string[]): Promise<Aws> {
  const started = stage.node(CTQ, ['playground', 'aws', ...args], {})
  const { aws } = JSON.parse(await started.line((line) => line.startsWith('{"aws"'))) as {
    aws: { url: string; worker: Key; responder: Key }
  }
  const counters = `${aws.url}/_playground/counters`
  const counts = async (): Promise<readonly Count[]> => (await (await fetch(counters)).json()) as readonly Count[]
  return {
    ...aws,
    counts,
    lookups: async (account, region) => {
      const found = (await counts()).find(
        (count) => count.account === account && count.region === region && count.operation === 'LookupEvents',
      )
      return found ?? { ...NOTHING, account, region }
    },
    reset: async () => {
      await fetch(counters, { method: 'DELETE' })
    },
  }
}

const NOTHING = {
  operation: 'LookupEvents',
  served: 0,
  throttled: 0,
  failed: {},
  inFlight: 0,
  maxInFlight: 0,
  servedAt: [],
  throttledAt: [],
}

/** The standard AWS variables that point a program at the simulated AWS, with these keys. */
export function awsSettings(url: string, key: Key): Env {
  return {
    AWS_ENDPOINT_URL: url,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: key.accessKeyId,
    AWS_SECRET_ACCESS_KEY: key.secretAccessKey,
    AWS_EC2_METADATA_DISABLED: 'true',
  }
}

/** The n-th account of a flat organisation, from 1 (src/playground/aws/organisation/accounts.ts). */
export function flatAccount(at: number): string {
  return String(100_000_000_000 + at)
}
