import type { Person } from '../domain/policy/person.ts'
import type { ApprovalRule, ApproverSet, BreakGlassRules, GroupRule, Schedule } from '../domain/policy/policy.ts'
import type { ScopeWord } from '../domain/request/command.ts'
import type { Path, Report } from '../domain/runbook/yaml.ts'
import type { RawApprovalRule, RawApproverSet, RawSchedule } from './approvalSchema.ts'
import type { RawSettings } from './schema.ts'

/** What the rules of approvals are read with: each reports what it cannot read. */
export type Readers = {
  readonly length: (text: string, path: Path) => number
  readonly resolve: (texts: readonly string[], path: Path) => readonly ScopeWord[]
  readonly report: Report
}

/** The part of the policy that says who may approve. */
export type Approvals = {
  readonly groups: readonly GroupRule[]
  readonly approvers: readonly ApproverSet[]
  readonly approvals: readonly ApprovalRule[]
  readonly onCall: readonly Schedule[]
  readonly breakGlass?: BreakGlassRules
}

/** Reads who may approve. A name that means nothing, and a group that anybody could be put into, are problems. */
export function approvalsOf(raw: RawSettings, read: Readers): Approvals {
  checkNames(raw, read.report)
  return {
    groups: Object.entries(raw.groups).map(([group, rule]) => ({ group, ...rule })),
    approvers: Object.entries(raw.approvers).map(([name, set]) => approverSetOf(name, set, raw, read.report)),
    approvals: raw.approvals.map((rule, index) => approvalRuleOf(rule, ['approvals', index], read)),
    onCall: Object.entries(raw.onCall).map(([name, schedule]) => scheduleOf(name, schedule, raw, read.report)),
    ...breakGlassOf(raw, read),
  }
}

function checkNames(raw: RawSettings, report: Report): void {
  const wanted = (name: string, known: readonly string[], path: Path, what: string): void => {
    if (!known.includes(name)) report(path, `${name} is no ${what} of this file.`)
  }
  const schedules = Object.keys(raw.onCall)
  for (const [section, holders] of [
    ['roles', raw.roles],
    ['approvers', raw.approvers],
  ] as const)
    for (const [name, { onCall }] of Object.entries(holders))
      for (const [at, one] of onCall.entries()) wanted(one, schedules, [section, name, 'onCall', at], 'schedule')
  for (const [at, one] of (raw.breakGlass?.onCall ?? []).entries())
    wanted(one, schedules, ['breakGlass', 'onCall', at], 'schedule')
  for (const [at, one] of (raw.breakGlass?.reviewers ?? []).entries())
    wanted(one, Object.keys(raw.approvers), ['breakGlass', 'reviewers', at], 'name of approvers')
  for (const [index, rule] of raw.approvals.entries()) {
    for (const [seat, { by }] of rule.seats.entries())
      for (const [at, one] of by.entries())
        wanted(one, Object.keys(raw.approvers), ['approvals', index, 'seats', seat, 'by', at], 'name of approvers')
    for (const [at, one] of rule.roles.entries())
      if (one !== '*') wanted(one, Object.keys(raw.roles), ['approvals', index, 'roles', at], 'role')
    const first = raw.approvals.findIndex(({ name }) => name === rule.name)
    if (first < index) report(['approvals', index, 'name'], `${rule.name} is the name of two rules.`)
  }
}

/** A group that whoever may edit groups could join would make approvers of them. */
function checkManaged(groups: readonly string[], raw: RawSettings, path: Path, report: Report): void {
  for (const [at, group] of groups.entries())
    if (raw.groups[group]?.managed !== true)
      report([...path, at], `${group} is not a managed group, and no other may hold approvers, or break the glass.`, {
        suggestion: `If the identity provider fills it, add it to groups with managed: true; else list people by id.`,
      })
}

function approverSetOf(name: string, set: RawApproverSet, raw: RawSettings, report: Report): ApproverSet {
  checkManaged(set.groups, raw, ['approvers', name, 'groups'], report)
  return { name, title: set.title ?? name, persons: set.persons.map(personOf), groups: set.groups, onCall: set.onCall }
}

function approvalRuleOf(rule: RawApprovalRule, at: Path, { length, resolve, report }: Readers): ApprovalRule {
  const { expires, remind, escalate, ...rest } = rule
  const times = {
    expires: length(expires, [...at, 'expires']),
    remind: remind.map((one, index) => length(one, [...at, 'remind', index])).toSorted((a, b) => a - b),
    escalate: length(escalate, [...at, 'escalate']),
  }
  if (times.expires > MOST_EXPIRES_S)
    report([...at, 'expires'], `${expires} is too long: a question waits for approval at most a day.`)
  return { ...rest, accounts: resolve(rule.accounts, [...at, 'accounts']), times }
}

/** Absent where nothing is said, so that a policy without it is the same policy as before. */
function breakGlassOf(raw: RawSettings, { length, report }: Readers): Pick<Approvals, 'breakGlass'> {
  if (raw.breakGlass === undefined) return {}
  const { persons, groups, onCall, within, remind, ...rest } = raw.breakGlass
  const at: Path = ['breakGlass']
  checkManaged(groups, raw, [...at, 'groups'], report)
  const members = { persons: persons.map(personOf), groups, onCall }
  return {
    breakGlass: {
      ...rest,
      members,
      within: length(within, [...at, 'within']),
      remind: length(remind, [...at, 'remind']),
    },
  }
}

/** An approval that comes later than this is about another situation. */
const MOST_EXPIRES_S = 86_400

function scheduleOf(name: string, raw: RawSchedule, all: RawSettings, report: Report): Schedule {
  const { levels, fallback } = raw
  checkManaged(fallback.groups, all, ['onCall', name, 'fallback', 'groups'], report)
  const base = { name, levels, fallback: { persons: fallback.persons.map(personOf), groups: fallback.groups } }
  if (raw.pagerduty !== undefined) {
    const people = Object.fromEntries(Object.entries(raw.people).map(([user, person]) => [user, personOf(person)]))
    return { ...base, source: { kind: 'pagerduty', schedules: raw.pagerduty, people } }
  }
  const shifts = (raw.shifts ?? []).map((shift, index) => {
    const [from, until] = [Date.parse(shift.from) / 1000, Date.parse(shift.until) / 1000]
    if (until <= from) report(['onCall', name, 'shifts', index, 'until'], 'The shift ends before it begins.')
    return { from, until, level: shift.level, persons: shift.persons.map(personOf) }
  })
  return { ...base, source: { kind: 'shifts', shifts } }
}

/** A person as ctq.yml writes them: team/user. */
export function personOf(text: string): Person {
  const [team = '', user = ''] = text.split('/')
  return { team, user }
}
