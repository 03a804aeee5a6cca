import type { Approval } from '../domain/policy/approval.ts'
import { mayRun, type Runnable } from '../domain/policy/mayRun.ts'
import type { Person } from '../domain/policy/person.ts'
import type { Review } from '../domain/policy/review.ts'
import { personChecks } from '../domain/policy/roles.ts'
import type { RunStatus } from '../domain/result/runStatus.ts'
import type { FormDeps } from './openForm.ts'
import type { TakeDeps } from './takeAsk.ts'

/** How ctq does. A count that could not be read in time is absent. */
export type Health = {
  readonly queue: 'reached' | 'away'
  /** Questions that nobody has taken up yet. */
  readonly waiting?: number
  readonly reading?: number
  /** Connections to Slack that are up. */
  readonly connections: number
}

/** What one person finds in the app's Home tab. */
export type Home = {
  /** Requests that wait for this person's approval. */
  readonly approvals: readonly Approval[]
  /** Runs without approval that wait for this person's review. */
  readonly reviews: readonly Review[]
  readonly runs: readonly RunStatus[]
  readonly runnable: readonly Runnable[]
  readonly health: Health
}

export type HomeDeps<M> = FormDeps &
  Pick<TakeDeps<M>, 'statusOf'> & {
    readonly health: () => Promise<Health>
    /** Requests that somebody may answer now. */
    readonly waitingFor: (person: Person) => Promise<readonly Approval[]>
    /** Reviews that somebody may close now. */
    readonly reviewsFor: (person: Person) => Promise<readonly Review[]>
  }

/** Gathers somebody's Home tab: their questions, what they may ask in direct messages, and how ctq does. */
export async function showHome<M>(who: Person, deps: HomeDeps<M>): Promise<Home> {
  const person = await deps.personFacts(who)
  const known = personChecks(person, deps.policy).every(({ passed }) => passed)
  const health = await deps.health()
  // Whoever approves need not be one who may ask.
  const [approvals, reviews] = await Promise.all([deps.waitingFor(who), deps.reviewsFor(who)])
  if (!known) return { approvals, reviews, runs: [], runnable: [], health }
  const place = await deps.placeFacts({ channel: await deps.directChannel(who.user) }, who)
  // The board is Redis's: while that is away the tab still says so, and what may be asked.
  const runs = health.queue === 'away' ? [] : await deps.statusOf(person, undefined)
  return {
    approvals,
    reviews,
    runs: runs ?? [],
    runnable: mayRun(person, place, deps.library, deps.inventory(), deps.policy),
    health,
  }
}
