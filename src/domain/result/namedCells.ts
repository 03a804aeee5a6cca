import { plainRole } from '../runbook/caller.ts'
import type { Answer, Cell } from './answer.ts'

/** Columns whose values people know by another name. */
const ACCOUNT = 'account'
const ADDRESS = 'sourceIPAddress'
const WHO = 'who'

/** Cells for showing, with the names that are known: of accounts, of permission sets, of addresses by ctq.yml. The CSV has the values alone. */
export function namedCells(
  { accounts, facets }: Answer,
  columns: readonly string[],
  rows: readonly (readonly Cell[])[],
): readonly (readonly Cell[])[] {
  const names = new Map(accounts.flatMap(({ id, name }) => (name === undefined ? [] : [[id, name] as const])))
  const labels = new Map(
    facets.addresses.rows.flatMap(({ address, label }) =>
      label === undefined ? [] : [[address, `${address} (${label})`] as const],
    ),
  )
  const named = (column: string | undefined, cell: Cell): Cell => {
    if (column === WHO) return plainRole(cell)
    return (column === ACCOUNT ? names : column === ADDRESS ? labels : undefined)?.get(cell) ?? cell
  }
  return rows.map((row) => row.map((cell, index) => named(columns[index], cell)))
}
