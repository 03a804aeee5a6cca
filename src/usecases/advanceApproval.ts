import { type Approval, type ApprovalRequest, timetable } from '../domain/policy/approval.ts'
import type { DetailsFile } from '../domain/policy/approvalDetails.ts'
import { isSame } from '../domain/policy/membership.ts'
import type { Person } from '../domain/policy/person.ts'
import { actOnApproval } from './actOnApproval.ts'
import { readApproval } from './approvalLog.ts'
import { type AskedSoFar, type AskingDeps, askedSoFar, newAtEachLevel, personsOf } from './approvalPlaces.ts'
import { type ApprovalDeps, expireApproval } from './approvals.ts'
import type { ApprovedRunDeps, NotStarted } from './approvedRun.ts'
import { type Done, type Memory, openMemory } from './deliverMemory.ts'
import { retryAt, type Sending, type SendOutcome, sendOnce } from './deliverOnce.ts'
import { type DeliverDeps, type DeliverySlack, isSlackFault, type Sent, type Where } from './deliverTypes.ts'
import { giveFile } from './giveFile.ts'

/** What a message about a request shows beside it. */
export type CardFacts = {
  readonly approval: Approval
  /** Who is asked so far. */
  readonly asked: readonly Person[]
  /** What approvers should know, such as that a schedule could not be read. */
  readonly notes: readonly string[]
  /** The nearest question that needs nobody. */
  readonly alone?: string
  /** Why it was approved and yet did not start. */
  readonly notStarted?: NotStarted['why']
  /** The file with the long lists could not be given: whoever reads the card does not see all of it. */
  readonly fileMissing?: boolean
}

/** Builders of what is shown: pure. */
export type ApprovalMessages<M> = {
  readonly card: (facts: CardFacts) => M
  /** What the card has no room for. */
  readonly file: (approval: Approval) => DetailsFile | undefined
  /** Where it was asked: that it waits, and later what became of it. */
  readonly waiting: (facts: CardFacts) => M
  readonly reminder: (facts: CardFacts, persons: readonly Person[]) => M
  /** These are asked as well from now on. */
  readonly escalated: (facts: CardFacts, persons: readonly Person[]) => M
  /** That an investigation is open, for those who are named in it. */
  readonly opened: (facts: CardFacts) => M
  /** That it came to nothing, for whoever asked. */
  readonly ended: (facts: CardFacts) => M
}

export type AdvanceDeps<M> = ApprovalDeps &
  ApprovedRunDeps &
  AskingDeps & {
    readonly objects: ApprovalDeps['objects'] & DeliverDeps<M>['objects']
    readonly turn: DeliverDeps<M>['turn']
    readonly slack: DeliverySlack<M>
    readonly approvalMessages: ApprovalMessages<M>
    /** Starts the clock of what a request that came to nothing leaves in Slack: no answer will. */
    readonly startClock: (request: ApprovalRequest) => Promise<void>
    /** Gives up the claim that keeps the same question from being asked twice. */
    readonly release: (request: ApprovalRequest) => Promise<void>
  }

/** What is to be done with a request next. `wait`: Slack is to be tried again. `later`: nothing before then. */
export type Advanced =
  | { readonly kind: 'done' }
  | { readonly kind: 'wait'; readonly until: Date }
  | { readonly kind: 'later'; readonly until: Date }
  | { readonly kind: 'final'; readonly why: string }

/** Everything that one look at a request works with. */
type Work<M> = Sending<M> & {
  readonly deps: AdvanceDeps<M>
  readonly facts: CardFacts
  readonly soFar: AskedSoFar
  readonly request: ApprovalRequest
}

/**
 * Does everything about a request that is due and not done: shows its cards, reminds, asks the next, ends it when its time is over, starts
 * its run, edits the cards to what became of it and says so where it was asked. Repeating it, from wherever, changes nothing: what was done
 * stands in the store.
 */
export async function advanceApproval<M>(run: string, deps: AdvanceDeps<M>): Promise<Advanced> {
  const memory = await openMemory(deps.objects, run)
  if (memory.has(OVER)) return { kind: 'done' }
  const approval = await standing(run, deps)
  if (approval === undefined) return { kind: 'final', why: 'there is no such request' }
  const { request, status } = approval
  const waiting = status === 'requested'
  if (status === 'approved') await start(run, memory, deps)
  const now = deps.now().getTime() / 1000
  const soFar = await askedSoFar(request, memory, now, waiting, deps)
  const facts = await factsOf(approval, soFar, memory)
  const work: Work<M> = { grant: { ...request }, memory, deps, facts, soFar, request }
  if (!waiting && (status !== 'approved' || facts.notStarted !== undefined)) {
    // Whoever reads that it came to nothing can ask again at once.
    await deps.release(request)
    await deps.startClock(request)
  }
  const outcomes = waiting ? await whileItWaits(work, now) : await atItsEnd(work)
  const until = outcomes.flatMap((outcome) => (outcome?.kind === 'wait' ? [outcome.until] : []))
  const [first] = until.toSorted((a, b) => a.getTime() - b.getTime())
  if (first !== undefined) return { kind: 'wait', until: first }
  if (waiting) return { kind: 'later', until: nextDue(request, now) }
  await memory.put(OVER, { at: deps.now().toISOString() })
  return { kind: 'done' }
}

/** In a run's memory: nothing is left to be done about its approval. */
const OVER = 'approval-over'

/** Whether everything about a request is done. */
export async function isOver(run: string, objects: DeliverDeps<unknown>['objects']): Promise<boolean> {
  return (await openMemory(objects, run)).has(OVER)
}

async function standing<M>(run: string, deps: AdvanceDeps<M>): Promise<Approval | undefined> {
  const approval = (await readApproval(run, deps))?.approval
  if (approval?.status !== 'requested' || deps.now().getTime() / 1000 < approval.request.expiresAt) return approval
  const expired = await expireApproval(run, deps)
  return expired?.ok === true ? expired.value : (await readApproval(run, deps))?.approval
}

async function start<M>(run: string, memory: Memory, deps: AdvanceDeps<M>): Promise<void> {
  if (memory.has('started') || memory.has('not-started')) return
  const started = await actOnApproval(run, deps)
  if (started.ok) await memory.put('started', { at: deps.now().toISOString() })
  else await memory.put('not-started', { at: deps.now().toISOString(), why: started.error.why })
}

async function factsOf(approval: Approval, soFar: AskedSoFar, memory: Memory): Promise<CardFacts> {
  const alone = (await memory.get<{ words?: string }>(ALONE))?.words
  const notStarted = (await memory.get<{ why: NotStarted['why'] }>('not-started'))?.why
  return {
    approval,
    asked: personsOf(soFar),
    notes: [...new Set(soFar.levels.flatMap(({ notes }) => notes))],
    ...(alone === undefined ? {} : { alone }),
    ...(notStarted === undefined ? {} : { notStarted }),
  }
}

/** In a run's memory: the nearest question that needs nobody. */
export const ALONE = 'alone'

function nextDue(request: ApprovalRequest, now: number): Date {
  const at = timetable(request).find((due) => due.at > now)?.at ?? request.expiresAt
  return new Date(at * 1000)
}

type Outcomes = (SendOutcome | undefined)[]

async function whileItWaits<M>(work: Work<M>, now: number): Promise<Outcomes> {
  const { request, deps, facts, soFar } = work
  const outcomes: Outcomes = [await sayWaiting(work)]
  let { channels, direct } = soFar
  for (const channel of channels) {
    const outcome = await showCard(work, channel, async () => ({ channel }))
    if (outcome?.kind === 'refused') {
      // The approvers are asked one by one instead.
      await work.memory.put(`refused-${channel}`, { reason: outcome.reason })
      channels = channels.filter((one) => one !== channel)
      direct = true
    }
    outcomes.push(outcome)
  }
  if (direct)
    for (const { user } of facts.asked)
      outcomes.push(await showCard(work, user, async () => ({ channel: await deps.slack.openDirect(user) })))
  for (const [level, persons] of newAtEachLevel(soFar).entries())
    if (level > 0 && persons.length > 0)
      for (const channel of channels)
        outcomes.push(await under(work, channel, `ask-${level}`, () => deps.approvalMessages.escalated(facts, persons)))
  const reminders = timetable(request).filter((due) => due.what === 'remind' && due.at <= now)
  const open = facts.asked.filter((person) => !facts.approval.votes.some((vote) => isSame(vote.person, person)))
  for (const place of [...channels, ...(direct ? open.map(({ user }) => user) : [])])
    if (reminders.length > 0)
      outcomes.push(
        await under(work, place, `remind-${reminders.length}`, () => deps.approvalMessages.reminder(facts, open)),
      )
  return outcomes
}

async function atItsEnd<M>(work: Work<M>): Promise<Outcomes> {
  const { facts, memory, deps, soFar, request } = work
  const outcomes: Outcomes = []
  for (const place of [...soFar.channels, ...facts.asked.map(({ user }) => user)])
    if (memory.has(`card-${place}.done`)) outcomes.push(await bringUpToDate(work, `card-${place}`, 'card'))
  if (memory.has('waiting.done')) outcomes.push(await bringUpToDate(work, 'waiting', 'waiting'))
  const goes = facts.approval.status === 'approved' && facts.notStarted === undefined
  if (goes && request.investigation === undefined) return outcomes
  const shown = await memory.get<Done>('waiting.done')
  const where = await placeOfAsker(work)
  if (where === undefined) return outcomes
  const thread = where.thread ?? shown?.ts
  const under = { channel: where.channel, ...(thread === undefined ? {} : { thread }) }
  const what = goes ? 'opened' : 'ended'
  outcomes.push(await sendOnce(work, what, under, () => deps.approvalMessages[what](facts)))
  return outcomes
}

/** Whoever asked is told where it waits, in the place that the answer will come to. */
async function sayWaiting<M>(work: Work<M>): Promise<SendOutcome | undefined> {
  const where = await placeOfAsker(work)
  if (where === undefined) return undefined
  const before = (await work.memory.attempts('waiting')).length > 0
  const outcome = await sendOnce(work, 'waiting', where, () => work.deps.approvalMessages.waiting(work.facts))
  return outcome.kind === 'sent' ? await bringUpToDate(work, 'waiting', 'waiting', before) : outcome
}

async function placeOfAsker<M>({ request, deps }: Work<M>): Promise<Where | undefined> {
  const { to } = request
  if (to.kind === 'sink') return undefined
  if (to.kind === 'direct') return { channel: await deps.slack.openDirect(to.user) }
  return { channel: to.channel, ...(to.thread === undefined ? {} : { thread: to.thread }) }
}

/** Shows a card in one place, with the file that it names, as the request stands now. */
async function showCard<M>(
  work: Work<M>,
  place: string,
  whereOf: () => Promise<Where>,
): Promise<SendOutcome | undefined> {
  const step = `card-${place}`
  try {
    const before = (await work.memory.attempts(step)).length > 0
    const outcome = await sendOnce(work, step, await whereOf(), () => work.deps.approvalMessages.card(work.facts))
    if (outcome.kind !== 'sent') return outcome
    const given = await giveFile(work, step, outcome.at, work.deps.approvalMessages.file(work.facts.approval))
    if (given !== undefined) return given
    return await bringUpToDate(work, step, 'card', before)
  } catch (error) {
    if (!isSlackFault(error)) throw error
    // No direct messages with this one, or not now.
    if (error.kind === 'refused') return { kind: 'refused', reason: error.reason }
    return { kind: 'wait', until: retryAt(work, error) }
  }
}

/** Says something once under a card that is shown. */
async function under<M>(work: Work<M>, place: string, what: string, build: () => M): Promise<SendOutcome | undefined> {
  const card = await work.memory.get<Sent>(`card-${place}.done`)
  if (card === undefined) return undefined
  return await sendOnce(work, `${what}-${place}`, { channel: card.channel, thread: card.ts }, build)
}

/** Edits a message to how the request stands now, where it shows something else. `before`: it was there before this look, which would have posted it so. */
async function bringUpToDate<M>(
  work: Work<M>,
  step: string,
  kind: 'card' | 'waiting',
  before = true,
): Promise<SendOutcome | undefined> {
  const { memory, deps, facts, soFar } = work
  const fileMissing = memory.has(`${step}-file.refused`)
  const version = [
    facts.approval.status,
    facts.approval.votes.length,
    soFar.levels.length,
    ...(facts.notStarted === undefined ? [] : [facts.notStarted]),
    ...(fileMissing ? ['fileless'] : []),
  ].join('-')
  const name = `${step}.shows-${version}`
  const at = await memory.get<Sent>(`${step}.done`)
  if (at === undefined || memory.has(name)) return undefined
  try {
    if (before || fileMissing)
      await deps.slack.update(at, () =>
        deps.approvalMessages[kind]({ ...facts, ...(fileMissing ? { fileMissing } : {}) }),
      )
  } catch (error) {
    if (!isSlackFault(error)) throw error
    // Somebody deleted it: there is nothing to bring up to date.
    if (error.kind !== 'refused') return { kind: 'wait', until: retryAt(work, error) }
  }
  await memory.put(name, { at: deps.now().toISOString() })
  return undefined
}
