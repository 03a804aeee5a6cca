import { labelBefore } from './messageText.ts'
import { type Clock, readMoment } from './moment.ts'
import { OLDEST_S } from './toQuery.ts'

/** A time in a text: seconds since 1970, where it stands and how it is written. */
export type FoundTime = { readonly at: number; readonly index: number; readonly text: string }

/** Clocks differ: an alert's time may be a little ahead. */
const AHEAD_S = 300

/** More times than this in one message tell nothing; of each way to write one so many are read, as reading one takes a while. */
const MOST = 20
const MOST_READ = 200

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const MONTH = '(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\\.?'
const CLOCK = '(\\d{1,2}:\\d\\d(?::\\d\\d)?)(?:[.,]\\d{1,9})?(?: ?([AaPp])\\.?[Mm]\\.?)?'
const ZONE = '(?: ?\\(?(Z|UTC|GMT|[+-]\\d\\d:?\\d\\d)(?![\\w:]))?'

/** How machines and people write a moment with its day; `read` gives date, clock and zone as `readMoment` reads them. */
const DATED: readonly { readonly find: RegExp; readonly read: (parts: readonly string[]) => string }[] = [
  {
    find: new RegExp(`(?<![\\w-])(\\d{4})[-/](\\d\\d)[-/](\\d\\d)(?:[Tt_]| {1,3})${CLOCK}${ZONE}(?![\\w:])`, 'g'),
    read: ([year = '', month = '', day = '', clock = '', half = '', zone = '']) =>
      words(year, month, day, clock, half, zone),
  },
  {
    // ISO 8601's basic form, as in the names of CloudTrail's files.
    find: /(?<![A-Za-z0-9])(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)?Z(?![A-Za-z0-9])/g,
    read: ([year = '', month = '', day = '', hour = '', minute = '', second = '00']) =>
      words(year, month, day, `${hour}:${minute}:${second}`, '', 'Z'),
  },
  {
    // `Friday 20 November, 2026 14:02:33 UTC` (CloudWatch's mails), `Fri, 20 Nov 2026 14:02:33 GMT`.
    find: new RegExp(`(?<![\\w-])(\\d{1,2}) ${MONTH},? (\\d{4}),? (?:at )?${CLOCK}${ZONE}`, 'gi'),
    read: ([day = '', month = '', year = '', clock = '', half = '', zone = '']) =>
      words(year, monthOf(month), day, clock, half, zone),
  },
  {
    find: new RegExp(`(?<![\\w-])${MONTH} (\\d{1,2}),? (\\d{4}),? (?:at )?${CLOCK}${ZONE}`, 'gi'),
    read: ([month = '', day = '', year = '', clock = '', half = '', zone = '']) =>
      words(year, monthOf(month), day, clock, half, zone),
  },
  {
    // The data points of a CloudWatch alarm: `[5.0 (20/11/26 14:01:00)]`, in UTC.
    find: /\((\d\d)\/(\d\d)\/(\d\d) (\d\d:\d\d:\d\d)\)/g,
    read: ([day = '', month = '', year = '', clock = '']) => words(`20${year}`, month, day, clock, '', 'Z'),
  },
]

/** Seconds or milliseconds since 1970; a number that is called a time. */
const EPOCH = /(?<![\w.-])(1[6-9]\d{8})(?:\d{3})?(?![\d-])/g
const TIME_LABEL = /(?:time|stamp|date|seen|epoch|ts|at)$/i

/** A time of day alone: `14:05`, `12:41:03Z`, `2:05 pm`. Not a port, a ratio with a unit behind, or a piece of a longer number. */
const ALONE = new RegExp(`(?<![\\w:./-])${CLOCK}${ZONE}(?![\\w:/-]|\\.\\d)`, 'g')

/**
 * The times in a text that CloudTrail can answer about, each once, in the order they stand. Where a day is written with any time, times of day alone
 * are left: they are most often lengths or the same times again. A time without a zone is in the clock's.
 */
export function timesIn(text: string, clock: Clock): readonly FoundTime[] {
  const dated = [...DATED.flatMap(({ find, read }) => all(text, find, read, clock)), ...epochs(text)]
  const found =
    dated.length > 0 ? dated : all(text, ALONE, ([time = '', half = '', zone = '']) => time12(time, half, zone), clock)
  const now = Math.floor(clock.now.getTime() / 1000)
  const seen = new Set<number>()
  return found
    .filter(({ at }) => at <= now + AHEAD_S && at > now - OLDEST_S)
    .toSorted((a, b) => a.index - b.index)
    .filter(({ at }) => !seen.has(at) && seen.add(at))
    .slice(0, MOST)
}

function all(
  text: string,
  find: RegExp,
  read: (parts: readonly string[]) => string,
  clock: Clock,
): readonly FoundTime[] {
  const found: FoundTime[] = []
  let count = 0
  for (const match of text.matchAll(find)) {
    const at = readMoment(read(match.slice(1)).split(' '), 0, clock, { kind: 'past' })
    if (at !== undefined) found.push({ at: at.earliest, index: match.index, text: match[0].trim() })
    count += 1
    if (count === MOST_READ) break
  }
  return found
}

function epochs(text: string): readonly FoundTime[] {
  return [...text.matchAll(EPOCH)].flatMap(({ 0: whole, 1: seconds, index }) =>
    TIME_LABEL.test(labelBefore(text, index)) ? [{ at: Number(seconds), index, text: whole }] : [],
  )
}

function words(year: string, month: string, day: string, clock: string, half: string, zone: string): string {
  return `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')} ${time12(clock, half, zone)}`
}

function time12(clock: string, half: string, zone: string): string {
  const time = half === '' ? clock : `${clock}${half.toLowerCase()}m`
  return zone === '' ? time : `${time} ${zone}`
}

function monthOf(name: string): string {
  return String(MONTHS.indexOf(name.slice(0, 3).toLowerCase()) + 1)
}
