import type { CloudTrailRecord, Found } from '../record.ts'
import type { Reading as ReadingOf } from '../result/facets.ts'
import { redact } from '../result/redact.ts'
import { type RowReader, rowOf } from '../result/row.ts'
import { rowReader } from '../result/rowReader.ts'
import { isFolded } from '../result/summary.ts'
import { isoOf } from '../result/time.ts'
import type { Runbook } from '../runbook/runbook.ts'
import type { Stage } from '../runbook/stages.ts'
import { type StageCollector, stageCollector } from '../stage/collect.ts'
import type { StageAnswer } from '../stage/finding.ts'
import { memberTests } from './memberTests.ts'
import type { BoundMember } from './playbook.ts'

/** What one member of a playbook found in what was read for all of them. */
export type MemberFindings = {
  readonly name: string
  readonly title: string
  readonly counts: {
    /** Noise included. */
    readonly matched: number
    readonly noise: number
    /** Done and not read-only. */
    readonly changes: number
    readonly denied: number
    readonly failed: number
  }
  readonly first?: string
  readonly last?: string
  readonly stages: readonly StageAnswer[]
}

export type MembersContext = {
  readonly labelOf: (address: string) => string | undefined
  readonly organisation: readonly string[]
  readonly accountName: (account: string) => string | undefined
}

export type MembersCollector = {
  /** Holds a record against every member. Records come newest first, by time and eventID, each once. Gives the members that it is for. */
  readonly add: (found: Found) => readonly BoundMember[]
  /** `readingOf`: what was read for a member, by its name. */
  readonly finish: (readingOf: (member: string) => ReadingOf) => readonly MemberFindings[]
}

type Collecting = {
  readonly runbook: Runbook
  readonly reader: RowReader
  readonly stages: StageCollector
  readonly counts: { matched: number; noise: number; changes: number; denied: number; failed: number }
  first: number
  last: number
}

/** Feeds one merged reading of CloudTrail to all members that are asked, in memory that does not grow with the number of records. */
export function membersCollector(members: readonly BoundMember[], context: MembersContext): MembersCollector {
  const asked = members.flatMap((member) => ('bound' in member ? [member] : []))
  const tests = memberTests(asked.map(({ match }) => match))
  const collecting = asked.map(({ runbook, bound }): Collecting => {
    const stages = bound.stages.length > 0 ? bound.stages : [plainStage(runbook)]
    return {
      runbook,
      reader: rowReader(runbook, context.accountName),
      stages: stageCollector(stages, { columns: runbook.columns, ...context }),
      counts: { matched: 0, noise: 0, changes: 0, denied: 0, failed: 0 },
      first: Number.POSITIVE_INFINITY,
      last: Number.NEGATIVE_INFINITY,
    }
  })
  return {
    add: (found) => {
      const matched = tests(found.record)
      const masked = matched.length === 0 ? found.record : redact(found.record)
      for (const at of matched) {
        const one = collecting[at]
        if (one !== undefined) collect(one, found, masked)
      }
      return matched.flatMap((at) => asked[at] ?? [])
    },
    finish: (readingOf) => collecting.map((one) => findingsOf(one, readingOf(one.runbook.name))),
  }
}

/** What a runbook without stages matches is told by who did what. */
function plainStage({ title, columns }: Runbook): Stage {
  const names = columns.map(({ name }) => name)
  const by = ['who', 'eventName', 'target'].filter((name) => names.includes(name))
  return { name: 'calls', finds: title, kind: 'count', by: by.length > 0 ? by : names.slice(0, 1), atLeast: 1 }
}

function collect(one: Collecting, found: Found, masked: CloudTrailRecord): void {
  const { counts, runbook } = one
  const row = rowOf(found, one.reader, masked)
  counts.matched += 1
  if (isFolded(row, runbook)) {
    counts.noise += 1
    return
  }
  if (row.outcome !== 'done') counts[row.outcome] += 1
  else if (row.telling.change) counts.changes += 1
  one.first = Math.min(one.first, row.eventTime)
  one.last = Math.max(one.last, row.eventTime)
  one.stages.add(row, found.record)
}

function findingsOf({ runbook, counts, first, last, stages }: Collecting, reading: ReadingOf): MemberFindings {
  return {
    name: runbook.name,
    title: runbook.title,
    counts,
    ...(first <= last ? { first: isoOf(first), last: isoOf(last) } : {}),
    stages: stages.finish(reading),
  }
}
