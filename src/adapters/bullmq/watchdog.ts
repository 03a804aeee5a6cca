import type { QueueName, Queues } from './queues.ts'

/** Jobs wait, none starts: a worker parked in a reconnect that never ends looks just like that (BullMQ issues 4585, 4378). */
const LOOK_EVERY_MS = 10_000
const STUCK_AFTER_MS = 60_000

export type Watched = { readonly queue: QueueName; readonly started: () => number; readonly free: () => boolean }

/**
 * Calls `stuck`, once, when jobs of a queue have waited for a minute while this process had room for them and started none. The caller
 * ends the process: a supervisor starts a new one, and nothing is lost.
 */
export function watchdog(
  queues: Pick<Queues, 'waiting'>,
  watched: readonly Watched[],
  stuck: (queue: QueueName) => void,
  now: () => number = () => performance.now(),
): () => void {
  const idleSince = new Map<QueueName, { readonly started: number; readonly at: number }>()
  const look = async (): Promise<void> => {
    for (const { queue, started, free } of watched) {
      const before = idleSince.get(queue)
      const waiting = await queues.waiting(queue)
      if (waiting === 0 || !free() || before === undefined || before.started !== started())
        idleSince.set(queue, { started: started(), at: now() })
      else if (now() - before.at > STUCK_AFTER_MS) {
        clearInterval(timer)
        return stuck(queue)
      }
    }
  }
  const timer = setInterval(() => {
    // Redis away is not "stuck": the connection says so itself, and /readyz with it.
    look().catch(() => idleSince.clear())
  }, LOOK_EVERY_MS)
  timer.unref()
  return () => clearInterval(timer)
}
