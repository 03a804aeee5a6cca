import type { Inventory } from '../request/inventory.ts'
import type { Library } from '../runbook/runbook.ts'
import { absent, error, type Finding, type Live, size, tooFew, warning } from './lintLive.ts'
import type { ApproverSet, Policy } from './policy.ts'
import { rank, selectsRunbook } from './tier.ts'
import { accountsOf } from './weigh.ts'

/** What is wrong with some approvers. */
export function setFindings(set: ApproverSet, policy: Policy, live: Live): readonly Finding[] {
  const about = `approvers ${set.name}`
  const approves = policy.approvals.some(({ seats }) => seats.some(({ by }) => by.includes(set.name)))
  const used = approves || policy.breakGlass?.reviewers.includes(set.name) === true
  return [
    ...(size(set, policy, live) === 0 ? [error(about, 'Nobody is in it.')] : []),
    ...absent(about, set, policy, live),
    ...(used ? [] : [warning(about, 'No approval rule names it.')]),
  ]
}

/** What is wrong with break-glass. */
export function glassFindings(policy: Policy, live: Live): readonly Finding[] {
  const rules = policy.breakGlass
  if (rules === undefined) return []
  const about = 'breakGlass'
  return [
    ...(size(rules.members, policy, live) === 0 ? [error(about, 'Nobody may break the glass.')] : []),
    ...absent(about, rules.members, policy, live),
    ...(policy.approvals.length === 0 ? [warning(about, 'Nothing needs approval, so there is nothing to skip.')] : []),
  ]
}

/** What is wrong with a rule of approval. */
export function ruleFindings(
  rule: Policy['approvals'][number],
  index: number,
  policy: Policy,
  library: Library,
  inventory: Inventory,
  live: Live,
): readonly Finding[] {
  const about = `approval rule ${rule.name}`
  const short = tooFew(rule.seats, policy, live)
  const covers = library.all.some((runbook) => selectsRunbook(rule.runbooks, runbook))
  const earlier = policy.approvals.slice(0, index).find((one) => hides(one, rule))
  const reached =
    live.moreAccounts === true || rule.accounts.some((word) => accountsOf({ accounts: [word] }, inventory).size > 0)
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

/** What is wrong with a schedule, and who is missing on it now. */
export function scheduleFindings(schedule: Policy['onCall'][number], policy: Policy, live: Live): readonly Finding[] {
  const about = `schedule ${schedule.name}`
  const { fallback, source } = schedule
  const seen = live.onCall?.get(schedule.name)
  const unread = live.onCall?.has(schedule.name) === true && seen === undefined
  const forApproval = policy.approvers.some(({ onCall }) => onCall.includes(schedule.name))
  const people = source.kind === 'pagerduty' ? Object.keys(source.people).length : source.shifts.length
  return [
    ...(people === 0 ? [error(about, 'It has nobody on call: nobody is listed.')] : []),
    ...(unread ? [error(about, 'It cannot be read now.')] : []),
    ...(people === 0 ? [] : (seen?.empty ?? [])).map((level) =>
      warning(about, `Level ${level} has nobody on call${source.kind === 'shifts' ? ' from now on' : ' now'}.`),
    ),
    ...(seen?.unknown ?? []).map((user) =>
      warning(about, `${user} is on call now, and people does not say who that is.`),
    ),
    ...absent(about, fallback, policy, live),
    ...(source.kind === 'pagerduty' && forApproval && size({ ...fallback, onCall: [] }, policy, live) === 0
      ? [warning(about, 'It has no fallback: while it cannot be read, nobody approves for it.')]
      : []),
  ]
}
