import type { Audit, Check } from '../domain/audit/step.ts'
import type { Basis } from '../domain/policy/basis.ts'
import type { Grant } from '../domain/policy/grant.ts'
import type { Destination, Person, Tier } from '../domain/policy/person.ts'
import { type Query, queryHash } from '../domain/query/query.ts'

export type MintDeps = {
  /** Signs a grant's claims as a run's token. */
  readonly sign: (grant: Grant) => Promise<string>
  readonly newId: () => string
  readonly now: () => Date
  readonly audit: Audit
  readonly times: GrantTimes
}

/** How long things are good for, in seconds. */
export type GrantTimes = {
  /** A token. Reading longer needs renewal. */
  readonly token: number
  /** A run, from the moment it was asked: no renewal after it. */
  readonly run: number
  /** The answer, from the moment it was asked: no post after it. */
  readonly delivery: number
}

/** Who audits and reads tokens expects these. */
export const ISSUER = 'ctq'
export const RUN_AUDIENCE = 'ctq-worker'

export type Mint = {
  readonly run: string
  readonly person: Person
  readonly role: string
  readonly tier: Tier
  readonly policy: string
  readonly query: Query
  readonly to: Destination
  /** Absent: the policy alone. */
  readonly basis?: Basis
  /** Seconds since 1970. */
  readonly askedAt: number
  /** The run whose unsettled minutes this one asks for again. */
  readonly follows?: string
}

/** Makes the token of a decision that allowed something: exactly that query, person, run and destination, for some minutes. */
export async function mint(
  what: Mint,
  step: 'minted' | 'renewed',
  checks: readonly Check[],
  deps: MintDeps,
): Promise<{ token: string; grant: Grant }> {
  const now = Math.floor(deps.now().getTime() / 1000)
  const grant: Grant = {
    iss: ISSUER,
    aud: RUN_AUDIENCE,
    sub: `${what.person.team}.${what.person.user}`,
    jti: deps.newId(),
    iat: now,
    nbf: now,
    exp: Math.min(now + deps.times.token, what.askedAt + deps.times.run, endOf(what.basis)),
    run: what.run,
    person: what.person,
    role: what.role,
    tier: what.tier,
    basis: what.basis ?? { kind: 'policy', policy: what.policy },
    query: what.query,
    to: what.to,
    deliverBy: what.askedAt + deps.times.delivery,
    askedAt: what.askedAt,
    ...(what.follows === undefined ? {} : { follows: what.follows }),
  }
  await deps.audit({
    step,
    outcome: 'allow',
    at: deps.now().toISOString(),
    run: grant.run,
    jti: grant.jti,
    queryHash: queryHash(grant.query),
    person: grant.person,
    checks,
    detail: {
      role: grant.role,
      tier: grant.tier,
      policy: what.policy,
      ...basisDetail(grant.basis),
      ...(grant.follows === undefined ? {} : { follows: grant.follows }),
    },
  })
  return { token: await deps.sign(grant), grant }
}

/** No token outlasts what it is based on. */
function endOf(basis: Basis | undefined): number {
  return basis?.kind === 'investigation' ? basis.until : Number.POSITIVE_INFINITY
}

/** What the record says of a basis beyond the policy. */
function basisDetail(basis: Basis): { readonly [name: string]: string } {
  switch (basis.kind) {
    case 'policy':
      return {}
    case 'approval':
      return { basis: basis.kind, approval: basis.hash }
    case 'investigation':
      return { basis: basis.kind, investigation: basis.id }
    case 'break_glass':
      return { basis: basis.kind, review: basis.review }
  }
}
