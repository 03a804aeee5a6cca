import type { Approval, ApprovalRequest } from './approval.ts'
import { approverIn, seatsLeft, seatWords } from './approvers.ts'
import { isSame } from './membership.ts'
import type { PersonFacts } from './person.ts'
import type { Policy } from './policy.ts'

/** A request for approval as `status` shows it to one person. */
export type RequestStatus = {
  /** With `expired` where its time is over and nobody has yet said so. */
  readonly approval: Approval
  /** Who must approve, in words; while it waits, who must do so still. */
  readonly by: string
  /** Whether they asked it. */
  readonly own: boolean
  /** Whether they may answer it now. */
  readonly answerable: boolean
}

/** A request as somebody sees it. `at`: seconds since 1970. */
export function requestStatus(standing: Approval, facts: PersonFacts, policy: Policy, at: number): RequestStatus {
  const { request, votes } = standing
  const over = standing.status === 'requested' && at >= request.expiresAt
  const approval: Approval = over ? { ...standing, status: 'expired', ended: { at: request.expiresAt } } : standing
  const { person } = facts
  const own = isSame(person, request.person)
  const voted = votes.some((vote) => isSame(vote.person, person))
  const answerable =
    approval.status === 'requested' && !voted && (!own || request.self) && mayApprove(request, facts, policy)
  const seats = approval.status === 'requested' && votes.length > 0 ? seatsLeft(standing.seats, votes) : request.seats
  return { approval, by: seatWords(seats, policy), own, answerable }
}

/** Whether somebody is among those who may fill a seat of a request, whatever became of it. */
export function mayApprove({ seats }: ApprovalRequest, facts: PersonFacts, policy: Policy): boolean {
  const sets = approverIn(facts, policy)
  return seats.some(({ by }) => by.some((set) => sets.has(set)))
}
