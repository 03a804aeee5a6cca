import { err, ok, type Result } from '../outcome.ts'
import type { Verdict } from '../request/command.ts'
import { maskedTyped } from '../result/secrets.ts'
import { approverIn } from './approvers.ts'
import { type Approvable, approvalHash, type OfQuestion } from './basis.ts'
import { reasonLength } from './breakGlass.ts'
import { isSame } from './membership.ts'
import type { Person, PersonFacts, Tier } from './person.ts'
import type { BreakGlassRules, Policy, Seat } from './policy.ts'

/** A question that was asked without the approval it needed, as the bot signed it before it ran. Times are seconds since 1970. */
export type Broken = Approvable &
  OfQuestion & {
    readonly hash: string
    readonly role: string
    readonly tier: Tier
    /** Why it is of that tier. */
    readonly why: string
    /** What was typed as the reason. */
    readonly reason: string
    readonly words: string
    readonly place: { readonly channel: string; readonly thread?: string }
    /** The approval that was not waited for. */
    readonly seats: readonly Seat[]
    readonly rules: readonly string[]
    /** Names of the approvers who may close the review. */
    readonly reviewers: readonly string[]
    /** Who took part in what it is asked for, beside whoever asked: none of them closes the review. */
    readonly parties: readonly Person[]
    /** Where it is shown: channels, or `direct`. */
    readonly places: readonly string[]
    readonly at: number
    readonly dueAt: number
    /** Seconds between two reminders. */
    readonly remind: number
    /** The digest of the policy it was asked under. */
    readonly policy: string
  }

/** What somebody found, by a click that the bot saw, with the sets they were in at that moment. */
export type Closing = {
  readonly run: string
  readonly hash: string
  readonly verdict: Verdict
  readonly note: string
  readonly person: Person
  readonly sets: readonly string[]
  readonly at: number
}

/** One entry of a review's log. A stop only takes away, so it need not be signed. */
export type ReviewEntry =
  | { readonly kind: 'closed'; readonly closing: Closing }
  | { readonly kind: 'stopped'; readonly by: Person; readonly at: number }

/** A use of break-glass, and what became of it. */
export type Review = {
  readonly broken: Broken
  readonly closing?: Closing
  /** When somebody stopped its run. */
  readonly stopped?: { readonly at: number; readonly by: Person }
}

/** Whether what was signed is what its hash says. */
export function isIntactReview(broken: Broken): boolean {
  return broken.hash === approvalHash(broken)
}

/** A review after an entry. An entry that could not be made then changes nothing: what is forged or too late counts for nothing. */
export function afterReview(review: Review, entry: ReviewEntry): Review {
  if (entry.kind === 'stopped') {
    const { at, by } = entry
    return review.stopped === undefined ? { ...review, stopped: { at, by } } : review
  }
  const { broken } = review
  const { closing } = entry
  const fits =
    review.closing === undefined &&
    closing.run === broken.run &&
    closing.hash === broken.hash &&
    closing.at >= broken.at &&
    !tookPart(closing.person, broken) &&
    closing.sets.some((set) => broken.reviewers.includes(set))
  return fits ? { ...review, closing } : review
}

function tookPart(person: Person, { person: asker, parties }: Broken): boolean {
  return [asker, ...parties].some((one) => isSame(one, person))
}

/** Why somebody cannot close a review. */
export type ReviewRefusal =
  | { readonly code: 'already_closed'; readonly verdict: Verdict; readonly by: Person; readonly at: number }
  | { readonly code: 'own_review' }
  | { readonly code: 'took_part' }
  | { readonly code: 'not_a_reviewer' }
  | { readonly code: 'note_needed' }
  /** The card was of something else. */
  | { readonly code: 'other_review' }

/** What somebody says of a run that broke the glass, and what they saw. */
export type Judgement = { readonly verdict: Verdict; readonly note: string; readonly hash: string }

/** A verdict says why: in so many letters at least. */
export const SHORTEST_NOTE = 3

/**
 * Whether somebody may close a review, by their facts and the policy as they are now: an approver who took no part in it. `at`: seconds since
 * 1970.
 */
export function closingOf(
  { broken, closing }: Review,
  { verdict, note, hash }: Judgement,
  facts: PersonFacts,
  policy: Policy,
  at: number,
): Result<Closing, ReviewRefusal> {
  const { person } = facts
  if (hash !== broken.hash) return err({ code: 'other_review' })
  if (isSame(person, broken.person)) return err({ code: 'own_review' })
  const sets = reviewerSets(broken, facts, policy)
  if (sets.length === 0) return err({ code: 'not_a_reviewer' })
  if (tookPart(person, broken)) return err({ code: 'took_part' })
  if (closing !== undefined)
    return err({ code: 'already_closed', verdict: closing.verdict, by: closing.person, at: closing.at })
  if (reasonLength(note) < SHORTEST_NOTE) return err({ code: 'note_needed' })
  return ok({ run: broken.run, hash, verdict, note: maskedTyped(note.trim()), person, sets, at })
}

/** The sets by which somebody is one who may close a review. */
export function reviewerSets(
  { reviewers }: Pick<Broken, 'reviewers'>,
  facts: PersonFacts,
  policy: Policy,
): readonly string[] {
  return [...approverIn(facts, policy).keys()].filter((set) => reviewers.includes(set))
}

/** Whether somebody could close a review now, if they found something. */
export function mayClose(review: Review, facts: PersonFacts, policy: Policy): boolean {
  const { broken, closing } = review
  return closing === undefined && !tookPart(facts.person, broken) && reviewerSets(broken, facts, policy).length > 0
}

/** Whether nobody has closed a review in time. */
export function isOverdue({ broken, closing }: Review, at: number): boolean {
  return closing === undefined && at >= broken.dueAt
}

/** Whether the run may go on: nobody stopped it or found that it was not justified. */
export function holdsStill({ stopped, closing }: Review): boolean {
  return stopped === undefined && closing?.verdict !== 'not_justified'
}

/** How many reminders of an open review are due by then. */
export function remindersBy({ at, remind }: Broken, now: number): number {
  return Math.max(0, Math.floor((now - at) / remind))
}

/** When something is due about an open review next: a reminder, or the end of its time. */
export function nextDueOf(broken: Broken, now: number): number {
  const reminder = broken.at + (remindersBy(broken, now) + 1) * broken.remind
  return now < broken.dueAt ? Math.min(reminder, broken.dueAt) : reminder
}

/** A second use within so long raises the alarm, and so does each after it. Seconds. */
export const ALARM_WITHIN_S = 86_400

/** How often the glass was broken less than a day before or after a use, that one included: by the same person, and by anybody. */
export type Uses = {
  readonly own: number
  readonly all: number
  /** Runs among all that were written down as uses about then, of which nothing more can be read. */
  readonly unread: readonly string[]
}

/**
 * Counts the uses around one of them. Bots' clocks differ, so which was first is not asked: two alarms are better than none. `unread`: runs whose use
 * cannot be read; otherwise damaging one would keep the alarm from being raised.
 */
export function usesAround(
  broken: Broken,
  others: readonly Pick<Broken, 'run' | 'person' | 'at'>[],
  unread: readonly string[],
): Uses {
  const missed = unread.filter((run) => run !== broken.run)
  const near = others.filter((other) => other.run !== broken.run && isNear(other, broken))
  return {
    own: 1 + near.filter(({ person }) => isSame(person, broken.person)).length,
    all: 1 + near.length + missed.length,
    unread: missed,
  }
}

/** Whether two uses are so close to each other that they raise the alarm. */
export function isNear(one: Pick<Broken, 'at'>, other: Pick<Broken, 'at'>): boolean {
  return Math.abs(one.at - other.at) < ALARM_WITHIN_S
}

/** Who may close the review, and where it is shown, of a use of break-glass that skips some seats. */
export function reviewTerms(
  rules: BreakGlassRules,
  skipped: { readonly seats: readonly Seat[]; readonly places: readonly string[] },
): Pick<Broken, 'reviewers' | 'places'> {
  const skippedSets = [...new Set(skipped.seats.flatMap(({ by }) => by))]
  return {
    reviewers: rules.reviewers.length === 0 ? skippedSets : rules.reviewers,
    places: [...new Set([...skipped.places, ...rules.places])],
  }
}
