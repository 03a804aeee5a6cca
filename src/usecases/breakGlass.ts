import type { Audit } from '../domain/audit/step.ts'
import { type Approvable, approvalHash, type Basis, type OfQuestion } from '../domain/policy/basis.ts'
import type { Glass } from '../domain/policy/breakGlass.ts'
import type { Skipped } from '../domain/policy/decide.ts'
import type { Investigation } from '../domain/policy/investigation.ts'
import { isSame } from '../domain/policy/membership.ts'
import type { Person } from '../domain/policy/person.ts'
import type { Policy } from '../domain/policy/policy.ts'
import { type Broken, type Review, reviewTerms } from '../domain/policy/review.ts'
import type { BrokenClaims } from '../domain/policy/reviewTokens.ts'
import { queryHash } from '../domain/query/query.ts'
import { type Objects, reviewKey, reviewOfKey, reviewOnKey } from '../domain/result/objects.ts'
import { maskedTyped } from '../domain/result/secrets.ts'
import { ISSUER, RUN_AUDIENCE } from './mint.ts'
import {
  type ReadReviewDeps,
  readReview,
  type StoredReviewEntry,
  type SuspendingDeps,
  suspendingOf,
} from './reviewLog.ts'

export type GlassDeps = ReadReviewDeps & {
  readonly objects: Pick<Objects, 'create' | 'read' | 'list'>
  readonly policy: Policy
  readonly signBroken: (claims: BrokenClaims) => Promise<string>
  readonly newId: () => string
  readonly now: () => Date
  readonly audit: Audit
}

/** What a decision must know of whoever breaks the glass: their reason, and the review that is overdue, if one is. */
export async function glassOf(
  person: Person,
  reason: string | undefined,
  deps: SuspendingDeps & { readonly now: () => Date },
): Promise<Glass> {
  const found = await suspendingOf(person, deps.now().getTime() / 1000, deps)
  if (found === undefined) return { reason }
  return { reason, overdue: found.run, ...(found.unproven ? { unproven: true } : {}) }
}

/** A question that runs without the approval it needs. */
export type Breaking = Approvable &
  OfQuestion &
  Pick<Broken, 'role' | 'tier' | 'words' | 'place' | 'reason' | 'parties'> & { readonly skipped: Skipped }

/**
 * Writes down that the glass is broken, signed, before anything runs: from then on a review is open. Repeating it gives what is there. Throws when
 * something else was written down for the same run.
 */
export async function breakGlass(breaking: Breaking, deps: GlassDeps): Promise<Review> {
  const broken = brokenOf(breaking, deps)
  const { run, person, reason, hash, words } = broken
  const entry: StoredReviewEntry = { kind: 'broken', token: await deps.signBroken(broken) }
  await Promise.all([
    deps.objects.create(reviewOfKey(person, run), ''),
    deps.objects.create(reviewOnKey(new Date(broken.at * 1000), run), ''),
  ])
  const first = await deps.objects.create(reviewKey(run, 1), JSON.stringify(entry))
  const review = (await readReview(run, deps))?.review
  if (review?.broken.hash !== hash) throw new Error('another question was asked by break-glass in the same run')
  if (first)
    await deps.audit({
      step: 'glass_broken',
      outcome: 'allow',
      at: deps.now().toISOString(),
      run,
      queryHash: queryHash(broken.query),
      person,
      checks: [],
      detail: {
        ...{ reason, asked: words, approval: hash, policy: deps.policy.digest, rules: broken.rules.join(', ') },
        due: new Date(broken.dueAt * 1000).toISOString(),
      },
    })
  return review
}

function brokenOf({ skipped, ...breaking }: Breaking, { now, newId, policy }: GlassDeps): BrokenClaims {
  const rules = policy.breakGlass
  if (rules === undefined) throw new TypeError('the policy lets nobody break the glass')
  const { run, person, query, to, cost } = breaking
  const { needs, why } = skipped
  const iat = Math.floor(now().getTime() / 1000)
  return {
    iss: ISSUER,
    aud: RUN_AUDIENCE,
    sub: `${person.team}.${person.user}`,
    jti: newId(),
    iat,
    nbf: iat,
    exp: iat + rules.within,
    ...breaking,
    hash: approvalHash({ run, person, query, to, cost }),
    why,
    reason: maskedTyped(breaking.reason.trim()),
    seats: needs.seats,
    rules: needs.rules,
    ...reviewTerms(rules, needs),
    at: iat,
    dueAt: iat + rules.within,
    remind: rules.remind,
    policy: policy.digest,
  }
}

/** By what such a run is allowed. */
export function glassBasis({ broken }: Review): Extract<Basis, { kind: 'break_glass' }> {
  return { kind: 'break_glass', policy: broken.policy, review: broken.run, reason: broken.reason }
}

/**
 * Who is at work with somebody, by the open investigations that were approved for them or that they opened: none of them reviews what one of them
 * asks, wherever it is asked, nor does whoever was taken out since.
 */
export function partiesOf(person: Person, open: readonly Investigation[]): readonly Person[] {
  const everybody = open.map(({ opener, admitted }) => [opener, ...admitted])
  const all = everybody.filter((ones) => ones.some((one) => isSame(one, person))).flat()
  return all.filter((one, index) => !isSame(one, person) && all.findIndex((other) => isSame(other, one)) === index)
}
