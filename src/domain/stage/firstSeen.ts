import { seconds } from '../query/plan.ts'
import type { Reading } from '../result/facets.ts'
import { compareTexts, kept, keyOf } from '../result/kept.ts'
import { type Tally, tally } from '../result/tally.ts'
import type { StageTask } from '../runbook/stages.ts'
import { addCast, addTo, type Cast, castOf, copyOf } from './cast.ts'
import type { CellsOf, StageFold } from './collect.ts'
import type { StageFinding } from './finding.ts'
import { findingOf, pointerOf } from './findingOf.ts'

type Task = Extract<StageTask, { kind: 'firstSeen' }>

/** Values kept apart, of all combinations of `by` together. */
const VALUES = 8_000
const KEYS = 4_000
/** New values that one finding names. */
const NAMED = 8
/** Whoever had just begun was new altogether: a value is news only so long after the first call of all. Seconds. */
const AFTER_FIRST_S = 3_600

type Key = { readonly by: readonly string[]; first: number }
type Value = { readonly key: string; readonly value: readonly string[]; readonly cast: Cast }

/** Values that were not there before, for each combination of `by`: as far back as was read, and only where enough was read before. */
export function firstSeenStage(task: Task, cellsOf: CellsOf): StageFold {
  const byOf = cellsOf(task.by)
  const ofOf = cellsOf(task.of)
  const keys: Tally<Key> = tally(KEYS)
  const values: Tally<Value> = tally(VALUES)
  const byKey = new Map<string, Key>()
  return {
    add: (row) => {
      const by = byOf(row)
      const value = ofOf(row)
      const key = keyOf(by)
      keys.add(
        key,
        () => {
          const started = { by: by.map((cell) => kept(cell)), first: row.eventTime }
          byKey.set(key, started)
          return started
        },
        (seen) => {
          seen.first = row.eventTime
        },
      )
      if (value.every((cell) => cell === '')) return
      let isNew = false
      values.add(
        `${key} ${keyOf(value)}`,
        () => {
          isNew = true
          return { key, value: value.map((cell) => kept(cell, 200)), cast: castOf(row) }
        },
        ({ cast }) => {
          if (!isNew) addTo(cast, row)
        },
      )
    },
    finish: (reading) => {
      // Without the oldest part nothing can be said to be new.
      const found = reading.whole ? newOnes(task, values.values(), byKey, reading) : []
      return { findings: found, uncounted: keys.uncounted() + values.uncounted() }
    },
  }
}

function newOnes(
  task: Task,
  values: readonly Value[],
  keys: ReadonlyMap<string, Key>,
  { window }: Reading,
): readonly StageFinding[] {
  const since = seconds(window.since)
  const found = new Map<string, Value[]>()
  for (const value of values) {
    const { first } = value.cast
    const key = keys.get(value.key)
    if (key === undefined || first - since < task.after || first - key.first < AFTER_FIRST_S) continue
    const list = found.get(value.key)
    if (list === undefined) found.set(value.key, [value])
    else list.push(value)
  }
  const findings = [...found].map(([name, list]) => {
    list.sort((a, b) => b.cast.first - a.cast.first || compareTexts(keyOf(a.value), keyOf(b.value)))
    return findingFor(keys.get(name)?.by ?? [], list, since)
  })
  return findings.sort((a, b) => compareTexts(newestOf(b), newestOf(a)) || compareTexts(keyOf(a.by), keyOf(b.by)))
}

function newestOf({ tells }: StageFinding): string {
  return tells.kind === 'firstSeen' ? (tells.values[0]?.at.time ?? '') : ''
}

function findingFor(by: readonly string[], list: readonly Value[], since: number): StageFinding {
  const newestFirst = list.toSorted((a, b) => b.cast.last - a.cast.last)
  const [first, ...others] = newestFirst.map(({ cast }) => cast)
  if (first === undefined) throw new Error('a finding without a value')
  const cast = copyOf(first)
  for (const other of others) addCast(cast, other)
  return findingOf(by, cast, false, {
    kind: 'firstSeen',
    values: list.slice(0, NAMED).map(({ value, cast: seen }) => ({
      value,
      calls: seen.count,
      at: pointerOf(seen.oldest),
      after: seen.first - since,
    })),
    more: Math.max(0, list.length - NAMED),
  })
}
