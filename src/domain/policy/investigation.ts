import { digestOf } from '../canonical.ts'
import type { Query } from '../query/query.ts'
import { windowLength } from '../request/toQuery.ts'
import type { Approval } from './approval.ts'
import { isSame } from './membership.ts'
import type { Person, Tier } from './person.ts'
import { rank } from './tier.ts'

/** What may be asked under an investigation, by whom and where. */
export type Bounds = {
  readonly people: readonly Person[]
  /** Its questions are asked there. */
  readonly channel: string
  readonly tier: Tier
  readonly accounts: readonly string[]
  readonly regions: 'enabled' | readonly string[]
  /** Names, or `*`. */
  readonly runbooks: readonly string[]
  /** Longest window, seconds. */
  readonly window: number
}

/** An investigation as somebody wants it opened: from the moment of its approval, for so many seconds. */
export type Proposal = Bounds & { readonly name: string; readonly seconds: number }

/** What is taken away from an investigation that is open. Nothing gives anything. */
export type Taken = {
  readonly people: readonly Person[]
  readonly accounts: readonly string[]
  readonly runbooks: readonly string[]
  /** Whatever is above this. */
  readonly tier?: Tier
  /** Whatever is longer, seconds. */
  readonly window?: number
}

/** One entry of an investigation's log. It can only take away, so it need not be signed. `at`: seconds since 1970. */
export type InvestigationEntry =
  | { readonly kind: 'narrowed'; readonly by: Person; readonly at: number; readonly taken: Taken }
  | { readonly kind: 'ended'; readonly by: Person; readonly at: number }

/** What an investigation allows, as it was approved and narrowed since. Times are seconds since 1970. */
export type Investigation = Bounds & {
  readonly id: string
  readonly name: string
  readonly opener: Person
  /** Everybody it was approved for, those who were taken out since too. */
  readonly admitted: readonly Person[]
  readonly reason: string
  /** Runbooks that were taken away. */
  readonly without: readonly string[]
  /** Who approved it, with the sets they were in. */
  readonly approvers: readonly { readonly person: Person; readonly sets: readonly string[] }[]
  readonly from: number
  readonly until: number
  /** Of its bounds as they are now. */
  readonly hash: string
  /** Of its bounds as they were approved, and after each narrowing. */
  readonly hashes: readonly string[]
  /** When somebody ended it. */
  readonly ended?: { readonly at: number; readonly by: Person }
}

/** What an approval opens, before anything is taken away. */
export type Opening = Proposal &
  Pick<Investigation, 'id' | 'opener' | 'reason' | 'approvers'> & { readonly from: number }

/** The investigation that an approval has opened, less what its log has taken away. Undefined when it opens none. */
export function openedBy(
  { request, status, ended, votes }: Approval,
  entries: readonly InvestigationEntry[] = [],
): Investigation | undefined {
  if (request.investigation === undefined || status !== 'approved' || ended === undefined) return undefined
  const { run: id, person: opener, reason, investigation } = request
  const approvers = votes.filter(({ verdict }) => verdict === 'approve').map(({ person, sets }) => ({ person, sets }))
  return investigationAfter({ ...investigation, id, opener, reason, approvers, from: ended.at }, entries)
}

/** An investigation as its log leaves it. */
export function investigationAfter(opening: Opening, entries: readonly InvestigationEntry[]): Investigation {
  const { seconds, ...rest } = opening
  const first = hashed({
    ...rest,
    admitted: rest.people,
    without: [],
    until: opening.from + seconds,
    hash: '',
    hashes: [],
  })
  return entries.reduce(afterEntry, first)
}

function afterEntry(before: Investigation, entry: InvestigationEntry): Investigation {
  if (before.ended !== undefined) return before
  if (entry.kind === 'ended') return { ...before, ended: { at: entry.at, by: entry.by } }
  const next = hashed(narrowed(before, entry.taken))
  const empty = next.people.length === 0 || next.accounts.length === 0 || next.runbooks.length === 0
  return empty ? { ...next, ended: { at: entry.at, by: entry.by } } : next
}

function hashed(investigation: Investigation): Investigation {
  const { people, channel, tier, accounts, regions, runbooks, window, id, without, from, until } = investigation
  const bounds = { people, channel, tier, accounts, regions, runbooks, window }
  const hash = digestOf({ investigates: 1, id, ...bounds, without, from, until })
  return { ...investigation, hash, hashes: [...new Set([...investigation.hashes, hash])] }
}

/** The same with less: nothing that is named here can widen it, whoever wrote it. */
function narrowed(before: Investigation, taken: Taken): Investigation {
  const { tier = before.tier, window = before.window } = taken
  return {
    ...before,
    people: before.people.filter((person) => !isAmong(person, taken.people)),
    accounts: before.accounts.filter((account) => !taken.accounts.includes(account)),
    runbooks: before.runbooks.filter((name) => !taken.runbooks.includes(name)),
    without: [...new Set([...before.without, ...taken.runbooks])].toSorted(),
    tier: rank(tier) < rank(before.tier) ? tier : before.tier,
    window: Math.min(window, before.window),
  }
}

/** Whether an investigation goes on. `at`: seconds since 1970. */
export function isOpen({ ended, from, until }: Investigation, at: number): boolean {
  return ended === undefined && at >= from && at < until
}

/** What is asked, as far as an investigation's bounds speak of it. */
export type AskedUnder = {
  readonly person: Person
  readonly channel: string | undefined
  readonly tier: Tier
  readonly query: Query
}

/** Why a question does not lie within an investigation's bounds; undefined when it does. Whether it goes on is another question. */
export function outsideOf(bounds: Investigation, { person, channel, tier, query }: AskedUnder): string | undefined {
  if (!isAmong(person, bounds.people)) return 'the person is not of the investigation'
  if (channel !== bounds.channel) return 'it was not asked in the channel of the investigation'
  if (tier === 'sensitive' || rank(tier) > rank(bounds.tier)) return 'its tier is above that of the investigation'
  const { name } = query.runbook
  if (bounds.without.includes(name) || !(bounds.runbooks.includes('*') || bounds.runbooks.includes(name)))
    return 'its runbook is not of the investigation'
  if (!query.accounts.every((account) => bounds.accounts.includes(account)))
    return 'an account is not of the investigation'
  if (!regionsWithin(query.regions, bounds.regions)) return 'a Region is not of the investigation'
  return windowLength(query) > bounds.window ? 'its window is longer than that of the investigation' : undefined
}

function regionsWithin(asked: Query['regions'], allowed: Bounds['regions']): boolean {
  if (allowed === 'enabled') return true
  return asked !== 'enabled' && asked.every((region) => allowed.includes(region))
}

function isAmong(person: Person, persons: readonly Person[]): boolean {
  return persons.some((other) => isSame(other, person))
}
