import type { DetailsFile } from '../domain/policy/approvalDetails.ts'
import { isSame } from '../domain/policy/membership.ts'
import type { Person } from '../domain/policy/person.ts'
import type { Policy } from '../domain/policy/policy.ts'
import {
  type Broken,
  isNear,
  isOverdue,
  nextDueOf,
  type Review,
  remindersBy,
  type Uses,
  usesAround,
} from '../domain/policy/review.ts'
import type { Objects } from '../domain/result/objects.ts'
import type { Advanced } from './advanceApproval.ts'
import { type AskingDeps, channelsOf, DIRECT, holdersOf } from './approvalPlaces.ts'
import { type Card, type CardPlaces, firstWait, type Outcomes, sendDirect, settle, showCards, under } from './cards.ts'
import { type Done, type Memory, openMemory } from './deliverMemory.ts'
import { inMs, type Sending, sendOnce } from './deliverOnce.ts'
import type { DeliverDeps, DeliverySlack, Where } from './deliverTypes.ts'
import { REVIEW_OVER, type ReadReviewDeps, readReview, reviewsAround } from './reviewLog.ts'
import type { LeavingOut } from './storedLog.ts'

/** What a message about a use of break-glass shows beside it. */
export type ReviewFacts = {
  readonly review: Review
  /** Who would have been asked, and who may close the review: told at once. */
  readonly told: readonly Person[]
  /** What they should know, such as that a schedule could not be read. */
  readonly notes: readonly string[]
  readonly overdue: boolean
  /** The file with the long lists could not be given. */
  readonly fileMissing?: boolean
}

/** Builders of what is shown: pure. */
export type ReviewMessages<M> = {
  readonly card: (facts: ReviewFacts) => M
  readonly file: (review: Review) => DetailsFile | undefined
  readonly reminder: (facts: ReviewFacts) => M
  /** The glass was broken more than once in a day: the uses, this one among them, oldest first. */
  readonly alarm: (review: Review, uses: Uses, all: readonly Broken[]) => M
  /** To whoever asked: what the review has come to. */
  readonly closed: (review: Review) => M
}

export type AdvanceReviewDeps<M> = ReadReviewDeps &
  LeavingOut &
  AskingDeps & {
    readonly policy: Policy
    readonly objects: ReadReviewDeps['objects'] & Pick<Objects, 'list'> & DeliverDeps<M>['objects']
    readonly turn: DeliverDeps<M>['turn']
    readonly slack: DeliverySlack<M>
    readonly now: () => Date
    readonly audit: DeliverDeps<M>['audit']
    readonly reviewMessages: ReviewMessages<M>
    /** Hears that an alarm, or that a review is overdue, could be told to nobody, and Slack's reasons. */
    readonly onUntold: (run: string, what: string, reasons: readonly string[]) => void
  }

type Work<M> = Sending<M> & { readonly deps: AdvanceReviewDeps<M>; readonly facts: ReviewFacts }

/**
 * Does everything about a use of break-glass that is due and not done: tells everybody who was skipped, raises the alarm, reminds until somebody
 * closes the review, edits the cards to what it came to and tells whoever asked. Repeating it, from wherever, changes nothing.
 */
export async function advanceReview<M>(run: string, deps: AdvanceReviewDeps<M>): Promise<Advanced> {
  const memory = await openMemory(deps.objects, run)
  if (memory.has(REVIEW_OVER)) return { kind: 'done' }
  const review = (await readReview(run, deps))?.review
  if (review === undefined) return { kind: 'final', why: 'there is no such review' }
  const { broken, closing } = review
  const now = deps.now().getTime() / 1000
  const { notes, ...places } = await placesOf(broken, memory, deps)
  const facts = { review, told: places.persons, notes, overdue: isOverdue(review, now) }
  const work: Work<M> = { grant: broken, memory, deps, facts }
  const shown = await showCards(work, places, cardOf(work))
  const outcomes = [...shown.outcomes, ...(await raiseAlarm(work, { ...shown, persons: places.persons }))]
  if (closing === undefined) outcomes.push(...(await remind(work, { ...shown, persons: places.persons }, now)))
  else outcomes.push(...(await tellClosed(work, places)))
  const first = firstWait(outcomes)
  if (first !== undefined) return { kind: 'wait', until: first }
  if (closing === undefined) return { kind: 'later', until: new Date(nextDueOf(broken, now) * 1000) }
  await memory.put(REVIEW_OVER, { at: deps.now().toISOString() })
  return { kind: 'done' }
}

type Told = CardPlaces & { readonly notes: readonly string[] }

/** Whom it is told, and where: found once, so that a restart tells the same people. */
async function placesOf<M>(broken: Broken, memory: Memory, deps: AdvanceReviewDeps<M>): Promise<Told> {
  if (!memory.has('told')) {
    const sets = [...broken.seats.flatMap(({ by }) => by), ...broken.reviewers]
    const { persons, notes } = await holdersOf([...new Set(sets)], deps)
    const others = persons.filter((person) => !isSame(person, broken.person))
    await memory.put('told', { persons: others, notes, channels: await channelsOf(broken, deps) })
  }
  const found = await memory.get<Omit<Told, 'direct'>>('told')
  if (found === undefined) throw new Error('whom a review is told cannot be read back')
  const channels = found.channels.filter((channel) => !memory.has(`refused-${channel}`))
  const wanted = broken.places.filter((place) => place !== DIRECT)
  return { ...found, channels, direct: broken.places.includes(DIRECT) || channels.length < wanted.length }
}

function cardOf<M>({ facts, deps }: Work<M>): Card<M> {
  const { review, overdue } = facts
  return {
    build: (fileMissing) => deps.reviewMessages.card({ ...facts, ...(fileMissing ? { fileMissing } : {}) }),
    file: deps.reviewMessages.file(review),
    version: [
      review.closing?.verdict ?? 'open',
      ...(review.stopped ? ['stopped'] : []),
      ...(overdue ? ['overdue'] : []),
    ].join('-'),
  }
}

/** The second use in a day, and each after it, is told where policy says, else where the card is. */
async function raiseAlarm<M>(work: Work<M>, shown: CardPlaces): Promise<Outcomes> {
  const { memory, deps, facts } = work
  const { broken } = facts.review
  if (memory.has('alarm-over')) return []
  const { reviews, unread } = await reviewsAround(broken.at, deps)
  const others = reviews.map((review) => review.broken)
  const uses = usesAround(broken, others, unread)
  const outcomes: Outcomes = []
  if (uses.all > 1) {
    const recent = others.filter((other) => isNear(other, broken)).toSorted((a, b) => a.at - b.at)
    const build = (): M => deps.reviewMessages.alarm(facts.review, uses, recent)
    const channels = await channelsOf({ person: broken.person, places: deps.policy.breakGlass?.alarmIn ?? [] }, deps)
    const places = channels.length > 0 ? { channels, direct: false } : shown
    for (const channel of places.channels) outcomes.push(await sendOnce(work, `alarm-${channel}`, { channel }, build))
    if (places.direct)
      for (const { user } of shown.persons) outcomes.push(await sendDirect(work, `alarm-${user}`, user, build))
    outcomes.push(...(await tellAnyway(work, 'alarm', outcomes, build)))
    if (firstWait(outcomes) === undefined) await recordAlarm(work, uses)
  }
  if (firstWait(outcomes) === undefined) await memory.put('alarm-over', { at: deps.now().toISOString() })
  return outcomes
}

async function recordAlarm<M>({ deps, facts }: Work<M>, { own, all }: Uses): Promise<void> {
  const { run, person } = facts.review.broken
  const at = deps.now().toISOString()
  await deps.audit({
    step: 'glass_alarm',
    outcome: 'done',
    at,
    run,
    person,
    checks: [],
    detail: { own, all },
  })
}

/** Under each card, again and again, and once more when its time is over. */
async function remind<M>(work: Work<M>, shown: CardPlaces, now: number): Promise<Outcomes> {
  const { facts, deps } = work
  const reminders = remindersBy(facts.review.broken, now)
  if (reminders === 0 && !facts.overdue) return []
  const step = `remind-${reminders}${facts.overdue ? '-overdue' : ''}`
  const outcomes: Outcomes = []
  for (const place of [...shown.channels, ...(shown.direct ? shown.persons.map(({ user }) => user) : [])])
    outcomes.push(await under(work, place, step, () => deps.reviewMessages.reminder(facts)))
  if (facts.overdue)
    outcomes.push(...(await tellAnyway(work, step, outcomes, () => deps.reviewMessages.reminder(facts))))
  return outcomes
}

/** After nobody could be told it is tried again so much later. */
const UNTOLD_RETRY_MS = 600_000

/** What no place took goes to each approver directly; where that fails too whoever runs ctq sees it in the log, and it is tried again. */
async function tellAnyway<M>(work: Work<M>, what: string, before: Outcomes, build: () => M): Promise<Outcomes> {
  if (firstWait(before) !== undefined || before.some((outcome) => outcome?.kind === 'sent')) return []
  const direct: Outcomes = []
  for (const { user } of work.facts.told) direct.push(await sendDirect(work, `${what}-${user}`, user, build))
  if (firstWait(direct) !== undefined) return direct
  if (direct.some((outcome) => outcome?.kind === 'sent' || outcome?.kind === 'unknown')) return direct
  const reasons = [...before, ...direct].flatMap((outcome) => (outcome?.kind === 'refused' ? [outcome.reason] : []))
  work.deps.onUntold(work.facts.review.broken.run, what, [...new Set(reasons)])
  return [...direct, { kind: 'wait', until: inMs(work, UNTOLD_RETRY_MS) }]
}

async function tellClosed<M>(work: Work<M>, places: CardPlaces): Promise<Outcomes> {
  const { deps, facts } = work
  const outcomes: Outcomes = []
  for (const place of [...places.channels, ...places.persons.map(({ user }) => user)])
    outcomes.push(await settle(work, `card-${place}`, cardOf(work)))
  const build = (): M => deps.reviewMessages.closed(facts.review)
  const where = await underAnswer(work)
  const { user } = facts.review.broken.person
  outcomes.push(
    await (where === undefined
      ? sendDirect(work, 'review-closed', user, build)
      : sendOnce(work, 'review-closed', where, build)),
  )
  return outcomes
}

/** Under the answer, where there is one. Undefined where it went directly, or others read by now. */
async function underAnswer<M>({ facts, memory, deps }: Work<M>): Promise<Where | undefined> {
  const { to, person } = facts.review.broken
  if (to.kind !== 'slack' || memory.has('final-direct.done') || !(await deps.mayShowIn(to.channel, person)))
    return undefined
  const answer = await memory.get<Done>('final.done')
  const thread = to.thread ?? answer?.ts
  return { channel: to.channel, ...(thread === undefined ? {} : { thread }) }
}
