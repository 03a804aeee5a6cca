import { sha256 } from '../canonical.ts'
import type { Noise } from '../record.ts'
import type { Runbook } from '../runbook/runbook.ts'
import type { Answer, Cell, GroupRow } from './answer.ts'
import type { Row } from './row.ts'
import { bounded } from './safe.ts'
import { isoOf } from './time.ts'

/** Rows and groups that an answer holds, for showing; everything is in the CSV. */
const NEWEST_KEPT = 50
const GROUPS_SHOWN = 100
/** Groups counted at a time. With CELL_KEPT it bounds memory, at about ten megabytes, whatever the records say. */
const GROUPS_COUNTED = 5_000
/** Characters of a cell that an answer keeps. */
const CELL_KEPT = 400
/** A longer key is kept as its hash: groups stay apart even where only their ends differ. */
const KEY_MAX = 200

type Group = { readonly values: readonly Cell[]; count: number; failed: number; first: number; last: number }

/** The parts of an answer that come from its rows. */
export type Summary = Pick<Answer, 'counts' | 'first' | 'last' | 'cut' | 'columns' | 'newest' | 'groups'>

export type Summariser = {
  /** Takes a row in; rows come newest first. */
  readonly add: (row: Row) => void
  /** `read`: records that AWS returned, duplicates included; `cut`: the row limit was reached. */
  readonly finish: (totals: { readonly read: number; readonly cut: boolean }) => Summary
}

/**
 * Counts rows into a summary in memory that does not grow with their number. Noise that the runbook folds is only counted.
 * The first 5,000 groups met (the newest, as rows come newest first) are counted exactly; calls of groups met after that are
 * counted in `groups.uncounted`.
 */
export function summariser(runbook: Pick<Runbook, 'columns' | 'group' | 'fold'>): Summariser {
  const names = runbook.columns.map(({ name }) => name)
  const grouping = runbook.group.map((name) => names.indexOf(name)).filter((index) => index >= 0)
  const groups = new Map<string, Group>()
  const newest: Row[] = []
  const counts = { matched: 0, done: 0, denied: 0, failed: 0, uncounted: 0, ctq: 0, service: 0 }
  let first = Number.POSITIVE_INFINITY
  let last = Number.NEGATIVE_INFINITY

  const add = (row: Row): void => {
    counts.matched += 1
    if (row.noise !== undefined && folds(runbook.fold, row.noise)) {
      counts[row.noise] += 1
      return
    }
    counts[row.outcome] += 1
    first = Math.min(first, row.eventTime)
    last = Math.max(last, row.eventTime)
    if (newest.length < NEWEST_KEPT) newest.push(row)
    if (grouping.length > 0 && !countGroup(groups, grouping, row)) counts.uncounted += 1
  }

  return {
    add,
    finish: ({ read, cut }) => ({
      counts: {
        read,
        matched: counts.matched,
        failed: counts.failed + counts.denied,
        denied: counts.denied,
        noise: { ctq: counts.ctq, service: counts.service },
      },
      ...(first <= last ? { first: isoOf(first), last: isoOf(last) } : {}),
      cut,
      columns: names,
      newest: newest.map(({ cells }) => cells.map((cell) => kept(cell))),
      groups: shownGroups(
        grouping.map((index) => names[index] ?? ''),
        groups,
        counts.uncounted,
      ),
    }),
  }
}

/** ctq's own reads are always folded away: they answer nothing. */
function folds(fold: Runbook['fold'], noise: Noise): boolean {
  return noise === 'ctq' || fold.includes(noise)
}

/** Counts a row in its group; false when its group is new and there is no room for more. */
function countGroup(groups: Map<string, Group>, grouping: readonly number[], row: Row): boolean {
  const values = grouping.map((index) => row.cells[index] ?? '')
  const key = keyOf(values)
  const failed = row.outcome === 'done' ? 0 : 1
  const group = groups.get(key)
  if (group === undefined) {
    if (groups.size >= GROUPS_COUNTED) return false
    groups.set(key, { values: values.map(kept), count: 1, failed, first: row.eventTime, last: row.eventTime })
    return true
  }
  group.count += 1
  group.failed += failed
  group.first = Math.min(group.first, row.eventTime)
  group.last = Math.max(group.last, row.eventTime)
  return true
}

/** A cut text is copied: V8's slices keep the whole text that they were cut from in memory. */
function kept(cell: Cell): Cell {
  return cell.length <= CELL_KEPT ? cell : (JSON.parse(JSON.stringify(bounded(cell, CELL_KEPT))) as Cell)
}

/** Lengths keep values apart whatever they hold. */
function keyOf(values: readonly string[]): string {
  const joined = values.map((value) => `${value.length}:${value}`).join(',')
  return joined.length > KEY_MAX ? sha256(joined) : joined
}

function shownGroups(
  columns: readonly string[],
  groups: ReadonlyMap<string, Group>,
  uncounted: number,
): Answer['groups'] {
  const sorted = [...groups.values()].sort(
    (a, b) => b.count - a.count || b.last - a.last || compare(a.values, b.values),
  )
  const rows = sorted.slice(0, GROUPS_SHOWN).map(
    ({ values, count, failed, first, last }): GroupRow => ({
      values,
      count,
      failed,
      first: isoOf(first),
      last: isoOf(last),
    }),
  )
  return { columns, rows, more: sorted.length - rows.length, uncounted }
}

function compare(a: readonly string[], b: readonly string[]): number {
  const left = a.join('\u0000')
  const right = b.join('\u0000')
  return left < right ? -1 : left > right ? 1 : 0
}
