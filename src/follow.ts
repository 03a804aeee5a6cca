import type { Logger } from 'pino'
import type { Objects } from './domain/result/objects.ts'
import type { LateOutcome } from './usecases/askLate.ts'
import { recentRuns } from './usecases/recoverRuns.ts'

/** How often the store is looked through for runs that are not known yet, and how often those that are known are due. */
const LIST_EVERY_MS = 10_000
const LOOK_EVERY_MS = 1_000
/** A run that goes on, or whose answer is on its way, is looked at again after so long. */
const SOON_MS = 5_000
/** When Slack, Redis or the store is away. */
const RETRY_MS = 30_000
/** Looked at in one turn; the rest in the next. */
const MOST_AT_ONCE = 200
/**
 * Between two that are asked: each ends in a few calls of Slack, which takes about 50 a minute of each kind (Slack: rate limits, tier 3), and
 * most of those are for people who wait.
 */
const ASK_EVERY_MS = 2_000

export type FollowParts = {
  readonly objects: Pick<Objects, 'list'>
  readonly askLate: (run: string) => Promise<LateOutcome>
  /** Does the work while no other process does. */
  readonly alone: <T>(work: () => Promise<T>) => Promise<T | undefined>
  readonly now: () => Date
  /** Runs asked longer ago are not looked for, in seconds. */
  readonly age: number
  readonly log: Logger
}

/**
 * Has the unsettled minutes of every answer asked again when they have settled. What there is to do is found in the store, so neither a
 * restart nor a loss of Redis forgets one. Gives a function that stops it.
 */
export function keepFollowing(parts: FollowParts): () => void {
  const { now, log, alone } = parts
  /** When each run that is not over is looked at next, in milliseconds since 1970. */
  const due = new Map<string, number>()
  const over = new Set<string>()
  let listAt = 0
  let askAt = 0
  let busy = false
  const turn = async (): Promise<void> => {
    if (busy) return
    busy = true
    try {
      const at = now().getTime()
      if (at >= listAt) {
        for (const run of await recentRuns(parts)) if (!over.has(run) && !due.has(run)) due.set(run, at)
        listAt = at + LIST_EVERY_MS
      }
      if (at < askAt) return
      const runs = [...due].filter(([, when]) => when <= at).map(([run]) => run)
      const looked = await (runs.length === 0
        ? undefined
        : alone(() => lookAt(runs.slice(0, MOST_AT_ONCE), due, over, parts)))
      if (looked === 'asked') askAt = now().getTime() + ASK_EVERY_MS
    } catch (error) {
      log.warn({ message: messageOf(error) }, 'could not look for what has settled')
    } finally {
      busy = false
    }
  }
  const timer = setInterval(() => void turn(), LOOK_EVERY_MS).unref()
  return () => clearInterval(timer)
}

/** Looks at runs until one of them is asked: the others have their turn later, so that not all that settles in one minute comes at once. */
async function lookAt(
  runs: readonly string[],
  due: Map<string, number>,
  over: Set<string>,
  { askLate, now, log }: FollowParts,
): Promise<'asked' | 'looked'> {
  for (const run of runs) {
    try {
      const outcome = await askLate(run)
      if (outcome.kind === 'over' || outcome.kind === 'asked') {
        due.delete(run)
        over.add(run)
      } else due.set(run, (outcome.kind === 'later' && outcome.at?.getTime()) || now().getTime() + SOON_MS)
      if (outcome.kind === 'asked' || outcome.kind === 'refused') {
        log.info({ run, ...outcome }, 'unsettled minutes')
        return 'asked'
      }
    } catch (error) {
      due.set(run, now().getTime() + RETRY_MS)
      log.warn({ run, message: messageOf(error) }, 'could not ask unsettled minutes again')
    }
  }
  return 'looked'
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown'
}
