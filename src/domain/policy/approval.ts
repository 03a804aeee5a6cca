import { err, ok, type Result } from '../outcome.ts'
import { maskedTyped } from '../result/secrets.ts'
import { approverIn, seated } from './approvers.ts'
import { type Approvable, approvalHash, type OfQuestion } from './basis.ts'
import { reasonLength } from './breakGlass.ts'
import { isSame } from './membership.ts'
import type { Person, PersonFacts, Tier } from './person.ts'
import type { Policy, Seat } from './policy.ts'

/** A question that waits for others to approve it, as the bot signed it when it was asked. Times are seconds since 1970. */
export type ApprovalRequest = Approvable & {
  readonly hash: string
  readonly role: string
  readonly tier: Tier
  /** Why it is of that tier. */
  readonly why: string
  /** What the asker typed as the reason. */
  readonly reason: string
  /** The question as it can be typed again, and where it is asked, in words. */
  readonly words: string
  readonly scope: string
  /** Where it was asked. */
  readonly place: { readonly channel: string; readonly thread?: string }
  readonly seats: readonly Seat[]
  readonly rules: readonly string[]
  /** Whether whoever asks may fill a seat. */
  readonly self: boolean
  /** Where it is shown: channels, or `direct`. */
  readonly places: readonly string[]
  readonly askedAt: number
  readonly expiresAt: number
  readonly remindAt: readonly number[]
  /** Seconds after which the next set of a seat is asked, and so on. */
  readonly escalate: number
  /** The digest of the policy it was asked under. */
  readonly policy: string
}

/** A request whose approval is of a question. */
export type QuestionRequest = ApprovalRequest & OfQuestion

/** What one person said by a click that the bot saw, with the sets they were in at that moment. `at`: seconds since 1970. */
export type Vote = {
  readonly verdict: 'approve' | 'deny'
  readonly run: string
  /** Of what was on the card. */
  readonly hash: string
  readonly person: Person
  readonly sets: readonly string[]
  readonly at: number
  /** Of a denial. */
  readonly reason?: string
}

/** One entry of an approval's log, in the order in which they were first written. */
export type ApprovalEntry =
  | { readonly kind: 'voted'; readonly vote: Vote }
  | { readonly kind: 'withdrawn'; readonly person: Person; readonly at: number }
  /** An approval that was given is taken back, by whoever may. */
  | { readonly kind: 'taken_back'; readonly person: Person; readonly at: number }
  | { readonly kind: 'expired'; readonly at: number }

export type ApprovalStatus = 'requested' | 'approved' | 'denied' | 'expired' | 'withdrawn'

/** A request and what became of it. */
export type Approval = {
  readonly request: ApprovalRequest
  readonly status: ApprovalStatus
  readonly votes: readonly Vote[]
  /** Who fills which seat. */
  readonly seats: readonly { readonly by: readonly string[]; readonly person: Person | undefined }[]
  /** When and by whom it came to its end. */
  readonly ended?: { readonly at: number; readonly by?: Person }
}

/** Whether a request is what its hash says. */
export function isIntact(request: ApprovalRequest): boolean {
  return request.hash === approvalHash(request)
}

/** Until when what was approved may start, in seconds since 1970: as long after the last approval as the request could wait for it. */
export function startsBefore({ request, ended }: Approval): number {
  return (ended?.at ?? request.askedAt) + request.expiresAt - request.askedAt
}

/** A request that nobody has answered. */
export function opened(request: ApprovalRequest): Approval {
  return { request, status: 'requested', votes: [], seats: seated(request.seats, []) }
}

/** What an approval is after an entry. An entry that could not be made then changes nothing: what is forged or too late counts for nothing. */
export function after(approval: Approval, entry: ApprovalEntry): Approval {
  const { request, votes } = approval
  if (entry.kind === 'taken_back') {
    // An investigation is ended in a log of its own.
    if (approval.status !== 'approved' || request.query === undefined) return approval
    return { ...approval, status: 'withdrawn', ended: { at: entry.at, by: entry.person } }
  }
  if (approval.status !== 'requested') return approval
  if (entry.kind === 'expired') {
    if (entry.at < request.expiresAt) return approval
    return { ...approval, status: 'expired', ended: { at: entry.at } }
  }
  if (entry.kind === 'withdrawn') {
    if (!isSame(entry.person, request.person)) return approval
    return { ...approval, status: 'withdrawn', ended: { at: entry.at, by: entry.person } }
  }
  const { vote } = entry
  if (!fits(vote, approval)) return approval
  const ended = { at: vote.at, by: vote.person }
  if (vote.verdict === 'deny') return { ...approval, status: 'denied', votes: [...votes, vote], ended }
  const all = [...votes, vote]
  const seats = seated(request.seats, all)
  const full = seats.every(({ person }) => person !== undefined)
  return { ...approval, votes: all, seats, ...(full ? { status: 'approved' as const, ended } : {}) }
}

function fits(vote: Vote, { request, votes }: Approval): boolean {
  if (vote.run !== request.run || vote.hash !== request.hash) return false
  if (vote.at >= request.expiresAt || vote.at < request.askedAt) return false
  if (isSame(vote.person, request.person) && !request.self) return false
  if (votes.some(({ person }) => isSame(person, vote.person))) return false
  return request.seats.some(({ by }) => vote.sets.some((set) => by.includes(set)))
}

/** Why somebody's click does not count. */
export type VoteRefusal =
  | { readonly code: 'already_handled'; readonly status: ApprovalStatus; readonly at: number; readonly by?: Person }
  | { readonly code: 'expired' }
  | { readonly code: 'own_request' }
  | { readonly code: 'not_an_approver' }
  /** They withdraw what somebody else asked. */
  | { readonly code: 'not_the_asker' }
  | { readonly code: 'already_voted' }
  /** The seats that they could fill are taken: others are wanted. */
  | { readonly code: 'no_seat' }
  | { readonly code: 'reason_needed' }
  /** The card was of something else than what is asked. */
  | { readonly code: 'other_request' }

/** What somebody clicked, and what they saw. */
export type Click = {
  readonly verdict: 'approve' | 'deny'
  /** Of what the card was of. */
  readonly hash: string
  readonly reason?: string
}

/** A denial says why: in so many letters at least. */
const SHORTEST_REASON = 3

/**
 * Whether somebody's click counts, by their facts and the policy as they are now; and as what. The requester never counts, unless the
 * request says so. `at`: seconds since 1970.
 */
export function voteOf(
  approval: Approval,
  click: Click,
  facts: PersonFacts,
  policy: Policy,
  at: number,
): Result<Vote, VoteRefusal> {
  const { request, votes } = approval
  const { person } = facts
  if (click.hash !== request.hash) return err({ code: 'other_request' })
  const wanted = new Set(request.seats.flatMap(({ by }) => by))
  const sets = [...approverIn(facts, policy).keys()].filter((set) => wanted.has(set))
  // Whoever has no right learns nothing of what became of it.
  if (sets.length === 0 && !isSame(person, request.person)) return err({ code: 'not_an_approver' })
  if (approval.status !== 'requested') return err({ code: 'already_handled', ...endOf(approval) })
  if (at >= request.expiresAt) return err({ code: 'expired' })
  if (isSame(person, request.person) && !request.self) return err({ code: 'own_request' })
  if (sets.length === 0) return err({ code: 'not_an_approver' })
  if (votes.some((vote) => isSame(vote.person, person))) return err({ code: 'already_voted' })
  const reason = click.reason?.trim()
  if (click.verdict === 'deny' && reasonLength(reason) < SHORTEST_REASON) return err({ code: 'reason_needed' })
  const { run, hash } = request
  const base = { verdict: click.verdict, run, hash, person, sets, at }
  const vote: Vote = reason === undefined || reason === '' ? base : { ...base, reason: maskedTyped(reason) }
  const taken = (all: readonly Vote[]): number =>
    seated(request.seats, all).filter((seat) => seat.person !== undefined).length
  if (click.verdict === 'approve' && taken([...votes, vote]) === taken(votes)) return err({ code: 'no_seat' })
  return ok(vote)
}

function endOf({ status, ended, request }: Approval): {
  readonly status: ApprovalStatus
  readonly at: number
  readonly by?: Person
} {
  return { status, at: ended?.at ?? request.askedAt, ...(ended?.by === undefined ? {} : { by: ended.by }) }
}

/** What is to be done about a request while it waits, and when. */
export type Due = { readonly at: number } & (
  | { readonly what: 'remind' }
  /** `level` 1 is the second set of each seat. */
  | { readonly what: 'escalate'; readonly level: number }
  | { readonly what: 'expire' }
)

/** Everything that will be due about a request, in time, its expiry last. */
export function timetable({ askedAt, expiresAt, remindAt, escalate, seats }: ApprovalRequest): readonly Due[] {
  const levels = Math.max(...seats.map(({ by }) => by.length))
  const escalations = Array.from({ length: levels - 1 }, (_, index): Due => {
    const level = index + 1
    return { what: 'escalate', level, at: askedAt + level * escalate }
  })
  const reminders = remindAt.map((at): Due => ({ what: 'remind', at }))
  const before = [...reminders, ...escalations].filter(({ at }) => at < expiresAt)
  return [...before.toSorted((a, b) => a.at - b.at), { what: 'expire', at: expiresAt }]
}

/** The sets that are asked at a time: the first of each seat, and one more for each escalation. */
export function askedSets({ askedAt, escalate, seats }: ApprovalRequest, at: number): readonly string[] {
  const levels = escalate === 0 ? Number.POSITIVE_INFINITY : 1 + Math.floor(Math.max(0, at - askedAt) / escalate)
  return [...new Set(seats.flatMap(({ by }) => by.slice(0, levels)))]
}
