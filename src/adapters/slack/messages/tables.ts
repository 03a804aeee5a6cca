import { escapeMrkdwn, plainForSlack, visible } from '../../../domain/result/safe.ts'
import { textTable } from '../../../domain/result/textTable.ts'
import { type Block, SECTION_MAX } from './message.ts'

/** What the workspace accepts, best first. Slack rolls tables out by plan and client; a refusal (invalid_blocks) means the next. */
export type TableLevel = 'data_table' | 'table' | 'plain'

export type TableCell = string | number

/** A table to show: as many columns in each row as there are headings. */
export type Table = {
  readonly caption: string
  readonly headings: readonly string[]
  readonly rows: readonly (readonly TableCell[])[]
}

/** Slack: data_table block, 2 to 201 rows, 1 to 20 columns; table block, 100 rows, 20 columns. */
const COLUMNS_MAX = 20
const ROWS_MAX: { readonly [level in TableLevel]: number } = { data_table: 201, table: 100, plain: 100 }
const CELL_MAX = 120
const CAPTION_MAX = 200
/** Slack shows this many rows of a data_table before one turns the page. */
const PAGE_SIZE = 10

/** A table within `room` characters: as many rows as fit, none when not even one does. */
export function tableBlocks(table: Table, level: TableLevel, room: number): readonly Block[] {
  if (table.rows.length === 0 || table.headings.length === 0) return []
  return level === 'plain' ? preformatted(table, room) : cellTable(table, level, room)
}

function cellTable(table: Table, level: 'data_table' | 'table', room: number): readonly Block[] {
  const caption = plainForSlack(table.caption, CAPTION_MAX)
  const columns = Math.min(table.headings.length, COLUMNS_MAX)
  const header = table.headings.slice(0, columns).map(rawText)
  const rows = [header]
  let left = room - caption.length - cellsLength(header)
  for (const values of table.rows.slice(0, ROWS_MAX[level] - 1)) {
    const cells = Array.from({ length: columns }, (_, index) => rawCell(values[index] ?? ''))
    left -= cellsLength(cells)
    if (left < 0) break
    rows.push(cells)
  }
  if (rows.length < 2) return []
  return level === 'data_table'
    ? [{ type: 'data_table', caption, rows, page_size: PAGE_SIZE, row_header_column_index: 0 }]
    : [contextCaption(caption), { type: 'table', rows, column_settings: header.map(() => ({ is_wrapped: true })) }]
}

type RawCell = { type: 'raw_text'; text: string } | { type: 'raw_number'; value: number; text: string }

function rawCell(value: TableCell): RawCell {
  return typeof value === 'number' ? { type: 'raw_number', value, text: String(value) } : rawText(value)
}

/** Slack refuses a cell without text. */
function rawText(text: string): RawCell {
  const shown = plainForSlack(text, CELL_MAX)
  return { type: 'raw_text', text: shown.trim() === '' ? '–' : shown }
}

function cellsLength(cells: readonly RawCell[]): number {
  return cells.reduce((sum, { text }) => sum + text.length, 0)
}

function contextCaption(caption: string): Block {
  return { type: 'context', elements: [{ type: 'plain_text', text: caption, emoji: false }] }
}

/** A table as text between fences. Backticks in it cannot end the fence. */
function preformatted(table: Table, room: number): readonly Block[] {
  const rows = table.rows.slice(0, ROWS_MAX.plain).map((row) => row.map(String))
  const lines = textTable(table.headings, rows, { cell: 40, width: 140 })
  const caption = plainForSlack(table.caption, CAPTION_MAX)
  const max = Math.min(room - caption.length, SECTION_MAX)
  const kept: string[] = []
  let length = '```\n\n```'.length
  for (const line of lines) {
    const escaped = escapeMrkdwn(visible(line).replaceAll('`', 'ˋ'))
    length += escaped.length + 1
    if (length > max) break
    kept.push(escaped)
  }
  if (kept.length < 2) return []
  const text = `\`\`\`\n${kept.join('\n')}\n\`\`\``
  return [contextCaption(caption), { type: 'section', text: { type: 'mrkdwn', text, verbatim: true }, expand: true }]
}
