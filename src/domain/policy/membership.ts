import type { Person, PersonFacts } from './person.ts'
import type { Members, Policy } from './policy.ts'

/** True for the same person in the same workspace. */
export function isSame(a: Person, b: Person): boolean {
  return a.team === b.team && a.user === b.user
}

/** How somebody comes to be among some people. The first three hold for any tier, the others for `duty` at most. */
export type By = 'id' | 'pager' | 'managed_group' | 'group' | 'email'

const STRONG: readonly By[] = ['id', 'pager', 'managed_group']

/** Whether a membership is somebody's word who may give tiers above duty, and the right to approve. */
export function isStrong(by: By): boolean {
  return STRONG.includes(by)
}

/**
 * How somebody is among the members, by the strongest way there is. Guests, bots and people of another workspace only by id; a group
 * only once the membership has been seen for `settleFor`, so that whoever is put into one has no right the same day.
 */
export function memberBy(facts: PersonFacts, members: Members, policy: Policy): By | undefined {
  if (members.persons.some((person) => isSame(person, facts.person))) return 'id'
  if (isOutside(facts)) return undefined
  if (members.onCall.some((schedule) => facts.onCall?.now.includes(schedule) === true)) return 'pager'
  const groups = members.groups.filter((group) => facts.groups.includes(group) && isSettled(facts, group, policy))
  if (groups.some((group) => isManaged(group, policy))) return 'managed_group'
  if (groups.length > 0) return 'group'
  const email = facts.email?.toLowerCase()
  return policy.emails && email !== undefined && members.emails.some((listed) => listed.toLowerCase() === email)
    ? 'email'
    : undefined
}

/** Guests, bots and people of another workspace. */
export function isOutside({ guest, bot, stranger }: PersonFacts): boolean {
  return guest || bot || stranger
}

/** Whether the identity provider fills a group, as the policy says. */
export function isManaged(group: string, policy: Policy): boolean {
  return policy.groups.some((rule) => rule.group === group && rule.managed)
}

/** Whether a membership is old enough to count. One whose age is not known is not. */
export function isSettled(facts: PersonFacts, group: string, { settleFor }: Policy): boolean {
  if (settleFor === 0) return true
  const since = facts.groupsSince?.[group]
  return since !== undefined && facts.readAt !== undefined && facts.readAt - since >= settleFor
}
