import type { Redis } from 'ioredis'
import type { Logger } from 'pino'
import { askJobId, finalJobId, type Queues } from '../adapters/bullmq/queues.ts'
import type { RunBoard } from '../adapters/redis/runs.ts'
import { askedKey, type Objects } from '../domain/result/objects.ts'
import { type RecoverDeps, runRecovery } from '../usecases/recoverRuns.ts'

/** How often the store is compared with the queue. */
const LOOK_EVERY_MS = 60_000
/** After Redis came back: what was under way meanwhile has been sent by then. */
const AFTER_RETURN_MS = 1_500

/** Questions that this process has acknowledged and that are not decided yet: Redis alone holds them, and Redis may be emptied. */
export type PendingAsks = Map<string, { readonly token: string; readonly at: number }>

export type RecoveryParts = Pick<RecoverDeps, 'objects' | 'verifyExpired' | 'now' | 'age'> & {
  readonly redis: Redis
  readonly queues: Queues
  readonly board: RunBoard
  readonly pending: PendingAsks
  /** Puts back requests for approval that nobody looks after any more; gives their runs. */
  readonly approvals: () => Promise<readonly string[]>
  /** An ask is not asked anew after so many milliseconds: its answer would surprise. */
  readonly askGoodForMs: number
  readonly log: Logger
}

/** Puts back what Redis has lost: at the start, every minute, and when Redis comes back. Gives a function that stops it. */
export function keepRecovering(parts: RecoveryParts): () => void {
  const { redis, queues, board, log } = parts
  const recover = runRecovery({
    ...parts,
    runJob: (run) => queues.stateOf('run', run),
    finalJob: (run) => queues.stateOf('deliver', finalJobId(run)),
    requeue: async (run, token, lane) => {
      await queues.forgetEnded('run', run)
      await queues.addRun(run, token, lane)
    },
    redeliver: async (run, token, lane) => {
      await queues.forgetEnded('deliver', finalJobId(run))
      await queues.addDelivery(run, token, 'final', lane)
    },
    cancel: (run) => board.cancel(run),
    status: (run, token) => queues.addProgress(run, token),
    showEstimate: (run, token) => queues.addDelivery(run, token, 'status'),
    remember: (person, run) => board.remember(`${person.team}.${person.user}`, run),
  })
  let looking = false
  const look = async (): Promise<void> => {
    if (looking) return
    looking = true
    try {
      const asked = await askAnew(parts)
      const approvals = await parts.approvals()
      const found = await board.alone('recovery', `${process.pid}`, recover)
      const { requeued = [], delivered = [] } = found ?? {}
      if (asked.length + approvals.length + requeued.length + delivered.length > 0)
        log.warn({ asked, approvals, requeued, delivered }, 'what the queue had lost was put back')
    } catch (error) {
      // Redis or the store is away: readiness says so, and the next look comes.
      log.warn({ message: error instanceof Error ? error.message : 'unknown' }, 'could not look for lost runs')
    } finally {
      looking = false
    }
  }
  const timers = new Set<NodeJS.Timeout>()
  const onReady = (): void => {
    const timer = setTimeout(() => {
      timers.delete(timer)
      void look()
    }, AFTER_RETURN_MS)
    timers.add(timer.unref())
  }
  timers.add(setInterval(() => void look(), LOOK_EVERY_MS).unref())
  redis.on('ready', onReady)
  void look()
  return () => {
    redis.off('ready', onReady)
    for (const timer of timers) clearTimeout(timer)
  }
}

async function askAnew({ pending, queues, objects, now, askGoodForMs }: RecoveryParts): Promise<readonly string[]> {
  const asked: string[] = []
  for (const [run, { token, at }] of pending) {
    const age = now().getTime() - at
    const state = await queues.stateOf('ask', askJobId(run))
    if (state === 'ended' || age > askGoodForMs || (await isDecided(run, objects))) pending.delete(run)
    else if (state === 'none') {
      await queues.addAsk(run, token)
      asked.push(run)
    }
  }
  return asked
}

async function isDecided(run: string, objects: Objects): Promise<boolean> {
  return (await objects.size(askedKey(run))) !== undefined
}
