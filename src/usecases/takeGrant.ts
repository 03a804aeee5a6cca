import type { Failure } from '../domain/failure.ts'
import type { Result } from '../domain/outcome.ts'
import { approverIn } from '../domain/policy/approvers.ts'
import { admit } from '../domain/policy/decide.ts'
import type { Digest } from '../domain/policy/digestText.ts'
import type { Investigation } from '../domain/policy/investigation.ts'
import { isSame } from '../domain/policy/membership.ts'
import type { Person, PersonFacts, PlaceFacts } from '../domain/policy/person.ts'
import { placeAllows } from '../domain/policy/place.ts'
import type { Review } from '../domain/policy/review.ts'
import { personChecks } from '../domain/policy/roles.ts'
import type { Command } from '../domain/request/command.ts'
import { digestOf } from './closeInvestigation.ts'
import { openInvestigations } from './investigationLog.ts'
import { type InvestigationDeps, investigationNamed, revoke, takesAll } from './investigations.ts'
import { type ReviewDeps, stopBroken } from './reviews.ts'
import type { TypedBy } from './takeAsk.ts'

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
    readonly takeBack: (typed: string, by: TypedBy) => Promise<Result<{ readonly run: string }, Failure> | undefined>
    readonly placeFacts: (place: Place, person: Person) => Promise<PlaceFacts>
  }

type Place = { readonly channel: string; readonly thread?: string }
type Asker = Place & { readonly person: Person }

export type GrantCommand = Extract<Command, { kind: 'grants' | 'revoke' }>

/**
 * Does what somebody typed about open investigations: lists those they may see, shows one, ends or narrows one; or stops a run that broke the
 * glass. Whoever may see none of it is told the same of an id that exists as of one that does not.
 */
export async function takeGrant<M>(command: GrantCommand, ask: Asker, deps: TakeGrantDeps<M>): Promise<M> {
  const { messages } = deps
  const facts = await deps.personFacts(ask.person)
  const refused = await refusalOf(command.kind, facts, ask, deps)
  if (refused !== undefined) return messages.failure(refused)
  const maySee = seenBy(facts, ask, deps)
  if (command.kind === 'revoke') return await takeAway(command, ask, maySee, deps)
  if (command.id === undefined) return messages.grants((await openInvestigations(deps)).filter(maySee))
  const found = await investigationNamed(command.id, deps)
  if (found === undefined || !maySee(found)) return messages.failure({ code: 'unknown_grant', input: command.id })
  return messages.grant(await digestOf(found, deps))
}

/** Approvers need no role of their own. Where nothing may be asked nothing is shown; what may be stopped may be stopped anywhere. */
async function refusalOf<M>(
  kind: GrantCommand['kind'],
  person: PersonFacts,
  { channel, thread }: Asker,
  { policy, placeFacts }: TakeGrantDeps<M>,
): Promise<Failure | undefined> {
  const known = approverIn(person, policy).size > 0 || personChecks(person, policy).every(({ passed }) => passed)
  if (known && kind === 'revoke') return undefined
  const place = await placeFacts({ channel, ...(thread === undefined ? {} : { thread }) }, person.person)
  const entry = known ? placeAllows(place, policy) : admit(person, place, policy)
  return 'failure' in entry ? entry.failure : undefined
}

function seenBy<M>(facts: PersonFacts, ask: Asker, { policy }: TakeGrantDeps<M>): (one: Investigation) => boolean {
  const sets = approverIn(facts, policy)
  return ({ channel, people, opener, approvers }) =>
    channel === ask.channel ||
    [...people, opener].some((person) => isSame(person, ask.person)) ||
    approvers.some((approver) => approver.sets.some((set) => sets.has(set)))
}

async function takeAway<M>(
  command: Extract<GrantCommand, { kind: 'revoke' }>,
  ask: Asker,
  maySee: (one: Investigation) => boolean,
  deps: TakeGrantDeps<M>,
): Promise<M> {
  const { messages } = deps
  const { person, channel } = ask
  const unknown: Failure = { code: 'unknown_grant', input: command.id }
  const revoked = await revoke(command, person, deps)
  if (revoked.ok) return messages.revoked(revoked.value.investigation, revoked.value.stopped.length)
  const { error } = revoked
  if (error.code === 'not_yours_to_revoke') {
    const named = await investigationNamed(error.id, deps)
    return messages.failure(named !== undefined && maySee(named) ? error : unknown)
  }
  if (error.code !== 'unknown_grant') return messages.failure(error)
  const stopped = await stopBroken(command.id, person, deps)
  if (stopped?.ok === true) return messages.stopped(stopped.value.review, stopped.value.running)
  if (stopped !== undefined)
    return messages.failure(stopped.error.code === 'not_yours_to_cancel' ? unknown : stopped.error)
  const taken = takesAll(command) ? await deps.takeBack(command.id, { person, channel }) : undefined
  if (taken?.ok === true) return messages.takenBack(taken.value.run)
  return messages.failure(taken === undefined ? unknown : taken.error)
}
