import { isDaily } from '../result/daily.ts'
import type { Reading } from '../result/facets.ts'
import { compareTexts, kept, keyOf } from '../result/kept.ts'
import type { Row } from '../result/row.ts'
import { isoOf } from '../result/time.ts'
import type { StageTask } from '../runbook/stages.ts'
import { addCast, addTo, type Cast, castOf, copyOf } from './cast.ts'
import type { CellsOf, RowTest, StageFold } from './collect.ts'
import type { StageFinding } from './finding.ts'
import { findingOf, pointerOf } from './findingOf.ts'

type Task = Extract<StageTask, { kind: 'sequence' }>

/** Combinations of `by` looked at side by side, and seconds whose next calls wait for what came before them. */
const KEYS = 4_000
const WAITING = 20_000

type Step = { readonly row: Row; readonly by: readonly string[]; readonly first: boolean; readonly next: boolean }

/** The next calls of one second. `newer`: first calls later than it. `own`: it has calls that are a first one too. */
type Waiting = { readonly next: Cast; readonly newer: number; own: boolean }

/** The next call that came after most first ones. */
type Found = { readonly next: Cast; readonly before: number; readonly since: number }

type Key = {
  readonly by: readonly string[]
  /** Newest first. */
  readonly waiting: Waiting[]
  /** First calls so far, and the last of them that was read. */
  firsts: number
  since: number
  best: Found | undefined
  /** All next calls that came after enough first ones. */
  all: Cast | undefined
}

/**
 * So many first calls, and within a length of time after them a next one. Calls of one second have no order, as CloudTrail's times have none finer:
 * each of them counts as being before the others.
 */
export function sequenceStage(task: Task, cellsOf: CellsOf, isFirst: RowTest, isNext: RowTest): StageFold {
  const byOf = cellsOf(task.by)
  const keys = new Map<string, Key>()
  const second: Step[] = []
  const state = { waiting: 0, uncounted: 0, first: Number.POSITIVE_INFINITY }

  const flush = (): void => {
    // Next ones before first ones: rows come newest first, and a first call that no later one waits for leads to nothing.
    for (const step of second) if (step.next) state.waiting += wait(keys, step, state)
    for (const { row, by, first } of second) {
      const key = first ? keys.get(keyOf(by)) : undefined
      if (key === undefined) continue
      key.firsts += 1
      key.since = row.eventTime
    }
    second.length = 0
  }

  return {
    add: (row, record) => {
      state.first = Math.min(state.first, row.eventTime)
      const at = second[0]?.row.eventTime
      if (at !== undefined && at !== row.eventTime) {
        flush()
        state.waiting -= settleAll(keys, row.eventTime + task.within, task.first.atLeast)
      }
      second.push({ row, by: byOf(row), first: isFirst(row, record), next: isNext(row, record) })
    },
    finish: (reading) => {
      flush()
      settleAll(keys, Number.NEGATIVE_INFINITY, task.first.atLeast)
      return { findings: findingsOf([...keys.values()], state.first, reading), uncounted: state.uncounted }
    },
  }
}

/** A next call waits for the first ones before it. Gives how many more seconds wait. */
function wait(keys: Map<string, Key>, { row, by, first }: Step, state: { waiting: number; uncounted: number }): number {
  const name = keyOf(by)
  const known = keys.get(name)
  const newest = known?.waiting.at(-1)
  if (newest !== undefined && newest.next.last === row.eventTime) {
    addTo(newest.next, row)
    newest.own ||= first
    return 0
  }
  if (state.waiting >= WAITING || (known === undefined && keys.size >= KEYS)) {
    state.uncounted += 1
    return 0
  }
  const key = known ?? newKey(by)
  keys.set(name, key)
  key.waiting.push({ next: castOf(row), newer: key.firsts, own: first })
  return 1
}

function newKey(by: readonly string[]): Key {
  return {
    by: by.map((value) => kept(value)),
    waiting: [],
    firsts: 0,
    since: Number.POSITIVE_INFINITY,
    best: undefined,
    all: undefined,
  }
}

/** Decides about what waits since later than `until`: nothing older can come before it in time. Gives how many that were. */
function settleAll(keys: Map<string, Key>, until: number, atLeast: number): number {
  let settled = 0
  for (const [name, key] of keys) {
    let done = 0
    for (const waiting of key.waiting) {
      if (waiting.next.last <= until) break
      done += 1
      settle(key, waiting, atLeast)
    }
    if (done > 0) key.waiting.splice(0, done)
    if (key.waiting.length === 0 && key.best === undefined) keys.delete(name)
    settled += done
  }
  return settled
}

function settle(key: Key, { next, newer, own }: Waiting, atLeast: number): void {
  const before = key.firsts - newer - (own ? 1 : 0)
  if (before < atLeast) return
  if (key.best === undefined || before >= key.best.before) key.best = { next, before, since: key.since }
  if (key.all === undefined) key.all = copyOf(next)
  else addCast(key.all, next)
}

function findingsOf(keys: readonly Key[], first: number, { window }: Reading): readonly StageFinding[] {
  const found = keys.flatMap(({ by, best, all }) =>
    best === undefined || all === undefined ? [] : [{ by, best, all }],
  )
  found.sort(
    (a, b) => b.best.before - a.best.before || b.all.last - a.all.last || compareTexts(keyOf(a.by), keyOf(b.by)),
  )
  return found.map(({ by, best: { next, before, since }, all }) => {
    const finding = findingOf(by, all, isDaily(all.days, first, window), {
      kind: 'sequence',
      before,
      since: isoOf(since),
      next: pointerOf(next.oldest),
      times: all.count,
    })
    return { ...finding, first: isoOf(Math.min(since, all.first)) }
  })
}
