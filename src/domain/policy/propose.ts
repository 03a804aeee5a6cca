import type { Failure } from '../failure.ts'
import { err, ok, type Result } from '../outcome.ts'
import type { ScopeWord } from '../request/command.ts'
import { durationWords } from '../request/duration.ts'
import { accountsMeant, type Inventory, nearestAccount } from '../request/inventory.ts'
import type { Investigate } from '../request/investigate.ts'
import { scopeWordText } from '../request/scopeWords.ts'
import { OLDEST_S } from '../request/toQuery.ts'
import type { Library } from '../runbook/runbook.ts'
import { type Candidate, type ForApproval, type Requirement, requirementOfAll, seated } from './approvers.ts'
import { admit } from './decide.ts'
import type { Proposal } from './investigation.ts'
import { isSame } from './membership.ts'
import type { PersonFacts, PlaceFacts } from './person.ts'
import { roleReaches } from './place.ts'
import type { Policy, Role } from './policy.ts'
import { defaultScope, rolesOf } from './roles.ts'
import { lowerTier, rank, selectsRunbook } from './tier.ts'
import { accountsOf } from './weigh.ts'

/** Everything that is looked at when somebody wants to open an investigation. */
export type Proposing = {
  readonly command: Investigate
  readonly opener: PersonFacts
  /** Whoever opens it, and everybody named. */
  readonly people: readonly PersonFacts[]
  readonly place: PlaceFacts
  readonly policy: Policy
  readonly inventory: Inventory
  readonly library: Library
  /** Who may approve now. */
  readonly approvers: readonly Candidate[]
}

/** An investigation that can be asked for: what it would allow, who must approve it, and by which role it is asked. */
export type Proposed = { readonly proposal: Proposal; readonly needs: Requirement; readonly role: string }

/**
 * Reads what somebody wants to investigate: its bounds, and whose approval they need, which is that of everybody whose approval any question
 * within them would need by itself.
 */
export function propose(asked: Proposing): Result<Proposed, Failure> {
  const { command, opener, people, place, policy, inventory } = asked
  const entry = admit(opener, place, policy)
  if (entry.outcome === 'refuse') return err(entry.failure)
  const rules = policy.investigations
  const no = (why: Extract<Failure, { code: 'no_investigation' }>['why'], limit?: string): Result<never, Failure> =>
    err({ code: 'no_investigation', why, ...(limit === undefined ? {} : { limit }) })
  if (rules === undefined) return no('switched_off')
  if (command.seconds > rules.longest) return no('too_long', durationWords(rules.longest))
  if (place.kind === 'direct') return no('direct')
  if (entry.answerTo !== 'here') return no('nobody_reads')
  const roles = people.map((person) => ({ person, roles: rolesHere(person, asked) }))
  const stranger = roles.find((one) => one.roles.length === 0)
  if (stranger !== undefined) return no('person', stranger.person.name)
  const accounts = accountIds(asked)
  if (!accounts.ok) return accounts
  const proposal: Proposal = {
    name: command.name,
    people: people.map(({ person }) => person),
    channel: place.channel,
    tier: command.tier ?? 'duty',
    accounts: accounts.value,
    regions: command.regions ?? 'enabled',
    runbooks: command.runbooks.length === 0 ? ['*'] : [...new Set(command.runbooks)].toSorted(),
    window: Math.min(command.window ?? rules.window, OLDEST_S),
    seconds: command.seconds,
  }
  const wider = roles.flatMap((one) => one.roles).flatMap((role) => widened(role, proposal, asked))
  if (wider.length === 0) return no('nothing_more')
  const needs = requirementOfAll(wider, policy, inventory)
  if (needs === undefined) return no('no_rule')
  const others = asked.approvers.filter(({ person }) => !isSame(person, opener.person))
  if (seated(needs.seats, others).some(({ person }) => person === undefined)) return no('no_approvers')
  return ok({ proposal, needs, role: rolesHere(opener, asked)[0]?.name ?? '' })
}

function rolesHere(person: PersonFacts, { place, policy }: Proposing): readonly Role[] {
  return admit(person, place, policy).outcome === 'refuse'
    ? []
    : rolesOf(person, policy).filter((role) => roleReaches(role, place))
}

/** What a role would have under it and has not by itself: never above its ceiling, nor outside of its scope. */
function widened(role: Role, proposal: Proposal, { library, inventory }: Proposing): readonly ForApproval[] {
  const tier = lowerTier(proposal.tier, role.ceiling)
  if (rank(tier) <= rank(role.tier)) return []
  const reached = accountsOf(role, inventory)
  const accounts = proposal.accounts.filter((account) => reached.has(account))
  if (accounts.length === 0) return []
  return library.all
    .filter((runbook) => proposal.runbooks.includes('*') || proposal.runbooks.includes(runbook.name))
    .filter((runbook) => selectsRunbook(role.runbooks, runbook))
    .map((runbook) => ({ role: role.name, tier, runbook, accounts }))
}

/** The accounts as they are named, else where questions are asked here when they do not say. */
function accountIds({ command, opener, place, policy, inventory }: Proposing): Result<readonly string[], Failure> {
  const named = command.accounts.length > 0 ? command.accounts : defaultScope(opener, place, policy)?.accounts
  const [only, ...more] = inventory.accounts
  if (named === undefined) {
    return only !== undefined && more.length === 0
      ? ok([only.id])
      : err({ code: 'no_account', hint: `account=${only?.name || only?.id || '…'}` })
  }
  return idsOf(named, inventory)
}

/** The ids of accounts that are named, or the first name that is none. */
export function idsOf(words: readonly ScopeWord[], inventory: Inventory): Result<readonly string[], Failure> {
  const ids: string[] = []
  for (const word of words) {
    const meant = accountsMeant(word, inventory)
    const input = scopeWordText(word)
    const nearest = nearestAccount(input, inventory)
    if (meant === undefined)
      return err({ code: 'unknown_account', input, ...(nearest === undefined ? {} : { nearest }) })
    ids.push(...meant.map(({ id }) => id))
  }
  return ok([...new Set(ids)].toSorted())
}
