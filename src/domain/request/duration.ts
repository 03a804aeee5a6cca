const SECONDS: { readonly [unit: string]: number } = { m: 60, h: 3600, d: 86_400, w: 604_800 }

const UNIT_NAMES: { readonly [name: string]: string } = {
  m: 'm',
  min: 'm',
  mins: 'm',
  minute: 'm',
  minutes: 'm',
  h: 'h',
  hr: 'h',
  hrs: 'h',
  hour: 'h',
  hours: 'h',
  d: 'd',
  day: 'd',
  days: 'd',
  w: 'w',
  week: 'w',
  weeks: 'w',
}

/** A length of time as typed. `words` is its plain form, such as `90m`; `used` is how many words it took. */
export type Duration = { readonly seconds: number; readonly words: string; readonly used: number }

/** Reads `90m`, `24h`, `7 days`, `2w`, `hour` (one) from the words at hand; undefined when they are no length of time. */
export function readDuration(words: readonly string[], at: number): Duration | undefined {
  const first = words[at]?.toLowerCase() ?? ''
  const whole = /^(\d{1,5})([a-z]+)$/.exec(first)
  if (whole !== null) return durationOf(Number(whole[1]), whole[2] ?? '', 1)
  if (/^\d{1,5}$/.test(first)) return durationOf(Number(first), words[at + 1]?.toLowerCase() ?? '', 2)
  return durationOf(1, first, 1)
}

function durationOf(count: number, name: string, used: number): Duration | undefined {
  const unit = Object.hasOwn(UNIT_NAMES, name) ? UNIT_NAMES[name] : undefined
  const size = unit === undefined ? undefined : SECONDS[unit]
  if (unit === undefined || size === undefined || count < 1) return undefined
  return { seconds: count * size, words: `${count}${unit}`, used }
}

/** A length of time for a person: the largest unit that divides it, such as `90m`, `24h`, `7d`. */
export function durationWords(seconds: number): string {
  if (seconds > 86_400 && seconds % 86_400 === 0) return `${seconds / 86_400}d`
  if (seconds >= 3600 && seconds % 3600 === 0) return `${seconds / 3600}h`
  if (seconds >= 60 && seconds < 3600) return `${Math.round(seconds / 60)}m`
  if (seconds > 2 * 86_400) return `${Math.ceil(seconds / 86_400)}d`
  return seconds >= 3600 ? `${Math.floor(seconds / 3600)}h ${Math.round((seconds % 3600) / 60)}m` : `${seconds}s`
}
