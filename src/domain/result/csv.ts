import { stringify } from 'csv-stringify/sync'
import type { Column } from '../runbook/runbook.ts'
import type { Row } from './row.ts'
import { visibleLines } from './safe.ts'
import { isoOf } from './time.ts'

/** What every CSV begins and ends with, whatever the runbook: scripts can rely on these names and their meaning. */
const LEADING = ['eventTime', 'eventSource', 'eventName'] as const
const TRAILING = ['outcome', 'errorCode', 'noise', 'account', 'region', 'eventID'] as const
const FIXED: readonly string[] = [...LEADING, ...TRAILING]

/**
 * A formula sign where a spreadsheet may begin a cell: at the start, and after a separator or line end, since a spreadsheet set to
 * `;` or tab splits a quoted cell there. Full-width signs are formula signs in Japanese and Chinese settings (OWASP: CSV injection).
 */
const FORMULA = /(^|[;\t\r\n])(["\p{Zs}]*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])/gu

/** Excel refuses more than 32,767 characters in a cell. */
const CELL_MAX = 32_000

export type CsvWriter = {
  readonly header: () => string
  /** `extra`: the cells of the extra columns. */
  readonly row: (row: Row, extra?: readonly string[]) => string
}

/** Writes rows as RFC 4180 text (CRLF after each line), pure: the caller streams it as UTF-8. The columns are `csvHeader`'s. */
export function csvWriter(columns: readonly Column[], extra: readonly string[] = []): CsvWriter {
  const kept = keptColumns(columns)
  return {
    header: () => line(csvHeader(columns, extra)),
    row: (row, more = []) =>
      line([
        isoOf(row.eventTime),
        row.eventSource,
        row.eventName,
        ...kept.map((index) => row.cells[index] ?? ''),
        ...extra.map((_, at) => more[at] ?? ''),
        row.outcome,
        row.errorCode,
        row.noise ?? '',
        row.account,
        row.region,
        row.eventId,
      ]),
  }
}

/** The names of a CSV's columns: the fixed ones, then the runbook's, each once, then extra ones, as a playbook's `members`. A runbook's own column never takes a fixed name. */
export function csvHeader(columns: readonly Column[], extra: readonly string[] = []): readonly string[] {
  const own = keptColumns(columns).map((index) => columns[index]?.name ?? '')
  return [...LEADING, ...own.map((name) => (FIXED.includes(name) ? `runbook.${name}` : name)), ...extra, ...TRAILING]
}

/** Indexes of the runbook's columns that the fixed ones do not show already. */
function keptColumns(columns: readonly Column[]): readonly number[] {
  return columns.flatMap(({ name, field }, index) => (name === field && FIXED.includes(name) ? [] : [index]))
}

/** Programs take a line feed or a carriage return alone for the end of a row too: the library quotes only what holds both. */
const LINE_ENDS = /[\r\n]/

function line(cells: readonly string[]): string {
  return stringify([cells.map(cellText)], { record_delimiter: 'windows', quoted_match: LINE_ENDS })
}

/** A cell as it is written: hidden characters shown, and a `'` before whatever a spreadsheet would take for a formula. */
export function cellText(cell: string): string {
  const text = cell.length > CELL_MAX ? `${cell.slice(0, CELL_MAX)} [cut: ${cell.length} characters]` : cell
  return defused(visibleLines(text))
}

/** Begins with a letter or digit and can be split nowhere: most cells, and no formula. */
const HARMLESS = /^[A-Za-z0-9][^;\t\r\n]*$/

function defused(text: string): string {
  if (HARMLESS.test(text)) return text
  const safe = text.replace(FORMULA, "$1'$2")
  return /^[\t\r\n]/.test(safe) ? `'${safe}` : safe
}
