import { type Approval, type ApprovalRequest, timetable } from '../domain/policy/approval.ts'
import type { DetailsFile } from '../domain/policy/approvalDetails.ts'
import { isSame } from '../domain/policy/membership.ts'
import type { Person } from '../domain/policy/person.ts'
import { actOnApproval } from './actOnApproval.ts'
import { readApproval } from './approvalLog.ts'
import { type AskedSoFar, type AskingDeps, askedSoFar, newAtEachLevel, personsOf } from './approvalPlaces.ts'
import { type ApprovalDeps, expireApproval } from './approvals.ts'
import type { ApprovedRunDeps, NotStarted } from './approvedRun.ts'
import { bringUpToDate, type Card, firstWait, type Outcomes, settle, showCards, under } from './cards.ts'
import { type Done, type Memory, openMemory } from './deliverMemory.ts'
import { type Sending, type SendOutcome, sendOnce } from './deliverOnce.ts'
import type { DeliverDeps, DeliverySlack, Where } from './deliverTypes.ts'

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
  const approval = await standing(run, deps)
  if (approval === undefined) return { kind: 'final', why: 'there is no such request' }
  const { request, status } = approval
  // An approval that was taken back is told of after it was over.
  const over = status === 'withdrawn' && memory.has('started') ? `${OVER}-again` : OVER
  if (memory.has(over)) return { kind: 'done' }
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
  const first = firstWait(outcomes)
  if (first !== undefined) return { kind: 'wait', until: first }
  if (waiting) return { kind: 'later', until: nextDue(request, now) }
  await memory.put(over, { at: deps.now().toISOString() })
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

async function whileItWaits<M>(work: Work<M>, now: number): Promise<Outcomes> {
  const { request, deps, facts, soFar } = work
  const outcomes: Outcomes = [await sayWaiting(work)]
  const { channels, direct, ...shown } = await showCards(work, { ...soFar, persons: facts.asked }, cardOf(work))
  outcomes.push(...shown.outcomes)
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
    outcomes.push(await settle(work, `card-${place}`, cardOf(work)))
  outcomes.push(await settle(work, 'waiting', waitingOf(work)))
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
  return outcome.kind === 'sent' ? await bringUpToDate(work, 'waiting', waitingOf(work), before) : outcome
}

async function placeOfAsker<M>({ request, deps }: Work<M>): Promise<Where | undefined> {
  const { to } = request
  if (to.kind === 'sink') return undefined
  if (to.kind === 'direct') return { channel: await deps.slack.openDirect(to.user) }
  return { channel: to.channel, ...(to.thread === undefined ? {} : { thread: to.thread }) }
}

function cardOf<M>(work: Work<M>): Card<M> {
  const { deps, facts } = work
  return {
    build: (fileMissing) => deps.approvalMessages.card({ ...facts, ...(fileMissing ? { fileMissing } : {}) }),
    file: deps.approvalMessages.file(facts.approval),
    version: versionOf(work),
  }
}

function waitingOf<M>(work: Work<M>): Card<M> {
  return { build: () => work.deps.approvalMessages.waiting(work.facts), version: versionOf(work) }
}

/** What a message of a request shows: whoever shows the same need not be edited. */
function versionOf<M>({ facts, soFar }: Work<M>): string {
  const { approval, notStarted } = facts
  return [
    approval.status,
    approval.votes.length,
    soFar.levels.length,
    ...(notStarted === undefined ? [] : [notStarted]),
  ].join('-')
}
