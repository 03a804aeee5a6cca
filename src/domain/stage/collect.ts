import type { CloudTrailRecord } from '../record.ts'
import type { Reading } from '../result/facets.ts'
import type { Row } from '../result/row.ts'
import { compileMatch, type RecordTest } from '../runbook/evaluate.ts'
import type { Column } from '../runbook/runbook.ts'
import type { Chosen, Stage } from '../runbook/stages.ts'
import { burstStage } from './bursts.ts'
import { elsewhereStage } from './elsewhere.ts'
import type { StageAnswer, StageFinding } from './finding.ts'
import { firstSeenStage } from './firstSeen.ts'
import { type Followed, followStage } from './follow.ts'
import { policyStage } from './policyStage.ts'
import { sequenceStage } from './sequence.ts'

/** Findings of one stage that an answer holds. */
const KEPT = 50

/** What stages need to know beside the records. */
export type StageContext = {
  readonly columns: readonly Column[]
  /** What people call an address, by ctq.yml. */
  readonly labelOf: (address: string) => string | undefined
  readonly organisation: readonly string[]
  /** Of a run that follows credentials. */
  readonly followed?: Followed
}

/** How one kind of stage folds rows. They come newest first, by time and eventID, each once. */
export type StageFold = {
  /** `by`: one key of the row's values of the stage's `by`. */
  readonly add: (row: Row, record: CloudTrailRecord) => void
  readonly finish: (reading: Reading) => { readonly findings: readonly StageFinding[]; readonly uncounted: number }
}

export type StageCollector = {
  /** Takes a row in, with the record that it is of. Noise that is folded away does not come here. */
  readonly add: (row: Row, record: CloudTrailRecord) => void
  readonly finish: (reading: Reading) => readonly StageAnswer[]
}

/** Looks for what a runbook's stages look for, in one pass over the merged rows and in memory that does not grow with their number. */
export function stageCollector(stages: readonly Stage[], context: StageContext): StageCollector {
  const folds = stages.map((stage) => ({
    stage,
    looks: { count: 0 },
    fold: foldOf(stage, context),
    test: testOf(stage),
  }))
  return {
    add: (row, record) => {
      for (const { fold, looks, test } of folds) {
        if (!test(row, record)) continue
        looks.count += 1
        fold.add(row, record)
      }
    },
    finish: (reading) => folds.map(({ stage, looks, fold }) => answerOf(stage, looks.count, fold.finish(reading))),
  }
}

function answerOf(stage: Stage, looked: number, found: ReturnType<StageFold['finish']>): StageAnswer {
  const { name, finds, kind } = stage
  const findings = [...found.findings].sort((a, b) => Number(a.usual) - Number(b.usual))
  return {
    name,
    finds,
    kind,
    by: 'by' in stage ? stage.by : [],
    ...('within' in stage && stage.within !== undefined ? { within: stage.within } : {}),
    ...(stage.kind === 'sequence' ? { says: { first: stage.first.says, next: stage.next.says } } : {}),
    findings: findings.slice(0, KEPT),
    more: Math.max(0, findings.length - KEPT),
    looked,
    uncounted: found.uncounted,
  }
}

function foldOf(stage: Stage, context: StageContext): StageFold {
  const cells = cellsOf(context.columns)
  switch (stage.kind) {
    case 'count':
    case 'distinct':
      return burstStage(stage, cells)
    case 'sequence':
      return sequenceStage(stage, cells, chosenTest(stage.first), chosenTest(stage.next))
    case 'firstSeen':
      return firstSeenStage(stage, cells)
    case 'follow':
      return followStage(stage, context.followed)
    case 'policy':
      return policyStage(stage, context.organisation)
    case 'elsewhere':
      return elsewhereStage(stage, cells, context.labelOf)
  }
}

/** The values of some columns of a row. */
export type CellsOf = (names: readonly string[]) => (row: Row) => readonly string[]

function cellsOf(columns: readonly Column[]): CellsOf {
  return (names) => {
    const places = names.map((name) => columns.findIndex((column) => column.name === name))
    return (row) => places.map((at) => row.cells[at] ?? '')
  }
}

export type RowTest = (row: Row, record: CloudTrailRecord) => boolean

function testOf(stage: Stage): RowTest {
  if (stage.kind === 'follow') return () => true
  if (stage.kind !== 'sequence') return chosenTest(stage)
  const [first, next] = [chosenTest(stage.first), chosenTest(stage.next)]
  return (row, record) => first(row, record) || next(row, record)
}

/** Whether a row is one that a stage chooses. Its clauses must be bound. */
export function chosenTest({ where, outcome }: Chosen): RowTest {
  const matches: RecordTest = where === undefined ? () => true : compileMatch(where)
  return (row, record) => (outcome === undefined || outcome.includes(row.outcome)) && matches(record)
}
