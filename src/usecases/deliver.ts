import { terminalKey } from '../domain/result/objects.ts'
import { deliverCsvByPolicy } from './deliverCsvByPolicy.ts'
import { type Ending, endingOf, refuse } from './deliverEnding.ts'
import { deliverLate, deliverSettled } from './deliverLate.ts'
import { type Done, openMemory } from './deliverMemory.ts'
import { arrived, type Delivery, inMs, knownOutcome, retryAt, SETTLE_MS, sendNow, sendOnce } from './deliverOnce.ts'
import { pingAsker } from './deliverPing.ts'
import { isAboutPlace, type Leg, legOf, moveToDirect } from './deliverPlace.ts'
import { type Build, type DeliverDeps, type DeliverOutcome, isSlackFault, type Sent } from './deliverTypes.ts'
import { followedBy } from './followed.ts'
import { readHeld } from './heldRun.ts'
import { readSoFar } from './soFarStore.ts'
import { tellClosed } from './tellFirst.ts'

/**
 * What a delivery job holds. Only the token is trusted; `run` must be the token's. `watch`: progress is shown until the run ends, also while
 * nothing comes; `settled`: what became of asking the answer's last
 * minutes again is to be seen in its message.
 */
export type DeliverJob = {
  readonly token: string
  readonly run: string
  readonly want: 'status' | 'watch' | 'final' | 'settled'
}

/** Calls shown while a run goes on: as many as a phone shows without scrolling. */
const TOLD = 5
/** Slack asks for updates of one message no more often (Slack: rate limits, chat.update). */
const UPDATE_EVERY_MS = 3000
const WATCH_EVERY_MS = 10_000

/**
 * Brings one run's message in Slack up to date: `status` shows progress, `final` the answer and its CSV. Jobs of one run must
 * not run at the same time. May be repeated at any moment: nothing is posted twice, and nothing follows the final message.
 */
export async function deliver<M>(job: DeliverJob, deps: DeliverDeps<M>): Promise<DeliverOutcome> {
  const verified = await deps.verify(job.token, job.run)
  if (!verified.ok) return { kind: 'final', why: `token: ${verified.error.why}` }
  const grant = verified.value
  const delivery: Delivery<M> = { grant, deps, memory: await openMemory(deps.objects, grant.run) }
  if (grant.run !== job.run) return await refuse(delivery, 'same_run', 'token: of another run')
  if (deps.now().getTime() / 1000 > grant.deliverBy) return await refuse(delivery, 'deliverBy', 'too late to deliver')
  switch (job.want) {
    case 'status':
      // Nobody waits for a run that follows another: it shows nothing before its end.
      return grant.follows === undefined ? await deliverStatus(delivery) : { kind: 'done' }
    case 'watch':
      return await watch(delivery)
    case 'final':
      return grant.follows === undefined ? await deliverFinal(delivery) : await deliverLate(delivery, grant.follows)
    case 'settled':
      return await deliverSettled(delivery)
  }
}

/** A run that waits brings no page that would have its message edited: what it waits for is looked at all the same. */
async function watch<M>(delivery: Delivery<M>): Promise<DeliverOutcome> {
  if (await hasEnded(delivery)) return { kind: 'done' }
  const outcome = await deliverStatus(delivery)
  // With a note nothing can be shown, now or later.
  const shown = outcome.kind === 'done' && outcome.note === undefined
  return shown ? { kind: 'wait', until: inMs(delivery, WATCH_EVERY_MS) } : outcome
}

async function deliverStatus<M>(delivery: Delivery<M>): Promise<DeliverOutcome> {
  const { memory, deps, grant } = delivery
  if (await hasEnded(delivery)) return { kind: 'done' }
  const posted = memory.has('moved') ? memory.has('status-direct.done') : memory.has('status.done')
  const leg = await legOf(delivery, !posted)
  if ('kind' in leg) return leg
  const held = await readHeld(grant.run, deps.objects)
  const [progress, soFar] = await Promise.all([deps.progress(grant.run), readSoFar(grant.run, TOLD, deps.objects)])
  const build = (): M =>
    held === undefined
      ? deps.messages.progress(grant, progress, soFar)
      : deps.messages.estimate(grant, held.estimate, held.asked.echo)
  const status = await memory.get<Done>(`status${leg.suffix}.done`)
  if (status) return await updateStatus(delivery, status, build)
  const sent = await sendOnce(delivery, `status${leg.suffix}`, leg.where, build)
  if (sent.kind === 'wait') return sent
  if (sent.kind === 'refused' && leg.suffix === '' && isAboutPlace(sent.reason)) {
    await moveToDirect(delivery, { cause: 'slack', why: sent.reason, tell: false })
    return await deliverStatus(delivery)
  }
  // a refused or lost status is not worth more: the final message is one of its own then
  return sent.kind === 'sent' ? { kind: 'done' } : { kind: 'done', note: `no status message: ${sent.reason}` }
}

async function hasEnded<M>({ memory, deps, grant }: Delivery<M>): Promise<boolean> {
  return memory.has('final.begun') || (await deps.objects.size(terminalKey(grant.run))) !== undefined
}

async function updateStatus<M>(delivery: Delivery<M>, at: Sent, build: Build<M>): Promise<DeliverOutcome> {
  const wait = await delivery.deps.turn(`update:${delivery.grant.run}`, UPDATE_EVERY_MS, delivery.grant.run)
  if (wait > 0) return { kind: 'wait', until: inMs(delivery, wait) }
  // the run may have ended while we asked Slack about the place
  if (await hasEnded(delivery)) return { kind: 'done' }
  try {
    await delivery.deps.slack.update({ channel: at.channel, ts: at.ts }, build)
    return { kind: 'done' }
  } catch (error) {
    if (!isSlackFault(error)) throw error
    if (error.kind === 'refused') return { kind: 'done', note: `no progress shown: ${error.reason}` }
    // what was sent may still take effect: the final message must not come before it
    if (error.kind === 'unknown_outcome') return { kind: 'wait', until: inMs(delivery, SETTLE_MS) }
    return { kind: 'wait', until: retryAt(delivery, error) }
  }
}

async function deliverFinal<M>(delivery: Delivery<M>): Promise<DeliverOutcome> {
  const ending = await endingOf(delivery)
  if ('kind' in ending) return ending
  await delivery.deps.startClock(delivery.grant)
  await delivery.memory.put('final.begun', { at: delivery.deps.now().toISOString() })
  return await deliverEnding(delivery, ending)
}

/** One leg after the other: a place that refuses on the way sends the rest, answer included, to the asker directly. */
async function deliverEnding<M>(delivery: Delivery<M>, ending: Ending): Promise<DeliverOutcome> {
  const leg = await legOf(delivery, true)
  if ('kind' in leg) return leg
  const message = await finalMessage(delivery, ending, leg)
  if (message.kind === 'move') return await moved(delivery, ending, leg, message.why)
  if (message.kind !== 'sent') return message
  const ping = await pingAsker(delivery, leg, message.at)
  if (ping !== undefined) return ping
  const { answer } = ending
  if (ending.withheld) await delivery.memory.put('csv.none', { at: delivery.deps.now().toISOString() })
  const told = answer === undefined ? undefined : await tellClosed(delivery, answer, leg)
  if (told !== undefined) return told
  if (!answer || answer.csv.rows === 0) return { kind: 'done' }
  const csvLeg = await legOf(delivery, true)
  if ('kind' in csvLeg) return csvLeg
  if (csvLeg.suffix !== leg.suffix) return await deliverEnding(delivery, ending)
  const csv = await deliverCsvByPolicy(delivery, answer, leg, leg.where.thread ?? message.at.ts)
  return csv.kind === 'move' ? await moved(delivery, ending, leg, csv.why) : csv
}

async function moved<M>(delivery: Delivery<M>, ending: Ending, leg: Leg, why: string): Promise<DeliverOutcome> {
  if (leg.suffix === '-direct') return { kind: 'final', why: `not delivered: ${why}` }
  await moveToDirect(delivery, { cause: 'slack', why, tell: false })
  return await deliverEnding(delivery, ending)
}

type FinalOutcome =
  | DeliverOutcome
  | { readonly kind: 'sent'; readonly at: Sent }
  | { readonly kind: 'move'; readonly why: string }

async function finalMessage<M>(delivery: Delivery<M>, ending: Ending, leg: Leg): Promise<FinalOutcome> {
  const { memory, deps, grant } = delivery
  const { answer, terminal, withheld } = ending
  const followed = answer === undefined ? {} : await followedBy(delivery, answer)
  const build: Build<M> = (level) => {
    if (answer) return deps.messages.answer(grant, answer, level, followed)
    if (withheld) return deps.messages.notice({ kind: 'withheld', run: grant.run })
    return deps.messages.failed(grant, terminal)
  }
  const known = await knownOutcome(delivery, `final${leg.suffix}`)
  if (known?.kind === 'sent' || known?.kind === 'wait') return known
  if (known) return { kind: 'final', why: `outcome unknown: ${known.reason}` }
  const status = memory.has(`final${leg.suffix}.alone`)
    ? undefined
    : await knownOutcome(delivery, `status${leg.suffix}`)
  if (status?.kind === 'wait') return status
  const at = status?.kind === 'sent' ? status.at : undefined
  const refused = await memory.get<{ reason: string }>(`final${leg.suffix}.refused`)
  if (refused) return await showBare(delivery, leg, at, refused.reason)
  const shown = await show(delivery, leg, at, build)
  if (shown.kind !== 'refused') return shown
  if (isAboutPlace(shown.why)) return { kind: 'move', why: shown.why }
  await memory.put(`final${leg.suffix}.refused`, { reason: shown.why })
  return await showBare(delivery, leg, at, shown.why)
}

/** Slack takes the answer in no form: at least it is said so, and that the run has ended. */
async function showBare<M>(delivery: Delivery<M>, leg: Leg, at: Sent | undefined, why: string): Promise<FinalOutcome> {
  const { deps, grant } = delivery
  const bare = (): M => deps.messages.notice({ kind: 'unshowable', run: grant.run, why })
  const shown = await show(delivery, leg, at, bare)
  if (shown.kind !== 'refused') return shown
  if (isAboutPlace(shown.why)) return { kind: 'move', why: shown.why }
  return { kind: 'final', why: `Slack refused the answer: ${shown.why}` }
}

type ShowOutcome = Exclude<FinalOutcome, { kind: 'move' }> | { readonly kind: 'refused'; readonly why: string }

/** Slack's ways of saying that a message can no longer be edited: then the answer is a message of its own. */
const NOT_EDITABLE = new Set([
  'message_not_found',
  'cant_update_message',
  'edit_window_closed',
  'is_inactive',
  'block_mismatch',
])

async function show<M>(
  delivery: Delivery<M>,
  leg: Leg,
  status: Sent | undefined,
  build: Build<M>,
): Promise<ShowOutcome> {
  const step = `final${leg.suffix}`
  if (!status) return await postFinal(delivery, leg, build)
  try {
    await delivery.deps.slack.update(status, build)
  } catch (error) {
    if (!isSlackFault(error)) throw error
    // the same update again changes nothing, so an unknown outcome is simply repeated
    if (error.kind !== 'refused') return { kind: 'wait', until: retryAt(delivery, error) }
    if (!NOT_EDITABLE.has(error.reason)) return { kind: 'refused', why: error.reason }
    await delivery.memory.put(`${step}.alone`, { reason: error.reason })
    return await postFinal(delivery, leg, build)
  }
  await arrived(delivery, step, status, 'updated')
  return { kind: 'sent', at: status }
}

async function postFinal<M>(delivery: Delivery<M>, leg: Leg, build: Build<M>): Promise<ShowOutcome> {
  const sent = await sendNow(delivery, `final${leg.suffix}`, leg.where, build)
  if (sent.kind === 'refused') return { kind: 'refused', why: sent.reason }
  return sent.kind === 'unknown' ? { kind: 'final', why: `outcome unknown: ${sent.reason}` } : sent
}
