import { digestOf } from '../domain/canonical.ts'
import type { Failure } from '../domain/failure.ts'
import { err, ok, type Result } from '../domain/outcome.ts'
import type { SignedAsk } from '../domain/policy/ask.ts'
import type { NeedsApproval } from '../domain/policy/decide.ts'
import type { Destination, Person } from '../domain/policy/person.ts'
import type { Asking } from './approvals.ts'
import type { RequestDeps, Requested } from './requestRun.ts'

/** What makes two asks the same question: who, where, and the words. */
export function questionKey(asked: {
  readonly person: Person
  readonly channel: string
  readonly thread?: string
  readonly words: string
  readonly step?: string
}): string {
  const { person, channel, thread, words, step } = asked
  return digestOf({ person, channel, thread, words, step })
}

/** Asks for the approval that a question needs. Whoever gives too short a reason can ask again at once. */
export async function askOthers(
  ask: SignedAsk,
  asked: Pick<Asking, 'runbook' | 'words' | 'scope' | 'reason'> & { readonly decision: NeedsApproval },
  question: string,
  deps: Pick<RequestDeps, 'askApproval' | 'leave'>,
): Promise<Result<Requested, Failure>> {
  const { wanted, failure } = asked.decision
  const alone = failure.code === 'needs_approval' ? failure.nearest : undefined
  const { run, person } = ask
  const to = destinationOf(ask, wanted.answerTo)
  // LookupEvents costs nothing (AWS: CloudTrail pricing, event history).
  const requested = await deps.askApproval({ ...asked, run, person, to, place: placeOf(ask), cost: { usd: 0 } }, alone)
  if (requested.ok) return ok({ kind: 'waiting', run, echo: asked.words })
  await deps.leave(question, run)
  const { error } = requested
  if (error.code !== 'reason_needed' || failure.code !== 'needs_approval') return requested
  const { by, nearest, type } = failure
  return err({ ...error, by, ...(nearest !== undefined && { nearest }), ...(type !== undefined && { type }) })
}

/** Where something was asked. */
export function placeOf({ channel, thread }: SignedAsk): { readonly channel: string; readonly thread?: string } {
  return { channel, ...(thread === undefined ? {} : { thread }) }
}

/** Where the answer goes. */
export function destinationOf(ask: SignedAsk, answerTo: 'here' | 'direct'): Destination {
  const { team, user } = ask.person
  const place = placeOf(ask)
  return answerTo === 'direct' ? { kind: 'direct', team, user, from: place } : { kind: 'slack', team, ...place }
}
