import type { Done, Moved } from './deliverMemory.ts'
import { arrived, type Delivery, record, retryAt, sendOnce } from './deliverOnce.ts'
import {
  type DeliverOutcome,
  isSlackFault,
  type PlaceAnswer,
  type SlackDestination,
  type Where,
} from './deliverTypes.ts'

/** Where a run's messages go: the place it was asked in, or a direct message. Steps carry the suffix of their leg. */
export type Leg = { readonly suffix: '' | '-direct'; readonly where: Where }

/** Slack does not let us write there: the answer goes by direct message instead. */
const CANNOT_WRITE = new Set([
  'cannot_reply_to_message',
  'channel_not_found',
  'invalid_channel',
  'invalid_thread_ts',
  'is_archived',
  'not_in_channel',
  'posting_to_channel_denied',
  'restricted_action',
  'restricted_action_non_threadable_channel',
  'restricted_action_read_only_channel',
  'restricted_action_thread_locked',
  'restricted_action_thread_only_channel',
  'thread_not_found',
  'team_not_found',
])

/** Whether a refusal is about the place, not about what was to be written. */
export function isAboutPlace(reason: string): boolean {
  return CANNOT_WRITE.has(reason)
}

/** Sends a run's answer to the asker directly from now on. The first reason counts. */
export async function moveToDirect<M>(delivery: Delivery<M>, moved: Omit<Moved, 'at'>): Promise<void> {
  await delivery.memory.put('moved', { at: delivery.deps.now().toISOString(), ...moved })
}

/**
 * Where to write now. The place is checked by policy each time (`fresh`: by asking Slack now). One that may not have the answer
 * gets the run's id alone, and stays without it even if it would be allowed again.
 */
export async function legOf<M>(delivery: Delivery<M>, fresh: boolean): Promise<Leg | DeliverOutcome> {
  const { grant, memory } = delivery
  if (grant.to.kind === 'sink') return { kind: 'final', why: 'the answer does not go to Slack' }
  if (grant.to.kind === 'direct') return await grantedDirect(delivery, grant.to, fresh)
  if (!memory.has('moved')) {
    const checked = await check(delivery, grant.to, fresh)
    if ('kind' in checked) return checked
    const { channel, thread } = grant.to
    if (checked.allowed) return { suffix: '', where: { channel, ...(thread === undefined ? {} : { thread }) } }
    await moveToDirect(delivery, { cause: 'place', why: checked.why, tell: checked.tell ?? true })
  }
  return (await tellPlace(delivery, grant.to)) ?? (await movedLeg(delivery, grant.to.channel, fresh))
}

/** The token itself says "by direct message": where it was asked may have no more than the run's id. */
async function grantedDirect<M>(
  delivery: Delivery<M>,
  to: Extract<SlackDestination, { kind: 'direct' }>,
  fresh: boolean,
): Promise<Leg | DeliverOutcome> {
  const { team, user, from } = to
  // Where the answer itself went by direct message, what follows it goes there without another word.
  if (from === undefined || delivery.grant.follows !== undefined) return await directLeg(delivery, user, fresh)
  await moveToDirect(delivery, { cause: 'place', why: 'others could read it there', tell: true })
  return (
    (await tellPlace(delivery, { kind: 'slack', team, ...from })) ?? (await movedLeg(delivery, from.channel, fresh))
  )
}

async function check<M>(
  delivery: Delivery<M>,
  to: SlackDestination,
  fresh: boolean,
): Promise<PlaceAnswer | DeliverOutcome> {
  try {
    const background = delivery.grant.follows !== undefined
    const checked = await delivery.deps.placeAllows(delivery.grant, to, { fresh, background })
    // progress is checked against what is remembered, every few seconds: only a change is worth a line
    if (fresh || !checked.allowed) await recordCheck(delivery, to, checked)
    return checked
  } catch (error) {
    if (!isSlackFault(error)) throw error
    if (error.kind !== 'refused') return { kind: 'wait', until: retryAt(delivery, error) }
    const checks = [{ check: 'readers', passed: false, detail: error.reason }]
    const unreadable: PlaceAnswer = { allowed: false, why: 'unreadable', tell: false, checks }
    await recordCheck(delivery, to, unreadable)
    return unreadable
  }
}

async function recordCheck<M>(delivery: Delivery<M>, to: SlackDestination, answer: PlaceAnswer): Promise<void> {
  const place = to.kind === 'slack' ? to.channel : `direct:${to.user}`
  const outcome = answer.allowed ? 'allow' : 'deny'
  const checks = answer.checks ?? [{ check: 'place', passed: answer.allowed }]
  await record(delivery, 'place_checked', outcome, checks, {
    place,
    ...(answer.allowed ? {} : { why: answer.why }),
  })
}

/** Leaves the run's id, and nothing else of the question, in the place. A place that takes not even that gets nothing. */
async function tellPlace<M>(
  delivery: Delivery<M>,
  to: Extract<SlackDestination, { kind: 'slack' }>,
): Promise<DeliverOutcome | undefined> {
  const { memory, deps, grant } = delivery
  if (memory.has('moved-note.done') || memory.has('moved-note.unknown') || memory.has('moved-note.skipped')) return
  const build = (): M => deps.messages.notice({ kind: 'moved', run: grant.run })
  const shown = (await memory.get<Done>('final.done')) ?? (await memory.get<Done>('status.done'))
  const moved = await memory.get<Moved>('moved')
  if (shown) return await replaceWith(delivery, shown, build)
  if (!moved?.tell) return
  const { channel, thread } = to
  const sent = await sendOnce(delivery, 'moved-note', { channel, ...(thread === undefined ? {} : { thread }) }, build)
  if (sent.kind === 'wait') return sent
  if (sent.kind === 'refused') await memory.put('moved-note.skipped', { reason: sent.reason })
  return
}

async function replaceWith<M>(delivery: Delivery<M>, shown: Done, build: () => M): Promise<DeliverOutcome | undefined> {
  const { memory, deps } = delivery
  try {
    const at = { channel: shown.channel, ts: shown.ts }
    await deps.slack.update(at, build)
    await arrived(delivery, 'moved-note', at, 'updated')
  } catch (error) {
    if (!isSlackFault(error)) throw error
    if (error.kind !== 'refused') return { kind: 'wait', until: retryAt(delivery, error) }
    await memory.put('moved-note.skipped', { reason: error.reason })
  }
  return
}

async function movedLeg<M>(delivery: Delivery<M>, channel: string, fresh: boolean): Promise<Leg | DeliverOutcome> {
  const { memory, deps, grant } = delivery
  const leg = await directLeg(delivery, grant.person.user, fresh)
  const moved = await memory.get<Moved>('moved')
  if ('kind' in leg || !moved) return leg
  const { cause, why } = moved
  const sent = await sendOnce(delivery, 'why-direct', leg.where, () =>
    deps.messages.notice({ kind: 'why_direct', run: grant.run, channel, cause, why }),
  )
  if (sent.kind === 'wait') return sent
  if (sent.kind === 'refused') return { kind: 'final', why: `no direct message: ${sent.reason}` }
  return leg
}

/** The asker's own direct messages, if policy still lets them have answers there. */
export async function directLeg<M>(delivery: Delivery<M>, user: string, fresh: boolean): Promise<Leg | DeliverOutcome> {
  const { grant, deps } = delivery
  const checked = await check(delivery, { kind: 'direct', team: grant.person.team, user }, fresh)
  if ('kind' in checked) return checked
  if (!checked.allowed) return { kind: 'final', why: `not delivered: ${checked.why}` }
  try {
    return { suffix: '-direct', where: { channel: await deps.slack.openDirect(user) } }
  } catch (error) {
    if (!isSlackFault(error)) throw error
    if (error.kind === 'refused') return { kind: 'final', why: `no direct message: ${error.reason}` }
    return { kind: 'wait', until: retryAt(delivery, error) }
  }
}
