import type { Failure } from '../failure.ts'
import type { Library } from '../runbook/runbook.ts'

/** What a runbook about those outside the organisation is tagged with (MITRE ATT&CK T1199: Trusted Relationship). */
const OUTSIDE = 't1199'

/** Adds to the refusal of an account that is not ours what can be asked about outside accounts; other failures stay as they are. */
export function withOutsideQuestions(failure: Failure, library: Library): Failure {
  if (failure.code !== 'unknown_account' || failure.outside === undefined) return failure
  const about = library.all.filter(({ tags, title, parameters }) => {
    const needsNothing = Object.values(parameters).every(({ optional }) => optional)
    return tags.includes(OUTSIDE) && /\boutside\b/i.test(title) && needsNothing
  })
  return { ...failure, outside: about.map(({ name }) => name).toSorted() }
}
