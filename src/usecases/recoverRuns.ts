import type { Result } from '../domain/outcome.ts'
import { type Grant, type Lane, laneOf } from '../domain/policy/grant.ts'
import type { Person } from '../domain/policy/person.ts'
import type { Answer } from '../domain/result/answer.ts'
import { answerKey, askedDay, cancelledKey, deliveryKey, type Objects, terminalKey } from '../domain/result/objects.ts'
import type { TokenRefusal } from './authority.ts'
import { readAsked } from './cancelRun.ts'
import { readHeld } from './heldRun.ts'

/** What the queue knows of a job. `ended`: done or given up, and kept for the record. */
export type JobState = 'none' | 'live' | 'ended'

export type RecoverDeps = {
  readonly objects: Objects
  /** Everything but expiry: a worker sends an expired token for renewal, and the bot decides anew. */
  readonly verifyExpired: (token: string) => Promise<Result<Grant, TokenRefusal>>
  readonly runJob: (run: string) => Promise<JobState>
  readonly finalJob: (run: string) => Promise<JobState>
  /** Queues a run, or its delivery, again: in the place of a job of the same id that has ended. */
  readonly requeue: (run: string, token: string, lane: Lane) => Promise<void>
  readonly redeliver: (run: string, token: string, lane: Lane) => Promise<void>
  /** Sets the flag again that readers look at. */
  readonly cancel: (run: string) => Promise<void>
  readonly status: (run: string, token: string) => Promise<void>
  /** Shows what a question would take that was not begun. */
  readonly showEstimate: (run: string, token: string) => Promise<void>
  readonly remember: (person: Person, run: string) => Promise<void>
  readonly now: () => Date
  /** Runs asked longer ago are not looked for, in seconds. */
  readonly age: number
}

export type Recovered = { readonly requeued: readonly string[]; readonly delivered: readonly string[] }

/** Put back in one look; the rest at the next. */
const MOST_AT_ONCE = 500
/** A job that ends again and again without coming to anything is left alone after so many tries of this process. */
const MOST_TRIES = 3
const DAY_MS = 86_400_000

/**
 * Gives a function that looks for runs which the store knows and the queue has lost (Redis was emptied, or fell back to an older state)
 * and puts them back: one without an end into the queue, one with an undelivered answer into delivery. What is known to be over is not
 * looked at again, so that a look costs a listing of two or three folders.
 */
export function runRecovery(deps: RecoverDeps): () => Promise<Recovered> {
  const over = new Set<string>()
  const tries = new Map<string, number>()
  return async () => {
    const requeued: string[] = []
    const delivered: string[] = []
    for (const run of await recentRuns(deps)) {
      if (requeued.length + delivered.length >= MOST_AT_ONCE) break
      if (over.has(run) || (tries.get(run) ?? 0) >= MOST_TRIES) continue
      const found = await recover(run, deps)
      if (found === 'over') over.add(run)
      if (found === 'requeued' || found === 'delivered') tries.set(run, (tries.get(run) ?? 0) + 1)
      if (found === 'requeued') requeued.push(run)
      if (found === 'delivered') delivered.push(run)
    }
    return { requeued, delivered }
  }
}

/** The runs asked within so many seconds, by day, oldest day first. */
export async function recentRuns({
  objects,
  now,
  age,
}: Pick<RecoverDeps, 'now' | 'age'> & { readonly objects: Pick<Objects, 'list'> }): Promise<readonly string[]> {
  const runs: string[] = []
  const today = now().getTime()
  for (let at = today - age * 1000; at < today + DAY_MS; at += DAY_MS)
    runs.push(...(await objects.list(askedDay(new Date(Math.min(at, today))))))
  return [...new Set(runs)]
}

async function recover(run: string, deps: RecoverDeps): Promise<'over' | 'live' | 'requeued' | 'delivered'> {
  const ended = (await deps.objects.size(terminalKey(run))) !== undefined
  if (ended && (await isDelivered(run, deps.objects))) return 'over'
  if ((ended ? await deps.finalJob(run) : await deps.runJob(run)) === 'live') return 'live'
  const found = await readAsked(run, deps)
  if (found === undefined) return await offerAgain(run, deps)
  if (found.grant.to.kind === 'sink') return 'live'
  const { token } = found.asked
  if (ended) {
    await deps.redeliver(run, token, laneOf(found.grant))
    return 'delivered'
  }
  if ((await deps.objects.size(cancelledKey(run))) !== undefined) await deps.cancel(run)
  await deps.requeue(run, token, laneOf(found.grant))
  if (found.grant.follows !== undefined) return 'requeued'
  await deps.status(run, token)
  await deps.remember(found.grant.person, run)
  return 'requeued'
}

/** A question that waits to be begun, and whose buttons nobody has seen yet. */
async function offerAgain(run: string, deps: RecoverDeps): Promise<'live'> {
  const held = await readHeld(run, deps.objects)
  if (held === undefined) return 'live'
  for (const leg of ['', '-direct'])
    if ((await deps.objects.size(deliveryKey(run, `status${leg}.done`))) !== undefined) return 'live'
  await deps.showEstimate(run, held.asked.token)
  return 'live'
}

/**
 * By delivery's own memory: the last message is there, and so is the CSV, or the note that there is none. What follows an answer and found
 * nothing has no message of its own.
 */
async function isDelivered(run: string, objects: Objects): Promise<boolean> {
  const has = async (...steps: readonly string[]): Promise<boolean> => {
    for (const step of steps)
      for (const leg of ['', '-direct'])
        if ((await objects.size(deliveryKey(run, `${step}${leg}.done`))) !== undefined) return true
    return false
  }
  if (!(await has('final')))
    return (await has('settled')) || (await objects.size(deliveryKey(run, 'settled.skipped'))) !== undefined
  const bytes = await objects.read(answerKey(run))
  if (bytes === undefined) return true
  return (
    (JSON.parse(bytes.toString('utf8')) as Answer).csv.rows === 0 ||
    (await has('csv', 'csv-note')) ||
    (await objects.size(deliveryKey(run, 'csv.none'))) !== undefined
  )
}
