import { digestOf } from '../canonical.ts'

/** Where records are read. Others (S3, Athena, Logs, Lake) come beside it under the same query. */
export type Engine = 'lookup'

/** CloudTrail's categories of events (CloudTrail: record contents, eventCategory), in lower case. */
export const EVENT_CATEGORIES = ['management', 'data', 'insight', 'networkactivity'] as const
export type EventCategory = (typeof EVENT_CATEGORIES)[number]

/** Times are ISO 8601 in UTC at whole seconds, both ends inclusive, as LookupEvents has them. */
export type Window = {
  readonly since: string
  /** Absolute, or "whenever the run starts, but not after": then frozen in the run's plan. */
  readonly until: string | { readonly atStart: true; readonly notAfter: string }
}

/** A window whose end is known. */
export type FrozenWindow = { readonly since: string; readonly until: string }

/** The values a runbook is asked with, by CloudTrail's names. */
export type Parameters = { readonly [name: string]: string }

/** What is hashed, approved, minted and run: nothing later in the path reads the typed text again. */
export type Query = {
  readonly runbook: { readonly name: string; readonly digest: string }
  readonly parameters: Parameters
  /** Twelve-digit account ids, resolved before minting, sorted. */
  readonly accounts: readonly string[]
  /** Region names, or every Region the account has enabled, expanded and frozen when the run starts. */
  readonly regions: 'enabled' | readonly string[]
  readonly engines: readonly Engine[]
  /** Most rows in the answer; the newest are kept. */
  readonly limit: number
  readonly window: Window
  /** Absent: management events alone, which is all that LookupEvents shows. */
  readonly categories?: readonly EventCategory[]
  /** Records as CloudTrail gave them leave ctq too: never to Slack. */
  readonly raw?: true
}

/** The hash that audit, tokens and approvals name a query by. */
export function queryHash(query: Query): string {
  return digestOf(query)
}
