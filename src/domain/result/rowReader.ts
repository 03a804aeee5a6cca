import { compileColumns } from '../runbook/columns.ts'
import { noiseOf, outcomeOf } from '../runbook/ending.ts'
import type { OwnCaller } from '../runbook/ownCalls.ts'
import type { Runbook } from '../runbook/runbook.ts'
import type { RowReader } from './row.ts'
import { compileTelling } from './telling.ts'

/** How a runbook reads records, compiled once. `nameOf`: an account's name, if it has one; `own`: who ctq is for AWS, where that is known. */
export function rowReader(
  runbook: Pick<Runbook, 'columns' | 'next'>,
  nameOf: (account: string) => string | undefined,
  own?: OwnCaller,
): RowReader {
  return {
    cellsOf: compileColumns(runbook.columns),
    outcomeOf,
    noiseOf: (record) => noiseOf(record, own),
    tellingOf: compileTelling(runbook, nameOf),
  }
}
