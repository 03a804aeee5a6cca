import { type Delivery, sendOnce } from './deliverOnce.ts'
import type { Leg } from './deliverPlace.ts'
import { type DeliverOutcome, isSlackFault, type Sent } from './deliverTypes.ts'

/** Whoever asked has looked away: after so long, or when so much was written below the status message. */
const AWAY_MS = 5 * 60_000
const AWAY_MESSAGES = 20

/**
 * An answer takes the place of the status message, and an edit notifies nobody: when whoever asked has surely looked away, a line in its
 * thread names them, and nobody else. Undefined: it is there, or not needed, or cannot be; the answer itself is there in any case.
 */
export async function pingAsker<M>(delivery: Delivery<M>, leg: Leg, at: Sent): Promise<DeliverOutcome | undefined> {
  const { memory, deps, grant } = delivery
  const step = `ping${leg.suffix}`
  if (memory.has(`${step}.done`) || memory.has(`${step}.skipped`)) return undefined
  const edited = (await memory.get<Sent>(`status${leg.suffix}.done`))?.ts === at.ts
  if (!edited || !(await hasLookedAway(delivery, leg, at))) {
    await memory.put(`${step}.skipped`, { at: deps.now().toISOString() })
    return undefined
  }
  const where = { channel: at.channel, thread: leg.where.thread ?? at.ts }
  const sent = await sendOnce(delivery, step, where, () =>
    deps.messages.notice({ kind: 'ready', run: grant.run, user: grant.person.user }),
  )
  return sent.kind === 'wait' ? sent : undefined
}

async function hasLookedAway<M>({ deps, grant }: Delivery<M>, leg: Leg, at: Sent): Promise<boolean> {
  if (deps.now().getTime() - grant.askedAt * 1000 > AWAY_MS) return true
  try {
    return (await deps.slack.countSince({ ...leg.where, channel: at.channel }, at.ts, AWAY_MESSAGES)) >= AWAY_MESSAGES
  } catch (error) {
    // The answer is there: it is not worth waiting to learn whether somebody must be called to it.
    if (isSlackFault(error)) return false
    throw error
  }
}
