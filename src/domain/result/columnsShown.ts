import type { Cell } from './answer.ts'

/** What says least to a person first: left out when there is no room for all. The CSV has everything. */
const LEAST_TELLING = ['readOnly', 'eventID', 'userAgent', 'service', 'region', 'account', 'accessKeyId']

/** Columns and rows for showing: columns without a single value are left out, then the least telling ones until `most` are left. */
export function shownColumns(
  columns: readonly string[],
  rows: readonly (readonly Cell[])[],
  most: number,
): { readonly columns: readonly string[]; readonly rows: readonly (readonly Cell[])[] } {
  let kept = columns.map((_, index) => index).filter((index) => rows.some((row) => (row[index] ?? '') !== ''))
  for (const name of LEAST_TELLING) {
    if (kept.length <= most) break
    kept = kept.filter((index) => columns[index] !== name)
  }
  kept = kept.slice(0, most)
  return {
    columns: kept.map((index) => columns[index] ?? ''),
    rows: rows.map((row) => kept.map((index) => row[index] ?? '')),
  }
}
