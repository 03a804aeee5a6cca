import type { DetailsFile } from '../domain/policy/approvalDetails.ts'
import type { Person } from '../domain/policy/person.ts'
import { knownOutcome, retryAt, type Sending, type SendOutcome, sendOnce } from './deliverOnce.ts'
import { type DeliverySlack, isSlackFault, type Sent, type Where } from './deliverTypes.ts'
import { giveFile } from './giveFile.ts'

/** What showing cards works with. */
export type CardWork<M> = Sending<M> & { readonly deps: { readonly slack: DeliverySlack<M> } }

/** A message that is shown in several places and edited to how things stand. */
export type Card<M> = {
  /** `fileMissing`: the file that it names could not be given there. */
  readonly build: (fileMissing: boolean) => M
  /** What it has no room for, given in its thread. */
  readonly file?: DetailsFile | undefined
  /** What it shows: a copy that shows the same is not edited. */
  readonly version: string
}

/** Where cards go: channels, and people one by one where `direct` says so. */
export type CardPlaces = {
  readonly channels: readonly string[]
  readonly direct: boolean
  readonly persons: readonly Person[]
}

export type Outcomes = (SendOutcome | undefined)[]

/** The first moment at which Slack is to be tried again, if something waits for it. */
export function firstWait(outcomes: Outcomes): Date | undefined {
  const until = outcomes.flatMap((outcome) => (outcome?.kind === 'wait' ? [outcome.until] : []))
  return until.toSorted((a, b) => a.getTime() - b.getTime())[0]
}

/** Shows a card everywhere, once; where a channel does not take it, people are told one by one instead. Gives where it is then. */
export async function showCards<M>(
  work: CardWork<M>,
  { channels, direct, persons }: CardPlaces,
  card: Card<M>,
): Promise<Omit<CardPlaces, 'persons'> & { readonly outcomes: Outcomes }> {
  const outcomes: Outcomes = []
  const taken: string[] = []
  for (const channel of channels) {
    const outcome = await showCard(work, channel, async () => ({ channel }), card)
    if (outcome?.kind === 'refused') await work.memory.put(`refused-${channel}`, { reason: outcome.reason })
    else taken.push(channel)
    outcomes.push(outcome)
  }
  const oneByOne = direct || taken.length < channels.length
  if (oneByOne)
    for (const { user } of persons)
      outcomes.push(await showCard(work, user, async () => ({ channel: await work.deps.slack.openDirect(user) }), card))
  return { channels: taken, direct: oneByOne, outcomes }
}

/** Shows a card in one place, with the file that it names, as things stand now. */
async function showCard<M>(
  work: CardWork<M>,
  place: string,
  whereOf: () => Promise<Where>,
  card: Card<M>,
): Promise<SendOutcome | undefined> {
  const step = `card-${place}`
  return await safely(work, async () => {
    const before = (await work.memory.attempts(step)).length > 0
    const outcome = await sendOnce(work, step, await whereOf(), () => card.build(false))
    if (outcome.kind !== 'sent') return outcome
    const given = await giveFile(work, step, outcome.at, card.file)
    if (given !== undefined) return given
    return await bringUpToDate(work, step, card, before)
  })
}

/** Sends somebody a direct message, once. */
export async function sendDirect<M>(
  work: CardWork<M>,
  step: string,
  user: string,
  build: () => M,
): Promise<SendOutcome | undefined> {
  return await safely(work, async () =>
    sendOnce(work, step, { channel: await work.deps.slack.openDirect(user) }, build),
  )
}

async function safely<M>(
  work: CardWork<M>,
  send: () => Promise<SendOutcome | undefined>,
): Promise<SendOutcome | undefined> {
  try {
    return await send()
  } catch (error) {
    if (!isSlackFault(error)) throw error
    // No direct messages with this one, or not now.
    if (error.kind === 'refused') return { kind: 'refused', reason: error.reason }
    return { kind: 'wait', until: retryAt(work, error) }
  }
}

/** Says something once under a card that is shown. */
export async function under<M>(
  work: CardWork<M>,
  place: string,
  what: string,
  build: () => M,
): Promise<SendOutcome | undefined> {
  const card = await work.memory.get<Sent>(`card-${place}.done`)
  if (card === undefined) return undefined
  return await sendOnce(work, `${what}-${place}`, { channel: card.channel, thread: card.ts }, build)
}

/**
 * Edits a message that somebody may see to how things stand at its end. A bot that was killed over it has not noted that it is there: then it is
 * looked for, or its buttons would stay.
 */
export async function settle<M>(work: CardWork<M>, step: string, card: Card<M>): Promise<SendOutcome | undefined> {
  return await safely(work, async () => {
    const outcome = await knownOutcome(work, step)
    return outcome?.kind === 'sent' ? await bringUpToDate(work, step, card) : outcome
  })
}

/** Edits a message to how things stand now, where it shows something else. `before`: it was there before this look, which would have posted it so. */
export async function bringUpToDate<M>(
  work: CardWork<M>,
  step: string,
  card: Card<M>,
  before = true,
): Promise<SendOutcome | undefined> {
  const { memory, deps } = work
  const fileMissing = memory.has(`${step}-file.refused`)
  const name = `${step}.shows-${card.version}${fileMissing ? '-fileless' : ''}`
  const at = await memory.get<Sent>(`${step}.done`)
  if (at === undefined || memory.has(name)) return undefined
  try {
    if (before || fileMissing) await deps.slack.update(at, () => card.build(fileMissing))
  } catch (error) {
    if (!isSlackFault(error)) throw error
    // Somebody deleted it: there is nothing to bring up to date.
    if (error.kind !== 'refused') return { kind: 'wait', until: retryAt(work, error) }
  }
  await memory.put(name, { at: deps.now().toISOString() })
  return undefined
}
