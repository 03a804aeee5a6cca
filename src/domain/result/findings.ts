import type { Parameters } from '../query/query.ts'
import type { Runbook } from '../runbook/runbook.ts'
import type { Answer } from './answer.ts'
import { facetCollector } from './collectFacets.ts'
import type { Reading } from './facets.ts'
import { leadCollector } from './leads.ts'
import type { Row } from './row.ts'
import { isFolded } from './summary.ts'
import { timelineCollector } from './timeline.ts'

/** What an answer tells of its rows beyond their number. */
export type Findings = Pick<Answer, 'facets' | 'leads' | 'timeline'>

export type FindingsCollector = {
  /** Takes a row in; rows come newest first. Noise that the runbook folds is left out. */
  readonly add: (row: Row) => void
  readonly finish: (reading: Reading) => Findings
}

/** Collects findings in memory that does not grow with the number of rows. `labelOf`: what an address is called, if anything. */
export function findingsCollector(
  runbook: Pick<Runbook, 'name' | 'columns' | 'headline' | 'next' | 'fold'>,
  asked: Parameters,
  labelOf: (address: string) => string | undefined,
): FindingsCollector {
  const facets = facetCollector(labelOf, subjectOf(runbook))
  const leads = leadCollector(runbook, asked)
  const timeline = timelineCollector()
  return {
    add: (row) => {
      if (isFolded(row, runbook)) return
      facets.add(row)
      leads.add(row)
      timeline.add(row)
    },
    finish: (reading) => {
      const told = facets.finish(reading)
      const seen = told.addresses.rows.filter(({ newAfter }) => newAfter !== undefined)
      const isNew = new Set(seen.map(({ address }) => address))
      return { facets: told, leads: leads.finish(isNew), timeline: timeline.finish(isNew) }
    },
  }
}

/** The place of the subject's column; the principals are counted anyway. */
function subjectOf({ columns, headline }: Pick<Runbook, 'columns' | 'headline'>): number | undefined {
  const at = columns.findIndex(({ name }) => name === headline.subject)
  return at < 0 || columns[at]?.field === 'who' ? undefined : at
}
