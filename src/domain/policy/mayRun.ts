import { type Inventory, idsMeant } from '../request/inventory.ts'
import type { Library, Runbook } from '../runbook/runbook.ts'
import { requirementOf, seatWords } from './approvers.ts'
import { type PersonFacts, type PlaceFacts, TIERS, type Tier } from './person.ts'
import { placeAllows, roleReaches } from './place.ts'
import type { Policy, Role } from './policy.ts'
import { rolesOf } from './roles.ts'
import { leastTier, rank, selectsRunbook } from './tier.ts'
import { accountsOf } from './weigh.ts'

/** A runbook that somebody may run in a place, and how far: by themselves, or only when somebody approves. */
export type Runnable = {
  readonly runbook: Runbook
  /** The first role that allows it. */
  readonly role: string
  /** Longest window of any question with it, seconds. */
  readonly window: number
  /** Highest tier of a question with it that needs nobody; of any question, where all need approval. */
  readonly tier: Tier
  /** How many accounts it can be asked in. */
  readonly accounts: number
  readonly answerTo: 'here' | 'direct'
  /** False: every question with it needs approval. */
  readonly alone: boolean
  /** Who approves questions above that tier, in words; absent where nobody can. */
  readonly approval?: { readonly tier: Tier; readonly by: string }
}

/** What somebody may run here, for the menu, `list` and `help`: empty for whom or where nothing is allowed. */
export function mayRun(
  person: PersonFacts,
  place: PlaceFacts,
  library: Library,
  inventory: Inventory,
  policy: Policy,
): readonly Runnable[] {
  const here = placeAllows(place, policy)
  if (here.outcome === 'nowhere') return []
  const roles = rolesOf(person, policy).filter((role) => roleReaches(role, place))
  const reached = roles.map((role) => ({ role, kinds: kindsOf([...accountsOf(role, inventory)], inventory, policy) }))
  return library.all.flatMap((runbook) => {
    const reaches = reached.map(({ role, kinds }) => reachOf(role, kinds, runbook, inventory, policy))
    const alone = reaches.filter(({ accounts }) => accounts.length > 0)
    const asked = reaches.filter(({ approvals }) => approvals.length > 0)
    return runnable(runbook, alone, asked, here.outcome)
  })
}

/** How far one role goes with a runbook: the accounts without approval, and the approvals that widen it. */
type Reach = {
  readonly role: Role
  readonly accounts: readonly string[]
  readonly approvals: readonly { readonly account: string; readonly tier: Tier; readonly by: string }[]
}

/**
 * Accounts of which the rules of approval and tier say the same, together: an organisation has thousands of accounts, of few kinds, and each
 * runbook is looked at once for each kind.
 */
function kindsOf(
  accounts: readonly string[],
  inventory: Inventory,
  { approvals, raise }: Policy,
): readonly (readonly [string, ...string[]])[] {
  const named = [...approvals, ...raise].map((rule) => idsMeant(rule.accounts, inventory))
  const kinds = new Map<string, [string, ...string[]]>()
  for (const account of accounts) {
    const key = named.map((ids) => (ids.has(account) ? '1' : '0')).join('')
    const kind = kinds.get(key)
    if (kind === undefined) kinds.set(key, [account])
    else kind.push(account)
  }
  return [...kinds.values()]
}

function reachOf(
  role: Role,
  kinds: readonly (readonly [string, ...string[]])[],
  runbook: Runbook,
  inventory: Inventory,
  policy: Policy,
): Reach {
  if (!selectsRunbook(role.runbooks, runbook)) return { role, accounts: [], approvals: [] }
  const each = kinds.map((accounts) => ({ accounts, least: leastTier(runbook, accounts[0], policy.raise, inventory) }))
  return {
    role,
    accounts: each.filter(({ least }) => rank(least) <= rank(role.tier)).flatMap(({ accounts }) => accounts),
    approvals: each.flatMap(({ accounts, least }) => {
      const above = TIERS[rank(role.tier) + 1] ?? 'sensitive'
      const tier = rank(least) > rank(above) ? least : above
      if (tier === 'sensitive' || rank(tier) > rank(role.ceiling)) return []
      const needs = requirementOf({ role: role.name, tier, runbook, accounts: [accounts[0]] }, policy, inventory)
      if (needs === undefined) return []
      const by = seatWords(needs.seats, policy)
      return accounts.map((account) => ({ account, tier, by }))
    }),
  }
}

function runnable(
  runbook: Runbook,
  alone: readonly Reach[],
  asked: readonly Reach[],
  answerTo: 'here' | 'direct',
): readonly Runnable[] {
  const usable = alone.length > 0 ? alone : asked
  const [first] = usable
  if (first === undefined) return []
  const roles = usable.map(({ role }) => role)
  const reached = usable.flatMap((reach) =>
    alone.length > 0 ? reach.accounts : reach.approvals.map(({ account }) => account),
  )
  const free = alone.map((reach) => ({ tier: reach.role.tier, accounts: new Set(reach.accounts) }))
  // What another role allows alone needs nobody.
  const approvals = asked
    .flatMap((reach) => reach.approvals)
    .filter((one) => !free.some(({ tier, accounts }) => rank(tier) >= rank(one.tier) && accounts.has(one.account)))
  const highest = (tiers: readonly Tier[]): Tier =>
    tiers.reduce((high, tier) => (rank(tier) > rank(high) ? tier : high))
  const tiers = alone.length > 0 ? roles.map(({ tier }) => tier) : approvals.map(({ tier }) => tier)
  return [
    {
      runbook,
      role: first.role.name,
      window: Math.min(runbook.window.max, Math.max(...roles.map((role) => role.window))),
      tier: highest(tiers),
      accounts: new Set(reached).size,
      answerTo,
      alone: alone.length > 0,
      ...(approvals.length > 0 && {
        approval: {
          tier: highest(approvals.map(({ tier }) => tier)),
          by: [...new Set(approvals.map(({ by }) => by))].join('; or '),
        },
      }),
    },
  ]
}
