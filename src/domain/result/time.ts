/** Seconds since 1970 as ISO 8601 in UTC without a fraction, as CloudTrail writes eventTime. */
export function isoOf(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`
}

/** An ISO time as people read it, in UTC, to the minute: `2026-11-20 13:53Z`. */
export function minuteOf(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)}Z`
}

/** An ISO time as people read it, in UTC, to the second: `2026-11-20 13:53:07Z`. */
export function secondOf(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)}Z`
}

/** Windows of so many days and more are said to begin on a day, not at a minute. */
const DAYS_LONG = 3

/** A moment to the minute, in UTC, for whoever reads it at `now`: `13:53Z` today, `15 Aug 13:53Z` before, with its year in another one. */
export function clockOf(iso: string, now: string): string {
  const day = dayOf(iso, now)
  return `${day === '' ? '' : `${day} `}${iso.slice(11, 16)}Z`
}

/** From one moment to another, for whoever reads it at `now`: `12:41–13:52Z`, `19 Nov 15:41–16:02Z`, `15 Aug – 14:08Z`. */
export function spanOf(since: string, until: string, now: string): string {
  const from = clockOf(since, now)
  if (since.slice(0, 16) === until.slice(0, 16)) return from
  if (since.slice(0, 10) === until.slice(0, 10)) return `${from.slice(0, -1)}–${until.slice(11, 16)}Z`
  const long = Date.parse(until) - Date.parse(since) >= DAYS_LONG * 86_400_000
  return `${long ? dayOf(since, now) || from : from} – ${clockOf(until, now)}`
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** The day as people write it; nothing for the day of `now`. */
export function dayOf(iso: string, now: string): string {
  if (iso.slice(0, 10) === now.slice(0, 10)) return ''
  const day = `${Number(iso.slice(8, 10))} ${MONTHS[Number(iso.slice(5, 7)) - 1] ?? ''}`
  return iso.slice(0, 4) === now.slice(0, 4) ? day : `${day} ${iso.slice(0, 4)}`
}

/** An ISO time some minutes later. */
export function minutesAfter(iso: string, minutes: number): string {
  return isoOf(Math.floor(Date.parse(iso) / 1000) + minutes * 60)
}

/** Seconds as people say them: `8 s`, `4 min`, `2 h 5 min`. */
export function lastingWords(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  if (whole < 90) return `${whole} s`
  const minutes = Math.round(whole / 60)
  if (minutes < 90) return `${minutes} min`
  const rest = minutes % 60
  return rest === 0 ? `${minutes / 60} h` : `${(minutes - rest) / 60} h ${rest} min`
}
