import type { Failure } from '../failure.ts'
import { err, ok, type Result } from '../outcome.ts'
import type { Query, Window } from '../query/query.ts'
import type { Runbook } from '../runbook/runbook.ts'
import type { Request } from './command.ts'
import { durationWords } from './duration.ts'
import type { Scope } from './scope.ts'
import { utcWords } from './span.ts'

/** LookupEvents looks back 90 days (API reference, LookupEvents). */
export const OLDEST_S = 90 * 86_400

/** Seconds that a window stays open for a run that waits to start: a late start reads the newest records, not stale ones. */
export const START_WITHIN_S = 3600
/** Until somebody has asked again as they were told, seconds. */
const TYPED_WITHIN_S = 900

/**
 * Makes the query that is hashed, allowed and minted. `rows` is the most rows of an answer, which a role can lower; `now` is
 * the moment of asking. Times are cut to whole seconds.
 */
export function toQuery(
  request: Request,
  scope: Scope,
  runbook: Runbook,
  rows: number,
  now: Date,
): Result<Query, Failure> {
  const elsewhere = runbook.records.filter((kind) => kind !== 'management')
  if (elsewhere.length === runbook.records.length)
    return err({ code: 'needs_trail', runbook: runbook.name, kinds: elsewhere })
  const asked = Math.floor(now.getTime() / 1000)
  const since = request.span?.since ?? asked - runbook.window.default
  const until = request.span?.until
  if (since < asked - OLDEST_S) return err({ code: 'window_too_old', oldest: utcWords(startAfter(asked - OLDEST_S)) })
  const length = (until ?? asked) - since
  if (length > runbook.window.max) return tooLong(runbook, length)
  return ok({
    runbook: { name: runbook.name, digest: runbook.digest },
    parameters: request.parameters,
    accounts: scope.accounts,
    regions: scope.regions,
    engines: ['lookup'],
    limit: rows,
    window: windowOf(since, until, asked + START_WITHIN_S),
  })
}

/** A full hour that is still to come when it is read, typed and asked. */
function startAfter(oldest: number): number {
  return Math.ceil((oldest + TYPED_WITHIN_S) / 3_600) * 3_600
}

function windowOf(since: number, until: number | undefined, notAfter: number): Window {
  return { since: iso(since), until: until === undefined ? { atStart: true, notAfter: iso(notAfter) } : iso(until) }
}

function tooLong(runbook: Runbook, length: number): Result<never, Failure> {
  const limit = durationWords(runbook.window.max)
  return err({ code: 'window_too_long', asked: durationWords(length), limit, runbook: runbook.name })
}

function iso(time: number): string {
  return `${new Date(time * 1000).toISOString().slice(0, 19)}Z`
}

/**
 * Seconds that a query's window is long, as it was asked: the minutes that an open end may grow by while it waits are not
 * counted, so that the same query has the same length at minting and at every renewal.
 */
export function windowLength(query: Query): number {
  const { since, until } = query.window
  const end = typeof until === 'string' ? Date.parse(until) : Date.parse(until.notAfter) - START_WITHIN_S * 1000
  return Math.max(0, Math.floor((end - Date.parse(since)) / 1000))
}
