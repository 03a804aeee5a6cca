import { type Approval, startsBefore } from './approval.ts'
import { approvalHash, FREE_ENGINES } from './basis.ts'
import { reasonLength, SHORTEST_REASON } from './breakGlass.ts'
import { type Grant, placeOf } from './grant.ts'
import { type Investigation, outsideOf } from './investigation.ts'
import { isSame } from './membership.ts'
import type { Person } from './person.ts'
import { holdsStill, type Review } from './review.ts'

/** What a worker found in the store about the basis of a grant, with every signature checked. */
export type Evidence =
  | { readonly kind: 'approval'; readonly approval: Approval | undefined }
  | { readonly kind: 'investigation'; readonly investigation: Investigation | undefined }
  | { readonly kind: 'break_glass'; readonly review: Review | undefined }

/**
 * Why a grant's basis does not hold, by the rule of its kind; undefined when it holds. The signature of the grant is checked elsewhere: this is
 * what even a bot that signs too much cannot pass. `now`: seconds since 1970.
 */
export function basisFault(grant: Grant, evidence: Evidence | undefined, now: number): string | undefined {
  if (grant.tier === 'sensitive') return 'nothing sensitive is allowed by any basis'
  const { basis } = grant
  switch (basis.kind) {
    case 'policy':
      return undefined
    case 'approval':
      return evidence?.kind === 'approval' ? approvalFault(grant, basis, evidence.approval) : NO_EVIDENCE
    case 'investigation':
      return evidence?.kind === 'investigation'
        ? investigationFault(grant, basis, evidence.investigation, now)
        : NO_EVIDENCE
    case 'break_glass':
      return evidence?.kind === 'break_glass' ? breakGlassFault(grant, basis, evidence.review) : NO_EVIDENCE
  }
}

const NO_EVIDENCE = 'nothing is known of its basis'

type BasisOf<K extends Grant['basis']['kind']> = Extract<Grant['basis'], { kind: K }>

/** The request is for exactly this, it was approved, by whom the grant says, and it may not cost more than was said. */
function approvalFault(grant: Grant, basis: BasisOf<'approval'>, approval: Approval | undefined): string | undefined {
  const { run, person, query, to } = grant
  if (approvalHash({ run, person, query, to, cost: basis.cost }) !== basis.hash) return 'it is not what was approved'
  if (approval === undefined) return 'there is no such request for approval'
  if (approval.request.hash !== basis.hash) return 'another request was approved'
  if (approval.status !== 'approved') return `the request is ${approval.status}`
  if (approval.request.tier !== grant.tier) return 'another tier was approved'
  if (grant.askedAt >= startsBefore(approval)) return 'it began too long after it was approved'
  const approvers = approval.votes.filter(({ verdict }) => verdict === 'approve').map((vote) => vote.person)
  const same = approvers.length === basis.approvers.length && approvers.every((one) => isAmong(one, basis.approvers))
  if (!same) return 'others approved it than it says'
  if (!approval.request.self && isAmong(person, approvers)) return 'whoever asked approved it'
  const costs = query.engines.some((engine) => !FREE_ENGINES.includes(engine))
  return costs && basis.cost.usd === 0 ? COSTS : undefined
}

/** The investigation goes on, is the one that was approved, and its bounds hold this person, place and question. */
function investigationFault(
  grant: Grant,
  basis: BasisOf<'investigation'>,
  investigation: Investigation | undefined,
  now: number,
): string | undefined {
  if (investigation === undefined || investigation.id !== basis.id) return 'there is no such investigation'
  if (!investigation.hashes.includes(basis.hash)) return 'it is not an investigation that was approved'
  if (investigation.ended !== undefined || now >= investigation.until) return 'the investigation has ended'
  if (basis.until > investigation.until || grant.exp > investigation.until) return 'it would outlast the investigation'
  if (grant.askedAt < investigation.from) return 'it was asked before the investigation was opened'
  if (investigation.approvers.every(({ person }) => isSame(person, grant.person)))
    return 'nobody but whoever asked approved it'
  return outsideOf(investigation, { ...grant, channel: placeOf(grant)?.channel })
}

/** It is exactly what a review was opened for before it ran, for the same reason, and nobody has stopped it since. */
function breakGlassFault(grant: Grant, basis: BasisOf<'break_glass'>, review: Review | undefined): string | undefined {
  if (reasonLength(basis.reason) < SHORTEST_REASON) return 'there is no reason'
  if (review === undefined || review.broken.run !== basis.review) return 'no review is open'
  const { run, person, query, to } = grant
  const { broken } = review
  if (broken.run !== run || !isSame(broken.person, person)) return 'the review is of another run'
  if (approvalHash({ run, person, query, to, cost: broken.cost }) !== broken.hash)
    return 'it is not what the review is of'
  if (broken.tier !== grant.tier) return 'the review is of another tier'
  if (broken.reason !== basis.reason) return 'another reason was given'
  if (!holdsStill(review)) return 'it was stopped, or found not justified'
  const costs = query.engines.some((engine) => !FREE_ENGINES.includes(engine))
  return costs && broken.cost.usd === 0 ? COSTS : undefined
}

const COSTS = 'an engine costs, and nothing may be spent'

function isAmong(person: Person, persons: readonly Person[]): boolean {
  return persons.some((other) => isSame(other, person))
}
