import type { Failure } from '../domain/failure.ts'
import { err, ok, type Result } from '../domain/outcome.ts'
import { isToldIn } from '../domain/policy/grant.ts'
import { isSame } from '../domain/policy/membership.ts'
import { mayApprove } from '../domain/policy/requestStatus.ts'
import { rolesOf } from '../domain/policy/roles.ts'
import { type Objects, terminalKey } from '../domain/result/objects.ts'
import { requestNamed } from './answerApproval.ts'
import { readApproval } from './approvalLog.ts'
import { type ApprovalDeps, takeBackApproval } from './approvals.ts'
import { readAsked, type StopDeps } from './cancelRun.ts'
import { revokeRun } from './revokeRun.ts'
import type { TypedBy } from './takeAsk.ts'

export type TakeBackDeps = ApprovalDeps &
  StopDeps & {
    readonly objects: Objects
    /** Has everybody shown what became of a request, soon. */
    readonly advance: (run: string) => Promise<void>
  }

/**
 * Takes back the approval of a question: its run stops, what it has read is answered as policy says, and without an approval it does not start. The right
 * of those who could approve it now, of whoever asked, and of whoever may cancel what others started. Undefined when no approved request has that id, and for whoever may not and is not in the channel that the
 * answer comes to.
 */
export async function takeBack(
  typed: string,
  by: TypedBy,
  deps: TakeBackDeps,
): Promise<Result<{ readonly run: string }, Failure> | undefined> {
  const run = await requestNamed(typed, deps.objects)
  const approval = run === undefined ? undefined : (await readApproval(run, deps))?.approval
  if (run === undefined || approval?.status !== 'approved' || approval.request.query === undefined) return undefined
  const { person, channel } = by
  const facts = await deps.personFacts(person, { fresh: true })
  const may =
    isSame(person, approval.request.person) ||
    mayApprove(approval.request, facts, deps.policy) ||
    rolesOf(facts, deps.policy).some(({ cancel }) => cancel)
  if (!may) return isToldIn(approval.request, channel) ? err({ code: 'not_yours_to_cancel', run }) : undefined
  if ((await deps.objects.size(terminalKey(run))) !== undefined) return err({ code: 'already_finished', run })
  const asked = await readAsked(run, deps)
  // First: a reader whose basis fails it looks here whether that was taken away.
  if (asked !== undefined)
    await revokeRun(run, asked.asked.token, { by: 'approval', why: 'its approval was taken back', person }, deps)
  await takeBackApproval(run, person, deps)
  await deps.advance(run)
  return ok({ run })
}
