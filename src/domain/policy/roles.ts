import type { Check } from '../audit/step.ts'
import type { ScopeDefault } from '../request/scope.ts'
import { groupsOf } from './groupMemory.ts'
import { type By, isOutside, isSame, isSettled, isStrong, memberBy } from './membership.ts'
import type { Person, PersonFacts, PlaceFacts, Tier } from './person.ts'
import { roleReaches } from './place.ts'
import type { Policy, Role } from './policy.ts'
import { lowerTier } from './tier.ts'

/** A role somebody has, how they came by it, and the highest tier it gives them alone. */
export type Held = { readonly role: Role; readonly by: By; readonly tier: Tier }

/**
 * The roles somebody has, in the policy's order. Guests, bots and people of another workspace have a role only where they are
 * listed by id; a deactivated account has none.
 */
export function heldRoles(facts: PersonFacts, policy: Policy): readonly Held[] {
  if (facts.deactivated || isDenied(facts, policy)) return []
  return policy.roles.flatMap((role) => {
    const by = memberBy(facts, role.members, policy)
    if (by === undefined) return []
    return [{ role, by, tier: isStrong(by) ? role.tier : lowerTier(role.tier, 'duty') }]
  })
}

/** The roles somebody has, in the policy's order, each with the tier that it gives them. */
export function rolesOf(facts: PersonFacts, policy: Policy): readonly Role[] {
  return heldRoles(facts, policy).map(({ role, tier }) => ({ ...role, tier }))
}

/** Whether the policy denies somebody explicitly: that wins over every role. A new membership of a denied group counts at once. */
export function isDenied(facts: PersonFacts, { deny }: Policy): boolean {
  return (
    deny.persons.some((person) => isSame(person, facts.person)) || deny.groups.some((id) => facts.groups.includes(id))
  )
}

/** What was looked at about a person, for the record. */
export function personChecks(facts: PersonFacts, policy: Policy): readonly Check[] {
  const listed = policy.roles.some(({ members }) => members.persons.some((person) => isSame(person, facts.person)))
  const outside = [facts.guest && 'guest', facts.bot && 'bot', facts.stranger && 'of another workspace']
  const kinds = outside.filter((kind) => kind !== false)
  const roles = heldRoles(facts, policy)
  const unsettled = newGroups(facts, policy)
  return [
    { check: 'active', passed: !facts.deactivated },
    { check: 'not_denied', passed: !isDenied(facts, policy) },
    { check: 'member', passed: kinds.length === 0 || listed, detail: kinds.join(', ') || 'full member' },
    {
      check: 'has_role',
      passed: roles.length > 0,
      detail:
        roles.map(({ role, by }) => `${role.name} (${by})`).join(', ') ||
        (unsettled.length === 0 ? '' : `too new in ${unsettled.join(', ')}`),
    },
  ]
}

/** Groups that would give somebody a role if they had been seen in them for longer. */
export function newGroups(facts: PersonFacts, policy: Policy): readonly string[] {
  if (facts.deactivated || isOutside(facts) || isDenied(facts, policy)) return []
  const wanted = new Set(policy.roles.flatMap(({ members }) => members.groups))
  return facts.groups.filter((group) => wanted.has(group) && !isSettled(facts, group, policy))
}

/** A group that somebody came into too lately for it to count, and from when it does, seconds since 1970, where that is known. */
export type TooNew = { readonly name: string; readonly countsAt?: number }

/** Groups that the policy gives something to, and that somebody has not been seen in for long enough. */
export function tooNew(facts: PersonFacts, policy: Policy): readonly TooNew[] {
  const fresh = groupsOf(policy).filter((group) => facts.groups.includes(group) && !isSettled(facts, group, policy))
  return fresh.map((group) => {
    const name = policy.groups.find((rule) => rule.group === group)?.name ?? group
    const since = facts.groupsSince?.[group]
    return since === undefined ? { name } : { name, countsAt: since + policy.settleFor }
  })
}

/** Where somebody's question is asked when it does not say: the place's default, else that of their first role with one here. */
export function defaultScope(facts: PersonFacts, place: PlaceFacts, policy: Policy): ScopeDefault | undefined {
  const rule = policy.places.find(({ channel }) => channel === place.channel)
  if (rule !== undefined && rule.accounts.length > 0)
    return { accounts: rule.accounts, words: "this channel's default" }
  const role = rolesOf(facts, policy).find((one) => one.defaultAccounts.length > 0 && roleReaches(one, place))
  return role && { accounts: role.defaultAccounts, words: `the default of the role ${role.name}` }
}

/** Whether somebody may cancel a run: its asker, or a holder of a role that may. */
export function mayCancel(facts: PersonFacts, asker: Person, policy: Policy): boolean {
  return isSame(facts.person, asker) || rolesOf(facts, policy).some((role) => role.cancel)
}
