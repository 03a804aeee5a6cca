import type { PlaybookPlan } from '../playbook/planMembers.ts'
import type { Match } from '../runbook/runbook.ts'
import type { PartCoverage } from './coverage.ts'
import { inHistory } from './inHistory.ts'
import { chooseSelection, type Selection } from './pushdown.ts'
import type { FrozenWindow, Window } from './query.ts'
import { localWords, selectionWords } from './words.ts'

/** One sequence of pages: one lookup value (or everything) over one slice of the window, newest first. */
export type Chain = {
  readonly attribute?: { readonly key: Selection['key']; readonly value: string }
  readonly since: string
  readonly until: string
  /** Where it is read; absent: in every Region of the plan, in every account. */
  readonly regions?: readonly string[]
  readonly accounts?: readonly string[]
}

/** Whether a chain is read in an account and Region. */
export function chainIn({ regions, accounts }: Chain, place: Plan['parts'][number]): boolean {
  const { account, region } = place
  return (regions === undefined || regions.includes(region)) && (accounts === undefined || accounts.includes(account))
}

/** A credential that a run goes on with, and the record that gave it out. */
export type FollowedKey = { readonly key: string; readonly eventId: string; readonly account?: string }

/** Why a plan is not a run's first one: it asks the same about the keys that the round before it found. Rounds count from 1. */
export type Round = { readonly round: number; readonly parameter: string; readonly keys: readonly FollowedKey[] }

/** What a run reads, frozen when it starts. Every part has the same chains, but those that name other Regions. */
export type Plan = {
  readonly version: 1
  readonly run: string
  /** Hash of the query that the token allowed: a plan is good for no other. */
  readonly queryHash: string
  readonly window: FrozenWindow
  readonly chains: readonly Chain[]
  readonly parts: readonly { readonly account: string; readonly region: string }[]
  /** Accounts and Regions that are known, before any page, not to be readable. */
  readonly closed: readonly PartCoverage[]
  readonly filters: { readonly aws: readonly string[]; readonly local: readonly string[] }
  readonly startedAt: string
  /** Names of events that the question is about and LookupEvents never gives: data events. */
  readonly never?: readonly string[]
  /** Absent from a run's first plan. */
  readonly follow?: Round
  /** Of a playbook. */
  readonly playbook?: PlaybookPlan
}

/** `until: at start` becomes the moment of starting, or the latest moment allowed, whichever is earlier. */
export function freezeWindow(window: Window, startedAt: string): FrozenWindow {
  if (typeof window.until === 'string') return { since: window.since, until: window.until }
  const { notAfter } = window.until
  return { since: window.since, until: startedAt < notAfter ? startedAt : notAfter }
}

/**
 * A sequential chain of NextTokens waits a round trip for every page (us-east-1: 3.9 s on average, re:Post). A scan is cut into
 * slices that are read side by side, so that the pace and not the latency is the limit. An indexed lookup is not: most have one page.
 */
export function sliceCount(selection: Selection | undefined, seconds: number): number {
  const scans = selection === undefined || selection.key === 'ReadOnly' || selection.key === 'EventSource'
  if (!scans) return 1
  if (seconds <= 3600) return 1
  return seconds <= 24 * 3600 ? 2 : 4
}

/** The chains of every part: lookup values × slices, newest slice first. Slices share no second: both ends are inclusive. */
export function chainsFor(match: Match, window: FrozenWindow): Pick<Plan, 'chains' | 'filters' | 'never'> {
  const { match: seen, never } = inHistory(match)
  const [whole, less] = [chooseSelection(match), chooseSelection(seen)]
  // Names that are never there, alone, are looked up all the same: everything would be read instead.
  const selection = whole?.key === less?.key ? less : whole
  const slices = slicesOf(window, sliceCount(selection, seconds(window.until) - seconds(window.since)))
  const values = selection === undefined ? [undefined] : selection.values
  const chains = values.flatMap((value) =>
    slices.map((slice) =>
      selection === undefined || value === undefined ? slice : { attribute: { key: selection.key, value }, ...slice },
    ),
  )
  return {
    chains,
    filters: { aws: selectionWords(selection), local: localWords(match, selection, selection === less ? seen : match) },
    ...(never.length === 0 ? {} : { never }),
  }
}

/** Cuts a window into at most `count` slices, newest first, at whole seconds. One that ends before it begins stays whole: AWS refuses it. */
export function slicesOf(window: FrozenWindow, count: number): readonly FrozenWindow[] {
  const since = seconds(window.since)
  const until = seconds(window.until)
  if (until < since) return [window]
  const size = Math.max(1, Math.ceil((until - since + 1) / count))
  const slices: FrozenWindow[] = []
  for (let start = since; start <= until; start += size)
    slices.unshift({ since: iso(start), until: iso(Math.min(until, start + size - 1)) })
  return slices
}

/** ISO 8601 in UTC to seconds since 1970. */
export function seconds(time: string): number {
  return Math.floor(Date.parse(time) / 1000)
}

/** Seconds since 1970 to ISO 8601 in UTC, without a fraction. */
export function iso(time: number): string {
  return `${new Date(time * 1000).toISOString().slice(0, 19)}Z`
}
