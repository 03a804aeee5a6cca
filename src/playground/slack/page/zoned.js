const PARTS = { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' }

/** Seconds since 1970 as a clock on the wall shows them in a time zone: `2026-11-20T14:08`. */
export function wallTime(seconds, tz) {
  const format = new Intl.DateTimeFormat('en-CA', { timeZone: tz, hourCycle: 'h23', ...PARTS })
  const part = Object.fromEntries(
    format.formatToParts(new Date(seconds * 1000)).map(({ type, value }) => [type, value]),
  )
  return `${part.year}-${part.month}-${part.day}T${part.hour}:${part.minute}`
}

/** What `wallTime` shows, as seconds since 1970. An hour that a clock change leaves out counts as the one after it. */
export function secondsOf(wall, tz) {
  const asUtc = Date.parse(`${wall}Z`) / 1000
  const offset = (seconds) => Date.parse(`${wallTime(seconds, tz)}Z`) / 1000 - Math.floor(seconds / 60) * 60
  const guess = asUtc - offset(asUtc)
  return asUtc - offset(guess)
}
