import type { Match } from '../runbook/runbook.ts'
import { chainsFor, freezeWindow, seconds } from './plan.ts'
import type { Query } from './query.ts'

/** What a question will take, before anything is read, and what that rests on. */
export type Estimate = {
  readonly seconds: number
  readonly requests: number
  readonly parts: number
  /** Regions of each account; `assumed` where they are known only once the run starts. */
  readonly regions: { readonly count: number; readonly assumed: boolean }
  /** Records an hour that each account and Region is taken to give. */
  readonly hourly: number
}

/** Above this the estimate comes first, and nothing is read until somebody says so. */
export const ESTIMATE_FIRST_S = 60

/** Regions that every account has unless it enables more (AWS: account management, Regions enabled by default). */
const DEFAULT_REGIONS = 17
/** AWS: LookupEvents gives at most 50 events a page. */
const PAGE = 50
/** Records an hour of one account and Region: of everything it does, and of one key, user or resource. Guesses, and said to be. */
const ALL_HOURLY = 60
const ONE_HOURLY = 1
/** What one worker reads side by side. */
const AT_ONCE = 128
/** Planning, and putting the answer together. */
const AROUND_S = 2

/** Estimates a question from the parts it will have, at the pace (milliseconds between two requests of one account and Region). */
export function estimateOf(query: Query, match: Match, paceMs: number, now: Date): Estimate {
  const window = freezeWindow(query.window, now.toISOString())
  const { chains } = chainsFor(match, window)
  const scans = chains.some(({ attribute }) => attribute === undefined || WIDE.has(attribute.key))
  const hourly = scans ? ALL_HOURLY : ONE_HOURLY
  const pages = chains.reduce((sum, { since, until }) => {
    const hours = Math.max(0, seconds(until) - seconds(since)) / 3_600
    return sum + Math.max(1, Math.ceil((hours * hourly) / PAGE))
  }, 0)
  const count = query.regions === 'enabled' ? DEFAULT_REGIONS : query.regions.length
  const parts = query.accounts.length * count
  return {
    seconds: Math.round(AROUND_S + (pages * paceMs * Math.ceil(parts / AT_ONCE)) / 1_000),
    requests: parts * pages,
    parts,
    regions: { count, assumed: query.regions === 'enabled' },
    hourly,
  }
}

/** Values of these are of everything an account does, or nearly. */
const WIDE: ReadonlySet<string> = new Set(['ReadOnly', 'EventSource'])
