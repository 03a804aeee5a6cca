import type { Check } from '../audit/step.ts'
import type { Query } from '../query/query.ts'
import { type Inventory, idsMeant } from '../request/inventory.ts'
import { windowLength } from '../request/toQuery.ts'
import type { Library, Runbook } from '../runbook/runbook.ts'
import { approverIn, type Candidate, type Requirement, requirementOf, seated } from './approvers.ts'
import { type Glass, glassRefusal } from './breakGlass.ts'
import { isSame } from './membership.ts'
import type { PersonFacts, PlaceFacts } from './person.ts'
import { roleReaches } from './place.ts'
import type { Policy, Role } from './policy.ts'
import type { AllowReason, ApproveReason, RefuseReason } from './reasons.ts'
import { rolesOf } from './roles.ts'
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
  /** Who may approve now, where somebody looked: a question that nobody can approve is refused at once. */
  readonly approvers?: readonly Candidate[]
  /** Present where somebody asks without waiting for approval. */
  readonly glass?: Glass
}

/** What one role of somebody says to a question. */
export type Verdict =
  | { readonly outcome: 'allow'; readonly reason: Exclude<AllowReason, 'break_glass'> }
  /** What must be approved is not: `skips` says by whom it would have been. */
  | { readonly outcome: 'allow'; readonly reason: 'break_glass'; readonly skips: Requirement }
  | { readonly outcome: 'approve'; readonly reason: ApproveReason; readonly needs: Requirement }
  | { readonly outcome: 'refuse'; readonly reason: RefuseReason }

export type Weighed = {
  readonly role: Role
  readonly tier: Tiered
  readonly checks: readonly Check[]
  readonly verdict: Verdict
}

/** What each role of the person says to a question, in the policy's order. The person and the place are taken as decided. */
export function weighed(ask: Ask, policy: Policy): readonly Weighed[] {
  const tier = tierOf(ask.query, ask.runbook, policy.raise, ask.inventory)
  return rolesOf(ask.person, policy).map((role) => weigh(role, ask, tier, policy))
}

/** Whether some role of the person allows a query here by itself, with no glass broken. */
export function isAllowed(ask: Ask, policy: Policy): boolean {
  const { glass: _, ...alone } = ask
  return weighed(alone, policy).some(({ verdict }) => verdict.outcome === 'allow')
}

function weigh(role: Role, ask: Ask, tier: Tiered, policy: Policy): Weighed {
  const scope = scopeChecks(role, ask)
  const refused = scope.find(({ check }) => !check.passed)
  const verdict: Verdict =
    refused === undefined ? verdictOf(role, ask, tier, policy) : { outcome: 'refuse', reason: refused.reason }
  const alone = rank(tier.tier) <= rank(role.tier)
  const checks = [
    ...scope.map(({ check }) => check),
    { check: 'role_tier', passed: alone, detail: `${role.name}: ${tier.tier}` },
    ...(alone || refused !== undefined ? [] : [approvalCheck(verdict), ...glassChecks(ask, verdict)]),
  ]
  return { role, tier, verdict, checks }
}

function approvalCheck(verdict: Verdict): Check {
  const detail = verdict.outcome === 'approve' ? `needed by ${verdict.needs.rules.join(', ')}` : verdict.reason
  return { check: 'approval', passed: verdict.outcome === 'allow' && verdict.reason !== 'break_glass', detail }
}

function glassChecks({ glass }: Ask, verdict: Verdict): readonly Check[] {
  if (glass === undefined) return []
  return [{ check: 'break_glass', passed: verdict.outcome === 'allow', detail: verdict.reason }]
}

type ScopeCheck = { readonly check: Check; readonly reason: RefuseReason }

/** In the order in which they are given as the reason: what no role could mend comes first. */
function scopeChecks(role: Role, { query, runbook, place, inventory }: Ask): readonly ScopeCheck[] {
  const check = (name: string, passed: boolean, reason: RefuseReason): ScopeCheck => ({
    check: { check: name, passed, detail: role.name },
    reason,
  })
  const known = new Set(inventory.accounts.map(({ id }) => id))
  return [
    check('runbook_text', isOf(query, runbook), 'other_runbook_text'),
    check('accounts_known', isWithin(query.accounts, known), 'unknown_account'),
    check('role_place', roleReaches(role, place), 'place_outside_role'),
    check('role_runbook', selectsRunbook(role.runbooks, runbook), 'runbook_outside_role'),
    check('role_accounts', isWithin(query.accounts, accountsOf(role, inventory)), 'accounts_outside_role'),
    check('role_regions', regionsWithin(query.regions, role.regions), 'regions_outside_role'),
    check('role_window', windowLength(query) <= role.window, 'window_outside_role'),
  ]
}

/** What is left when the scope is the role's: the tier, alone or with somebody's approval. */
function verdictOf(role: Role, ask: Ask, { tier }: Tiered, policy: Policy): Verdict {
  // No button in Slack approves a sensitive question: it needs a sign-in that Slack cannot give.
  if (tier === 'sensitive') return { outcome: 'refuse', reason: 'tier_sensitive' }
  if (rank(tier) <= rank(role.tier)) return { outcome: 'allow', reason: 'own_role' }
  if (rank(tier) > rank(role.ceiling)) return { outcome: 'refuse', reason: 'tier_above_ceiling' }
  const { runbook, query, inventory, person } = ask
  const needs = requirementOf({ role: role.name, tier, runbook, accounts: query.accounts }, policy, inventory)
  if (needs === undefined) return { outcome: 'refuse', reason: 'no_approval_rule' }
  if (needs.onCallAlone && isOnCallFor(needs, person, policy)) return { outcome: 'allow', reason: 'on_call_alone' }
  if (ask.glass !== undefined) {
    const refused = glassRefusal(ask.glass, person, tier, policy)
    return refused === undefined
      ? { outcome: 'allow', reason: 'break_glass', skips: needs }
      : { outcome: 'refuse', reason: refused }
  }
  if (!canBeFilled(needs, ask)) return { outcome: 'refuse', reason: 'no_approvers' }
  return { outcome: 'approve', reason: 'tier_above_role', needs }
}

/** On call in a schedule whose people may approve this: a schedule that could not be read is never a yes. */
function isOnCallFor({ seats }: Requirement, person: PersonFacts, policy: Policy): boolean {
  const sets = approverIn(person, policy)
  const onCall = policy.approvers.filter((set) => set.onCall.some((name) => person.onCall?.now.includes(name) === true))
  return seats.some(({ by }) => onCall.some(({ name }) => by.includes(name) && sets.has(name)))
}

function canBeFilled(needs: Requirement, { approvers, person }: Ask): boolean {
  if (approvers === undefined) return true
  const may = needs.self ? approvers : approvers.filter((one) => !isSame(one.person, person.person))
  return seated(needs.seats, may).every((seat) => seat.person !== undefined)
}

/** The account ids that a role reaches. An account that is not in the inventory is never reached, not even by `*`. */
export function accountsOf(role: Pick<Role, 'accounts'>, inventory: Inventory): ReadonlySet<string> {
  return idsMeant(role.accounts, inventory)
}

function isWithin(asked: readonly string[], allowed: ReadonlySet<string>): boolean {
  return asked.length > 0 && asked.every((account) => allowed.has(account))
}

function regionsWithin(asked: Query['regions'], allowed: readonly string[]): boolean {
  if (allowed.includes('*')) return asked === 'enabled' || asked.length > 0
  return asked !== 'enabled' && asked.length > 0 && asked.every((region) => allowed.includes(region))
}

/** A query is decided only with the runbook it names, at its digest: another text could be about something else. */
function isOf(query: Query, runbook: Runbook): boolean {
  return query.runbook.name === runbook.name && query.runbook.digest === runbook.digest
}
