import { approvalHash } from '../../src/domain/policy/basis.ts'
import type { Person } from '../../src/domain/policy/person.ts'
import { afterReview, type Broken, type Closing, type Review } from '../../src/domain/policy/review.ts'
import { ASKED, ASKER, aRequest } from './approvals.ts'

/** A use of break-glass whose hash is right. */
export function aBroken(changes: Partial<Broken> = {}): Broken {
  const { run, person, query, to, cost, role, tier, why, place, seats, rules, policy } = aRequest()
  const broken: Broken = {
    ...{ run, person, query, to, cost, role, tier, why, place, seats, rules, policy },
    hash: '',
    reason: 'INC-42: payments are down, and nobody of the security team answers',
    words: 'iam-persistence principal=alice last 30d account=@prod',
    reviewers: ['security'],
    parties: [],
    places: ['C0SECRESP'],
    at: ASKED,
    dueAt: ASKED + 86_400,
    remind: 4 * 3600,
    ...changes,
  }
  return { ...broken, hash: approvalHash(broken) }
}

/** A review that nobody has closed. */
export function aReview(changes: Partial<Broken> = {}): Review {
  return { broken: aBroken(changes) }
}

/** The same, closed by somebody so many seconds after it was asked. */
export function closedBy(review: Review, person: Person, seconds: number, changes: Partial<Closing> = {}): Review {
  const { run, hash } = review.broken
  const note = 'nobody was awake, and the key was in use'
  const closing: Closing = {
    run,
    hash,
    verdict: 'justified',
    note,
    person,
    sets: ['security'],
    at: ASKED + seconds,
    ...changes,
  }
  return afterReview(review, { kind: 'closed', closing })
}

export { ASKER }
