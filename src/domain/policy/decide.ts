import type { Check } from '../audit/step.ts'
import type { Failure } from '../failure.ts'
import type { GlassRefusal } from '../failures/policy.ts'
import type { Query } from '../query/query.ts'
import { type Requirement, seatWords } from './approvers.ts'
import { type Nearest, nearestAllowed } from './nearestAllowed.ts'
import type { PersonFacts, PlaceFacts, Tier } from './person.ts'
import { placeAllows } from './place.ts'
import type { Policy } from './policy.ts'
import type { AllowReason, ApproveReason, RefuseReason } from './reasons.ts'
import { newGroups, personChecks } from './roles.ts'
import type { Tiered } from './tier.ts'
import { type Ask, isAllowed, type Weighed, weighed } from './weigh.ts'

type Decided = { readonly policy: string; readonly checks: readonly Check[] }

/** What is granted, or would be once it is approved: the row limit may be the role's. */
export type Granted = {
  readonly role: string
  readonly tier: Tier
  readonly query: Query
  readonly answerTo: 'here' | 'direct'
}

export type Allowed = Decided &
  Granted & {
    readonly outcome: 'allow'
    readonly reason: AllowReason
    /** Where the glass is broken: the approval that it does without, and why the question needs it. */
    readonly skipped?: Skipped
  }

/** An approval that is not waited for. */
export type Skipped = { readonly needs: Requirement; readonly why: string }

/** Nothing is granted yet: what would be is apart, so that nobody takes it for granted. */
export type NeedsApproval = Decided & {
  readonly outcome: 'approve'
  readonly wanted: Granted
  readonly reason: ApproveReason
  /** Why it is of that tier, in words. */
  readonly why: string
  readonly needs: Requirement
  /** Schedules of the approvers that cannot be read: their fallback approves instead. */
  readonly unread: readonly string[]
  /** The same for whoever asks, with the nearest question that needs nobody. */
  readonly failure: Failure
}

export type Refused = Decided & {
  readonly outcome: 'refuse'
  readonly reason: RefuseReason
  readonly failure: Failure
}

/** What was decided, for which one reason, and every check that led there. */
export type Decision = Allowed | NeedsApproval | Refused

/**
 * Decides one question: the person, explicit denials, the place, then the first role that allows all of it by itself, else the first
 * with which it can be approved. Pure, ordered, deny by default. A refusal tells the asker no rule; the checks, for the record, do.
 */
export function decide(ask: Ask, policy: Policy): Decision {
  const entry = admit(ask.person, ask.place, policy)
  if (entry.outcome === 'refuse') return entry
  const best = bestRole(ask, policy)
  const { role, tier, verdict } = best
  const checks = [...entry.checks, ...best.checks]
  if (verdict.outcome === 'refuse')
    return refuse(verdict.reason, failureOf(ask, policy, tier, verdict.reason), policy, checks)
  const query = { ...ask.query, limit: Math.min(ask.query.limit, role.rows) }
  const { answerTo } = entry
  const granted = { role: role.name, tier: tier.tier, query, answerTo }
  const decided = { policy: policy.digest, checks }
  if (verdict.outcome === 'allow') {
    const { outcome, reason } = verdict
    const skipped = verdict.reason === 'break_glass' ? { skipped: { needs: verdict.skips, why: tier.reason } } : {}
    return { ...decided, ...granted, outcome, reason, ...skipped }
  }
  const by = seatWords(verdict.needs.seats, policy)
  const unread = unreadFor(verdict.needs, ask.person, policy)
  const said = unread.length === 0 ? {} : { unread }
  const failure: Failure = { code: 'needs_approval', ...tier, by, ...said, ...nearestOf(ask, policy) }
  return { ...decided, ...verdict, wanted: granted, unread, why: tier.reason, failure }
}

/** What was not looked at is unread too. */
function unreadFor({ seats }: Requirement, { onCall }: PersonFacts, policy: Policy): readonly string[] {
  const sets = policy.approvers.filter(({ name }) => seats.some(({ by }) => by.includes(name)))
  const wanted = policy.onCall.filter(({ name }) => sets.some((set) => set.onCall.includes(name)))
  return wanted.filter(({ name }) => onCall === undefined || onCall.unread.includes(name)).map(({ name }) => name)
}

type Admitted = { readonly outcome: 'admit'; readonly answerTo: 'here' | 'direct'; readonly checks: readonly Check[] }

/** The first steps of a decision: whether this person may ask anything, here. Whoever may not is told nothing of accounts or runbooks. */
export function admit(person: PersonFacts, at: PlaceFacts, policy: Policy): Admitted | Refused {
  const checks = personChecks(person, policy)
  const failed = checks.find((check) => !check.passed)
  if (failed !== undefined) {
    const reason = personReason(failed, person, policy)
    return refuse(
      reason,
      reason === 'no_role' ? { code: 'no_role', ...contactOf(policy) } : { code: 'denied' },
      policy,
      checks,
    )
  }
  const place = placeAllows(at, policy)
  const all = [...checks, ...place.checks]
  if (place.outcome === 'nowhere') return refuse(PLACE_REASONS[place.failure.why], place.failure, policy, all)
  return { outcome: 'admit', answerTo: place.outcome, checks: all }
}

function contactOf({ contact }: Policy): { readonly contact?: string } {
  return contact === undefined ? {} : { contact }
}

function personReason({ check }: Check, person: PersonFacts, policy: Policy): RefuseReason {
  if (check === 'active') return 'person_deactivated'
  if (check === 'not_denied') return 'person_denied'
  if (check === 'member') return 'person_outside'
  return newGroups(person, policy).length > 0 ? 'membership_too_new' : 'no_role'
}

const PLACE_REASONS = {
  policy: 'place_denied',
  archived: 'place_archived',
  not_member: 'place_without_bot',
} as const satisfies { readonly [why: string]: RefuseReason }

function refuse(reason: RefuseReason, failure: Failure, policy: Policy, checks: readonly Check[]): Refused {
  return { outcome: 'refuse', reason, failure, policy: policy.digest, checks }
}

/** The first role that allows everything, else the first that does once it is approved, else the one nearest to it, for the record. */
function bestRole(ask: Ask, policy: Policy): Weighed {
  return weighed(ask, policy).reduce((best, next) => (distance(next) < distance(best) ? next : best))
}

function distance({ verdict, checks }: Weighed): number {
  if (verdict.outcome === 'allow') return verdict.reason === 'break_glass' ? -1.5 : -2
  return verdict.outcome === 'approve' ? -1 : checks.filter((check) => !check.passed).length
}

/** A tier is named only where nothing else stands in the way: otherwise it would tell what the role is. */
function failureOf(ask: Ask, policy: Policy, { tier, reason }: Tiered, refused: RefuseReason): Failure {
  const why = GLASS[refused]
  if (why !== undefined) return glassFailure(why, ask, policy)
  const found = nearestOf(ask, policy)
  switch (refused) {
    case 'tier_sensitive':
      return { code: 'sensitive_tier', reason, ...found }
    case 'no_approvers':
      return { code: 'no_approvers', tier, reason, ...found }
    case 'tier_above_ceiling':
    case 'no_approval_rule':
      return { code: 'tier_beyond_reach', tier, reason, ...found }
    default:
      return { code: 'denied', ...found }
  }
}

const GLASS: { readonly [reason in RefuseReason]?: GlassRefusal } = {
  glass_switched_off: 'switched_off',
  glass_not_theirs: 'not_theirs',
  glass_suspended: 'suspended',
  glass_tier: 'tier',
  glass_reason_short: 'reason_short',
}

function glassFailure(why: GlassRefusal, { glass }: Ask, { breakGlass }: Policy): Failure {
  const review =
    glass?.overdue === undefined ? {} : { review: glass.overdue, ...(glass.unproven && { unproven: glass.unproven }) }
  return { code: 'no_break_glass', why, least: breakGlass?.reason ?? 0, ...review }
}

function nearestOf(ask: Ask, policy: Policy): Partial<Nearest> {
  return nearestAllowed(ask, policy, (other) => isAllowed(other, policy)) ?? {}
}
