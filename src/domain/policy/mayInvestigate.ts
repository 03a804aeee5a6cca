import { approverIn } from './approvers.ts'
import type { PersonFacts, PlaceFacts } from './person.ts'
import { placeAllows, roleReaches } from './place.ts'
import type { Policy } from './policy.ts'
import { rolesOf } from './roles.ts'
import { lowerTier, rank } from './tier.ts'

/** What somebody may do about investigations where they are: ask for one, and see and end those of others. */
export type MayInvestigate = { readonly open: boolean; readonly end: boolean }

/** What of investigations is worth telling somebody here: `propose` and `revoke` decide. */
export function mayInvestigate(person: PersonFacts, place: PlaceFacts, policy: Policy): MayInvestigate {
  if (policy.investigations === undefined) return { open: false, end: false }
  const roles = rolesOf(person, policy)
  const here = place.kind !== 'direct' && placeAllows(place, policy).outcome === 'here'
  // Nothing sensitive is asked under one.
  const widened = roles.filter(({ tier, ceiling }) => rank(lowerTier('elevated', ceiling)) > rank(tier))
  const open = here && widened.some((role) => roleReaches(role, place))
  return { open, end: open || approverIn(person, policy).size > 0 || roles.some(({ cancel }) => cancel) }
}
