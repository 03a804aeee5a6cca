import { isSame } from './membership.ts'
import type { OnCallFacts, Person } from './person.ts'
import type { PagerDutySource, Schedule, ShiftsSource } from './policy.ts'

/** One who is on call, as the pager names them; level 1 is asked first. */
export type PagedUser = { readonly user: string; readonly level: number }

/** What a pager says of some of its schedules now. */
export type Paged =
  | { readonly kind: 'read'; readonly users: readonly PagedUser[] }
  | { readonly kind: 'unread'; readonly why: string }

/** Who a schedule has on call now, by Slack's ids; or that it cannot be read, which is never the same as nobody. */
export type OnCallState =
  | {
      readonly kind: 'read'
      readonly persons: readonly Person[]
      /** Pager users who are on call and whom the policy does not name: nobody here. */
      readonly unknown: readonly string[]
    }
  | { readonly kind: 'unread'; readonly why: string }

/** The states of schedules by name. */
export type OnCallStates = ReadonlyMap<string, OnCallState>

/** Who of a list is on call at a time, within the first levels. `at`: seconds since 1970. */
export function onShift({ shifts }: ShiftsSource, levels: number, at: number): OnCallState {
  const now = shifts.filter(({ from, until, level }) => from <= at && at < until && level <= levels)
  return { kind: 'read', persons: distinct(now.flatMap(({ persons }) => persons)), unknown: [] }
}

/** Who of a pager's answer is on call, within the first levels, as people of the workspace. */
export function pagedPersons({ people }: PagerDutySource, levels: number, paged: Paged): OnCallState {
  if (paged.kind === 'unread') return paged
  const users = [...new Set(paged.users.filter(({ level }) => level <= levels).map(({ user }) => user))]
  const known = users.filter((user) => Object.hasOwn(people, user))
  return {
    kind: 'read',
    persons: distinct(known.flatMap((user) => people[user] ?? [])),
    unknown: users.filter((user) => !known.includes(user)),
  }
}

function distinct(persons: readonly Person[]): readonly Person[] {
  return persons.filter((person, index) => persons.findIndex((other) => isSame(other, person)) === index)
}

/** What the schedules say of one person. A schedule whose state is not there was not read. */
export function onCallFacts(person: Person, schedules: readonly Schedule[], states: OnCallStates): OnCallFacts {
  const state = (name: string): OnCallState => states.get(name) ?? { kind: 'unread', why: 'not looked at' }
  const names = schedules.map(({ name }) => name)
  return {
    now: names.filter((name) => {
      const found = state(name)
      return found.kind === 'read' && found.persons.some((one) => isSame(one, person))
    }),
    unread: names.filter((name) => state(name).kind === 'unread'),
  }
}

/** For whoever asks or is asked: which schedules could not be read, and who is asked instead. Empty when all could. */
export function unreadWords(schedules: readonly string[], states: OnCallStates): readonly string[] {
  return schedules.flatMap((name) => {
    const state = states.get(name)
    return state?.kind === 'unread'
      ? [`The schedule ${name} cannot be read (${state.why}): its fallback approves instead.`]
      : []
  })
}
