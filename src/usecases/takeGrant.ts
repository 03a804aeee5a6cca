import type { Failure } from '../domain/failure.ts'
import type { Result } from '../domain/outcome.ts'
import { approverIn } from '../domain/policy/approvers.ts'
import type { Digest } from '../domain/policy/digestText.ts'
import type { Investigation } from '../domain/policy/investigation.ts'
import { isSame } from '../domain/policy/membership.ts'
import type { Person } from '../domain/policy/person.ts'
import type { Review } from '../domain/policy/review.ts'
import type { Command } from '../domain/request/command.ts'
import { digestOf } from './closeInvestigation.ts'
import { openInvestigations } from './investigationLog.ts'
import { type InvestigationDeps, investigationNamed, revoke, takesAll } from './investigations.ts'
import { type ReviewDeps, stopBroken } from './reviews.ts'

/** Builders of what is shown: pure. */
export type GrantMessages<M> = {
  readonly failure: (failure: Failure) => M
  readonly grants: (open: readonly Investigation[]) => M
  readonly grant: (digest: Digest) => M
  readonly revoked: (investigation: Investigation, stopped: number) => M
  /** A run that broke the glass may not go on. */
  readonly stopped: (review: Review, running: boolean) => M
  /** That the approval of a run was taken back. */
  readonly takenBack: (run: string) => M
}

export type TakeGrantDeps<M> = InvestigationDeps &
  ReviewDeps & {
    readonly messages: GrantMessages<M>
    /** Takes the approval of a run back; undefined when none has that id. */
    readonly takeBack: (typed: string, by: Person) => Promise<Result<{ readonly run: string }, Failure> | undefined>
  }

export type GrantCommand = Extract<Command, { kind: 'grants' | 'revoke' }>

/** Does what somebody typed about open investigations: lists those they may see, shows one, ends or narrows one; or stops a run that broke the glass. */
export async function takeGrant<M>(
  command: GrantCommand,
  ask: { readonly person: Person; readonly channel: string },
  deps: TakeGrantDeps<M>,
): Promise<M> {
  const { messages } = deps
  if (command.kind === 'revoke') {
    const revoked = await revoke(command, ask.person, deps)
    if (!revoked.ok && revoked.error.code === 'unknown_grant') {
      const stopped = await stopBroken(command.id, ask.person, deps)
      if (stopped?.ok === true) return messages.stopped(stopped.value.review, stopped.value.running)
      if (stopped !== undefined) return messages.failure(stopped.error)
      const taken = takesAll(command) ? await deps.takeBack(command.id, ask.person) : undefined
      if (taken !== undefined) return taken.ok ? messages.takenBack(taken.value.run) : messages.failure(taken.error)
    }
    return revoked.ok
      ? messages.revoked(revoked.value.investigation, revoked.value.stopped.length)
      : messages.failure(revoked.error)
  }
  const sets = approverIn(await deps.personFacts(ask.person), deps.policy)
  const maySee = ({ channel, people, opener, approvers }: Investigation): boolean =>
    channel === ask.channel ||
    [...people, opener].some((person) => isSame(person, ask.person)) ||
    approvers.some((approver) => approver.sets.some((set) => sets.has(set)))
  if (command.id === undefined) return messages.grants((await openInvestigations(deps)).filter(maySee))
  const found = await investigationNamed(command.id, deps)
  if (found === undefined || !maySee(found)) return messages.failure({ code: 'unknown_grant', input: command.id })
  return messages.grant(await digestOf(found, deps))
}
