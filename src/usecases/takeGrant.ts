import type { Failure } from '../domain/failure.ts'
import { approverIn } from '../domain/policy/approvers.ts'
import type { Digest } from '../domain/policy/digestText.ts'
import type { Investigation } from '../domain/policy/investigation.ts'
import { isSame } from '../domain/policy/membership.ts'
import type { Person } from '../domain/policy/person.ts'
import type { Command } from '../domain/request/command.ts'
import { digestOf } from './closeInvestigation.ts'
import { openInvestigations } from './investigationLog.ts'
import { type InvestigationDeps, investigationNamed, revoke } from './investigations.ts'

/** Builders of what is shown: pure. */
export type GrantMessages<M> = {
  readonly failure: (failure: Failure) => M
  readonly grants: (open: readonly Investigation[]) => M
  readonly grant: (digest: Digest) => M
  readonly revoked: (investigation: Investigation, stopped: number) => M
}

export type TakeGrantDeps<M> = InvestigationDeps & { readonly messages: GrantMessages<M> }

export type GrantCommand = Extract<Command, { kind: 'grants' | 'revoke' }>

/** Does what somebody typed about open investigations: lists those they may see, shows one, ends or narrows one. */
export async function takeGrant<M>(
  command: GrantCommand,
  ask: { readonly person: Person; readonly channel: string },
  deps: TakeGrantDeps<M>,
): Promise<M> {
  const { messages } = deps
  if (command.kind === 'revoke') {
    const revoked = await revoke(command, ask.person, deps)
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
