import { random, scramble } from '../../random.ts'
import type { Actor, Schedule } from './activity.ts'

const HOUR = 3600
const WEEK_HOURS = 168

/** Hours since 1970 as hours since Monday, 00:00 UTC: the first of January 1970 was a Thursday. */
export function weekHour(hour: number): number {
  return (hour + 72) % WEEK_HOURS
}

/** `perHour[h]` things in the h-th hour of each week, at times that look like chance. */
function weekly(perHour: readonly number[]): Schedule {
  return (hour, hash, scale) => {
    const expected = (perHour[weekHour(hour)] ?? 0) * scale
    if (expected === 0) return NONE
    const count = Math.floor(expected + hash / 0x100000000)
    if (count === 0) return NONE
    const roll = random(scramble(hash))
    return Array.from({ length: count }, () => Math.floor(roll() * HOUR))
  }
}

const NONE: readonly number[] = []

/** So many a day, around the clock. */
export function always(perDay: number): Schedule {
  return weekly(Array.from({ length: WEEK_HOURS }, () => perDay / 24))
}

/** So many a working day, on weekdays between two hours (UTC), fewer at lunch and towards the end. */
export function office(perDay: number, from = 7, to = 17): Schedule {
  const weights: number[] = Array.from({ length: 24 }, (_, hour) =>
    hour < from || hour >= to ? 0 : hour === 11 || hour === to - 1 ? 0.5 : 1,
  )
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return weekly(
    Array.from({ length: WEEK_HOURS }, (_, at) => (at < 120 ? ((weights[at % 24] ?? 0) / total) * perDay : 0)),
  )
}

/** So many within one hour of each day (UTC). */
export function nightly(atHour: number, count: number): Schedule {
  return weekly(Array.from({ length: WEEK_HOURS }, (_, at) => (at % 24 === atHour ? count : 0)))
}

/** Every so many minutes, to the second, at an offset of its own. A scale under 1 leaves some out. */
export function every(minutes: number, offsetSeconds: number): Schedule {
  const step = minutes * 60
  return (hour, hash, scale) => {
    const first = (step - ((hour * HOUR - offsetSeconds) % step)) % step
    const times: number[] = []
    for (let at = first; at < HOUR; at += step) times.push(at)
    if (scale >= 1 || times.length === 0) return times
    const roll = random(hash)
    return times.filter(() => roll() < scale)
  }
}

/** Sessions of so many hours, the first of a day beginning at `phase` o'clock (UTC). */
export function sessionStart(hour: number, sessionHours: number, phase: number): number {
  return hour - ((hour - phase) % sessionHours)
}

/**
 * The hour before each session begins, on working days or on every day: when its credentials are given out. The moment
 * within that hour is the session's own.
 */
export function beforeSessions(actor: Pick<Actor, 'sessionHours' | 'sessionPhase'>, weekends: boolean): Schedule {
  const hours = actor.sessionHours ?? 1
  return (hour, _hash, scale) => {
    const next = hour + 1
    if (scale === 0 || sessionStart(next, hours, actor.sessionPhase ?? 0) !== next) return NONE
    return weekends || weekHour(next) < 120 ? ONCE : NONE
  }
}

const ONCE: readonly number[] = [0]
