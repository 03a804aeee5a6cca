import type { Headline, HeadlineFacet } from '../runbook/runbook.ts'
import type { Answer } from './answer.ts'
import type { AddressSeen, CallSeen, Facet, Seen } from './facets.ts'
import { isMade, makingPhrase } from './making.ts'
import { counted, joined, numberWords, type Phrase, plainText, type Span, say, value } from './phrase.ts'
import { bounded } from './safe.ts'
import { principalPhrase } from './scopeWords.ts'
import { shortValue } from './shortValue.ts'
import { clockOf, spanOf } from './time.ts'

/** A line of what the calls tell. `item`: one of several of its kind, to be shown with a bullet. */
export type FacetLine = { readonly item: boolean; readonly phrase: Phrase }

/** How much of each is told, so that the news fits a phone, or a terminal. */
export type FacetRoom = {
  readonly items: number
  /** Of changes; and how many of the gravest, as long as the line has no more than so many characters. */
  readonly calls: number
  readonly grave?: { readonly calls: number; readonly characters: number }
  readonly denied: number
  /** Of more than two calls each has a line of its own, up to so many; absent: all are in one. */
  readonly lines?: number
  /** Where the calls stand that are not told; absent: in the CSV. */
  readonly rest?: string
}

/** Of a change that gives every right, is a new way in or opens to the world: it is told also where only a few are. */
const GRAVE = 4

/** Calls that one line has room for on a phone. */
const TOGETHER = 2

/** Where calls stand that are not told. */
export const IN_THE_CSV = 'in the CSV'
/** The same, where policy gives the CSV to nobody in Slack. */
export const CSV_KEPT_BACK = 'in the CSV, which policy keeps out of Slack'

/** Of what ctq.yml calls an address. */
const LABEL_MAX = 60

/** What the calls tell, in the runbook's order. */
export function facetLines(answer: Answer, room: FacetRoom): readonly FacetLine[] {
  return answer.runbook.headline.show.flatMap((facet) => LINES[facet](answer, room))
}

const LINES: { readonly [facet in HeadlineFacet]: (answer: Answer, room: FacetRoom) => readonly FacetLine[] } = {
  addresses: (answer, room) =>
    items(answer.facets.addresses, room, 'address', 'addresses', (one) => addressPhrase(one, answer)),
  principals: (answer, room) =>
    items(
      answer.facets.principals,
      room,
      'caller',
      'callers',
      (one) => say`${principalPhrase(one)}: ${amountsPhrase(one, answer)}, ${timesOf(one, answer)}`,
    ),
  changes: (answer, room) => callLine(answer, room, answer.facets.changes, 'Changes done'),
  credentials: (answer, room) => callLine(answer, room, answer.facets.credentials, 'Credentials given'),
  denied: (answer, room) => deniedLine(answer, room),
  regions: (answer, room) => regionLine(answer, room),
  making: (answer) => {
    const phrase = makingPhrase(answer)
    return phrase.length === 0 ? [] : [{ item: false, phrase }]
  },
}

function items<T>(
  facet: Facet<T>,
  room: FacetRoom,
  one: string,
  many: string,
  phraseOf: (seen: T) => Phrase,
): readonly FacetLine[] {
  const shown = facet.rows.slice(0, room.items)
  const rest = facet.rows.length - shown.length + facet.more
  const beyond = facet.uncounted > 0 ? `; ${counted(facet.uncounted, 'call')} from too many to count apart` : ''
  return [
    ...shown.map((seen) => ({ item: true, phrase: phraseOf(seen) })),
    ...(rest > 0 ? [{ item: true, phrase: say`${counted(rest, `more ${one}`, `more ${many}`)}${beyond}` }] : []),
  ]
}

function addressPhrase(seen: AddressSeen, answer: Answer): Phrase {
  const { address, label, agents, daily, newAfter } = seen
  const known = label === undefined ? [] : say` (known: ${value(bounded(label, LABEL_MAX))})`
  const programs = joined(
    agents.map((agent): Phrase => [value(agent)]),
    ' and ',
  )
  // Before it was made nobody could call with it.
  const isNew = newAfter !== undefined && Object.keys(answer.parameters).length > 0 && !isMade(answer)
  const told = [
    amountsPhrase(seen, answer),
    programs,
    daily ? say`daily` : say`${timesOf(seen, answer)}`,
    isNew ? say`not seen ${withWhom(answer)} in the ${lengthWords(newAfter)} before` : [],
  ]
  return say`${value(shortValue(address))}${known}: ${joined(told, ', ')}`
}

/** What the question is about, after "not seen". */
function withWhom({ parameters }: Answer): string {
  if ('accessKeyId' in parameters) return 'with this key'
  return 'principal' in parameters ? 'for this caller' : 'here'
}

function lengthWords(seconds: number): string {
  const days = Math.floor(seconds / 86_400)
  return days >= 2 ? `${days} days` : `${Math.floor(seconds / 3_600)} hours`
}

function timesOf({ first, last }: Seen, { finishedAt }: Answer): string {
  return spanOf(first, last, finishedAt)
}

/** So many calls, with what of them was changed, denied or failed; done, denied and failed told apart where they differ. */
export function amountsPhrase(
  { count, changes, denied, failed }: Pick<Seen, 'count' | 'changes' | 'denied' | 'failed'>,
  { runbook }: { readonly runbook: { readonly headline: Pick<Headline, 'noun' | 'counts'> } },
): Phrase {
  const { noun, counts } = runbook.headline
  const tried = denied + failed
  const done = counts.includes('done') ? count - tried : 0
  const changed = counts.includes('changes') ? changes : 0
  const told = joined(
    [
      changed > 0 ? say`${counted(changed, 'change')} done` : [],
      tried > 0 && done > 0 ? say`${done} done` : [],
      denied > 0 ? say`${denied} denied` : [],
      failed > 0 ? say`${failed} failed` : [],
    ],
    ' · ',
  )
  return told.length === 0 ? say`${counted(count, noun)}` : say`${counted(count, noun)} (${told})`
}

function callLine(
  answer: Answer,
  room: FacetRoom,
  { rows, calls }: Facet<CallSeen>,
  heading: string,
): readonly FacetLine[] {
  if (calls === 0) return []
  const many = answer.facets.principals.rows.length > 1
  const phraseOf = (call: CallSeen): Phrase => callPhrase(call, answer.finishedAt, many)
  const apart = room.lines !== undefined && rows.length > TOGETHER
  const shown = apart ? rows.slice(0, room.lines) : chosen(rows, room, phraseOf)
  const more = calls - shown.reduce((sum, { count }) => sum + count, 0)
  const phrases = shown.toSorted((a, b) => (a.last < b.last ? -1 : a.last > b.last ? 1 : 0)).map(phraseOf)
  const rest = more > 0 ? [say`+${numberWords(more)} ${room.rest ?? IN_THE_CSV}`] : []
  if (!apart) return [{ item: false, phrase: say`${heading}: ${joined([...phrases, ...rest], ' · ')}` }]
  const which = more > 0 ? say`, the most telling (${joined(rest, '')})` : []
  // Another sign than that of the lines below, which are no calls.
  return [say`${heading}${which}:`, ...phrases.map((phrase) => say`◦ ${phrase}`)].map((phrase) => ({
    item: false,
    phrase,
  }))
}

/** The most telling: always some, and more as long as they are grave and the line is short. `rows`: the most telling first. */
function chosen(
  rows: readonly CallSeen[],
  { calls, grave = { calls, characters: 0 } }: FacetRoom,
  phraseOf: (call: CallSeen) => Phrase,
): readonly CallSeen[] {
  let characters = 0
  const end = rows.slice(0, grave.calls).findIndex((call, at) => {
    characters += plainText(phraseOf(call)).length
    return at >= calls && (call.weight < GRAVE || characters > grave.characters)
  })
  return rows.slice(0, end < 0 ? Math.max(calls, grave.calls) : end)
}

/** What of a call its words are made of. */
type CallWords = Pick<CallSeen, 'eventName' | 'target' | 'detail' | 'credential' | 'count' | 'last' | 'who' | 'person'>

/** `12:58Z CreateAccessKey → AKIA…9ZTM (user backup)`, `13:06Z PutUserPolicy user ci-deploy: allows * on *`. */
export function callPhrase(call: CallWords, now: string, sayWho: boolean): Phrase {
  const { eventName, target, detail, credential, count } = call
  const on: Phrase = target === '' ? [] : [value(shortValue(target))]
  const what =
    credential === ''
      ? joined([[nameOf(eventName)], on], ' ')
      : say`${nameOf(eventName)} → ${value(shortValue(credential))}${on.length === 0 ? [] : say` (${on})`}`
  return say`${clockOf(call.last, now)} ${what}${detail === '' ? [] : say`: ${value(detail)}`}${count > 1 ? ` ×${numberWords(count)}` : ''}${sayWho ? say` by ${value(shortValue(call.person ?? call.who))}` : []}`
}

/** AWS names its events, not whoever calls: one that is a plain word stands among ours, anything else as a value. */
export function nameOf(eventName: string): Span {
  return /^[A-Za-z][A-Za-z0-9]{0,79}$/.test(eventName) ? eventName : value(eventName)
}

function deniedLine({ facets }: Answer, room: FacetRoom): readonly FacetLine[] {
  const { rows, more } = facets.denied
  if (rows.length === 0) return []
  const shown = rows.slice(0, room.denied)
  const rest = rows.length - shown.length + more
  const phrases = shown.map(({ eventName, count }) => say`${nameOf(eventName)} ×${count}`)
  const beyond = rest > 0 ? [say`${counted(rest, 'other name')}`] : []
  const heading = rest > 0 ? 'Denied most' : 'Denied'
  return [{ item: false, phrase: say`${heading}: ${joined([...phrases, ...beyond], ', ')}` }]
}

function regionLine({ facets, accounts }: Answer, room: FacetRoom): readonly FacetLine[] {
  const { rows, more } = facets.regions
  if (rows.length === 0) return []
  const shown = rows.slice(0, room.denied)
  const rest = rows.length - shown.length + more
  const phrases = shown.map(({ account, region, count }) => {
    const name = accounts.length > 1 ? (accounts.find(({ id }) => id === account)?.name ?? account) : undefined
    return say`${value(region)}${name === undefined ? [] : say` in ${value(name)}`} ×${count}`
  })
  const beyond = rest > 0 ? [say`${counted(rest, 'other')}`] : []
  return [{ item: false, phrase: say`Regions: ${joined([...phrases, ...beyond], ', ')}` }]
}
