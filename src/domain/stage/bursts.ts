import { sha256 } from '../canonical.ts'
import { DAY_S, isDaily } from '../result/daily.ts'
import type { Reading } from '../result/facets.ts'
import { compareTexts, kept, keyOf } from '../result/kept.ts'
import type { Row } from '../result/row.ts'
import { MOST_AT_LEAST } from '../runbook/stageSchema.ts'
import type { StageTask } from '../runbook/stages.ts'
import { addCast, addTo, type Cast, castOf, copyOf } from './cast.ts'
import type { CellsOf, StageFold } from './collect.ts'
import type { StageFinding } from './finding.ts'
import { findingOf } from './findingOf.ts'

type Task = Extract<StageTask, { kind: 'count' | 'distinct' }>

/** Combinations of `by` looked at side by side; what comes with a new one after that is only counted. */
const KEYS = 4_000
/** Seconds with calls, and different values, held for all of them together. */
const ROOM = 40_000
/** Values of a burst that are named. */
const NAMED = 8
const VALUE_MAX = 200

type Burst = { most: number; readonly cast: Cast; readonly values: string[] }

/** `recent`: the seconds that a length of time ending now reaches, newest first, from `head` on. */
type Key = {
  readonly by: readonly string[]
  recent: Cast[]
  head: number
  calls: number
  /** Each different value with the second in which it was met last. */
  readonly values: Map<string, number>
  open: Burst | undefined
  best: Burst | undefined
  bursts: number
  days: number
  day: number
}

/**
 * So many calls, or different values of a column, within a length of time: a window that slides over the seconds, so that no burst is cut in two by
 * a clock's hour. Windows that overlap are one burst.
 */
export function burstStage(task: Task, cellsOf: CellsOf): StageFold {
  const byOf = cellsOf(task.by)
  const ofOf = task.kind === 'distinct' ? cellsOf([task.of]) : undefined
  const within = task.within ?? Number.POSITIVE_INFINITY
  const keys = new Map<string, Key>()
  const state = { held: 0, uncounted: 0, first: Number.POSITIVE_INFINITY, swept: Number.POSITIVE_INFINITY }

  const add = (row: Row): void => {
    state.first = Math.min(state.first, row.eventTime)
    const by = byOf(row)
    const name = keyOf(by)
    let key = keys.get(name)
    if (key === undefined) {
      // Not for each row: going through all keys is worth it only when time has moved on.
      if (keys.size >= KEYS && row.eventTime + within / 8 < state.swept) {
        state.held -= sweep(keys, row.eventTime + within)
        state.swept = row.eventTime
      }
      if (keys.size >= KEYS) {
        state.uncounted += 1
        return
      }
      key = newKey(by)
      keys.set(name, key)
    }
    state.held -= forget(key, row.eventTime + within)
    if (state.held >= ROOM) {
      state.uncounted += 1
      return
    }
    state.held += take(key, row, ofOf?.(row)[0], Number.isFinite(within))
    const most = ofOf === undefined ? key.calls : key.values.size
    if (most >= task.atLeast) grow(key, row, most, within)
  }

  return {
    add,
    finish: (reading) => ({
      findings: findingsOf(task, [...keys.values()], state.first, reading),
      uncounted: state.uncounted,
    }),
  }
}

function newKey(by: readonly string[]): Key {
  return {
    by: by.map((value) => kept(value)),
    recent: [],
    head: 0,
    calls: 0,
    values: new Map(),
    open: undefined,
    best: undefined,
    bursts: 0,
    days: 0,
    day: Number.NaN,
  }
}

/** Forgets what is too late for a window whose end is `until`. Gives how much that was. */
function forget(key: Key, until: number): number {
  let gone = 0
  for (let second = key.recent[key.head]; second !== undefined && second.last > until; second = key.recent[key.head]) {
    key.calls -= second.count
    key.head += 1
    gone += 1
  }
  if (key.head > 64 && key.head * 2 > key.recent.length) {
    key.recent = key.recent.slice(key.head)
    key.head = 0
  }
  for (const [value, time] of key.values) {
    if (time <= until) break
    key.values.delete(value)
    gone += 1
  }
  return gone
}

/** Keys that no window reaches any more and that found nothing make room. */
function sweep(keys: Map<string, Key>, until: number): number {
  let gone = 0
  for (const [name, key] of keys) {
    gone += forget(key, until)
    if (key.calls === 0 && key.best === undefined && key.open === undefined) keys.delete(name)
  }
  return gone
}

/** Takes a row into a key's window. Gives how much more is held. */
function take(key: Key, row: Row, value: string | undefined, bounded: boolean): number {
  const before = key.recent.length + key.values.size
  const newest = key.recent.at(-1)
  key.calls += 1
  // Without a length of time everything is one second, as it were.
  if (newest === undefined || key.head === key.recent.length || (bounded && newest.last !== row.eventTime))
    key.recent.push(castOf(row))
  else addTo(newest, row)
  if (value !== undefined && value !== '') addValue(key, value, row.eventTime)
  return key.recent.length + key.values.size - before
}

function addValue(key: Key, value: string, time: number): void {
  const name = value.length > VALUE_MAX ? `${kept(value, VALUE_MAX)} (${sha256(value).slice(0, 12)})` : value
  const known = key.values.delete(name)
  if (known || key.values.size < MOST_AT_LEAST) key.values.set(name, time)
}

function nameValues(burst: Burst, values: Key['values']): void {
  for (const value of values.keys()) {
    if (burst.values.length >= NAMED) return
    if (!burst.values.includes(value)) burst.values.push(value)
  }
}

/** The window that begins with this row has enough in it: it is a burst, or belongs to the one that is open. */
function grow(key: Key, row: Row, most: number, within: number): void {
  const { open } = key
  const window = key.recent.slice(key.head)
  if (open !== undefined && !Number.isFinite(within)) {
    open.most = Math.max(open.most, most)
    nameValues(open, key.values)
    return
  }
  if (open !== undefined && row.eventTime + within >= open.cast.first) {
    open.most = Math.max(open.most, most)
    if (row.eventTime === open.cast.first) addTo(open.cast, row)
    else for (const second of window) if (second.last < open.cast.first) addCast(open.cast, second)
    nameValues(open, key.values)
    return
  }
  close(key)
  const [newest, ...older] = window
  if (newest === undefined) return
  // Without a length of time the window's one cast goes on growing by itself.
  const cast = Number.isFinite(within) ? copyOf(newest) : newest
  for (const second of older) addCast(cast, second)
  key.open = { most, cast, values: [] }
  nameValues(key.open, key.values)
  key.bursts += 1
}

/** Of two bursts the denser is told, of two alike the newer. */
function close(key: Key): void {
  const { open } = key
  if (open === undefined) return
  if (key.best === undefined || open.most > key.best.most) key.best = open
  key.days += open.cast.days - (Math.floor(open.cast.last / DAY_S) === key.day ? 1 : 0)
  key.day = open.cast.day
  key.open = undefined
}

function findingsOf(task: Task, keys: readonly Key[], first: number, { window }: Reading): readonly StageFinding[] {
  const found = keys.flatMap((key) => {
    close(key)
    const { best } = key
    return best === undefined ? [] : [{ key, best }]
  })
  found.sort(
    (a, b) =>
      b.best.most - a.best.most ||
      b.best.cast.last - a.best.cast.last ||
      compareTexts(keyOf(a.key.by), keyOf(b.key.by)),
  )
  return found.map(({ key, best }) => {
    const usual = isDaily(key.days, first, window)
    const { most } = best
    const tells =
      task.kind === 'count'
        ? ({ kind: 'count', most, bursts: key.bursts } as const)
        : ({
            kind: 'distinct',
            of: task.of,
            most,
            bursts: key.bursts,
            values: best.values.toSorted(compareTexts),
          } as const)
    return findingOf(key.by, best.cast, usual, tells)
  })
}
