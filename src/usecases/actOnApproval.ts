import { err, ok, type Result } from '../domain/outcome.ts'
import { readApproval } from './approvalLog.ts'
import { type ApprovedRunDeps, type NotStarted, startApproved } from './approvedRun.ts'
import { openInvestigation } from './investigations.ts'

/** Does what was approved: starts the run, or opens the investigation. Repeating it does nothing twice. */
export async function actOnApproval(run: string, deps: ApprovedRunDeps): Promise<Result<void, NotStarted>> {
  const approval = (await readApproval(run, deps))?.approval
  if (approval?.request.investigation === undefined) {
    const started = await startApproved(run, deps)
    return started.ok ? ok(undefined) : started
  }
  const opened = await openInvestigation(approval, deps)
  return opened === undefined ? err({ why: 'not_approved' }) : ok(undefined)
}
