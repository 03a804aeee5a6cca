import { isSame } from './membership.ts'
import type { Person } from './person.ts'
import type { Members, Policy, Seat } from './policy.ts'

/** What Slack, the pager and AWS say, where they were asked. Without any of it, groups and schedules are taken to hold somebody. */
export type Live = {
  /** Members by group; a group that is not there does not exist. Absent: nobody asked. */
  readonly groups?: ReadonlyMap<string, number>
  /** By schedule; undefined where it cannot be read. Absent: nobody asked. */
  readonly onCall?: ReadonlyMap<string, LiveSchedule | undefined>
  /** People whom the policy lists and Slack does not know, or knows as deactivated. */
  readonly gone?: readonly Person[]
  /** There are accounts that ctq.yml does not list: what means none there may mean some all the same. */
  readonly moreAccounts?: boolean
}

/** A schedule as it is now, within the levels that count; one that ctq.yml lists, from now on. */
export type LiveSchedule = {
  readonly persons: number
  /** Levels that have nobody on call. */
  readonly empty: readonly number[]
  /** Pager users who are on call and whom the policy does not name. */
  readonly unknown: readonly string[]
}

export type Finding = { readonly severity: 'error' | 'warning'; readonly about: string; readonly message: string }

/** What cannot mean what it says. */
export function error(about: string, message: string): Finding {
  return { severity: 'error', about, message }
}

/** What probably does not mean what it says. */
export function warning(about: string, message: string): Finding {
  return { severity: 'warning', about, message }
}

type People = Pick<Members, 'persons' | 'groups' | 'onCall'>

/** How many there may be among some people: each source that could hold somebody, and was not looked at, counts without end. */
export function size({ persons, groups, onCall }: People, policy: Policy, live: Live): number {
  const { deny } = policy
  const away = [...deny.persons, ...(live.gone ?? [])]
  const listed = persons.filter((person) => !away.some((one) => isSame(one, person)))
  const inGroups = groups
    .filter((group) => !deny.groups.includes(group))
    .map((group) => (live.groups === undefined ? Number.POSITIVE_INFINITY : (live.groups.get(group) ?? 0)))
  const called = onCall.map((name) => calledBy(name, policy, live))
  return [...inGroups, ...called].reduce((sum, count) => sum + count, listed.length)
}

/** How many a schedule has: those of its fallback, while it cannot be read. */
function calledBy(name: string, policy: Policy, live: Live): number {
  if (live.onCall?.has(name) !== true) return Number.POSITIVE_INFINITY
  const fallback = policy.onCall.find((schedule) => schedule.name === name)?.fallback
  const instead = fallback === undefined ? 0 : size({ ...fallback, onCall: [] }, policy, live)
  return live.onCall.get(name)?.persons ?? instead
}

/** Seats that cannot be filled: there are not so many people in their sets. */
export function tooFew(seats: readonly Seat[], policy: Policy, live: Live): readonly Seat[] {
  return seats.filter(({ by, count }) => {
    const sets = policy.approvers.filter(({ name }) => by.includes(name))
    return sets.reduce((sum, set) => sum + size(set, policy, live), 0) < count
  })
}

/** Of some people: groups that do not exist or hold nobody, and people who are not there any more. */
export function absent(
  about: string,
  { persons, groups }: Omit<People, 'onCall'>,
  policy: Policy,
  live: Live,
): readonly Finding[] {
  const gone = persons.filter((person) => live.gone?.some((one) => isSame(one, person)) === true)
  return [
    ...groups.flatMap((group) => {
      const members = live.groups === undefined ? 1 : live.groups.get(group)
      if (members === undefined) return [warning(about, `There is no user group ${groupName(group, policy)} in Slack.`)]
      return members === 0 ? [warning(about, `Nobody is in the user group ${groupName(group, policy)}.`)] : []
    }),
    ...gone.map(({ team, user }) => warning(about, `Slack does not know ${team}/${user}, or only as deactivated.`)),
  ]
}

function groupName(group: string, { groups }: Policy): string {
  const name = groups.find((rule) => rule.group === group)?.name
  return name === undefined ? group : `${name} (${group})`
}
