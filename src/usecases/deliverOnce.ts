import type { AuditStep, Check } from '../domain/audit/step.ts'
import type { Grant } from '../domain/policy/grant.ts'
import { type Query, queryHash } from '../domain/query/query.ts'
import type { Attempt, Done, Memory } from './deliverMemory.ts'
import { type Build, type DeliverDeps, isSlackFault, type Sent, type SlackFault, type Where } from './deliverTypes.ts'

/** What sending once works with: for whom, what came of it so far, and the way to Slack. */
export type Sending<M> = {
  readonly grant: Pick<Grant, 'run' | 'person'> & { readonly query?: Query | undefined; readonly jti?: string }
  readonly memory: Memory
  readonly deps: Pick<DeliverDeps<M>, 'turn' | 'now' | 'audit'> & {
    readonly slack: Pick<DeliverDeps<M>['slack'], 'post' | 'findMessage'>
  }
}

/** Everything one delivery works with. */
export type Delivery<M> = Sending<M> & { readonly grant: Grant; readonly deps: DeliverDeps<M> }

/** How sending went. `refused`: nothing happened. `unknown`: it may have, and nobody can find out. */
export type SendOutcome =
  | { readonly kind: 'sent'; readonly at: Sent }
  | { readonly kind: 'wait'; readonly until: Date }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly reason: string }

/** Slack posts about one message a second to a channel (Slack: rate limits of chat.postMessage). */
const POST_EVERY_MS = 1000
/** A call whose end we saw has settled in Slack by then. */
export const SETTLE_MS = 2000
/** A call whose end we did not see (we were killed) is over by then: it has 10 s. */
export const CALL_MS = 12_000
/** Before asking again what could not be asked now. */
export const RETRY_MS = 10_000
/** A token that Slack does not take needs somebody: asked again ever more rarely. */
const AUTH_RETRY_MS = 60_000
const LONGEST_MS = 600_000

/** A moment so many milliseconds from now. */
export function inMs<M>({ deps }: Sending<M>, ms: number): Date {
  return new Date(deps.now().getTime() + ms)
}

/** When to come back after a fault that may pass. `tries` counts those before. */
export function retryAt<M>(delivery: Sending<M>, fault: SlackFault, tries = 0): Date {
  if (fault.kind === 'rate_limited') return inMs(delivery, (fault.retryAfterSeconds ?? 30) * 1000)
  const first = fault.kind === 'auth' ? AUTH_RETRY_MS : RETRY_MS
  return inMs(delivery, Math.min(first * 2 ** Math.min(tries, 10), LONGEST_MS))
}

/** Records one step of delivery; it is recorded before it is remembered, so a crash may record it twice but never not at all. */
export async function record<M>(
  { grant, deps }: Sending<M>,
  step: AuditStep['step'],
  outcome: AuditStep['outcome'],
  checks: readonly Check[],
  detail: NonNullable<AuditStep['detail']> = {},
): Promise<void> {
  await deps.audit({
    step,
    outcome,
    at: deps.now().toISOString(),
    run: grant.run,
    ...(grant.jti === undefined ? {} : { jti: grant.jti }),
    ...(grant.query === undefined ? {} : { queryHash: queryHash(grant.query) }),
    person: grant.person,
    checks,
    detail,
  })
}

/**
 * Posts a message once, whatever happens on the way: an intent is written before the call and what came of it after. With an
 * intent and no outcome it looks for the message by its mark; it posts again only when it has looked and found nothing.
 */
export async function sendOnce<M>(
  delivery: Sending<M>,
  step: string,
  where: Where,
  build: Build<M>,
): Promise<SendOutcome> {
  return (await knownOutcome(delivery, step)) ?? (await sendNow(delivery, step, where, build))
}

/** Posts a message of which it is known, by `knownOutcome`, that it is not there. */
export async function sendNow<M>(
  delivery: Sending<M>,
  step: string,
  where: Where,
  build: Build<M>,
): Promise<SendOutcome> {
  const { memory, deps, grant } = delivery
  const attempts = await memory.attempts(step)
  const turn = await deps.turn(`post:${where.channel}`, POST_EVERY_MS, grant.run)
  if (turn > 0) return { kind: 'wait', until: inMs(delivery, turn) }
  const n = attempts.length + 1
  // whoever writes the intent makes the call; another process that is at the same step waits and then looks
  if (!(await memory.put(`${step}.${n}.intent`, { at: deps.now().toISOString(), ...where })))
    return { kind: 'wait', until: inMs(delivery, CALL_MS) }
  try {
    const at = await deps.slack.post(where, { run: grant.run, step }, build)
    return await arrived(delivery, step, at, 'posted')
  } catch (error) {
    return await notArrived(delivery, step, n, error)
  }
}

/** What came of a step so far: undefined when nothing was tried, or it is sure that nothing came of it. */
export async function knownOutcome<M>(delivery: Sending<M>, step: string): Promise<SendOutcome | undefined> {
  const { memory } = delivery
  const done = await memory.get<Done>(`${step}.done`)
  if (done) return { kind: 'sent', at: { channel: done.channel, ts: done.ts } }
  const lost = await memory.get<{ reason: string }>(`${step}.unknown`)
  if (lost) return { kind: 'unknown', reason: lost.reason }
  const attempts = await memory.attempts(step)
  const last = attempts.at(-1)
  if (!last || last.ended?.outcome === 'unsent') return undefined
  return await look(delivery, step, attempts, last)
}

async function look<M>(
  delivery: Sending<M>,
  step: string,
  attempts: readonly Attempt[],
  last: Attempt,
): Promise<SendOutcome | undefined> {
  const { deps, grant, memory } = delivery
  const settled = last.ended ? Date.parse(last.ended.at) + SETTLE_MS : Date.parse(last.intent.at) + CALL_MS
  if (deps.now().getTime() < settled) return { kind: 'wait', until: new Date(settled) }
  const { channel, thread } = last.intent
  const where = { channel, ...(thread === undefined ? {} : { thread }) }
  try {
    const since = new Date(attempts[0]?.intent.at ?? last.intent.at)
    const found = await deps.slack.findMessage(where, { run: grant.run, step }, since)
    return found ? await arrived(delivery, step, found, 'found') : undefined
  } catch (error) {
    if (!isSlackFault(error)) throw error
    if (error.kind === 'rate_limited' || error.kind === 'unknown_outcome')
      return { kind: 'wait', until: retryAt(delivery, error) }
    await memory.put(`${step}.unknown`, { at: deps.now().toISOString(), reason: error.reason })
    await record(delivery, 'delivered', 'deny', [{ check: 'arrived', passed: false, detail: error.reason }], { step })
    return { kind: 'unknown', reason: error.reason }
  }
}

/** Remembers that something is there. `how`: by our call, or found after its outcome was lost. */
export async function arrived<M>(
  delivery: Sending<M>,
  step: string,
  at: Sent,
  how: 'posted' | 'updated' | 'found',
): Promise<SendOutcome> {
  await record(delivery, 'delivered', 'done', [{ check: 'arrived', passed: true }], {
    step,
    how,
    channel: at.channel,
    ts: at.ts,
  })
  await delivery.memory.put(`${step}.done`, { at: delivery.deps.now().toISOString(), channel: at.channel, ts: at.ts })
  return { kind: 'sent', at }
}

async function notArrived<M>(delivery: Sending<M>, step: string, n: number, error: unknown): Promise<SendOutcome> {
  if (!isSlackFault(error)) throw error
  const outcome = error.kind === 'unknown_outcome' ? 'unknown' : 'unsent'
  const at = delivery.deps.now().toISOString()
  await delivery.memory.put(`${step}.${n}.ended`, { at, outcome, reason: error.reason })
  if (error.kind === 'refused') return { kind: 'refused', reason: error.reason }
  if (error.kind === 'unknown_outcome') return { kind: 'wait', until: inMs(delivery, SETTLE_MS) }
  return { kind: 'wait', until: retryAt(delivery, error, n - 1) }
}
