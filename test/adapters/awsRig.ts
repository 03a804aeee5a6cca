import { after, before } from 'node:test'
import { type Transport, transport } from '../../src/adapters/aws/sessions.ts'
import type { Count } from '../../src/playground/aws/counters.ts'
import { type Aws, type AwsOptions, startAws } from '../../src/playground/aws/server.ts'

export const ALICE = { team: 'T1', user: 'UALICE' }

/** One simulated AWS for a test file, that the SDK finds as it finds the real one: by its own environment variables. */
export function sharedAws(options: AwsOptions = {}): {
  readonly aws: () => Aws
  readonly shared: Transport
  readonly tell: (path: string, body: unknown, method?: 'POST' | 'DELETE') => Promise<unknown>
  readonly counted: (operation: string) => Promise<readonly Count[]>
} {
  let running: Aws | undefined
  const shared = transport()
  const aws = (): Aws => {
    if (running === undefined) throw new Error('the simulated AWS is not up')
    return running
  }
  before(async () => {
    running = await startAws({ rate: 10_000, burst: 10_000, noisePerDay: 0, ...options })
    const { accessKeyId, secretAccessKey } = running.organisation.users.worker
    Object.assign(process.env, {
      AWS_ENDPOINT_URL: running.url,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
    })
  })
  after(async () => {
    shared.httpAgent.destroy()
    await running?.close()
  })
  const control = async (path: string, init: RequestInit): Promise<unknown> =>
    await (await fetch(`${aws().url}/_playground/${path}`, init)).json()
  return {
    aws,
    shared,
    tell: (path, body, method = 'POST') =>
      control(path, method === 'POST' ? { method, body: JSON.stringify(body) } : { method }),
    counted: async (operation) => {
      const counts = (await control('counters', {})) as readonly Count[]
      return counts.filter((count) => count.operation === operation)
    },
  }
}
