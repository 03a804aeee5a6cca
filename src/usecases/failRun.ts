import type { Audit } from '../domain/audit/step.ts'
import type { Result } from '../domain/outcome.ts'
import { type Grant, type Lane, laneOf } from '../domain/policy/grant.ts'
import { type Objects, type Terminal, terminalKey } from '../domain/result/objects.ts'
import type { TokenRefusal } from './authority.ts'
import type { RunJob } from './runRun.ts'

export type FailDeps = {
  readonly verifyExpired: (token: string, run: string) => Promise<Result<Grant, TokenRefusal>>
  readonly objects: Pick<Objects, 'create'>
  readonly deliver: (run: string, token: string, want: 'final', lane: Lane) => Promise<void>
  readonly audit: Audit
  readonly now: () => Date
}

/**
 * Ends a run whose job failed for good, so that whoever asked is told. `why` is shown to them. A token that is not this run's ends
 * nothing: whoever can write to the queue cannot end the runs of others.
 */
export async function failRun(job: RunJob, why: string, deps: FailDeps): Promise<void> {
  const checked = await deps.verifyExpired(job.token, job.run)
  if (!checked.ok || checked.value.run !== job.run) return
  const at = deps.now().toISOString()
  const terminal: Terminal = { run: job.run, outcome: 'failed', at, why }
  if (!(await deps.objects.create(terminalKey(job.run), JSON.stringify(terminal)))) return
  await deps.audit({
    step: 'run_finished',
    outcome: 'done',
    at,
    run: job.run,
    person: checked.value.person,
    checks: [],
    detail: { verdict: 'failed', why },
  })
  await deps.deliver(job.run, job.token, 'final', laneOf(checked.value))
}
