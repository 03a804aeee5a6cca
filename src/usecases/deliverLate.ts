import type { Answer } from '../domain/result/answer.ts'
import { shownCount } from '../domain/result/headline.ts'
import { readLateNote } from './askLate.ts'
import { deliverCsvByPolicy } from './deliverCsvByPolicy.ts'
import { endingOf } from './deliverEnding.ts'
import type { Done } from './deliverMemory.ts'
import { type Delivery, sendOnce } from './deliverOnce.ts'
import { isAboutPlace, type Leg, legOf, moveToDirect } from './deliverPlace.ts'
import type { DeliverOutcome, Sent } from './deliverTypes.ts'
import { type First, firstOf, shown } from './followed.ts'
import { tellFirst } from './tellFirst.ts'

/**
 * What came late goes into the thread of the answer that it belongs to, with its CSV; the answer's own message then says what came of
 * asking again. When nothing came late, that is all that happens, and nobody is disturbed.
 */
export async function deliverLate<M>(delivery: Delivery<M>, follows: string): Promise<DeliverOutcome> {
  const ending = await endingOf(delivery)
  if ('kind' in ending) return ending
  await delivery.deps.startClock(delivery.grant)
  await delivery.memory.put('final.begun', { at: delivery.deps.now().toISOString() })
  const first = await firstOf(delivery, follows)
  if (first === undefined) return { kind: 'final', why: 'the answer that it follows is not there' }
  const { answer } = ending
  const posted = answer !== undefined && shownCount(answer) > 0 ? await postLate(delivery, answer, first) : undefined
  if (posted !== undefined && 'kind' in posted) return posted
  const told = await tellFirst(delivery, first, 'settled')
  if (told !== undefined) return told
  if (posted === undefined || answer === undefined) return { kind: 'done' }
  const csv = await deliverCsvByPolicy(delivery, answer, posted.leg, posted.leg.where.thread ?? posted.at.ts)
  return csv.kind === 'move' ? { kind: 'final', why: `not delivered: ${csv.why}` } : csv
}

/** Says in an answer's message that its last minutes were not asked again, and why. */
export async function deliverSettled<M>(delivery: Delivery<M>): Promise<DeliverOutcome> {
  const { deps, grant } = delivery
  const note = await readLateNote(grant.run, deps.objects)
  const isSettled = note?.outcome === 'refused' || note?.outcome === 'unapproved'
  const first = isSettled ? await shown(delivery) : undefined
  if (note === undefined || first === undefined) return { kind: 'final', why: 'there is nothing to say' }
  return (await tellFirst(delivery, first, 'settled')) ?? { kind: 'done' }
}

type Posted = { readonly leg: Leg; readonly at: Sent }

async function postLate<M>(delivery: Delivery<M>, answer: Answer, first: First<M>): Promise<Posted | DeliverOutcome> {
  const found = await legOf(delivery, true)
  if ('kind' in found) return found
  const leg = threaded(found, first)
  const build = (): M => delivery.deps.messages.late(delivery.grant, answer, first.answer)
  const sent = await sendOnce(delivery, `final${leg.suffix}`, leg.where, build)
  if (sent.kind === 'wait') return sent
  if (sent.kind === 'sent') return { leg, at: sent.at }
  if (leg.suffix === '-direct' || !isAboutPlace(sent.reason))
    return { kind: 'final', why: `not delivered: ${sent.reason}` }
  await moveToDirect(delivery, { cause: 'slack', why: sent.reason, tell: false })
  return await postLate(delivery, answer, first)
}

/** In a direct message the thread is that of the answer, when that is there too. */
function threaded<L extends Leg>(leg: L, { at }: { readonly at: Done }): L {
  if (leg.where.thread !== undefined || at.channel !== leg.where.channel) return leg
  return { ...leg, where: { ...leg.where, thread: at.ts } }
}
