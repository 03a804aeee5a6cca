import type { PlaybookAnswer } from '../playbook/report.ts'
import type { Coverage } from '../query/coverage.ts'
import type { Parameters, Query } from '../query/query.ts'
import type { Headline, ParameterType } from '../runbook/runbook.ts'
import type { StageAnswer } from '../stage/finding.ts'
import type { Facets } from './facets.ts'
import type { Lead } from './leads.ts'
import type { Timeline } from './timeline.ts'

/** One cell of an answer: already text, not yet escaped for where it is shown. Empty when the record has no such field. */
export type Cell = string

export type GroupRow = {
  readonly values: readonly Cell[]
  readonly count: number
  readonly failed: number
  readonly first: string
  readonly last: string
}

export type Given = { readonly name: string; readonly type: ParameterType; readonly optional: boolean }

/** What was found, complete: delivery, terminal and later sinks read only this and the CSV. */
export type Answer = {
  readonly version: 1
  readonly run: string
  readonly runbook: {
    readonly name: string
    readonly digest: string
    readonly title: string
    /** What it means that a complete answer is empty, for a person. */
    readonly empty?: string
    /** What was given, in the runbook's order: what kind of value each is, and whether the question can be asked without it. */
    readonly given?: readonly Given[]
    readonly headline: Headline
  }
  readonly parameters: Parameters
  /** What else was asked. `openEnd`: up to the moment the run started. */
  readonly asked: {
    readonly regions: Query['regions']
    readonly openEnd: boolean
    /** Accounts of the organisation that were not asked. */
    readonly others?: number
    /** The window is the runbook's default, and a longer one may be asked. */
    readonly usualWindow?: boolean
  }
  readonly accounts: readonly { readonly id: string; readonly name?: string }[]
  readonly coverage: Coverage
  /** What AWS filtered and what ctq filtered, each as a phrase such as `accessKeyId = AKIA…`. */
  readonly filters: { readonly aws: readonly string[]; readonly local: readonly string[] }
  readonly counts: {
    /** Records that AWS returned, duplicates included. */
    readonly read: number
    /** Distinct records that matched, noise included. */
    readonly matched: number
    /** Of the matched that are not folded away: calls that were done and not read-only. */
    readonly changes: number
    /** Of the matched that are not folded away: calls that failed, refused ones included. */
    readonly failed: number
    /** Of the failed: calls that AWS refused for want of permission. */
    readonly denied?: number
    /** Of the matched: folded away in the summary, in the CSV and marked there. */
    readonly noise: { readonly ctq: number; readonly service: number }
  }
  /** Oldest and newest eventTime among the rows. "Oldest read" when cut. */
  readonly first?: string
  readonly last?: string
  /** The row limit was reached: older matches exist that are not in the answer. */
  readonly cut: boolean
  readonly columns: readonly string[]
  /** The newest rows, noise left out, for showing; all rows are in the CSV. */
  readonly newest: readonly (readonly Cell[])[]
  readonly groups: {
    readonly columns: readonly string[]
    /** The largest, each counted exactly. */
    readonly rows: readonly GroupRow[]
    /** Further groups that were counted and are not among the rows. */
    readonly more: number
    /** Calls in groups that were too many to count apart. */
    readonly uncounted?: number
  }
  /** What the calls tell: from where, by whom, what changed. Folded noise is not in it. */
  readonly facets: Facets
  /** What the runbook's stages found, in their order; absent for a runbook without any. */
  readonly stages?: readonly StageAnswer[]
  /** Of a playbook: facets, leads and timeline are then of its findings alone. */
  readonly playbook?: PlaybookAnswer
  /** Questions that the calls lead to, the most telling first. */
  readonly leads: readonly Lead[]
  readonly timeline: Timeline
  readonly csv: { readonly rows: number; readonly bytes: number; readonly sha256: string }
  readonly requests: number
  readonly askedAt: string
  readonly finishedAt: string
}

/** How far a run is: what the status message shows while it runs. */
export type Progress = {
  readonly pages: number
  readonly records: number
  readonly matched: number
  readonly parts: { readonly done: number; readonly total: number }
  /** Pages of which is known that there are so many: those read, and one more of each sequence that is not at its end. */
  readonly knownPages?: number
  /** Seconds to go at the pace, when it can be told. */
  readonly secondsLeft?: number
  readonly waiting?: 'pace' | 'queue' | 'aws'
}
