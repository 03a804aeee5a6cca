import { sha256 } from '../domain/canonical.ts'
import type { AwsFault } from '../domain/fault.ts'
import { isAwsFault } from '../domain/fault.ts'
import { decodePage, type Entry, encodePage, type Page, type PageHead } from '../domain/query/page.ts'
import { type Chain, iso, seconds } from '../domain/query/plan.ts'
import type { CloudTrailRecord } from '../domain/record.ts'
import { chainKey, type Objects, pageKey } from '../domain/result/objects.ts'
import { openTokens, repeating, type Tokens } from './chainTokens.ts'

/** One event as LookupEvents gave it: its envelope and the record's exact text. */
export type LookedUp = { readonly eventId: string; readonly eventTime: number; readonly text: string }
export type LookupPage = {
  readonly events: readonly LookedUp[]
  readonly nextToken?: string
  readonly requestId?: string
}

/** `go`: call now. `until`: the pace is booked out so far ahead that the slot is better used by others. */
export type Pace = { readonly kind: 'go' } | { readonly kind: 'until'; readonly until: Date }

/** Why a chain stopped before its end. */
export type Pause =
  | { readonly kind: 'wait'; readonly until: Date }
  | { readonly kind: 'yield' }
  | { readonly kind: 'stop' }
  /** What may be asked of this part has been. */
  | { readonly kind: 'spent' }

export type ChainEnd =
  | { readonly kind: 'read' | 'limit'; readonly head: PageHead }
  | Pause
  | { readonly kind: 'fault'; readonly fault: AwsFault }

/** What a new page adds to a run. `ended`: no page of the chain follows. */
export type AddedPage = {
  readonly records: number
  readonly matched: number
  /** Of the run's chains, and how much of its window is read by now: between 0 and 1. */
  readonly chain: string
  readonly share: number
  readonly ended: boolean
  /** Its records that matched. */
  readonly found: readonly Entry[]
}

export type ChainDeps = {
  readonly objects: Objects
  readonly lookup: (ask: Chain, nextToken: string | undefined) => Promise<LookupPage>
  readonly pace: () => Promise<Pace>
  readonly paced: (how: 'served' | 'throttled') => Promise<void>
  /** Asked before each page: go on, or why not. */
  readonly mayGoOn: () => Promise<Pause | undefined>
  readonly matches: (record: CloudTrailRecord) => boolean
  /** Called once for each page that this worker added to the store. */
  readonly added: (page: AddedPage) => Promise<void>
  readonly now: () => Date
  /** Resolves after so many milliseconds, or at once when the job is being stopped. */
  readonly sleep: (ms: number) => Promise<void>
  /** Between 0 and 1, for jitter. */
  readonly random: () => number
}

export type ChainPlace = {
  readonly run: string
  readonly account: string
  readonly region: string
  readonly chain: number
  readonly ask: Chain
  readonly limit: number
}

/** What the next page needs to know of a page that is in the store: not its records. */
type Kept = Pick<Page, 'head' | 'hash'>

/** Passing faults in a row before a part is given up; with the back-off below about a minute of trying. */
const MOST_TRIES = 7
const FIRST_BACKOFF_MS = 500
const LONGEST_BACKOFF_MS = 15_000

/**
 * Reads one chain on from the newest page in the store, to its end or until it must pause. Each page is created in the store before
 * the next is asked for; who loses the race for a page takes the winner's and goes on from there, so a second reader does no harm.
 */
export async function readChain(place: ChainPlace, deps: ChainDeps): Promise<ChainEnd> {
  let last = await newestPage(place, deps.objects)
  const tokens = openTokens(last?.head.nextToken)
  while (last?.head.end === undefined) {
    const pause = await deps.mayGoOn()
    if (pause !== undefined) return pause
    const next = await nextPage(place, last, tokens, deps)
    if (!('head' in next)) return next
    if (next.head.end === undefined && tokens.isCircle(next.head.nextToken))
      return { kind: 'fault', fault: repeating() }
    last = next
  }
  return { kind: last.head.end, head: last.head }
}

async function newestPage(place: Omit<ChainPlace, 'ask' | 'limit'>, objects: Objects): Promise<Kept | undefined> {
  const count = await countPages(chainKey(place.run, place.account, place.region, place.chain), objects)
  return count === 0 ? undefined : await pageAt(place, count - 1, objects)
}

/** The pages that a chain (by its key) has in the store: they are numbered from 0 without a gap. */
export async function countPages(chain: string, objects: Pick<Objects, 'list'>): Promise<number> {
  return (await objects.list(chain)).filter((name) => name.endsWith('.page')).length
}

/** What is needed of one page of a chain. Throws when it is not in the store. */
export async function pageAt(
  place: Omit<ChainPlace, 'ask' | 'limit'>,
  seq: number,
  objects: Pick<Objects, 'read'>,
): Promise<Kept> {
  const bytes = await objects.read(pageKey(place.run, place.account, place.region, place.chain, seq))
  if (bytes === undefined)
    throw new Error(`page ${seq} of ${place.run} ${place.account} ${place.region} is missing from the store`)
  const { head, hash } = decodePage(bytes)
  return { head, hash }
}

async function nextPage(
  place: ChainPlace,
  last: Kept | undefined,
  tokens: Tokens,
  deps: ChainDeps,
): Promise<Kept | Exclude<ChainEnd, { head: PageHead }>> {
  let ask = last?.head.asked ?? place.ask
  let token = last?.head.nextToken
  for (let tries = 0; ; ) {
    const pace = await deps.pace()
    if (pace.kind === 'until') return { kind: 'wait', until: pace.until }
    const paused = await deps.mayGoOn()
    if (paused !== undefined) return paused
    try {
      const found = await deps.lookup(ask, token)
      await deps.paced('served')
      return await keep(place, last, ask, found, deps)
    } catch (error) {
      if (!isAwsFault(error)) throw error
      if (error.code === 'throttled') await deps.paced('throttled')
      else if (error.code === 'invalid_token' && last !== undefined && token !== undefined) {
        if (tokens.lapsed(last.head.watermark) > MOST_TRIES) return { kind: 'fault', fault: error }
        // The token lapsed between pages: go on from the oldest second read; what that second repeats, the merge drops. Where AWS
        // did not keep its order, newer records may be unread still: all is read again.
        ask = isOrderly(last.head) ? { ...place.ask, until: iso(last.head.watermark) } : place.ask
        token = undefined
      } else if (error.code !== 'transient' || ++tries >= MOST_TRIES) return { kind: 'fault', fault: error }
      else await deps.sleep(backoff(tries, deps.random()))
    }
  }
}

/** Full jitter over a doubling bound. */
function backoff(tries: number, random: number): number {
  return Math.round(random * Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** tries))
}

async function keep(
  place: ChainPlace,
  last: Kept | undefined,
  ask: Chain,
  found: LookupPage,
  deps: ChainDeps,
): Promise<Kept> {
  const entries = found.events.map((event) => entryOf(event, deps.matches))
  const head = headOf(place, last, ask, found, entries, deps.now())
  const bytes = encodePage(head, entries)
  const kept = { head, hash: sha256(bytes) }
  const key = pageKey(place.run, place.account, place.region, place.chain, head.seq)
  const created = await deps.objects.create(key, bytes)
  if (!created) return await pageAt(place, head.seq, deps.objects)
  const matching = entries.filter((entry) => entry.matched)
  const ended = head.end !== undefined
  const { run, account, region, chain: number } = place
  await deps.added({
    records: entries.length,
    matched: matching.length,
    chain: pageKey(run, account, region, number, 0),
    share: shareRead(place.ask, head),
    ended,
    found: matching,
  })
  return kept
}

function headOf(
  place: ChainPlace,
  last: Kept | undefined,
  ask: Chain,
  found: LookupPage,
  entries: readonly Entry[],
  now: Date,
): PageHead {
  const times = entries.map((entry) => entry.eventTime)
  const oldest = times.reduce((a, b) => Math.min(a, b), last?.head.watermark ?? Number.POSITIVE_INFINITY)
  const newest = times.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)
  const matched = (last?.head.matched ?? 0) + entries.filter((entry) => entry.matched).length
  const end = found.nextToken === undefined ? 'read' : matched > place.limit ? 'limit' : undefined
  return {
    version: 1,
    run: place.run,
    account: place.account,
    region: place.region,
    chain: place.chain,
    seq: (last?.head.seq ?? -1) + 1,
    ...(last === undefined ? {} : { previous: last.hash }),
    asked: ask,
    ...(found.nextToken === undefined ? {} : { nextToken: found.nextToken }),
    ...(end === undefined ? {} : { end }),
    watermark: Number.isFinite(oldest) ? oldest : seconds(ask.until),
    disorder: last?.head.disorder === true || (last !== undefined && newest > last.head.watermark),
    ...(last?.head.ragged === true || !fallsOnly(times) ? { ragged: true } : {}),
    records: (last?.head.records ?? 0) + entries.length,
    matched,
    fetchedAt: now.toISOString(),
    ...(found.requestId === undefined ? {} : { requestId: found.requestId }),
  }
}

/** Whether everything newer than a chain's watermark has been read: AWS gave newest first, from page to page and within each. */
export function isOrderly({ disorder, ragged }: Pick<PageHead, 'disorder' | 'ragged'>): boolean {
  return !disorder && ragged !== true
}

function fallsOnly(times: readonly number[]): boolean {
  return times.every((time, at) => at === 0 || time <= (times[at - 1] ?? time))
}

/** What is kept of a record that AWS gave. One that cannot be read may be the one that is looked for: it is in the answer, whatever is asked. */
export function entryOf(event: LookedUp, matches: (record: CloudTrailRecord) => boolean): Entry {
  const { eventTime, eventId, text } = event
  const record = recordIn(text)
  return { eventTime, eventId, text, matched: record === undefined || matches(record) }
}

/** How much of a chain's window is newer than its watermark. */
function shareRead(ask: Chain, { end, watermark }: PageHead): number {
  const [since, until] = [seconds(ask.since), seconds(ask.until)]
  if (end === 'read' || until <= since) return 1
  return Math.min(1, Math.max(0, (until - watermark) / (until - since)))
}

/** The record of a text. One that is no JSON object still counts: its envelope stands for it, under a name that says so. */
export function parseRecord(event: Pick<LookedUp, 'eventId' | 'eventTime' | 'text'>): CloudTrailRecord {
  return (
    recordIn(event.text) ?? {
      eventID: event.eventId,
      eventTime: iso(event.eventTime),
      eventName: UNREADABLE,
    }
  )
}

const UNREADABLE = '(unreadable record)'

function recordIn(text: string): CloudTrailRecord | undefined {
  try {
    const record: unknown = JSON.parse(text)
    if (record !== null && typeof record === 'object' && !Array.isArray(record)) return record as CloudTrailRecord
  } catch {
    // Not JSON. The exact text stays in the page.
  }
  return undefined
}
