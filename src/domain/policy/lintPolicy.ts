import type { Inventory } from '../request/inventory.ts'
import type { Library, Runbook } from '../runbook/runbook.ts'
import { requirementOf } from './approvers.ts'
import { glassFindings, ruleFindings, scheduleFindings, setFindings } from './lintApprovals.ts'
import { absent, error, type Finding, type Live, size, tooFew, warning } from './lintLive.ts'
import { isManaged } from './membership.ts'
import type { Tier } from './person.ts'
import type { Policy, Role } from './policy.ts'
import { leastTier, rank, selectsRunbook } from './tier.ts'
import { accountsOf } from './weigh.ts'

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
    ...library.all.flatMap((runbook) => runbookFindings(runbook, policy, inventory, live)),
    ...policy.approvers.flatMap((set) => setFindings(set, policy, live)),
    ...policy.approvals.flatMap((rule, index) => ruleFindings(rule, index, policy, library, inventory, live)),
    ...policy.onCall.flatMap((schedule) => scheduleFindings(schedule, policy, live)),
    ...glassFindings(policy, live),
  ]
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
  const weak = members.groups.filter((group) => !isManaged(group, policy))
  return [
    ...(holders(role, policy, live) === 0 ? [error(about, 'Nobody has it.')] : []),
    ...absent(about, members, policy, live),
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
    ...(accountsOf(role, inventory).size === 0 && live.moreAccounts !== true
      ? [error(about, 'It reaches no account.')]
      : []),
    ...role.runbooks
      .filter((selector) => !library.all.some((runbook) => selectsRunbook([selector], runbook)))
      .map((selector) => warning(about, `No runbook is ${selector}.`)),
    ...(rank(role.ceiling) > rank(role.tier) &&
    live.moreAccounts !== true &&
    !canBeApproved(role, policy, library, inventory)
      ? [warning(about, `Nothing up to its ceiling ${role.ceiling} can be approved: no approval rule covers it.`)]
      : []),
  ]
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

function runbookFindings(runbook: Runbook, policy: Policy, inventory: Inventory, live: Live): readonly Finding[] {
  const about = `runbook ${runbook.name}`
  const named = policy.roles.filter((role) => selectsRunbook(role.runbooks, runbook))
  const nobody = (why: string): readonly Finding[] => [warning(about, `Nobody may run it: ${why}.`)]
  if (named.length === 0) return nobody('no role names it')
  if (runbook.tier === 'sensitive') return nobody('it is sensitive')
  const roles = named.filter((role) => holders(role, policy, live) > 0)
  if (roles.length === 0) return nobody('nobody has a role that names it')
  const runnable = roles.some((role) =>
    live.moreAccounts === true
      ? rank(runbook.tier) <= rank(role.ceiling)
      : [...accountsOf(role, inventory)].some((account) => runsIn(account, role, runbook, policy, inventory, live)),
  )
  return runnable ? [] : nobody('its tier is above every role that names it, and cannot be approved')
}

function runsIn(
  account: string,
  role: Role,
  runbook: Runbook,
  policy: Policy,
  inventory: Inventory,
  live: Live,
): boolean {
  const tier = leastTier(runbook, account, policy.raise, inventory)
  if (rank(tier) <= rank(role.tier)) return true
  const needs = requirementOf({ role: role.name, tier, runbook, accounts: [account] }, policy, inventory)
  return rank(tier) <= rank(role.ceiling) && needs !== undefined && tooFew(needs.seats, policy, live).length === 0
}

/** How many may have a role. */
function holders({ members }: Role, policy: Policy, live: Live): number {
  return size(members, policy, live) + (policy.emails ? members.emails.length : 0)
}
