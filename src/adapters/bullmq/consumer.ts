import {
  type ConnectionOptions,
  DelayedError,
  type Job,
  UnrecoverableError,
  WaitingChildrenError,
  Worker,
} from 'bullmq'
import type { Redis } from 'ioredis'
import { type JobData, PREFIX, type QueueName } from './queues.ts'

/** What a handler decided. The same shape as a use case's outcome; `answer` is kept as the job's return value. */
export type Decision =
  | { readonly kind: 'done'; readonly note?: string; readonly answer?: string }
  | { readonly kind: 'wait'; readonly until: Date }
  | { readonly kind: 'wait for parts' }
  | { readonly kind: 'yield' }
  | { readonly kind: 'final'; readonly why: string }

/** What a handler is told beside the data. `partsEnded`: every part of this run job has ended. */
export type Turn = { readonly id: string; readonly partsEnded: boolean }

export type Handler<N extends QueueName> = (data: JobData[N], turn: Turn) => Promise<Decision>

export type ConsumerOptions<N extends QueueName> = {
  readonly concurrency: number
  /** Heard for the log: queue, job id and the error's own message, never data. */
  readonly onFault: (fault: { readonly queue: string; readonly job?: string; readonly message: string }) => void
  /** Called when a job fails and will not be tried again. `why`: in our words, when it was given up. */
  readonly onLost?: (data: JobData[N], lost: { readonly error: Error; readonly why?: string }) => Promise<void>
}

/**
 * A worker killed with -9 is noticed after lockDuration + stalledInterval at most: measured 5.3 to 7.6 s. `maxStalledCount` counts over a
 * job's whole life and never resets, so it is set out of reach: a part that outlives many workers is no poison.
 */
const LOCK_MS = 6_000
const STALLED_EVERY_MS = 3_000
const MOST_STALLS = 1_000
/** A job that its workers did not survive so often ends: what it read is in the store, the answer says "not finished". */
const DEADLY = 60

/** Takes jobs of one queue and turns each decision into the queue's own call. Nothing else knows what BullMQ wants to hear. */
export function consume<N extends QueueName>(
  name: N,
  redis: Redis,
  handler: Handler<N>,
  options: ConsumerOptions<N>,
): Consumer {
  const worker = new Worker<JobData[N], string | undefined>(
    name,
    async (job, token) => {
      try {
        if ((job.stalledCounter ?? 0) > DEADLY) throw new UnrecoverableError('its workers died too often')
        return await settle(job, token ?? '', handler)
      } catch (error) {
        if (error instanceof UnrecoverableError) await options.onLost?.(job.data, { error, why: error.message })
        else if (error instanceof Error && isLastTry(job, error)) await options.onLost?.(job.data, { error })
        throw error
      }
    },
    {
      connection: redis as unknown as ConnectionOptions,
      prefix: PREFIX,
      concurrency: options.concurrency,
      lockDuration: LOCK_MS,
      stalledInterval: STALLED_EVERY_MS,
      maxStalledCount: MOST_STALLS,
      drainDelay: 5,
    },
  )
  worker.on('error', (error) => options.onFault({ queue: name, message: error.message }))
  worker.on('failed', (job, error) =>
    options.onFault({ queue: name, ...(job?.id === undefined ? {} : { job: job.id }), message: error.message }),
  )
  return {
    ready: async () => {
      await worker.waitUntilReady()
    },
    close: () => worker.close(),
  }
}

/** Whether this error is the last of a job's tries. Moving a job elsewhere is none. */
function isLastTry(job: Job, error: Error): boolean {
  const moved = error instanceof DelayedError || error instanceof WaitingChildrenError
  return !moved && job.attemptsMade + 1 >= (job.opts.attempts ?? 1)
}

export type Consumer = { readonly ready: () => Promise<void>; readonly close: () => Promise<void> }

/** Set on a job once all its parts are in the queue: from then on the end of the last one is all that it waits for. */
const WAITED = { waited: true }

/** Whether a job comes back from waiting for its parts. It must not add those that failed again: it would wait for them for ever. */
async function hasWaited(job: Job): Promise<boolean> {
  if ((job.progress as Partial<typeof WAITED>).waited !== true) return false
  const { unprocessed } = await job.getDependenciesCount({ unprocessed: true })
  return (unprocessed ?? 0) === 0
}

async function settle<N extends QueueName>(
  job: Job<JobData[N]>,
  token: string,
  handler: Handler<N>,
): Promise<string | undefined> {
  let partsEnded = await hasWaited(job)
  for (;;) {
    const decision = await handler(job.data, { id: job.id ?? '', partsEnded })
    switch (decision.kind) {
      case 'done':
        return decision.answer
      case 'final':
        throw new UnrecoverableError(decision.why)
      case 'wait':
        await job.moveToDelayed(decision.until.getTime(), token)
        throw new DelayedError()
      case 'yield':
        // Not moveToWait: with a priority it puts the job before its equals and wakes nobody (BullMQ 6.7.0, moveJobFromActiveToWait-9).
        await job.moveToDelayed(Date.now(), token)
        throw new DelayedError()
      case 'wait for parts':
        await job.updateProgress(WAITED)
        if (await job.moveToWaitingChildren(token)) throw new WaitingChildrenError()
        partsEnded = true
    }
  }
}
