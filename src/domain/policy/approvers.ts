import { type Inventory, idsMeant } from '../request/inventory.ts'
import type { Runbook } from '../runbook/runbook.ts'
import { isManaged, isOutside, isSame, isSettled } from './membership.ts'
import type { Person, PersonFacts, Tier } from './person.ts'
import type { ApprovalRule, ApprovalTimes, ApproverSet, Policy, Seat } from './policy.ts'
import { isDenied } from './roles.ts'
import { rank, selectsRunbook } from './tier.ts'

/** Who must approve one question, and how. */
export type Requirement = {
  readonly seats: readonly Seat[]
  /** Names of the rules that ask for it. */
  readonly rules: readonly string[]
  readonly places: readonly string[]
  readonly times: ApprovalTimes
  readonly reason: number
  /** Whoever asks may run it without a second person while on call. */
  readonly onCallAlone: boolean
  /** Whoever asks may fill a seat. */
  readonly self: boolean
}

/** What approval depends on: the role that is asked with, and what is asked where. */
export type ForApproval = {
  readonly role: string
  readonly tier: Tier
  readonly runbook: Runbook
  readonly accounts: readonly string[]
}

/**
 * What must be approved: for each account the first rule that covers it, all of them together, the strictest of each. Undefined when an
 * account has no rule: then nobody can approve it. More accounts never ask for less.
 */
export function requirementOf(asked: ForApproval, policy: Policy, inventory: Inventory): Requirement | undefined {
  const fitting = reachedBy(
    policy.approvals.filter((rule) => fits(rule, asked)),
    inventory,
  )
  const rules = asked.accounts.map((account) => fitting.find(({ accounts }) => accounts.has(account))?.rule)
  const needed = [...new Set(rules)]
  const found = needed.flatMap((rule) => rule ?? [])
  const [first] = found
  if (first === undefined || found.length < needed.length) return undefined
  const names = (rule: ApprovalRule, which: 'onCallAlone' | 'selfApproval'): boolean =>
    selectsRunbook(rule[which], asked.runbook)
  return {
    ...strictest(found, first),
    onCallAlone: found.every((rule) => names(rule, 'onCallAlone')),
    self: found.every((rule) => names(rule, 'selfApproval')),
  }
}

/**
 * What must be approved so that all of some questions are: every rule that would be asked for one of them. What no rule covers is left out: nobody
 * can approve it, by itself or with others. Undefined when nothing is left. Whoever asks fills no seat.
 */
export function requirementOfAll(
  all: readonly ForApproval[],
  policy: Policy,
  inventory: Inventory,
): Requirement | undefined {
  const reached = reachedBy(policy.approvals, inventory)
  const needed = new Set<ApprovalRule>()
  for (const asked of all) {
    const fitting = reached.filter(({ rule }) => fits(rule, asked))
    for (const account of asked.accounts) {
      const covers = fitting.find(({ accounts }) => accounts.has(account))
      if (covers !== undefined) needed.add(covers.rule)
    }
  }
  const found = policy.approvals.filter((rule) => needed.has(rule))
  const [first] = found
  return first === undefined ? undefined : { ...strictest(found, first), onCallAlone: false, self: false }
}

/** Rules with the accounts that each reaches: looked up once, however many accounts are asked. */
function reachedBy(
  rules: readonly ApprovalRule[],
  inventory: Inventory,
): readonly { readonly rule: ApprovalRule; readonly accounts: ReadonlySet<string> }[] {
  return rules.map((rule) => ({ rule, accounts: idsMeant(rule.accounts, inventory) }))
}

function strictest(rules: readonly ApprovalRule[], first: ApprovalRule): Omit<Requirement, 'onCallAlone' | 'self'> {
  return {
    seats: seatsOf(rules),
    rules: rules.map(({ name }) => name),
    places: [...new Set(rules.flatMap(({ places }) => places))],
    times: {
      expires: Math.min(...rules.map(({ times }) => times.expires)),
      remind: first.times.remind,
      escalate: Math.min(...rules.map(({ times }) => times.escalate)),
    },
    reason: Math.max(...rules.map(({ reason }) => reason)),
  }
}

/** Whether a rule is about a question, wherever that is asked. */
function fits(rule: ApprovalRule, asked: ForApproval): boolean {
  if (!rule.roles.includes('*') && !rule.roles.includes(asked.role)) return false
  return rank(asked.tier) <= rank(rule.tier) && selectsRunbook(rule.runbooks, asked.runbook)
}

/** The seats of all rules; where two ask for the same people, the larger number of them. */
function seatsOf(rules: readonly ApprovalRule[]): readonly Seat[] {
  const counts = new Map<string, Seat>()
  for (const seat of rules.flatMap(({ seats }) => seats)) {
    const key = seat.by.join(' ')
    counts.set(key, { by: seat.by, count: Math.max(seat.count, counts.get(key)?.count ?? 0) })
  }
  return [...counts.values()]
}

/** How somebody is an approver: `fallback` while a schedule cannot be read. */
export type ApproverBy = 'id' | 'pager' | 'managed_group' | 'fallback'

/** The sets that somebody is in, by their facts now, and how. A set that is not known, and a person who is denied, are in none. */
export function approverIn(facts: PersonFacts, policy: Policy): ReadonlyMap<string, ApproverBy> {
  const found = new Map<string, ApproverBy>()
  if (facts.deactivated || isDenied(facts, policy)) return found
  for (const set of policy.approvers) {
    const by = approverBy(facts, set, policy)
    if (by !== undefined) found.set(set.name, by)
  }
  return found
}

function approverBy(facts: PersonFacts, set: ApproverSet, policy: Policy): ApproverBy | undefined {
  if (isListed(facts.person, set.persons)) return 'id'
  if (isOutside(facts)) return undefined
  if (set.onCall.some((schedule) => facts.onCall?.now.includes(schedule) === true)) return 'pager'
  if (inManaged(facts, set.groups, policy)) return 'managed_group'
  const unread = policy.onCall.filter(
    ({ name }) => set.onCall.includes(name) && facts.onCall?.unread.includes(name) === true,
  )
  return unread.some(
    ({ fallback }) => isListed(facts.person, fallback.persons) || inManaged(facts, fallback.groups, policy),
  )
    ? 'fallback'
    : undefined
}

function isListed(person: Person, persons: readonly Person[]): boolean {
  return persons.some((listed) => isSame(listed, person))
}

function inManaged(facts: PersonFacts, groups: readonly string[], policy: Policy): boolean {
  return groups.some(
    (group) => facts.groups.includes(group) && isManaged(group, policy) && isSettled(facts, group, policy),
  )
}

/** Somebody and the approver sets they are in. */
export type Candidate = { readonly person: Person; readonly sets: readonly string[] }

/** A seat that has, or has not, somebody in it. */
export type Filled = { readonly by: readonly string[]; readonly person: Person | undefined }

/**
 * Puts people into seats, each into one at most, so that as many seats as possible are filled: somebody who fits two seats takes the one
 * that nobody else fits.
 */
export function seated(seats: readonly Seat[], candidates: readonly Candidate[]): readonly Filled[] {
  const single = seats.flatMap(({ by, count }) => Array.from({ length: count }, () => by))
  const sitting: (number | undefined)[] = single.map(() => undefined)
  const place = (who: number, tried: Set<number>): boolean =>
    single.some((by, seat) => {
      if (tried.has(seat) || !candidates[who]?.sets.some((set) => by.includes(set))) return false
      tried.add(seat)
      const other = sitting[seat]
      if (other !== undefined && !place(other, tried)) return false
      sitting[seat] = who
      return true
    })
  const known = new Set<string>()
  candidates.forEach(({ person }, who) => {
    const key = `${person.team}/${person.user}`
    if (!known.has(key)) place(who, new Set())
    known.add(key)
  })
  return single.map((by, seat) => {
    const who = sitting[seat]
    return { by, person: who === undefined ? undefined : candidates[who]?.person }
  })
}

/**
 * The seats that are still to be filled, each with every set whose people can fill it: whoever sits in one may move to make room, once.
 * `candidates`: those who sit, with their sets.
 */
export function seatsLeft(filled: readonly Filled[], candidates: readonly Candidate[]): readonly Seat[] {
  const moved = new Set<Filled>()
  const left = filled
    .filter(({ person }) => person === undefined)
    .map(({ by }) => reachable(by, filled, candidates, moved))
  const order = [...new Set(filled.flatMap(({ by }) => by))]
  const counts = new Map<string, Seat>()
  for (const sets of left) {
    const by = order.filter((set) => sets.has(set))
    const key = by.join(' ')
    counts.set(key, { by, count: 1 + (counts.get(key)?.count ?? 0) })
  }
  return [...counts.values()]
}

function reachable(
  by: readonly string[],
  filled: readonly Filled[],
  candidates: readonly Candidate[],
  moved: Set<Filled>,
): ReadonlySet<string> {
  const sets = new Set(by)
  // It grows while it is walked through.
  for (const set of sets)
    for (const seat of filled) {
      const { person } = seat
      if (person === undefined || moved.has(seat)) continue
      if (!candidates.some((one) => isSame(one.person, person) && one.sets.includes(set))) continue
      moved.add(seat)
      for (const more of seat.by) sets.add(more)
    }
  return sets
}

/** Who must approve, in words: `1 of security, 2 of on call or leads`. */
export function seatWords(seats: readonly Seat[], policy: Policy): string {
  return seats.map(({ by, count }) => `${count} of ${namedSets(by, policy)}`).join(', and ')
}

/** Sets of approvers by their titles: `on call or leads`. */
export function namedSets(names: readonly string[], policy: Policy): string {
  return names.map((name) => policy.approvers.find((set) => set.name === name)?.title ?? name).join(' or ')
}
