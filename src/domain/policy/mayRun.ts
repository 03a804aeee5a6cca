import type { Inventory } from '../request/inventory.ts'
import type { Library, Runbook } from '../runbook/runbook.ts'
import type { PersonFacts, PlaceFacts, Tier } from './person.ts'
import { placeAllows, roleReaches } from './place.ts'
import type { Policy, Role } from './policy.ts'
import { rolesOf } from './roles.ts'
import { rank, selectsRunbook } from './tier.ts'
import { accountsOf } from './weigh.ts'

/** A runbook that somebody may run in a place, and how far. */
export type Runnable = {
  readonly runbook: Runbook
  /** The first role that allows it. */
  readonly role: string
  /** Longest window of any question with it, seconds. */
  readonly window: number
  /** Highest tier of a question with it. */
  readonly tier: Tier
  /** How many accounts it can be asked in. */
  readonly accounts: number
  readonly answerTo: 'here' | 'direct'
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
  return library.all.flatMap((runbook) => {
    const fitting = roles.filter((role) => fits(role, runbook) && accountsOf(role, inventory).size > 0)
    return runnable(runbook, fitting, inventory, here.outcome)
  })
}

function fits(role: Role, runbook: Runbook): boolean {
  return selectsRunbook(role.runbooks, runbook) && rank(runbook.tier) <= rank(role.tier)
}

function runnable(
  runbook: Runbook,
  roles: readonly Role[],
  inventory: Inventory,
  answerTo: 'here' | 'direct',
): readonly Runnable[] {
  const [first] = roles
  if (first === undefined) return []
  const accounts = new Set(roles.flatMap((role) => [...accountsOf(role, inventory)]))
  return [
    {
      runbook,
      role: first.name,
      window: Math.min(runbook.window.max, Math.max(...roles.map((role) => role.window))),
      tier: roles.reduce<Tier>((highest, { tier }) => (rank(tier) > rank(highest) ? tier : highest), first.tier),
      accounts: accounts.size,
      answerTo,
    },
  ]
}
