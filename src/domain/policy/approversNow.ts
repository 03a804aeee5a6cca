import { approverIn, type Candidate } from './approvers.ts'
import { type GroupMembers, type GroupMemory, sinceOf } from './groupMemory.ts'
import { isSame } from './membership.ts'
import { type OnCallStates, onCallFacts } from './onCall.ts'
import type { Person, PersonFacts } from './person.ts'
import type { Policy } from './policy.ts'

/** What is known of everybody at once. */
export type Everybody = {
  /** The workspace that groups are of. */
  readonly team: string
  readonly members: GroupMembers
  readonly memory: GroupMemory
  readonly states: OnCallStates
  /** Seconds since 1970. */
  readonly at: number
}

/**
 * Everybody who may approve something now, and in which sets, in the policy's order: for saying whether a question can be approved at all, and whom
 * to ask. Whether somebody is a guest or deactivated is not known here: each one's right is checked anew when they approve.
 */
export function approversNow(policy: Policy, known: Everybody): readonly Candidate[] {
  return named(policy, known).flatMap((person) => {
    const sets = [...approverIn(factsOf(person, policy, known), policy).keys()]
    return sets.length === 0 ? [] : [{ person, sets }]
  })
}

function named(policy: Policy, { team, memory, states }: Everybody): readonly Person[] {
  const ofGroup = (group: string): readonly Person[] => Object.keys(memory[group] ?? {}).map((user) => ({ team, user }))
  const onCall = (name: string): readonly Person[] => {
    const state = states.get(name)
    if (state?.kind === 'read') return state.persons
    const fallback = policy.onCall.find((schedule) => schedule.name === name)?.fallback
    return fallback === undefined ? [] : [...fallback.persons, ...fallback.groups.flatMap(ofGroup)]
  }
  const all = policy.approvers.flatMap((set) => [
    ...set.persons,
    ...set.groups.flatMap(ofGroup),
    ...set.onCall.flatMap(onCall),
  ])
  return all.filter((person, index) => all.findIndex((other) => isSame(other, person)) === index)
}

function factsOf(person: Person, policy: Policy, { team, members, memory, states, at }: Everybody): PersonFacts {
  const own = person.team === team
  const groups = own ? [...members].filter(([, users]) => users.includes(person.user)).map(([group]) => group) : []
  const groupsSince = own ? sinceOf(memory, person.user) : {}
  return {
    person,
    name: person.user,
    timeZone: 'UTC',
    bot: false,
    deactivated: false,
    guest: false,
    stranger: false,
    groups: [...new Set([...groups, ...Object.keys(groupsSince)])],
    groupsSince,
    readAt: at,
    onCall: onCallFacts(person, policy.onCall, states),
  }
}
