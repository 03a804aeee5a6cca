import { visible } from '../../domain/result/safe.ts'
import { cut, displayWidth, textTable } from '../../domain/result/textTable.ts'

/** Cells of one column at most, where the window has room; and at least, however narrow it is. */
const WIDEST = 60
const NARROWEST = 16
/** Cells between two columns. */
const GAP = 2
/** A column that must be cut is shown when so many cells of it can be. */
const WORTH = 12

/** When, who, what, how it went and from where: shown first. What says least to a person is shown last. */
const FIRST = ['eventTime', 'who', 'eventName', 'outcome', 'sourceIPAddress', 'target', 'errorCode']
const LAST = ['accessKeyId', 'account', 'region', 'service', 'userAgent', 'eventID', 'readOnly', 'first']
/** What is long and says little: behind all else where nothing is cut, or every line would be pushed out of sight. */
const BEHIND = ['errorMessage', 'userAgent']

type Rows = readonly (readonly string[])[]

/**
 * Columns and rows as lines, the headings first: of a window's width only what it has room for, the most telling columns, in their order. Columns
 * without a value are left out. Without a width everything is there, and nothing cut; only what is long and says little stands behind the rest.
 */
export function tableLines(columns: readonly string[], rows: Rows, width: number | undefined): readonly string[] {
  const unbounded = { cell: Number.POSITIVE_INFINITY, width: Number.POSITIVE_INFINITY }
  if (width === undefined) {
    const order = columns.map((_, at) => at).toSorted((a, b) => behind(columns[a]) - behind(columns[b]))
    const ordered = (row: readonly string[]): string[] => order.map((at) => row[at] ?? '')
    return textTable(ordered(columns), rows.map(ordered), unbounded)
  }
  const chosen = chosenColumns(columns, rows, width)
  const cells = (row: readonly string[]): string[] =>
    chosen.map(({ at, cells: most }) => cut(visible(row[at] ?? ''), most))
  return textTable(cells(columns), rows.map(cells), { ...unbounded, width })
}

/** Columns that stay where they are have the same turn. */
function behind(name: string | undefined): number {
  return BEHIND.indexOf(name ?? '')
}

type Chosen = { readonly at: number; readonly cells: number }

function chosenColumns(columns: readonly string[], rows: Rows, width: number): readonly Chosen[] {
  const most = Math.min(WIDEST, Math.max(NARROWEST, Math.floor(width / 4)))
  const wanted = columns
    .map((name, at) => ({ name, at }))
    .filter(({ at }) => rows.some((row) => (row[at] ?? '') !== ''))
    .toSorted((a, b) => turnOf(a.name, columns) - turnOf(b.name, columns))
    .map(({ at }) => ({ at, cells: Math.min(most, widest(at, columns, rows)) }))
  const chosen: Chosen[] = []
  let left = width + GAP
  for (const { at, cells } of wanted) {
    // Rather a telling column cut than others whole.
    const room = Math.min(cells, left - GAP)
    if (room < cells && (room < WORTH || !FIRST.includes(columns[at] ?? ''))) continue
    chosen.push({ at, cells: room })
    left -= room + GAP
  }
  return chosen.toSorted((a, b) => a.at - b.at)
}

function turnOf(name: string, columns: readonly string[]): number {
  const [first, last] = [FIRST.indexOf(name), LAST.indexOf(name)]
  if (first >= 0) return first
  return FIRST.length + (last >= 0 ? columns.length + last : columns.indexOf(name))
}

function widest(at: number, columns: readonly string[], rows: Rows): number {
  return [columns, ...rows].reduce((most, row) => Math.max(most, displayWidth(visible(row[at] ?? ''))), 0)
}

/** A sentence in lines of a window's width, broken between words; those behind the first are set in, further than commands are. Without a width one line. */
export function folded(text: string, width: number | undefined): readonly string[] {
  if (width === undefined || displayWidth(text) <= width) return [text]
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`
    if (line.trim() !== '' && displayWidth(longer) > width) {
      lines.push(line)
      line = `    ${word}`
    } else line = longer
  }
  return [...lines, line]
}
