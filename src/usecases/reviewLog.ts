import type { Result } from '../domain/outcome.ts'
import type { Person } from '../domain/policy/person.ts'
import { afterReview, isIntactReview, isOverdue, type Review, type ReviewEntry } from '../domain/policy/review.ts'
import type { BrokenClaims, ClosingClaims } from '../domain/policy/reviewTokens.ts'
import { deliveryKey, type Objects, REVIEWS, reviewDay, reviewKey, reviewsOf } from '../domain/result/objects.ts'
import type { TokenRefusal } from './authority.ts'
import { entriesOf, type LeavingOut, readEach } from './storedLog.ts'

export type ReadReviewDeps = {
  readonly objects: Pick<Objects, 'read'>
  /** The signature and the shape of a use of break-glass. */
  readonly verifyBroken: (token: string) => Promise<Result<BrokenClaims, TokenRefusal>>
  /** The same of a review's verdict. */
  readonly verifyClosing: (token: string) => Promise<Result<ClosingClaims, TokenRefusal>>
}

/** An entry as it is stored. What gives a right, or a verdict, is a token; a stop can only take away. */
export type StoredReviewEntry =
  | { readonly kind: 'broken'; readonly token: string }
  | { readonly kind: 'closed'; readonly token: string }
  | { readonly kind: 'stopped'; readonly by: Person; readonly at: number }

/** A review and how many entries its log has: the next one is written after them, or not at all. */
export type ReadReview = { readonly review: Review; readonly entries: number }

/**
 * Reads a use of break-glass and what became of it, every signature checked. Undefined when there is none of this run, or it is not what the bot
 * signed. A verdict that was not signed for exactly this counts for nothing.
 */
export async function readReview(run: string, deps: ReadReviewDeps): Promise<ReadReview | undefined> {
  const [first, ...rest] = await entriesOf<StoredReviewEntry>((seq) => reviewKey(run, seq), deps.objects)
  if (first?.kind !== 'broken') return undefined
  const broken = await deps.verifyBroken(first.token)
  if (!broken.ok || broken.value.run !== run || !isIntactReview(broken.value)) return undefined
  const proven = await Promise.all(rest.map((entry) => provenEntry(entry, deps)))
  const review = proven.flatMap((entry) => entry ?? []).reduce<Review>(afterReview, { broken: broken.value })
  return { review, entries: rest.length + 1 }
}

async function provenEntry(stored: StoredReviewEntry, deps: ReadReviewDeps): Promise<ReviewEntry | undefined> {
  if (stored.kind === 'stopped') return stored
  if (stored.kind !== 'closed') return undefined
  const closing = await deps.verifyClosing(stored.token)
  return closing.ok ? { kind: 'closed', closing: closing.value } : undefined
}

type ListDeps = ReadReviewDeps & LeavingOut & { readonly objects: Pick<Objects, 'read' | 'list'> }

/** In a run's memory: nothing is left to be done about its review. */
export const REVIEW_OVER = 'review-over'

/** A use of break-glass that suspends whoever it was. `unproven`: nothing shows whether its review was closed. */
export type Suspending = { readonly run: string; readonly unproven?: true }

export type SuspendingDeps = ListDeps & { readonly objects: Pick<Objects, 'read' | 'list' | 'size'> }

/**
 * The use of break-glass by somebody whose review is overdue, if there is one. `at`: seconds since 1970. One that was written down and is not, or no
 * longer, what the bot signed counts as overdue: otherwise damaging it, or dropping its key, would close it.
 */
export async function suspendingOf(person: Person, at: number, deps: SuspendingDeps): Promise<Suspending | undefined> {
  const runs = await deps.objects.list(reviewsOf(person))
  return (await Promise.all(runs.map((run) => suspends(run, at, deps)))).find((one) => one !== undefined)
}

async function suspends(run: string, at: number, deps: SuspendingDeps): Promise<Suspending | undefined> {
  const [review] = await readAll([run], deps)
  if (review !== undefined) return isOverdue(review, at) ? { run } : undefined
  // Without an entry the bot died before it wrote one, and nothing ran.
  if ((await deps.objects.size(reviewKey(run, 1))) === undefined) return undefined
  // Closed, and everybody told, while it could still be read: keys are dropped one day.
  if ((await deps.objects.size(deliveryKey(run, REVIEW_OVER))) !== undefined) return undefined
  return { run, unproven: true }
}

/** Uses of break-glass about a moment. `unread`: runs of which it is written down that they are uses, and no more can be read. */
export type UsesFound = { readonly reviews: readonly Review[]; readonly unread: readonly string[] }

/** Every use of break-glass on the day (UTC) of a moment, in seconds since 1970, on the day before and on the one after. */
export async function reviewsAround(at: number, deps: SuspendingDeps): Promise<UsesFound> {
  const days = [at - DAY_S, at, at + DAY_S].map((day) => new Date(day * 1000))
  const runs = [...new Set((await Promise.all(days.map((day) => deps.objects.list(reviewDay(day))))).flat())]
  const reviews = await readAll(runs, deps)
  const read = new Set(reviews.map(({ broken }) => broken.run))
  const missed = runs.filter((run) => !read.has(run))
  // Without an entry the bot died before it wrote one, and nothing ran.
  const written = await Promise.all(missed.map((run) => deps.objects.size(reviewKey(run, 1))))
  return { reviews, unread: missed.filter((_, index) => written[index] !== undefined) }
}

const DAY_S = 86_400

/** The runs about whose review something is left to be done. */
export async function openReviewRuns(objects: Pick<Objects, 'list' | 'size'>): Promise<readonly string[]> {
  const runs = await objects.list(REVIEWS)
  const over = await Promise.all(runs.map((run) => objects.size(deliveryKey(run, REVIEW_OVER))))
  return runs.filter((_, index) => over[index] === undefined)
}

/** The reviews of some runs, as far as they can be read. */
export async function readAll(runs: readonly string[], deps: ReadReviewDeps & LeavingOut): Promise<readonly Review[]> {
  return await readEach(runs, async (run) => (await readReview(run, deps))?.review, deps)
}
