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

/** From one ISO time to another; the day is not said twice: `2026-11-20 12:41Z – 13:52Z`. */
export function spanOf(since: string, until: string): string {
  const sameDay = since.slice(0, 10) === until.slice(0, 10)
  return `${minuteOf(since)} – ${sameDay ? `${until.slice(11, 16)}Z` : minuteOf(until)}`
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
