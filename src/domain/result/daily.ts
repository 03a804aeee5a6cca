import { seconds } from '../query/plan.ts'
import type { FrozenWindow } from '../query/query.ts'

export const DAY_S = 86_400
/** "Daily": on so many days at least, and on this share of all days. */
const DAILY_DAYS = 4
const DAILY_SHARE = 0.6

/** Whether a window is too short to tell what is done daily. */
export function isTooShort(window: FrozenWindow): boolean {
  return seconds(window.until) - seconds(window.since) < DAILY_DAYS * DAY_S
}

/** Whether something that was met on so many days happens on most of them. `first`: seconds since 1970 of the first call of all. */
export function isDaily(days: number, first: number, window: FrozenWindow): boolean {
  const from = Math.max(seconds(window.since), first)
  const all = Math.floor(seconds(window.until) / DAY_S) - Math.floor(from / DAY_S) + 1
  return days >= DAILY_DAYS && days >= all * DAILY_SHARE
}
