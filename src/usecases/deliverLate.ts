import type { Answer } from '../domain/result/answer.ts'
import { shownCount, standingOf } from '../domain/result/headline.ts'
import { settledAnswer } from '../domain/result/late.ts'
import type { Late } from '../domain/result/notes.ts'
import { readLateNote } from './askLate.ts'
import { readAsked } from './cancelRun.ts'
import { deliverCsvByPolicy } from './deliverCsvByPolicy.ts'
import { type Ending, endingOf } from './deliverEnding.ts'
import { type Done, openMemory } from './deliverMemory.ts'
import { type Delivery, retryAt, sendOnce } from './deliverOnce.ts'
import { isAboutPlace, type Leg, legOf, moveToDirect } from './deliverPlace.ts'
import { type DeliverOutcome, isSlackFault, type Sent, type SlackDestination } from './deliverTypes.ts'

/** The answer that a run follows, where it is shown, and what its own token allowed. */
type First<M> = {
  readonly delivery: Delivery<M>
  readonly answer: Answer
  readonly at: Done
  readonly suffix: Leg['suffix']
}

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
  const told = await tellFirst(delivery, first, lateOf(ending))
  if (told !== undefined) return told
  if (posted === undefined || answer === undefined) return { kind: 'done' }
  const csv = await deliverCsvByPolicy(delivery, answer, posted.leg, posted.leg.where.thread ?? posted.at.ts)
  return csv.kind === 'move' ? { kind: 'final', why: `not delivered: ${csv.why}` } : csv
}

/** Says in an answer's message that its last minutes were not asked again, and why. */
export async function deliverSettled<M>(delivery: Delivery<M>): Promise<DeliverOutcome> {
  const { deps, grant } = delivery
  const note = await readLateNote(grant.run, deps.objects)
  const first = note?.outcome === 'refused' ? await shown(delivery) : undefined
  if (note === undefined || first === undefined) return { kind: 'final', why: 'there is nothing to say' }
  return (await tellFirst(delivery, first, { kind: 'refused', at: note.at })) ?? { kind: 'done' }
}

function lateOf({ answer, terminal }: Ending): Late {
  if (answer === undefined || answer.coverage.verdict === 'failed') return { kind: 'failed', at: terminal.at }
  // by the clock of whoever read it: one that is behind has not yet read what had settled
  const { settledUntil, window } = answer.coverage
  const whole = standingOf(answer) === 'complete' && settledUntil >= window.until
  return { kind: 'read', at: answer.askedAt, calls: shownCount(answer), whole }
}

async function firstOf<M>(delivery: Delivery<M>, follows: string): Promise<First<M> | undefined> {
  const { deps } = delivery
  const found = await readAsked(follows, {
    objects: deps.objects,
    verifyExpired: async (token) => {
      const verified = await deps.verify(token, follows)
      return verified.ok ? verified : { ok: false, error: { code: 'invalid', why: verified.error.why } }
    },
  })
  if (found === undefined) return undefined
  return await shown({ grant: found.grant, deps, memory: await openMemory(deps.objects, follows) })
}

/** A run's answer and where its message is. Undefined when there is none. */
async function shown<M>(delivery: Delivery<M>): Promise<First<M> | undefined> {
  const ending = await endingOf(delivery)
  if ('kind' in ending || ending.answer === undefined) return undefined
  for (const suffix of ['-direct', ''] as const) {
    const at = await delivery.memory.get<Done>(`final${suffix}.done`)
    if (at !== undefined) return { delivery, answer: ending.answer, at, suffix }
  }
  return undefined
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

/** Brings the first answer's message up to date, if its place may still have it. Undefined: it is done, or cannot be. */
async function tellFirst<M>(
  { memory, deps }: Delivery<M>,
  { delivery, answer, at, suffix }: First<M>,
  late: Late,
): Promise<DeliverOutcome | undefined> {
  if (memory.has('settled.done') || memory.has('settled.skipped')) return undefined
  const { grant } = delivery
  const skip = async (reason: string): Promise<undefined> => {
    await memory.put('settled.skipped', { at: deps.now().toISOString(), reason })
  }
  const to: SlackDestination =
    suffix === '' && grant.to.kind === 'slack' ? grant.to : { kind: 'direct', ...grant.person }
  const settled = late.kind === 'read' && late.whole && late.calls === 0
  const build = (level: Parameters<typeof deps.messages.answer>[2]): M =>
    deps.messages.answer(grant, settled ? settledAnswer(answer) : answer, level, { late })
  try {
    const place = await deps.placeAllows(grant, to, { fresh: true, background: true })
    if (!place.allowed) return await skip(place.why)
    await deps.slack.update({ channel: at.channel, ts: at.ts }, build)
  } catch (error) {
    if (!isSlackFault(error)) throw error
    // the same update again changes nothing, so an unknown outcome is simply repeated
    if (error.kind !== 'refused') return { kind: 'wait', until: retryAt(delivery, error) }
    return await skip(error.reason)
  }
  await memory.put('settled.done', { at: deps.now().toISOString(), channel: at.channel, ts: at.ts })
  return undefined
}
