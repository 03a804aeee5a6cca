import type { Ending } from './ending.ts'
import type { Match } from './runbook.ts'

/** How a call ended, as a stage may choose by it. */
export const OUTCOMES = ['done', 'denied', 'failed'] as const satisfies readonly Ending[]

/** Which of the matched records a stage looks at; all of them when it says neither. */
export type Chosen = { readonly where?: Match; readonly outcome?: readonly Ending[] }

/** Whom a policy lets in: anyone at all, or anyone who is not of our accounts. */
export const LET_IN = ['anyone', 'outside'] as const

/** What a policy must allow to be a finding, all of it in one statement. */
export type Allows = {
  readonly principal?: (typeof LET_IN)[number]
  readonly action?: string
  readonly resource?: string
}

/** What a stage looks for among the matched records. `by`: columns; each combination of their values is looked at by itself. Times are seconds. */
export type StageTask =
  | ({
      readonly kind: 'count'
      readonly by: readonly string[]
      readonly atLeast: number
      readonly within?: number
    } & Chosen)
  | ({
      readonly kind: 'distinct'
      readonly of: string
      readonly by: readonly string[]
      readonly atLeast: number
      readonly within?: number
    } & Chosen)
  | {
      readonly kind: 'sequence'
      readonly by: readonly string[]
      readonly within: number
      /** `says`: what such calls are, in words. */
      readonly first: Chosen & { readonly atLeast: number; readonly says: string }
      readonly next: Chosen & { readonly says: string }
    }
  | ({
      readonly kind: 'firstSeen'
      readonly of: readonly string[]
      readonly by: readonly string[]
      readonly after: number
    } & Chosen)
  | ({ readonly kind: 'policy'; readonly in: readonly string[]; readonly allows: Allows } & Chosen)
  | ({ readonly kind: 'elsewhere'; readonly by: readonly string[] } & Chosen)
  /** Asks the same again about the keys that calls gave out, with `parameter` for each; `depth` rounds, `keys` in all. */
  | { readonly kind: 'follow'; readonly parameter: string; readonly depth: number; readonly keys: number }

/** The kinds of stages, as a runbook names them. */
export const STAGE_KINDS = ['count', 'distinct', 'sequence', 'firstSeen', 'policy', 'elsewhere', 'follow'] as const

/** One thing that is looked for among the matched records once they are read: its findings come first in an answer. */
export type Stage = {
  readonly name: string
  /** What it finds, in words that head its findings. */
  readonly finds: string
} & StageTask
