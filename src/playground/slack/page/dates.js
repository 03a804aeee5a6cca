function part(date, tz, options) {
  return new Intl.DateTimeFormat('en-US', { timeZone: tz, ...options }).format(date)
}

function ordinal(day) {
  const tens = day % 100
  if (tens >= 11 && tens <= 13) return `${day}th`
  return `${day}${['th', 'st', 'nd', 'rd'][day % 10] ?? 'th'}`
}

function longDate(date, tz, weekday) {
  const day = ordinal(Number(part(date, tz, { day: 'numeric' })))
  const rest = `${part(date, tz, { month: 'long' })} ${day}, ${part(date, tz, { year: 'numeric' })}`
  return weekday ? `${part(date, tz, { weekday: 'long' })}, ${rest}` : rest
}

function isoDate(date, tz) {
  return new Intl.DateTimeFormat('en-CA', { timeZone: tz }).format(date)
}

/** Today and yesterday by name, in a zone; undefined for other days. */
function nearDay(date, tz) {
  const day = isoDate(date, tz)
  if (day === isoDate(new Date(), tz)) return 'today'
  return day === isoDate(new Date(Date.now() - 86_400_000), tz) ? 'yesterday' : undefined
}

const UNITS = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
]

function ago(date) {
  const seconds = (date.getTime() - Date.now()) / 1000
  const [unit, size] = UNITS.find(([, each]) => Math.abs(seconds) >= each) ?? ['second', 1]
  return new Intl.RelativeTimeFormat('en', { numeric: 'auto' }).format(Math.round(seconds / size), unit)
}

const FORMATS = {
  date_num: isoDate,
  date: (date, tz) => longDate(date, tz, false),
  date_short: (date, tz) => part(date, tz, { dateStyle: 'medium' }),
  date_long: (date, tz) => longDate(date, tz, true),
  date_pretty: (date, tz) => nearDay(date, tz) ?? longDate(date, tz, false),
  date_short_pretty: (date, tz) => nearDay(date, tz) ?? part(date, tz, { dateStyle: 'medium' }),
  date_long_pretty: (date, tz) => nearDay(date, tz) ?? longDate(date, tz, true),
  time: (date, tz) => part(date, tz, { timeStyle: 'short' }),
  time_secs: (date, tz) => part(date, tz, { timeStyle: 'medium' }),
  ago,
}

/** A Slack date (`<!date^seconds^format|fallback>`) in the reader's zone; the fallback when it is not valid. */
export function slackDate(seconds, format, fallback, tz) {
  const date = new Date(Number(seconds) * 1000)
  if (Number.isNaN(date.getTime())) return fallback
  return format.replaceAll(/\{([a-z_]+)\}/g, (whole, name) => FORMATS[name]?.(date, tz) ?? whole)
}

/** The time of a message timestamp, in the reader's zone. */
export function clock(ts, tz) {
  return part(new Date(Number(ts) * 1000), tz, { hour: 'numeric', minute: '2-digit' })
}

/** A message timestamp in full, in the reader's zone and in UTC, as one sees it under the pointer. */
export function fullTime(ts, tz) {
  const date = new Date(Number(ts) * 1000)
  return `${part(date, tz, { dateStyle: 'long', timeStyle: 'medium' })} (${date.toISOString().slice(0, 19)}Z)`
}

/** The day of a message timestamp as a divider says it. */
export function dayName(ts, tz) {
  const date = new Date(Number(ts) * 1000)
  const near = nearDay(date, tz)
  return near
    ? near[0].toUpperCase() + near.slice(1)
    : part(date, tz, { weekday: 'long', month: 'long', day: 'numeric' })
}
