import type { Audit } from '../domain/audit/step.ts'
import type { Outcome } from './outcome.ts'

/** Ends a job that its token, its plan or the run's state does not allow, with one line in the record. Repeating it cannot help. */
export async function refuseJob(
  job: { readonly run: string },
  why: string,
  deps: { readonly audit: Audit; readonly now: () => Date },
): Promise<Outcome> {
  await deps.audit({
    step: 'token_checked',
    outcome: 'deny',
    at: deps.now().toISOString(),
    run: job.run,
    checks: [{ check: 'use', passed: false, detail: why }],
  })
  return { kind: 'final', why }
}
