import { explainPolicyFailure, isPolicyFailure, type PolicyFailure } from './failures/policy.ts'
import { explainRunFailure, type RunFailure } from './failures/run.ts'
import { explainScopeFailure, isScopeFailure, type ScopeFailure } from './failures/scope.ts'
import { explainTypingFailure, isTypingFailure, type TypingFailure } from './failures/typing.ts'

/**
 * Every refusal a person can meet, as data. `explain` (exhaustive) turns one into words: what was wrong, where, and what to do.
 * What the log knows and the person may not (which rule denied) is not in here.
 */
export type Failure = TypingFailure | ScopeFailure | PolicyFailure | RunFailure

/**
 * A failure in plain sentences: what was wrong, where, and what to do. It holds no mark-up of its own, but it repeats what
 * was typed: escape it where it is shown.
 */
export function explain(failure: Failure): string {
  if (isTypingFailure(failure)) return explainTypingFailure(failure)
  if (isScopeFailure(failure)) return explainScopeFailure(failure)
  return isPolicyFailure(failure) ? explainPolicyFailure(failure) : explainRunFailure(failure)
}
