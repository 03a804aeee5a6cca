import type { CloudTrailRecord } from '../record.ts'
import type { Cell } from '../result/answer.ts'
import { errorOf, outcomeOf } from './ending.ts'
import { portsOf, rangesOf } from './network.ts'
import { policyWords } from './policyDocument.ts'
import { shortPrincipal } from './principal.ts'
import type { Column } from './runbook.ts'
import { targetOf } from './target.ts'
import { member, someValue, textAt, textOf } from './values.ts'

/** Most characters of a cell: a request may hold 100 KB (AWS: CloudTrail record contents), a table may not. */
export const LONGEST_CELL = 2000

const COMPUTED: { readonly [name: string]: (record: CloudTrailRecord) => string } = {
  who: shortPrincipal,
  account: (record) => textAt(record, 'recipientAccountId') ?? textAt(record, 'userIdentity', 'accountId') ?? '',
  region: (record) => textAt(record, 'awsRegion') ?? '',
  service: (record) => (textAt(record, 'eventSource') ?? '').replace(/\.amazonaws\.com(?:\.cn)?$/, ''),
  target: targetOf,
  ranges: rangesOf,
  ports: portsOf,
  outcome,
  policy: (record) => policyWords(member(record, 'requestParameters')),
  accessKeyId: (record) => textAt(record, 'userIdentity', 'accessKeyId') ?? '',
}

/** Columns that are worked out rather than read. They may also stand for a field in `{ name, field }`. */
export const COMPUTED_COLUMNS: readonly string[] = Object.keys(COMPUTED)

function outcome(record: CloudTrailRecord): string {
  const ending = outcomeOf(record)
  return ending === 'failed' ? `failed: ${errorOf(record)}` : ending
}

/**
 * The text of one field, or of a computed column: hostile still, to be escaped where it is shown, but never longer than LONGEST_CELL. Several values
 * are joined by commas, objects are JSON, what is absent is empty.
 */
export function readField(record: CloudTrailRecord, field: string): Cell {
  return compileField(field)(record)
}

/** Compiles columns into what reads one row. It never throws, whatever the record. */
export function compileColumns(columns: readonly Column[]): (record: CloudTrailRecord) => readonly Cell[] {
  const cells = columns.map((column) => compileField(column.field))
  return (record) => cells.map((cell) => cell(record))
}

function compileField(field: string): (record: CloudTrailRecord) => Cell {
  const computed = Object.hasOwn(COMPUTED, field) ? COMPUTED[field] : undefined
  if (computed !== undefined) return (record) => bounded(computed(record))
  const path = field.split('.')
  return (record) => {
    let cell = ''
    someValue(record, path, (value) => {
      const text = textOf(value) ?? jsonOf(value, LONGEST_CELL)
      cell = cell === '' ? text : `${cell}, ${text}`
      return cell.length > LONGEST_CELL
    })
    return bounded(cell)
  }
}

/** Cuts at LONGEST_CELL, not inside a character, and says so by an ellipsis. */
function bounded(text: string): string {
  if (text.length <= LONGEST_CELL) return text
  const end = LONGEST_CELL - 1
  return `${text.slice(0, /[\ud800-\udbff]/.test(text.charAt(end - 1)) ? end - 1 : end)}…`
}

/** Deeper values are shown as an ellipsis: nesting is a stack frame each. */
const DEEPEST = 12

/** JSON of a value, stopped soon after `room` characters, so that a cell costs no more than it shows. */
function jsonOf(value: unknown, room: number, depth = 0): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null'
  if (depth === DEEPEST) return '…'
  const list = Array.isArray(value)
  let text = list ? '[' : '{'
  for (const [name, inner] of Object.entries(value)) {
    if (text.length > room) break
    const comma = text.length > 1 ? ',' : ''
    text += `${comma}${list ? '' : `${JSON.stringify(name)}:`}${jsonOf(inner, room - text.length, depth + 1)}`
  }
  return text + (list ? ']' : '}')
}
