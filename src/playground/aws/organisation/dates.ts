const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** A time as CloudTrail logs it inside parameters: `Jul 30, 2024, 9:46:15 PM`. Takes seconds since 1970. */
export function logDate(seconds: number): string {
  return parts(seconds, ', ')
}

/** The same as IAM logs it in its answers: `Jul 30, 2024 9:53:13 PM`. */
export function iamDate(seconds: number): string {
  return parts(seconds, ' ')
}

function parts(seconds: number, between: string): string {
  const date = new Date(Math.floor(seconds) * 1000)
  const hour = date.getUTCHours()
  const two = (value: number) => String(value).padStart(2, '0')
  const clock = `${hour % 12 || 12}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} ${hour < 12 ? 'AM' : 'PM'}`
  return `${MONTHS[date.getUTCMonth()]} ${date.getUTCDate()}, ${date.getUTCFullYear()}${between}${clock}`
}

/** A time as records carry it: ISO 8601 in UTC, to the second. */
export function eventTime(seconds: number): string {
  return `${new Date(Math.floor(seconds) * 1000).toISOString().slice(0, 19)}Z`
}
