import type { Approval } from '../domain/policy/approval.ts'
import { mayRun } from '../domain/policy/mayRun.ts'
import type { Person } from '../domain/policy/person.ts'
import type { Review } from '../domain/policy/review.ts'
import { personChecks } from '../domain/policy/roles.ts'
import type { Health, Home } from '../domain/result/home.ts'
import type { FormDeps } from './openForm.ts'
import type { TakeDeps } from './takeAsk.ts'

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
