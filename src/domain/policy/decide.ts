import type { Check } from '../audit/step.ts'
import type { Failure } from '../failure.ts'
import type { Query } from '../query/query.ts'
import { accountsMeant, type Inventory } from '../request/inventory.ts'
import { windowLength } from '../request/toQuery.ts'
import type { Library, Runbook } from '../runbook/runbook.ts'
import { nearestAllowed } from './nearestAllowed.ts'
import type { PersonFacts, PlaceFacts, Tier } from './person.ts'
import { placeAllows, roleReaches } from './place.ts'
import type { Policy, Role } from './policy.ts'
import { personChecks, rolesOf } from './roles.ts'
import { rank, selectsRunbook, type Tiered, tierOf } from './tier.ts'

/** Everything that a decision looks at beside the policy: facts are as fresh as the caller read them. */
export type Ask = {
  readonly person: PersonFacts
  readonly place: PlaceFacts
  readonly query: Query
  readonly runbook: Runbook
  readonly inventory: Inventory
  /** Where the nearest allowed question is looked for when the runbook itself is refused. */
  readonly library?: Library
}

/** What was decided, and every check that led there. `query` is what is granted: its row limit may be the role's. */
export type Decision =
  | {
      readonly outcome: 'allow'
      readonly role: string
      readonly tier: Tier
      readonly query: Query
      readonly answerTo: 'here' | 'direct'
      readonly policy: string
      readonly checks: readonly Check[]
    }
  | {
      readonly outcome: 'refuse'
      readonly failure: Failure
      readonly policy: string
      readonly checks: readonly Check[]
    }

/**
 * Decides one question: the person, explicit denials, the place, then the first role that allows all of it. Pure, ordered,
 * deny by default. A refusal tells the asker no rule; the checks, for the record, do.
 */
export function decide(ask: Ask, policy: Policy): Decision {
  const entry = admit(ask.person, ask.place, policy)
  if (entry.outcome === 'refuse') return entry
  const before = entry.checks
  const { role, tier, checks } = bestRole(ask, policy)
  if (checks.every((check) => check.passed))
    return {
      outcome: 'allow',
      role: role.name,
      tier: tier.tier,
      query: { ...ask.query, limit: Math.min(ask.query.limit, role.rows) },
      answerTo: entry.answerTo,
      policy: policy.digest,
      checks: [...before, ...checks],
    }
  return refuse(failureOf(ask, policy, tier, checks), policy, [...before, ...checks])
}

type Refused = Extract<Decision, { outcome: 'refuse' }>
type Admitted = { readonly outcome: 'admit'; readonly answerTo: 'here' | 'direct'; readonly checks: readonly Check[] }

/** The first steps of a decision: whether this person may ask anything, here. Whoever may not is told nothing of accounts or runbooks. */
export function admit(person: PersonFacts, at: PlaceFacts, policy: Policy): Admitted | Refused {
  const checks = personChecks(person, policy)
  if (checks.some((check) => !check.passed)) return refuse({ code: 'denied' }, policy, checks)
  const place = placeAllows(at, policy)
  const all = [...checks, ...place.checks]
  if (place.outcome === 'nowhere') return refuse(place.failure, policy, all)
  return { outcome: 'admit', answerTo: place.outcome, checks: all }
}

function refuse(failure: Failure, policy: Policy, checks: readonly Check[]): Refused {
  return { outcome: 'refuse', failure, policy: policy.digest, checks }
}

type Weighed = { readonly role: Role; readonly tier: Tiered; readonly checks: readonly Check[] }

/** The first role that allows everything, else the one that comes nearest to it, for the record. */
function bestRole(ask: Ask, policy: Policy): Weighed {
  const tier = tierOf(ask.query, ask.runbook, policy.raise, ask.inventory)
  const weighed = rolesOf(ask.person, policy).map((role) => ({ role, tier, checks: roleChecks(role, ask, tier) }))
  return weighed.reduce((best, next) => (failed(next) < failed(best) ? next : best))
}

function failed({ checks }: Weighed): number {
  return checks.filter((check) => !check.passed).length
}

/** Whether some role of the person allows a query here. The person and the place are taken as decided. */
export function isAllowed(ask: Ask, policy: Policy): boolean {
  return rolesOf(ask.person, policy).length > 0 && failed(bestRole(ask, policy)) === 0
}

function roleChecks(role: Role, ask: Ask, tier: Tiered): readonly Check[] {
  const { query, runbook, place, inventory } = ask
  const detail = role.name
  const reachable = accountsOf(role, inventory)
  return [
    { check: 'role_place', passed: roleReaches(role, place), detail },
    {
      check: 'role_runbook',
      passed: isOf(query, runbook) && selectsRunbook(role.runbooks, runbook),
      detail,
    },
    { check: 'role_accounts', passed: isWithin(query.accounts, reachable), detail },
    { check: 'role_regions', passed: regionsWithin(query.regions, role.regions), detail },
    { check: 'role_window', passed: windowLength(query) <= role.window, detail },
    { check: 'role_tier', passed: rank(tier.tier) <= rank(role.tier), detail: `${role.name}: ${tier.tier}` },
  ]
}

/** The account ids that a role reaches. An account that is not in the inventory is never reached, not even by `*`. */
export function accountsOf(role: Role, inventory: Inventory): ReadonlySet<string> {
  return new Set(role.accounts.flatMap((word) => accountsMeant(word, inventory) ?? []).map(({ id }) => id))
}

function isWithin(asked: readonly string[], allowed: ReadonlySet<string>): boolean {
  return asked.length > 0 && asked.every((account) => allowed.has(account))
}

function regionsWithin(asked: Query['regions'], allowed: readonly string[]): boolean {
  if (allowed.includes('*')) return true
  return asked !== 'enabled' && asked.length > 0 && asked.every((region) => allowed.includes(region))
}

/** A tier is named only where nothing else stands in the way: otherwise it would tell what the role is. */
function failureOf(ask: Ask, policy: Policy, { tier, reason }: Tiered, checks: readonly Check[]): Failure {
  const nearest = nearestAllowed(ask, policy, (other) => isAllowed(other, policy))
  const found = nearest === undefined ? {} : { nearest }
  const onlyTier = checks.every((check) => check.passed || check.check === 'role_tier')
  return onlyTier ? { code: 'tier_beyond_reach', tier, reason, ...found } : { code: 'denied', ...found }
}

/** A query is decided only with the runbook it names, at its digest: another text could be about something else. */
function isOf(query: Query, runbook: Runbook): boolean {
  return query.runbook.name === runbook.name && query.runbook.digest === runbook.digest
}
