import type { Answer, GroupRow } from './answer.ts'
import type { Phrase } from './phrase.ts'

/** Calls that one answer has and another does not. `told`: the most telling of them, in words. */
export type OneSided = {
  readonly calls: number
  /** Of them: at a time that the other answer's window does not hold. */
  readonly outside: number
  readonly told: readonly Phrase[]
}

/** What is new and what is gone between two answers of one runbook: records by eventID, the largest groups by what they group. */
export type Diff = {
  readonly before: Answer
  readonly after: Answer
  readonly both: number
  readonly added: OneSided
  readonly gone: OneSided
  readonly groups: { readonly added: readonly GroupRow[]; readonly gone: readonly GroupRow[] }
}
