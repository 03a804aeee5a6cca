import { setTimeout as delay } from 'node:timers/promises'
import type { QueueName, Queues } from './adapters/bullmq/queues.ts'
import type { Metrics } from './adapters/metrics/metrics.ts'
import type { Audit } from './domain/audit/step.ts'

/** A patient connection waits as long as Redis is away; who looks at a process does not. */
const LOOK_MS = 1_500

/** What is read, or something else when reading takes longer than a second and a half. */
export async function within<T>(reading: Promise<T>, otherwise: T): Promise<T> {
  return await Promise.race([reading, delay(LOOK_MS, otherwise, { ref: false })])
}

/** How many jobs wait and run, by queue; nothing while Redis is away. */
export function watchQueues(metrics: Metrics, queues: Queues): void {
  const counts = async (count: (name: QueueName) => Promise<number>): Promise<Readonly<Record<string, number>>> => {
    const read = Promise.all(WATCHED.map(async (name) => [name, await count(name)] as const))
    return Object.fromEntries(await within<readonly (readonly [string, number])[]>(read, []))
  }
  metrics.watch('waiting', () => counts(queues.waiting))
  metrics.watch('active', () => counts(queues.active))
}

const WATCHED: readonly QueueName[] = ['ask', 'run', 'part', 'renew', 'deliver']

/** The record, with the verdict of each run that ended counted on the way. */
export function counting(audit: Audit, metrics: Metrics): Audit {
  return async (step) => {
    const verdict = step.step === 'run_finished' ? step.detail?.['verdict'] : undefined
    if (verdict !== undefined) metrics.ended(String(verdict))
    await audit(step)
  }
}
