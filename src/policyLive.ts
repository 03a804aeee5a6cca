import { pagerDuty } from './adapters/oncall/pagerduty.ts'
import { type SlackClient, slackClient } from './adapters/slack/client.ts'
import { SlackFault } from './adapters/slack/errors.ts'
import { countGroups } from './adapters/slack/groups.ts'
import { isThere } from './adapters/slack/users.ts'
import { type Env, type PagerDutyConfig, pagerDutyOf, type ReadFile, slackApiOf } from './config.ts'
import { groupsOf } from './domain/policy/groupMemory.ts'
import type { Live, LiveSchedule } from './domain/policy/lintLive.ts'
import { isSame } from './domain/policy/membership.ts'
import { pagedPersons } from './domain/policy/onCall.ts'
import type { Person } from './domain/policy/person.ts'
import type { Policy, Schedule } from './domain/policy/policy.ts'

/** What is known beside the file, and what is not, in words. */
export type Seen = { readonly live: Live; readonly unseen: readonly string[] }

/** users.info is tier 4, about 100 calls a minute (Slack: rate limits). */
const MOST_PEOPLE = 80
const AT_ONCE = 8
const SILENT = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }

/**
 * Looks at what a policy names, with the bot's own variables where they are set: who is in its user groups, who of its people is still there, who is
 * on call. Never throws: what cannot be looked at is named. Changes nothing.
 */
export async function seePolicy(policy: Policy, env: Env, read: ReadFile, now: Date): Promise<Seen> {
  const problems: string[] = []
  const complain = (problem: string): number => problems.push(problem)
  const slack = slackApiOf(env, read, complain)
  const pager = pagerDutyOf(env, read, undefined, complain)
  const why = (service: string, name: string): string =>
    problems.find((problem) => problem.startsWith(service)) ?? `${name} is not set`
  const seen = [
    slack === undefined
      ? unseenSlack(policy, why('SLACK_', 'SLACK_BOT_TOKEN'))
      : await seeSlack(policy, slackClient({ ...slack, log: SILENT })),
    await seeSchedules(policy.onCall, pager, why('PAGERDUTY_', 'PAGERDUTY_TOKEN'), now),
  ]
  return {
    live: Object.assign({}, ...seen.map(({ live }) => live)),
    unseen: seen.flatMap(({ unseen }) => unseen),
  }
}

function unseenSlack(policy: Policy, why: string): Seen {
  const what = [
    ...(groupsOf(policy).length > 0 ? ['who is in the user groups'] : []),
    ...(peopleOf(policy).length > 0 ? ['whether the people that it lists are still there'] : []),
  ]
  return { live: {}, unseen: what.map((one) => `${one} (${why})`) }
}

async function seeSlack(policy: Policy, client: SlackClient): Promise<Seen> {
  const groups = await orWhy('who is in the user groups', () => countGroups(client))
  const people = peopleOf(policy)
  const what = 'whether the people that it lists are still there'
  const gone =
    people.length > MOST_PEOPLE
      ? { unseen: [`${what} (more than ${MOST_PEOPLE})`] }
      : await orWhy(what, () => goneOf(people, client))
  return {
    live: { ...('found' in groups && { groups: groups.found }), ...('found' in gone && { gone: gone.found }) },
    unseen: [...('unseen' in groups ? groups.unseen : []), ...('unseen' in gone ? gone.unseen : [])],
  }
}

async function orWhy<T>(
  what: string,
  look: () => Promise<T>,
): Promise<{ readonly found: T } | { readonly unseen: readonly string[] }> {
  try {
    return { found: await look() }
  } catch (error) {
    if (!(error instanceof SlackFault)) throw error
    return { unseen: [`${what} (${error.message})`] }
  }
}

async function goneOf(people: readonly Person[], client: SlackClient): Promise<readonly Person[]> {
  const gone: Person[] = []
  for (let start = 0; start < people.length; start += AT_ONCE) {
    const batch = people.slice(start, start + AT_ONCE)
    const there = await Promise.all(batch.map(({ user }) => isThere(client, user)))
    gone.push(...batch.filter((_, index) => !there[index]))
  }
  return gone
}

/** Everybody whom a policy names by id to give them something. */
function peopleOf({ roles, approvers, onCall, breakGlass }: Policy): readonly Person[] {
  const all = [
    ...roles.flatMap(({ members }) => members.persons),
    ...approvers.flatMap(({ persons }) => persons),
    ...onCall.flatMap(({ fallback }) => fallback.persons),
    ...(breakGlass?.members.persons ?? []),
  ]
  return all.filter((person, index) => all.findIndex((other) => isSame(other, person)) === index)
}

async function seeSchedules(
  schedules: readonly Schedule[],
  config: PagerDutyConfig | undefined,
  why: string,
  now: Date,
): Promise<Seen> {
  const pager = config && pagerDuty({ ...config, now: Date.now })
  const onCall = new Map<string, LiveSchedule | undefined>()
  const unseen: string[] = []
  for (const { name, source, levels } of schedules) {
    if (source.kind === 'shifts') {
      // A weekend's list is empty on Monday: what matters is who is still to come.
      const coming = source.shifts.filter(({ until }) => until > now.getTime() / 1000)
      const persons = coming.filter(({ level }) => level <= levels).flatMap((shift) => shift.persons)
      onCall.set(name, {
        persons: persons.length,
        ...without(
          levels,
          coming.map(({ level }) => level),
        ),
        unknown: [],
      })
    } else if (pager === undefined) unseen.push(`who is on call for ${name} (${why})`)
    else {
      const paged = await pager(source.schedules)
      const state = pagedPersons(source, levels, paged)
      const taken = paged.kind === 'read' ? paged.users.map(({ level }) => level) : []
      onCall.set(
        name,
        state.kind === 'unread'
          ? undefined
          : { persons: state.persons.length, ...without(levels, taken), unknown: state.unknown },
      )
    }
  }
  return { live: { onCall }, unseen }
}

function without(levels: number, taken: readonly number[]): Pick<LiveSchedule, 'empty'> {
  return { empty: Array.from({ length: levels }, (_, index) => index + 1).filter((level) => !taken.includes(level)) }
}
