import { IANAZone } from 'luxon'
import { readDuration } from './duration.ts'

/** Whose clock is meant, and what time it is. `zone` is an IANA name; one that is not known counts as UTC. */
export type Clock = { readonly now: Date; readonly zone: string }

/**
 * A moment as typed, in seconds since 1970. `earliest` and `latest` differ where a clock showed that time twice or never
 * (daylight saving), and for a bare date. `note` says so to the person.
 */
export type Moment = {
  readonly earliest: number
  readonly latest: number
  readonly used: number
  readonly wholeDay?: true
  readonly note?: string
}

/** Which day a time without a date is on: the last such time, or the first one after a moment. */
export type Near = { readonly kind: 'past' } | { readonly kind: 'after'; readonly time: number }

type Day = { readonly year: number; readonly month: number; readonly day: number }
type Time = { readonly hour: number; readonly minute: number; readonly second: number }

const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']
const DAY_S = 86_400

/** Reads a moment from the words at `at`; undefined when they are none. */
export function readMoment(words: readonly string[], at: number, clock: Clock, near: Near): Moment | undefined {
  const word = words[at]?.toLowerCase() ?? ''
  if (word === 'now') return exactly(seconds(clock), 1)
  return readAgo(words, at, clock) ?? readDated(words, at, clock) ?? readTimed(words, at, clock, near)
}

function exactly(time: number, used: number): Moment {
  return { earliest: time, latest: time, used }
}

function seconds(clock: Clock): number {
  return Math.floor(clock.now.getTime() / 1000)
}

function readAgo(words: readonly string[], at: number, clock: Clock): Moment | undefined {
  const length = /^\d/.test(words[at] ?? '') ? readDuration(words, at) : undefined
  if (length === undefined) return undefined
  const ago = words[at + length.used]?.toLowerCase() === 'ago' ? 1 : 0
  return exactly(seconds(clock) - length.seconds, length.used + ago)
}

/** `2026-11-20`, `2026-11-20 14:05`, `2026-11-20T14:05:00+01:00`, `yesterday`, `monday 14:05`. */
function readDated(words: readonly string[], at: number, clock: Clock): Moment | undefined {
  const word = words[at] ?? ''
  const joined = /^(\d{4}-\d\d-\d\d)[Tt_](.+)$/.exec(word)
  if (joined !== null) {
    const time = readTime([joined[2] ?? '', ...words.slice(at + 1, at + 2)], 0, clock.zone)
    const day = time && dayOf(joined[1] ?? '', clock, time.zone)
    return time && day && moment(day, time.time, time.zone, time.used)
  }
  const time = readTime(words, at + 1, clock.zone)
  const day = dayOf(word, clock, time?.zone ?? knownZone(clock.zone))
  if (day === undefined) return undefined
  return time === undefined ? wholeDay(day, clock.zone) : moment(day, time.time, time.zone, time.used + 1)
}

/** `14:05`, `14:05Z`, `2pm`: on the day that `near` says. */
function readTimed(words: readonly string[], at: number, clock: Clock, near: Near): Moment | undefined {
  const time = readTime(words, at, clock.zone)
  if (time === undefined) return undefined
  const from = near.kind === 'past' ? seconds(clock) : near.time
  const today = localDay(from, time.zone)
  const on = (days: number) => moment(addDays(today, days), time.time, time.zone, time.used)
  if (near.kind === 'after') return [0, 1].map(on).find((found) => found.latest > from)
  const found = on(0)
  if (found.earliest <= from) return found
  const before = on(-1)
  if (before.earliest > from) return undefined
  const typed = words.slice(at, at + time.used).join(' ')
  const utc = new Date(Date.UTC(1970, 0, 1, time.time.hour, time.time.minute, time.time.second)).toISOString()
  const instead = time.zone === 'UTC' ? '' : ` For UTC write ${utc.slice(11, time.time.second === 0 ? 16 : 19)}Z.`
  const moved = `${typed} is still to come today in ${time.zone}: yesterday's was taken.${instead}`
  return { ...before, note: before.note === undefined ? moved : `${moved} ${before.note}` }
}

function readTime(
  words: readonly string[],
  at: number,
  zone: string,
): { readonly time: Time; readonly zone: string; readonly used: number } | undefined {
  const text = words[at]?.toLowerCase() ?? ''
  const found = /^(\d{1,2})(?::(\d\d))?(?::(\d\d)(?:\.\d{1,9})?)?(am|pm)?(z|utc|gmt|[+-]\d\d(?::?\d\d)?)?$/.exec(text)
  if (found === null || (found[2] === undefined && found[4] === undefined)) return undefined
  const time = timeOf(found)
  if (time === undefined) return undefined
  const own = zoneOf(found[5])
  if (own !== undefined) return { time, zone: own, used: 1 }
  const next = zoneOf(words[at + 1])
  return next === undefined ? { time, zone: knownZone(zone), used: 1 } : { time, zone: next, used: 2 }
}

function timeOf(found: RegExpExecArray): Time | undefined {
  const typed = Number(found[1])
  if (found[4] !== undefined && (typed < 1 || typed > 12)) return undefined
  const hour = found[4] === undefined ? typed : (typed % 12) + (found[4] === 'pm' ? 12 : 0)
  const time = { hour, minute: Number(found[2] ?? 0), second: Number(found[3] ?? 0) }
  return time.hour < 24 && time.minute < 60 && time.second < 60 ? time : undefined
}

/** `Z`, `UTC`, `+01:00` or an IANA name. Letters such as CET are not read: they name several zones. */
function zoneOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  if (/^(?:z|utc|gmt)$/i.test(text)) return 'UTC'
  if (/^[+-]\d\d(?::?\d\d)?$/.test(text)) return text
  return text.length <= 40 && text.includes('/') && IANAZone.isValidZone(text) ? text : undefined
}

/** Letters that people write for a zone, and that name several or change with the season (tz database, theory.html). */
const LETTERS =
  'acst acdt aedt aest akdt akst art ast awst adt bst brt cat cdt cest cet clt cst eat edt eest eet est et hkt hst ist jst kst mdt mest met msk mst mt ndt nst nzdt nzst pdt pht pkt pst pt sast sgt sst uyt wat west wet wib ct'.split(
    ' ',
  )

/** Whether a word that follows a time is a zone's letters: it is no value, and must not be taken for one. */
export function isZoneLetters(word: string): boolean {
  return LETTERS.includes(word.toLowerCase())
}

function knownZone(zone: string): string {
  return IANAZone.isValidZone(zone) ? zone : 'UTC'
}

function dayOf(text: string, clock: Clock, zone: string): Day | undefined {
  const word = text.toLowerCase()
  const date = /^(\d{4})-(\d\d)-(\d\d)$/.exec(word)
  if (date !== null) return realDay({ year: Number(date[1]), month: Number(date[2]), day: Number(date[3]) })
  const today = localDay(seconds(clock), zone)
  if (word === 'today') return today
  if (word === 'yesterday') return addDays(today, -1)
  const weekday = WEEKDAYS.findIndex((name) => name === word || name.slice(0, 3) === word)
  if (weekday < 0) return undefined
  const ago = (new Date(Date.UTC(today.year, today.month - 1, today.day)).getUTCDay() - weekday + 7) % 7
  return addDays(today, -(ago === 0 ? 7 : ago))
}

function realDay(day: Day): Day | undefined {
  const same = addDays(day, 0)
  return day.year >= 1970 && same.month === day.month && same.day === day.day ? day : undefined
}

function addDays(day: Day, days: number): Day {
  const date = new Date(Date.UTC(day.year, day.month - 1, day.day + days))
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() }
}

function localDay(time: number, zone: string): Day {
  const date = new Date((time + offsetAt(time, zone)) * 1000)
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() }
}

function wholeDay(day: Day, zone: string): Moment {
  const start = moment(day, { hour: 0, minute: 0, second: 0 }, knownZone(zone), 1)
  const end = moment(day, { hour: 23, minute: 59, second: 59 }, knownZone(zone), 1)
  return { earliest: start.earliest, latest: end.latest, used: 1, wholeDay: true }
}

/** Seconds that a zone is ahead of UTC at a moment. */
function offsetAt(time: number, zone: string): number {
  const fixed = /^([+-])(\d\d):?(\d\d)?$/.exec(zone)
  if (fixed !== null) return (fixed[1] === '-' ? -60 : 60) * (Number(fixed[2]) * 60 + Number(fixed[3] ?? 0))
  return zone === 'UTC' ? 0 : IANAZone.create(zone).offset(time * 1000) * 60
}

/** Where the clocks jumped, both readings are kept, so that a window made of them misses nothing. */
function moment(day: Day, time: Time, zone: string, used: number): Moment {
  const local = Date.UTC(day.year, day.month - 1, day.day, time.hour, time.minute, time.second) / 1000
  const offsets = [...new Set([offsetAt(local - DAY_S, zone), offsetAt(local + DAY_S, zone)])]
  const readings = offsets.map((offset) => local - offset)
  const real = readings.filter((reading) => reading + offsetAt(reading, zone) === local)
  const kept = real.length > 0 ? real : readings
  const found = { earliest: Math.min(...kept), latest: Math.max(...kept), used }
  if (kept.length < 2) return found
  const shown = new Date(local * 1000).toISOString().slice(0, 16).replace('T', ' ')
  const what = real.length === 0 ? 'does not exist' : 'happened twice'
  return { ...found, note: `${shown} ${what} in ${zone}, where the clocks changed: all it can mean is covered.` }
}
