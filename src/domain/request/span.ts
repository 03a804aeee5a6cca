import type { Failure } from '../failure.ts'
import { err, ok, type Result } from '../outcome.ts'
import type { Span } from './command.ts'
import { readDuration } from './duration.ts'
import { type Clock, isZoneLetters, type Moment, type Near, readMoment } from './moment.ts'

type Keyword = 'last' | 'since' | 'until' | 'around' | 'before'

const KEYWORDS: { readonly [word: string]: Keyword } = {
  last: 'last',
  past: 'last',
  since: 'since',
  from: 'since',
  after: 'since',
  until: 'until',
  till: 'until',
  to: 'until',
  around: 'around',
  at: 'around',
  before: 'before',
}

/** The words that begin a window, for suggestions. */
export const WINDOW_WORDS: readonly string[] = ['last', 'since', 'until', 'around', 'before']

/** `around 14:05` without a length: an hour each way. */
const AROUND_S = 3600

const EXAMPLE: { readonly [keyword in Keyword]: string } = {
  last: 'last 24h',
  since: 'since yesterday 14:05',
  until: 'since 13:00 until 14:05',
  around: 'around 14:05',
  before: 'before 14:05',
}

/** The parts of a window as they are collected from a request; each may come once. */
export type WindowParts = {
  readonly last?: { readonly seconds: number; readonly words: string }
  readonly since?: Moment
  readonly until?: Moment
  readonly around?: Moment & { readonly each: number }
  readonly before?: Moment
}

/** The window keyword that a word is, if it is one; case does not matter. */
export function windowKeyword(word: string): Keyword | undefined {
  const lower = word.toLowerCase()
  return Object.hasOwn(KEYWORDS, lower) ? KEYWORDS[lower] : undefined
}

/** Reads what follows a keyword at `at` and adds it to the parts; `used` counts the words after the keyword. */
export function readWindowPart(
  keyword: Keyword,
  words: readonly string[],
  at: number,
  parts: WindowParts,
  clock: Clock,
): Result<{ readonly parts: WindowParts; readonly used: number }, Failure> {
  if (parts[keyword] !== undefined) return err({ code: 'duplicate_parameter', parameter: keyword })
  if (keyword === 'last') return readLast(words, at, parts)
  const near: Near =
    keyword === 'until' && parts.since !== undefined ? { kind: 'after', time: parts.since.earliest } : { kind: 'past' }
  const moment = readMoment(words, at, clock, near)
  if (moment === undefined) return badTime(keyword, words, at)
  const zone = words[at + moment.used]
  if (zone !== undefined && isZoneLetters(zone))
    return err({ code: 'unclear_zone', input: zone, time: words.slice(at, at + moment.used).join(' ') })
  const hasLength = keyword === 'around' && /^\d/.test(words[at + moment.used] ?? '')
  const length = hasLength ? readDuration(words, at + moment.used) : undefined
  const used = moment.used + (length?.used ?? 0)
  const part = keyword === 'around' ? { ...moment, each: length?.seconds ?? AROUND_S } : moment
  return ok({ parts: { ...parts, [keyword]: part }, used })
}

function readLast(
  words: readonly string[],
  at: number,
  parts: WindowParts,
): Result<{ readonly parts: WindowParts; readonly used: number }, Failure> {
  const length = readDuration(words, at)
  if (length === undefined) return badTime('last', words, at)
  return ok({ parts: { ...parts, last: { seconds: length.seconds, words: length.words } }, used: length.used })
}

function badTime(keyword: Keyword, words: readonly string[], at: number): Result<never, Failure> {
  const input = words.slice(at, at + 2).join(' ')
  return err({ code: 'bad_time', input: input === '' ? keyword : input, example: EXAMPLE[keyword] })
}

/** A span and what the person should be told about how it was read. Undefined when no window was typed. */
export type SpanRead = { readonly span?: Span; readonly notes: readonly string[] }

/** Makes one window of the parts. `defaultLength` (seconds) is how far back `before` and a lone `until` reach. */
export function spanOf(parts: WindowParts, clock: Clock, defaultLength: number): Result<SpanRead, Failure> {
  const now = Math.floor(clock.now.getTime() / 1000)
  const { last, since, until, around, before } = parts
  const kinds = [last, since ?? until, around, before].filter((part) => part !== undefined)
  if (kinds.length > 1) return badWindow(parts, 'it names more than one window')
  const notes = [since, until, around, before].flatMap((part) => part?.note ?? [])
  if (last !== undefined && last.seconds >= now) return badWindow(parts, 'it begins before 1970')
  if (last !== undefined) return ok({ span: { since: now - last.seconds, words: `last ${last.words}` }, notes })
  const bounds = boundsOf(parts, defaultLength)
  if (bounds === undefined) return ok({ notes })
  if (bounds.since < 0) return badWindow(parts, 'it begins before 1970')
  if (bounds.since >= now) return badWindow(parts, 'it begins in the future')
  if (bounds.until !== undefined && bounds.until < bounds.since) return badWindow(parts, 'it ends before it begins')
  return ok({ span: spanBetween(bounds.since, bounds.until, now), notes })
}

function boundsOf(
  { since, until, around, before }: WindowParts,
  length: number,
): { readonly since: number; readonly until?: number } | undefined {
  if (around !== undefined) return { since: around.earliest - around.each, until: around.latest + around.each }
  if (since !== undefined && until !== undefined) return { since: since.earliest, until: until.latest }
  if (since !== undefined) return { since: since.earliest }
  if (before?.wholeDay) return { since: before.earliest - length, until: before.earliest }
  const end = before ?? until
  return end === undefined ? undefined : { since: end.earliest - length, until: end.latest }
}

/** A window between two moments, seconds since 1970. One that ends in the future ends when the run starts: nothing later can be read. */
export function spanBetween(since: number, until: number | undefined, now: number): Span {
  if (until === undefined || until >= now) return { since, words: `since ${utcWords(since)}` }
  return { since, until, words: `since ${utcWords(since)} until ${utcWords(until)}` }
}

function badWindow(parts: WindowParts, why: string): Result<never, Failure> {
  return err({ code: 'bad_window', input: Object.keys(parts).join(' … '), why })
}

/** A moment in UTC to the minute, or to the second where it has seconds: `2026-11-20 13:35Z`. */
export function utcWords(time: number): string {
  const iso = new Date(time * 1000).toISOString()
  return `${iso.slice(0, 10)} ${iso.slice(11, time % 60 === 0 ? 16 : 19)}Z`
}
