import type { CloudTrailRecord, Found, Noise } from '../record.ts'
import { type Ending, errorOf } from '../runbook/ending.ts'
import type { Cell } from './answer.ts'
import { redact } from './redact.ts'
import type { Telling } from './telling.ts'

/** One matched record, ready to be shown: secrets are masked already. Text is not yet escaped for where it goes. */
export type Row = {
  readonly eventTime: number
  readonly eventSource: Cell
  readonly eventName: Cell
  /** By the runbook's columns, in their order. */
  readonly cells: readonly Cell[]
  /** What became of the call: tried and done are told apart everywhere. */
  readonly outcome: Ending
  readonly errorCode: Cell
  readonly noise?: Noise
  readonly eventId: string
  readonly account: string
  readonly region: string
  readonly telling: Telling
}

/** How a runbook reads records. */
export type RowReader = {
  readonly cellsOf: (record: CloudTrailRecord) => readonly Cell[]
  readonly outcomeOf: (record: CloudTrailRecord) => Ending
  readonly noiseOf: (record: CloudTrailRecord) => Noise | undefined
  /** Given the masked record, like `cellsOf`. */
  readonly tellingOf: (record: CloudTrailRecord) => Telling
}

/**
 * Makes the row of a record. Columns read the masked copy, so a column that names a secret's path gives the mark. `masked`: that copy, where
 * several questions make rows of one record.
 */
export function rowOf(found: Found, reader: RowReader, masked = redact(found.record)): Row {
  const noise = reader.noiseOf(found.record)
  return {
    eventTime: found.eventTime,
    eventSource: textOf(masked['eventSource']),
    eventName: textOf(masked['eventName']),
    cells: reader.cellsOf(masked),
    outcome: reader.outcomeOf(found.record),
    errorCode: errorOf(masked),
    ...(noise === undefined ? {} : { noise }),
    eventId: found.eventId,
    account: found.account,
    region: found.region,
    telling: reader.tellingOf(masked),
  }
}

function textOf(field: unknown): Cell {
  return typeof field === 'string' ? field : ''
}
