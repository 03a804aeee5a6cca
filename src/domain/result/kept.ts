import { sha256 } from '../canonical.ts'
import type { Cell } from './answer.ts'
import { bounded } from './safe.ts'

/** Characters of a cell that an answer keeps. */
const CELL_KEPT = 400
/** A longer key is kept as its hash: what only differs at its end stays apart. */
const KEY_MAX = 200

/** A cell as an answer keeps it. A cut text is copied: V8's slices keep the whole text that they were cut from in memory. */
export function kept(cell: Cell, most = CELL_KEPT): Cell {
  return cell.length <= most ? cell : (JSON.parse(JSON.stringify(bounded(cell, most))) as Cell)
}

/** One key of several values. Lengths keep values apart whatever they hold. */
export function keyOf(values: readonly string[]): string {
  const joined = values.map((value) => `${value.length}:${value}`).join(',')
  return joined.length > KEY_MAX ? sha256(joined) : joined
}

/** Texts by their code units: the same order everywhere. */
export function compareTexts(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0
}
