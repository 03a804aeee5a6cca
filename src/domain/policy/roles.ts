import type { Check } from '../audit/step.ts'
import type { ScopeDefault } from '../request/scope.ts'
import type { Person, PersonFacts, PlaceFacts } from './person.ts'
import { roleReaches } from './place.ts'
import type { Policy, Role } from './policy.ts'

/** True for the same person in the same workspace. */
export function isSame(a: Person, b: Person): boolean {
  return a.team === b.team && a.user === b.user
}

/**
 * The roles somebody has, in the policy's order. Guests, bots and people of another workspace have a role only where they are
 * listed by id; a deactivated account has none.
 */
export function rolesOf(facts: PersonFacts, policy: Policy): readonly Role[] {
  if (facts.deactivated || isDenied(facts, policy)) return []
  return policy.roles.filter((role) => holds(facts, role, policy.emails))
}

function holds(facts: PersonFacts, { members }: Role, emails: boolean): boolean {
  if (members.persons.some((person) => isSame(person, facts.person))) return true
  if (facts.guest || facts.bot || facts.stranger) return false
  if (members.groups.some((group) => facts.groups.includes(group))) return true
  const email = facts.email?.toLowerCase()
  return emails && email !== undefined && members.emails.some((listed) => listed.toLowerCase() === email)
}

/** Whether the policy denies somebody explicitly: that wins over every role. */
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
  const roles = rolesOf(facts, policy)
  return [
    { check: 'active', passed: !facts.deactivated },
    { check: 'member', passed: kinds.length === 0 || listed, detail: kinds.join(', ') || 'full member' },
    { check: 'not_denied', passed: !isDenied(facts, policy) },
    { check: 'has_role', passed: roles.length > 0, detail: roles.map(({ name }) => name).join(', ') },
  ]
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
