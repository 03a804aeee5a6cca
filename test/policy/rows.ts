import type { Candidate } from '../../src/domain/policy/approvers.ts'
import type { Glass } from '../../src/domain/policy/breakGlass.ts'
import { type Decision, decide } from '../../src/domain/policy/decide.ts'
import type { PersonFacts, PlaceFacts } from '../../src/domain/policy/person.ts'
import type { ApprovalRule, ApproverSet, BreakGlassRules, Policy, Schedule } from '../../src/domain/policy/policy.ts'
import type { Ask } from '../../src/domain/policy/weigh.ts'
import type { Query } from '../../src/domain/query/query.ts'
import type { Runbook } from '../../src/domain/runbook/runbook.ts'
import { aMembership, aPerson, aPlace, aPolicy, aQuery, aRole, INVENTORY, NOW } from '../support/askFacts.ts'
import { IAM_PERSISTENCE, LIBRARY } from '../support/askRunbooks.ts'

export const ALICE = { team: 'T1', user: 'UALICE' }
export const BOB = { team: 'T1', user: 'UBOB' }
export const CAROL = { team: 'T1', user: 'UCAROL' }
export const DAVE = { team: 'T1', user: 'UDAVE' }
export const READ_AT = NOW.getTime() / 1000

/** Anybody of the team may ask up to duty, and for more with approval. */
export const TEAM = aRole({
  name: 'team',
  members: aMembership({ persons: [ALICE], groups: ['STEAM'], onCall: ['primary'] }),
  tier: 'duty',
  ceiling: 'elevated',
})

/** A set of approvers that nobody is in. */
export function aSet(name: string, parts: Partial<ApproverSet> = {}): ApproverSet {
  return { name, title: name, persons: [], groups: [], onCall: [], ...parts }
}

/** One of security must approve anything. */
export function aRule(parts: Partial<ApprovalRule> = {}): ApprovalRule {
  return {
    name: 'anything',
    roles: ['*'],
    runbooks: ['*'],
    accounts: [{ kind: 'all' }],
    tier: 'elevated',
    seats: [{ by: ['security'], count: 1 }],
    onCallAlone: [],
    selfApproval: [],
    places: ['direct'],
    times: { expires: 1800, remind: [180, 360], escalate: 600 },
    reason: 10,
    ...parts,
  }
}

export function aSchedule(parts: Partial<Schedule> = {}): Schedule {
  return {
    name: 'primary',
    levels: 1,
    source: { kind: 'shifts', shifts: [] },
    fallback: { persons: [DAVE], groups: [] },
    ...parts,
  }
}

export const APPROVERS = [
  aSet('security', { persons: [BOB, CAROL], groups: ['SSEC'] }),
  aSet('oncall', { title: 'payments on call', onCall: ['primary'] }),
]

/** The policy of these tables: one role, one rule, two sets of approvers. */
export function approvalPolicy(parts: Partial<Policy> = {}): Policy {
  return aPolicy({
    roles: [TEAM],
    groups: [{ group: 'SSEC', name: 'security', managed: true }],
    approvers: APPROVERS,
    approvals: [aRule()],
    onCall: [aSchedule()],
    ...parts,
  })
}

/** Alice may do without approval, up to elevated, with a reason of thirty letters. */
export function glassRules(parts: Partial<BreakGlassRules> = {}): BreakGlassRules {
  return {
    members: { persons: [ALICE], groups: [], onCall: [] },
    reason: 30,
    tier: 'elevated',
    reviewers: [],
    places: [],
    within: 86_400,
    remind: 4 * 3600,
    alarmIn: [],
    ...parts,
  }
}

export const WHY = { reason: 'INC-42: payments are down, nobody answers' }

export type Row = {
  readonly says: string
  readonly person?: Partial<PersonFacts>
  readonly place?: Partial<PlaceFacts>
  readonly policy?: Partial<Policy>
  readonly runbook?: Runbook
  readonly query?: Partial<Query> & { readonly days?: number }
  readonly approvers?: readonly Candidate[]
  readonly glass?: Glass
  readonly expected: string
}

/** What is asked in a row: an open search of eight days, which is elevated, unless it says otherwise. */
export function askOf(row: Omit<Row, 'expected' | 'says'>): Ask {
  const runbook = row.runbook ?? IAM_PERSISTENCE
  return {
    person: aPerson({ readAt: READ_AT, ...row.person }),
    place: aPlace(row.place),
    query: aQuery(runbook, { days: 8, ...row.query }),
    runbook,
    inventory: INVENTORY,
    library: LIBRARY,
    ...(row.approvers === undefined ? {} : { approvers: row.approvers }),
    ...(row.glass === undefined ? {} : { glass: row.glass }),
  }
}

export function decideRow(row: Row): Decision {
  return decide(askOf(row), approvalPolicy(row.policy))
}

/** `allow own_role`, `approve: 1 of security`, or `refuse` and the reason. */
export function outcomeOf(decision: Decision): string {
  if (decision.outcome !== 'approve') return `${decision.outcome} ${decision.reason}`
  const { seats } = decision.needs
  return `approve: ${seats.map(({ by, count }) => `${count} of ${by.join(' or ')}`).join(' and ')}`
}
