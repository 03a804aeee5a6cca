import type { Runbook } from '../runbook/runbook.ts'
import type { Answer, Cell, GroupRow } from './answer.ts'
import { compareTexts, kept, keyOf } from './kept.ts'
import type { Row } from './row.ts'
import { isoOf } from './time.ts'

/** Rows and groups that an answer holds, for showing; everything is in the CSV. */
const NEWEST_KEPT = 50
const GROUPS_SHOWN = 100
/** Groups counted at a time. With what `kept` keeps of a cell it bounds memory, at about ten megabytes, whatever the records say. */
const GROUPS_COUNTED = 5_000

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
  const newest: (readonly Cell[])[] = []
  const counts = { matched: 0, changes: 0, done: 0, denied: 0, failed: 0, uncounted: 0, ctq: 0, service: 0 }
  let first = Number.POSITIVE_INFINITY
  let last = Number.NEGATIVE_INFINITY

  const add = (row: Row): void => {
    counts.matched += 1
    if (row.noise !== undefined && isFolded(row, runbook)) {
      counts[row.noise] += 1
      return
    }
    counts[row.outcome] += 1
    if (row.telling.change && row.outcome === 'done') counts.changes += 1
    first = Math.min(first, row.eventTime)
    last = Math.max(last, row.eventTime)
    if (newest.length < NEWEST_KEPT) newest.push(row.cells.map((cell) => kept(cell)))
    if (grouping.length > 0 && !countGroup(groups, grouping, row)) counts.uncounted += 1
  }

  return {
    add,
    finish: ({ read, cut }) => ({
      counts: {
        read,
        matched: counts.matched,
        changes: counts.changes,
        failed: counts.failed + counts.denied,
        denied: counts.denied,
        noise: { ctq: counts.ctq, service: counts.service },
      },
      ...(first <= last ? { first: isoOf(first), last: isoOf(last) } : {}),
      cut,
      columns: names,
      newest,
      groups: shownGroups(
        grouping.map((index) => names[index] ?? ''),
        groups,
        counts.uncounted,
      ),
    }),
  }
}

/** Whether a row is only counted, as noise. ctq's own reads always are: they answer nothing. */
export function isFolded({ noise }: Pick<Row, 'noise'>, { fold }: Pick<Runbook, 'fold'>): boolean {
  return noise === 'ctq' || (noise !== undefined && fold.includes(noise))
}

/** Counts a row in its group; false when its group is new and there is no room for more. */
function countGroup(groups: Map<string, Group>, grouping: readonly number[], row: Row): boolean {
  const values = grouping.map((index) => row.cells[index] ?? '')
  const key = keyOf(values)
  const failed = row.outcome === 'done' ? 0 : 1
  const group = groups.get(key)
  if (group === undefined) {
    if (groups.size >= GROUPS_COUNTED) return false
    groups.set(key, {
      values: values.map((value) => kept(value)),
      count: 1,
      failed,
      first: row.eventTime,
      last: row.eventTime,
    })
    return true
  }
  group.count += 1
  group.failed += failed
  group.first = Math.min(group.first, row.eventTime)
  group.last = Math.max(group.last, row.eventTime)
  return true
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
  return compareTexts(a.join('\u0000'), b.join('\u0000'))
}
