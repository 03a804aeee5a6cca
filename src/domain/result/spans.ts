import type { Span } from '../request/command.ts'
import { durationWords } from '../request/duration.ts'
import { utcWords } from '../request/span.ts'
import { OLDEST_S } from '../request/toQuery.ts'
import type { Runbook } from '../runbook/runbook.ts'
import type { Answer } from './answer.ts'

/** Windows that people ask for, in seconds: a wider one is the next of these that is at least twice as long. */
const PRESETS: readonly number[] = [3_600, 4 * 3_600, 86_400, 7 * 86_400, 30 * 86_400, 90 * 86_400]

/** Times here are seconds since 1970; `at` is the moment of asking. */
type Window = Pick<Runbook, 'window'>

/** From a moment until the run starts, as far back as the runbook and AWS allow. */
export function spanFrom(since: number, { window }: Window, at: number): Span {
  const length = at - since
  const most = Math.min(window.max, OLDEST_S)
  return length >= most ? lastSpan(most, at) : { since, words: `since ${utcWords(since)}` }
}

/** From one moment to another; when that is longer than the runbook allows, the latest part of it. */
export function reaching(since: number, until: number, { window }: Window, at: number): Span {
  const end = Math.min(until, at)
  const from = Math.max(since, end - window.max, at - OLDEST_S)
  // Up to now is how a question without an end is meant: nothing later can be read.
  if (until >= at) return { since: from, words: `since ${utcWords(from)}` }
  return { since: from, until: end, words: `since ${utcWords(from)} until ${utcWords(end)}` }
}

/** An answer's window once more: up to now when it was asked so, with the length that it had; else the same moments. */
export function sameSpan(answer: Answer, runbook: Window, at: number): Span {
  const { since, until, length } = windowOf(answer)
  if (!answer.asked.openEnd) return { since, until, words: `since ${utcWords(since)} until ${utcWords(until)}` }
  const most = Math.min(runbook.window.max, OLDEST_S)
  // What was asked as "last 24h" began whole minutes before; another beginning is kept as it was.
  return length % 60 === 0 || length > most ? lastSpan(Math.min(length, most), at) : spanFrom(since, runbook, at)
}

/** The very moments that an answer was to cover: a window that has moved since would leave a gap in it open. */
export function coveredSpan({ coverage }: Answer, runbook: Window, at: number): Span {
  const { since, until } = coverage.window
  return reaching(Math.floor(Date.parse(since) / 1000), Math.floor(Date.parse(until) / 1000), runbook, at)
}

/** A longer window with the same end; undefined when the runbook allows none. `label`: its length. */
export function widerSpan(
  answer: Answer,
  { window }: Window,
  at: number,
): { readonly span: Span; readonly label: string } | undefined {
  const { until, length } = windowOf(answer)
  const most = Math.min(window.max, OLDEST_S)
  const wider = Math.min(PRESETS.find((preset) => preset >= length * 2) ?? most, most)
  if (wider <= length) return undefined
  const label = durationWords(wider)
  if (answer.asked.openEnd) return { span: lastSpan(wider, at), label }
  const since = Math.max(until - wider, at - OLDEST_S)
  return { span: { since, until, words: `since ${utcWords(since)} until ${utcWords(until)}` }, label }
}

function lastSpan(length: number, at: number): Span {
  return { since: at - length, words: `last ${lengthWords(length)}` }
}

/** A length as it can be typed, exactly. */
function lengthWords(seconds: number): string {
  if (seconds > 86_400 && seconds % 86_400 === 0) return `${seconds / 86_400}d`
  return seconds % 3_600 === 0 ? `${seconds / 3_600}h` : `${Math.ceil(seconds / 60)}m`
}

/** Open windows begin where they were asked from: their length is what was asked, not what it had become when the run started. */
function windowOf({ coverage, asked, askedAt }: Answer): {
  readonly since: number
  readonly until: number
  readonly length: number
} {
  const since = secondsOf(coverage.window.since)
  const until = secondsOf(coverage.window.until)
  return { since, until, length: (asked.openEnd ? secondsOf(askedAt) : until) - since }
}

function secondsOf(iso: string): number {
  return Math.floor(Date.parse(iso) / 1000)
}
