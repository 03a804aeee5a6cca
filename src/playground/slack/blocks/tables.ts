import { isObject, objects } from '../json.ts'
import { boolean, both, byType, type Check, complain, integer, list, number, object, oneOf, string } from './check.ts'
import { id } from './composition.ts'
import { richTextBlock } from './richText.ts'

/** Slack, table block reference: rows, cells a row, characters in all. */
const TABLE = { rows: 100, columns: 20, characters: 10_000 }
/** Slack, data_table block reference: a header and at most 200 rows under it. */
const DATA_TABLE = { minRows: 2, rows: 201, columns: 20, characters: 20_000, pageMax: 100 }
const CAPTION_MAX = 3000

const rawText = object({ type: oneOf('raw_text'), text: string(TABLE.characters * 2, 1) })
const rawNumber = object({ type: oneOf('raw_number'), value: number, text: string(255, 1) })
const cell = byType({ raw_text: rawText, raw_number: rawNumber, rich_text: richTextBlock })

const columnSettings = object({}, { align: oneOf('left', 'center', 'right'), is_wrapped: boolean })

/** The characters of every text in a block. */
export function textLength(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, each) => sum + textLength(each), 0)
  if (!isObject(value)) return 0
  let sum = 0
  for (const [name, each] of Object.entries(value)) {
    if (typeof each === 'string') sum += SHOWN.has(name) ? each.length : 0
    else sum += textLength(each)
  }
  return sum
}

const SHOWN = new Set(['text', 'caption', 'title', 'fallback', 'alt_text'])

function rowsOf(value: unknown): unknown[][] {
  return isObject(value) && Array.isArray(value['rows']) ? value['rows'].filter(Array.isArray) : []
}

function noLonger(max: number): Check {
  return (value, at, found) => {
    if (textLength(rowsOf(value)) > max)
      complain(found, `must be less than ${max + 1} characters in all cells`, `${at}/rows`)
  }
}

const evenRows: Check = (value, at, found) => {
  const rows = rowsOf(value)
  const width = rows[0]?.length ?? 0
  for (const [index, row] of rows.entries())
    if (row.length !== width) complain(found, `must have ${width} cells like the first row`, `${at}/rows/${index}`)
  for (const [index, header] of objects(rows[0]).entries())
    if (header['type'] === 'rich_text')
      complain(found, 'rich_text is not allowed in the header row', `${at}/rows/0/${index}`)
}

export const tableBlock: Check = both(
  object(
    { type: oneOf('table'), rows: list(list(cell, TABLE.columns), TABLE.rows) },
    { column_settings: list(columnSettings, TABLE.columns, 0), block_id: id },
  ),
  noLonger(TABLE.characters),
)

export const dataTableBlock: Check = both(
  both(
    object(
      {
        type: oneOf('data_table'),
        caption: string(CAPTION_MAX, 1),
        rows: list(list(cell, DATA_TABLE.columns), DATA_TABLE.rows, DATA_TABLE.minRows),
      },
      {
        page_size: integer(1, DATA_TABLE.pageMax),
        row_header_column_index: integer(0, DATA_TABLE.columns - 1),
        block_id: id,
      },
    ),
    evenRows,
  ),
  noLonger(DATA_TABLE.characters),
)
