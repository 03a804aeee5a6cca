import type { Inventory } from '../request/inventory.ts'
import type { Library, Runbook } from '../runbook/runbook.ts'
import { requirementOf } from './approvers.ts'
import { isManaged } from './membership.ts'
import type { Tier } from './person.ts'
import type { ApproverSet, Members, Policy, Role } from './policy.ts'
import { leastTier, rank, selectsRunbook } from './tier.ts'
import { accountsOf } from './weigh.ts'

/** What Slack and the pager say, where they were asked: how many are in a group, and on call. */
export type Live = {
  /** Members by group; a group that is not there does not exist. Absent: nobody asked. */
  readonly groups?: ReadonlyMap<string, number>
  /** People on call by schedule; undefined where it cannot be read. Absent: nobody asked. */
  readonly onCall?: ReadonlyMap<string, number | undefined>
}

export type Finding = { readonly severity: 'error' | 'warning'; readonly about: string; readonly message: string }

/**
 * What in a policy cannot mean what it says: roles nobody has, runbooks nobody may run, approvers that are empty, rules that never hold.
 * Without `live`, groups and schedules are taken to hold somebody.
 */
export function lintPolicy(
  policy: Policy,
  library: Library,
  inventory: Inventory,
  live: Live = {},
): readonly Finding[] {
  return [
    ...policy.roles.flatMap((role) => roleFindings(role, policy, library, inventory, live)),
    ...library.all.flatMap((runbook) => runbookFindings(runbook, policy, inventory)),
    ...policy.approvers.flatMap((set) => setFindings(set, policy, live)),
    ...policy.approvals.flatMap((rule, index) => ruleFindings(rule, index, policy, library, inventory, live)),
    ...policy.onCall.flatMap((schedule) => scheduleFindings(schedule, policy, live)),
  ]
}

function error(about: string, message: string): Finding {
  return { severity: 'error', about, message }
}

function warning(about: string, message: string): Finding {
  return { severity: 'warning', about, message }
}

/** How many there may be among some people: each source that could hold somebody counts at least one. */
function size(
  { persons, groups, onCall }: Pick<Members, 'persons' | 'groups' | 'onCall'>,
  { deny }: Policy,
  live: Live,
): number {
  const listed = persons.filter(({ team, user }) => !deny.persons.some((one) => one.team === team && one.user === user))
  const inGroups = groups
    .filter((group) => !deny.groups.includes(group))
    .map((group) => (live.groups === undefined ? Number.POSITIVE_INFINITY : (live.groups.get(group) ?? 0)))
  const called = onCall.map((name) =>
    live.onCall?.has(name) === true ? (live.onCall.get(name) ?? 0) : Number.POSITIVE_INFINITY,
  )
  return [...inGroups, ...called].reduce((sum, count) => sum + count, listed.length)
}

function roleFindings(
  role: Role,
  policy: Policy,
  library: Library,
  inventory: Inventory,
  live: Live,
): readonly Finding[] {
  const about = `role ${role.name}`
  const { members } = role
  const emails = policy.emails ? members.emails.length : 0
  const weak = members.groups.filter((group) => !isManaged(group, policy))
  return [
    ...(size(members, policy, live) + emails === 0 ? [error(about, 'Nobody has it.')] : []),
    ...missingGroups(members.groups, live).map((group) => warning(about, `There is no user group ${group} in Slack.`)),
    ...(members.emails.length > 0 && !policy.emails
      ? [warning(about, 'Its emails give it to nobody: matchEmails is false.')]
      : []),
    ...(rank(role.tier) > rank('duty') && weak.length > 0
      ? [
          warning(
            about,
            `${weak.join(', ')}: not managed by the identity provider, so at most duty instead of ${role.tier}.`,
          ),
        ]
      : []),
    ...(accountsOf(role, inventory).size === 0 ? [error(about, 'It reaches no account.')] : []),
    ...role.runbooks
      .filter((selector) => !library.all.some((runbook) => selectsRunbook([selector], runbook)))
      .map((selector) => warning(about, `No runbook is ${selector}.`)),
    ...(rank(role.ceiling) > rank(role.tier) && !canBeApproved(role, policy, library, inventory)
      ? [warning(about, `Nothing up to its ceiling ${role.ceiling} can be approved: no approval rule covers it.`)]
      : []),
  ]
}

function missingGroups(groups: readonly string[], { groups: known }: Live): readonly string[] {
  return known === undefined ? [] : groups.filter((group) => !known.has(group))
}

function canBeApproved(role: Role, policy: Policy, library: Library, inventory: Inventory): boolean {
  const above: readonly Tier[] = ['duty', 'elevated']
  const accounts = [...accountsOf(role, inventory)]
  return above
    .filter((tier) => rank(tier) > rank(role.tier) && rank(tier) <= rank(role.ceiling))
    .some((tier) =>
      library.all
        .filter((runbook) => selectsRunbook(role.runbooks, runbook))
        .some((runbook) =>
          accounts.some(
            (account) =>
              requirementOf({ role: role.name, tier, runbook, accounts: [account] }, policy, inventory) !== undefined,
          ),
        ),
    )
}

function runbookFindings(runbook: Runbook, policy: Policy, inventory: Inventory): readonly Finding[] {
  const about = `runbook ${runbook.name}`
  const roles = policy.roles.filter((role) => selectsRunbook(role.runbooks, runbook))
  if (roles.length === 0) return [warning(about, 'Nobody may run it: no role names it.')]
  if (runbook.tier === 'sensitive') return [warning(about, 'Nobody may run it: it is sensitive.')]
  const runnable = roles.some((role) =>
    [...accountsOf(role, inventory)].some((account) => {
      const tier = leastTier(runbook, account, policy.raise, inventory)
      if (rank(tier) <= rank(role.tier)) return true
      const asked = { role: role.name, tier, runbook, accounts: [account] }
      return rank(tier) <= rank(role.ceiling) && requirementOf(asked, policy, inventory) !== undefined
    }),
  )
  return runnable
    ? []
    : [warning(about, 'Nobody may run it: its tier is above every role that names it, and cannot be approved.')]
}

function setFindings(set: ApproverSet, policy: Policy, live: Live): readonly Finding[] {
  const about = `approvers ${set.name}`
  const used = policy.approvals.some(({ seats }) => seats.some(({ by }) => by.includes(set.name)))
  return [
    ...(size(set, policy, live) === 0 ? [error(about, 'Nobody is in it.')] : []),
    ...missingGroups(set.groups, live).map((group) => warning(about, `There is no user group ${group} in Slack.`)),
    ...(used ? [] : [warning(about, 'No approval rule names it.')]),
  ]
}

function ruleFindings(
  rule: Policy['approvals'][number],
  index: number,
  policy: Policy,
  library: Library,
  inventory: Inventory,
  live: Live,
): readonly Finding[] {
  const about = `approval rule ${rule.name}`
  const short = rule.seats.filter(({ by, count }) => {
    const sets = policy.approvers.filter(({ name }) => by.includes(name))
    return sets.reduce((sum, set) => sum + size(set, policy, live), 0) < count
  })
  const covers = library.all.some((runbook) => selectsRunbook(rule.runbooks, runbook))
  const earlier = policy.approvals.slice(0, index).find((one) => hides(one, rule))
  const reached = rule.accounts.some((word) => accountsOf({ accounts: [word] }, inventory).size > 0)
  return [
    ...short.map(({ by, count }) => error(about, `${count} of ${by.join(' or ')} cannot be: there are not so many.`)),
    ...(covers ? [] : [warning(about, 'It covers no runbook.')]),
    ...(reached ? [] : [warning(about, 'It covers no account.')]),
    ...(earlier === undefined ? [] : [warning(about, `It never holds: ${earlier.name} before it covers all of it.`)]),
  ]
}

/** Whether an earlier rule covers everything that a later one does. Only what is written alike or as `*` is compared. */
function hides(earlier: Policy['approvals'][number], later: Policy['approvals'][number]): boolean {
  const all = (wide: readonly string[], narrow: readonly string[]): boolean =>
    wide.includes('*') || narrow.every((one) => wide.includes(one))
  const words = (rule: typeof earlier): readonly string[] =>
    rule.accounts.map((word) => (word.kind === 'all' ? '*' : JSON.stringify(word)))
  return (
    all(earlier.roles, later.roles) &&
    all(earlier.runbooks, later.runbooks) &&
    all(words(earlier), words(later)) &&
    rank(earlier.tier) >= rank(later.tier)
  )
}

function scheduleFindings(schedule: Policy['onCall'][number], policy: Policy, live: Live): readonly Finding[] {
  const about = `schedule ${schedule.name}`
  const { fallback, source } = schedule
  const unread = live.onCall?.has(schedule.name) === true && live.onCall.get(schedule.name) === undefined
  const forApproval = policy.approvers.some(({ onCall }) => onCall.includes(schedule.name))
  const people = source.kind === 'pagerduty' ? Object.keys(source.people).length : source.shifts.length
  return [
    ...(people === 0 ? [error(about, 'It has nobody on call: nobody is listed.')] : []),
    ...(unread ? [error(about, 'It cannot be read now.')] : []),
    ...(source.kind === 'pagerduty' && forApproval && size({ ...fallback, onCall: [] }, policy, live) === 0
      ? [warning(about, 'It has no fallback: while it cannot be read, nobody approves for it.')]
      : []),
  ]
}
