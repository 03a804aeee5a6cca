import type { Answer } from '../domain/result/answer.ts'
import { settledAnswer } from '../domain/result/late.ts'
import type { Followed } from '../domain/result/notes.ts'
import { openMemory } from './deliverMemory.ts'
import { type Delivery, retryAt } from './deliverOnce.ts'
import type { Leg } from './deliverPlace.ts'
import { type DeliverOutcome, isSlackFault, type SlackDestination } from './deliverTypes.ts'
import { closedBy, type First, firstOf, followedBy, noteClosing } from './followed.ts'

/** Something else may have come of the answer while its message was brought up to date. */
const MOST_ROUNDS = 3

/**
 * Brings the first answer's message up to date, if its place may still have it. `step`: what is remembered as done beside the run that
 * followed. Undefined: it is done, or cannot be.
 */
export async function tellFirst<M>(
  { memory, deps }: Delivery<M>,
  first: First<M>,
  step: 'settled' | 'closed',
): Promise<DeliverOutcome | undefined> {
  if (memory.has(`${step}.done`) || memory.has(`${step}.skipped`)) return undefined
  const { grant } = first.delivery
  const skip = async (reason: string): Promise<undefined> => {
    await memory.put(`${step}.skipped`, { at: deps.now().toISOString(), reason })
  }
  const to: SlackDestination =
    first.suffix === '' && grant.to.kind === 'slack' ? grant.to : { kind: 'direct', ...grant.person }
  try {
    const place = await deps.placeAllows(grant, to, { fresh: true, background: true })
    if (!place.allowed) return await skip(place.why)
    await showFirst(first)
  } catch (error) {
    if (!isSlackFault(error)) throw error
    // the same update again changes nothing, so an unknown outcome is simply repeated
    if (error.kind !== 'refused') return { kind: 'wait', until: retryAt(first.delivery, error) }
    return await skip(error.reason)
  }
  const { channel, ts } = first.at
  await memory.put(`${step}.done`, { at: deps.now().toISOString(), channel, ts })
  return undefined
}

/** Two runs may follow one answer and end together: whoever is last shows what both have found. */
async function showFirst<M>({ delivery, answer, at }: First<M>): Promise<void> {
  const { deps, grant } = delivery
  let shown = ''
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const followed = await followedBy({ ...delivery, memory: await openMemory(deps.objects, grant.run) }, answer)
    if (JSON.stringify(followed) === shown) return
    shown = JSON.stringify(followed)
    await deps.slack.update({ channel: at.channel, ts: at.ts }, (level) =>
      deps.messages.answer(grant, settledIn(answer, followed), level, followed),
    )
  }
}

/** Nothing came late, and all of it could be read: the answer's last minutes are settled. */
function settledIn(answer: Answer, { late }: Followed): Answer {
  return late?.kind === 'read' && late.whole && late.calls === 0 ? settledAnswer(answer) : answer
}

/**
 * Where an answer came of asking for another's gap again, that one's message says what was read of it. It must stand in the same place: nobody is
 * told of an answer that went elsewhere. Undefined: it is done, or there is nothing to say.
 */
export async function tellClosed<M>(
  delivery: Delivery<M>,
  again: Answer,
  leg: Leg,
): Promise<DeliverOutcome | undefined> {
  const run = await closedBy(delivery)
  const first = run === undefined ? undefined : await firstOf(delivery, run)
  if (first === undefined || first.at.channel !== leg.where.channel) return undefined
  return (await noteClosing(first, again)) ? await tellFirst(delivery, first, 'closed') : undefined
}
