import { decide } from '../domain/policy/decide.ts'
import { type Grant, placeOf } from '../domain/policy/grant.ts'
import type { Destination } from '../domain/policy/person.ts'
import { type Query, queryHash } from '../domain/query/query.ts'
import type { Answer } from '../domain/result/answer.ts'
import { lateRunOf, type Unsettled, unsettledOf } from '../domain/result/late.ts'
import { answerKey, askedKey, askedOnKey, lateKey, type Objects, terminalKey } from '../domain/result/objects.ts'
import { readAsked } from './cancelRun.ts'
import type { Done } from './deliverMemory.ts'
import { openMemory } from './deliverMemory.ts'
import { mint } from './mint.ts'
import type { RenewDeps } from './renewGrant.ts'
import type { Asked } from './requestRun.ts'

export type LateDeps = Omit<RenewDeps, 'objects' | 'revoke'> & {
  readonly objects: Objects
  /** Queues a run behind everything that somebody waits for. Once is enough, twice does no harm. */
  readonly enqueue: (run: string, token: string) => Promise<void>
  /** Has the message of a run's answer brought up to date. */
  readonly settle: (run: string, token: string) => Promise<void>
}

/** What became of a run's unsettled minutes, in the store: written once. */
export type LateNote = {
  readonly version: 1
  readonly outcome: 'asked' | 'refused' | 'unapproved'
  readonly at: string
}

/** `later`: look again, at a known time or in a moment. `over`: there is nothing (more) to do for this run, ever. */
export type LateOutcome =
  | { readonly kind: 'later'; readonly at?: Date }
  | { readonly kind: 'over' | 'asked' | 'refused' }

const OVER: LateOutcome = { kind: 'over' }
const LATER: LateOutcome = { kind: 'later' }

/**
 * Asks the minutes of a run's answer that AWS had not settled again, once they have: as a run that follows it, decided anew, for the same
 * person. Its id follows from the first one's, and everything it needs is in the store before it is queued: it may be repeated at any
 * moment, by any process, and is one run. Throws a SlackFault when Slack cannot be asked who and where.
 */
export async function askLate(run: string, deps: LateDeps): Promise<LateOutcome> {
  const { objects, now } = deps
  const note = await readLateNote(run, objects)
  if (note?.outcome === 'asked') return OVER
  if ((await objects.size(terminalKey(run))) === undefined) return LATER
  const bytes = await objects.read(answerKey(run))
  const answer = bytes === undefined ? undefined : (JSON.parse(bytes.toString('utf8')) as Answer)
  const unsettled = answer === undefined ? undefined : unsettledOf(answer)
  if (unsettled === undefined) return OVER
  const at = new Date(unsettled.at)
  if (now() < at) return { kind: 'later', at }
  const found = await readAsked(run, deps)
  if (found === undefined || found.grant.follows !== undefined || placeOf(found.grant) === undefined) return OVER
  if (now().getTime() / 1000 > found.grant.deliverBy) return OVER
  if (note !== undefined) return await refused(run, found.asked.token, deps)
  const to = await shownAt(run, found.grant, objects)
  return to === undefined ? LATER : await ask({ run, ...found, to, unsettled }, deps)
}

/** What became of a run's unsettled minutes, or undefined while nothing has. */
export async function readLateNote(run: string, objects: Pick<Objects, 'read'>): Promise<LateNote | undefined> {
  const bytes = await objects.read(lateKey(run))
  return bytes === undefined ? undefined : (JSON.parse(bytes.toString('utf8')) as LateNote)
}

type First = {
  readonly run: string
  readonly grant: Grant
  readonly asked: Asked
  readonly to: Destination
  readonly unsettled: Unsettled
}

/** Where what comes late belongs: under the answer. Undefined while that is not there. */
async function shownAt(run: string, grant: Grant, objects: Objects): Promise<Destination | undefined> {
  const memory = await openMemory(objects, run)
  const from = placeOf(grant)
  if (memory.has('final-direct.done'))
    return { kind: 'direct', ...grant.person, ...(from === undefined ? {} : { from }) }
  const done = await memory.get<Done>('final.done')
  if (done === undefined || grant.to.kind !== 'slack') return undefined
  return { ...grant.to, thread: grant.to.thread ?? done.ts }
}

async function ask(first: First, deps: LateDeps): Promise<LateOutcome> {
  const { run, grant, unsettled } = first
  const late = lateRunOf(run)
  const before = await readAsked(late, deps)
  if (before !== undefined) return await queued(run, late, before.asked.token, deps)
  const allowed = await deps.allowed(grant)
  const place = placeOf(grant)
  if (allowed === undefined || place === undefined) return OVER
  const query: Query = { ...grant.query, window: { since: unsettled.since, until: unsettled.until } }
  const [person, facts] = await Promise.all([deps.personFacts(grant.person), deps.placeFacts(place, grant.person)])
  const decision = decide(
    { person, place: facts, query, runbook: allowed.runbook, inventory: deps.inventory() },
    deps.policy,
  )
  await deps.audit({
    step: 'decided',
    outcome: decision.outcome === 'allow' ? 'allow' : 'deny',
    at: deps.now().toISOString(),
    run: late,
    queryHash: queryHash(query),
    person: grant.person,
    checks: decision.checks,
    detail: { policy: decision.policy, decision: decision.reason, runbook: query.runbook.name, follows: run },
  })
  if (decision.outcome !== 'allow') {
    // What was approved was one run. Its last minutes are small, and mostly need nobody; where they do, somebody must ask.
    await note(run, decision.outcome === 'approve' ? 'unapproved' : 'refused', deps)
    return await refused(run, first.asked.token, deps)
  }
  const { role, tier, policy } = decision
  const to = decision.answerTo === 'direct' ? { kind: 'direct' as const, ...grant.person, from: place } : first.to
  const askedAt = Math.floor(deps.now().getTime() / 1000)
  const minted = {
    run: late,
    person: grant.person,
    role,
    tier,
    policy,
    query: decision.query,
    to,
    askedAt,
    follows: run,
  }
  const { token } = await mint(minted, 'minted', decision.checks, deps)
  return await queued(run, late, await keep(late, { ...first.asked, token }, askedAt, deps), deps)
}

/** Keeps the run like any other that was asked, so that it is found again whatever is lost. Gives the token of whoever was first. */
async function keep(late: string, asked: Asked, askedAt: number, deps: LateDeps): Promise<string> {
  await deps.objects.create(askedOnKey(new Date(askedAt * 1000), late), '')
  await deps.objects.create(askedKey(late), JSON.stringify(asked))
  return (await readAsked(late, deps))?.asked.token ?? asked.token
}

async function queued(run: string, late: string, token: string, deps: LateDeps): Promise<LateOutcome> {
  if ((await deps.objects.size(terminalKey(late))) === undefined) await deps.enqueue(late, token)
  await note(run, 'asked', deps)
  return { kind: 'asked' }
}

async function note(run: string, outcome: LateNote['outcome'], { objects, now }: LateDeps): Promise<void> {
  const body: LateNote = { version: 1, outcome, at: now().toISOString() }
  await objects.create(lateKey(run), JSON.stringify(body))
}

/** Who asked may no longer ask, or not by themselves: the message of the answer must say so. Repeated until it does, or cannot. */
async function refused(run: string, token: string, deps: LateDeps): Promise<LateOutcome> {
  const memory = await openMemory(deps.objects, run)
  if (memory.has('settled.done') || memory.has('settled.skipped')) return OVER
  await deps.settle(run, token)
  return { kind: 'refused' }
}
