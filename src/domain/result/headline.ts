import type { Parameters, Query } from '../query/query.ts'
import type { Answer } from './answer.ts'
import { counted, joined, numberWords, type Phrase, say, value } from './phrase.ts'
import { minuteOf, secondOf, spanOf } from './time.ts'

/** How an answer stands, for a person. `unknown`: nothing went wrong, and still nothing can be said. */
export type Standing = 'complete' | 'partial' | 'failed' | 'unknown'

/** Accounts named one by one in the scope; beyond, they are counted. */
const ACCOUNTS_NAMED = 3

/** Matched calls that are shown: those folded away as noise are not among them. */
export function shownCount({ counts }: Answer): number {
  return Math.max(0, counts.matched - counts.noise.ctq - counts.noise.service)
}

const BLIND = say`nothing could be read: every account and Region asked is a known blind spot`

/**
 * The verdict as it may be said. A complete answer in which every part is a blind spot, or whose whole window is newer than what AWS
 * has settled, says nothing about what happened: it is `unknown` unless something was found.
 */
export function standingOf(answer: Answer): Standing {
  const { verdict } = answer.coverage
  if (verdict !== 'complete') return verdict
  if (answer.cut) return 'partial'
  return shownCount(answer) === 0 && (isBlind(answer) || isUnsettled(answer)) ? 'unknown' : 'complete'
}

/** Every part that was asked is a known blind spot: nothing was read. */
function isBlind({ coverage }: Answer): boolean {
  const { asked, blind } = coverage.parts
  return blind > 0 && blind === asked
}

/** The whole window is later than what AWS has surely delivered. */
function isUnsettled({ coverage }: Answer): boolean {
  return coverage.settledUntil <= coverage.window.since
}

/** The first words of an answer: what it may be taken for. */
export function verdictPhrase(answer: Answer): Phrase {
  switch (standingOf(answer)) {
    case 'complete':
      return isUnsettled(answer) ? say`COMPLETE as far as delivered` : say`COMPLETE up to ${settledMinute(answer)}`
    case 'partial':
      return shownCount(answer) === 0 ? say`PARTIAL: NOT AN ALL-CLEAR` : say`PARTIAL: ${whyPartial(answer)}`
    case 'failed':
      return shownCount(answer) === 0 ? say`FAILED: NOT AN ALL-CLEAR` : say`FAILED: ${whyPartial(answer)}`
    case 'unknown':
      return say`NOT KNOWN: NOT AN ALL-CLEAR`
  }
}

function whyPartial({ coverage, cut }: Answer): string {
  if (coverage.ended === 'cancelled') return 'cancelled before the end'
  if (coverage.ended === 'lapsed') return 'authorisation lapsed before the end'
  return cut ? 'cut at the row limit, older calls exist' : 'there may be more'
}

/** What was found, or what "nothing" means here; tried and done are told apart. */
export function foundPhrase(answer: Answer): Phrase {
  const shown = shownCount(answer)
  if (shown > 0) return callsPhrase(answer, shown)
  const folded = answer.counts.noise.ctq + answer.counts.noise.service
  const besides = folded > 0 ? `, besides ${numberWords(folded)} folded away` : ''
  switch (standingOf(answer)) {
    case 'complete':
      return say`none up to ${settledMinute(answer)}${besides}`
    case 'partial':
      return say`nothing found in what was read${besides}; not an all-clear`
    case 'failed':
      return isBlind(answer) ? BLIND : say`nothing could be read${besides}; not an all-clear`
    case 'unknown':
      return isBlind(answer) ? BLIND : say`not yet known: the whole window is newer than what AWS has surely delivered`
  }
}

function callsPhrase({ counts }: Answer, shown: number): Phrase {
  const tried = Math.min(counts.failed, shown)
  const denied = Math.min(counts.denied ?? 0, tried)
  if (tried === 0) return say`${counted(shown, 'call')}, ${shown === 1 ? 'done' : 'all done'}`
  return joined(
    [
      say`${counted(shown, 'call')}: ${shown === tried ? 'none' : numberWords(shown - tried)} done`,
      denied === 0 ? [] : say`${denied} denied`,
      denied === tried ? [] : say`${tried - denied} failed`,
    ],
    ' · ',
  )
}

/** When: first and last of what was found. An answer that did not read everything cannot say "first". Empty when nothing was found. */
export function whenPhrase(answer: Answer): Phrase {
  const { first, last } = answer
  if (first === undefined || last === undefined) return []
  const whole = standingOf(answer) === 'complete'
  if (first === last) return say`${whole ? 'At' : 'Read at'} ${secondOf(first)}`
  return say`${whole ? 'First' : 'Oldest read'} ${secondOf(first)} · ${whole ? 'last' : 'newest read'} ${secondOf(last)}`
}

/** The question, as it was understood. */
export function questionPhrase(runbook: string, parameters: Parameters): Phrase {
  const given = Object.entries(parameters).map(([name, given]) => say`${name}=${value(given)}`)
  return joined([say`${runbook}`, ...given], ' ')
}

/** Where and when was asked, and how much of it was read to its end. */
export function scopePhrase(answer: Answer): Phrase {
  const { window } = answer.coverage
  return joined(
    [accountsPhrase(answer.accounts), say`${spanOf(window.since, window.until)}`, readPhrase(answer)],
    ' · ',
  )
}

/** Where and when a query looks, before anything is read. `nameOf`: an account's name, where it has one. */
export function queryScopePhrase(query: Query, nameOf: (account: string) => string | undefined): Phrase {
  const accounts = query.accounts.map((id) => {
    const name = nameOf(id)
    return name === undefined ? { id } : { id, name }
  })
  return joined([accountsPhrase(accounts), windowPhrase(query.window), regionsPhrase(query.regions)], ' · ')
}

function windowPhrase({ since, until }: Query['window']): Phrase {
  return typeof until === 'string' ? say`${spanOf(since, until)}` : say`${minuteOf(since)} – now`
}

function regionsPhrase(regions: Query['regions']): Phrase {
  if (regions === 'enabled') return say`every enabled Region`
  return regions.length > 4 ? say`${regions.length} Regions` : say`${regions.join(', ')}`
}

function accountsPhrase(accounts: Answer['accounts']): Phrase {
  if (accounts.length > ACCOUNTS_NAMED) return say`${accounts.length} accounts`
  return joined(
    accounts.map(({ id, name }) => (name === undefined ? say`account ${value(id)}` : say`${value(name)} (${id})`)),
    ', ',
  )
}

function readPhrase({ accounts, coverage }: Answer): Phrase {
  const { asked, complete, blind } = coverage.parts
  const what = accounts.length === 1 ? (asked === 1 ? 'Region' : 'Regions') : 'pairs of account and Region'
  const blindWords = blind > 0 ? `, ${counted(blind, 'known blind spot')}` : ''
  return say`${complete} of ${asked} ${what} read to the end${blindWords}`
}

function settledMinute({ coverage }: Answer): string {
  return minuteOf(coverage.settledUntil)
}
