import { DAY_S, isDaily } from '../result/daily.ts'
import type { Reading } from '../result/facets.ts'
import type { Row } from '../result/row.ts'

/** How often something is met: on how many days and in how many hours. Rows come newest first. */
export type Habit = {
  readonly key: string
  days: number
  day: number
  hours: number
  hour: number
  first: number
  readonly last: number
}

const HOUR_S = 3_600
/** All day long: in so many hours at least, over at least as much time. Whoever comes for an afternoon does not do that. */
const HABIT_HOURS = 7
const HABIT_SPREAD_S = 9 * HOUR_S

/** Begins with nothing: its first row is added like the others. */
export function habitOf(key: string, { eventTime }: Pick<Row, 'eventTime'>): Habit {
  return { key, days: 0, day: Number.NaN, hours: 0, hour: Number.NaN, first: eventTime, last: eventTime }
}

/** Adds a row that is no newer than those before. */
export function addHabit(habit: Habit, { eventTime }: Pick<Row, 'eventTime'>): void {
  const [day, hour] = [Math.floor(eventTime / DAY_S), Math.floor(eventTime / HOUR_S)]
  if (day !== habit.day) habit.days += 1
  if (hour !== habit.hour) habit.hours += 1
  habit.day = day
  habit.hour = hour
  habit.first = eventTime
}

/** Whether it is done on most days, or all day long. */
export function isHabit({ days, hours, first, last }: Habit, { window }: Reading): boolean {
  return isDaily(days, first, window) || (hours >= HABIT_HOURS && last - first >= HABIT_SPREAD_S)
}
