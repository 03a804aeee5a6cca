import type { Cell } from './answer.ts'
import { kept, keyOf } from './kept.ts'
import type { Row } from './row.ts'
import { type Tally, tally } from './tally.ts'
import { isoOf } from './time.ts'
import { changeWeight, isSecretRead } from './weight.ts'

/** One call as a timeline tells it. */
export type Moment = {
  readonly time: string
  readonly who: Cell
  readonly person?: Cell
  readonly eventName: Cell
  readonly target: Cell
  readonly detail: Cell
  readonly credential: Cell
  readonly outcome: 'done' | 'denied' | 'failed'
  readonly errorCode: Cell
  readonly address: Cell
  readonly account: string
  readonly region: string
  readonly eventId: string
  /** How much it tells: the more, the higher. */
  readonly telling?: number
  /** Calls between the row before and this one that are not among the rows. */
  readonly before?: number
}

/** Calls in the order of their times: the most telling where there is no room for all, and always the first and the last. */
export type Timeline = {
  readonly rows: readonly Moment[]
  /** Calls that are not among the rows. */
  readonly more: number
}

/** Calls that a timeline holds: what somebody may read, and paste. */
export const TIMELINE_MAX = 200
/** A call that tells so much is no routine. */
export const NO_ROUTINE = 2
/** A call from an address that was never seen before tells so much more; one that was denied or failed less, so that what was done there is before it. */
const NEWCOMER = 4
const NEWCOMER_TRIED = { denied: 4.5, failed: 4.25 }
/** What was done and gave out something is before what was denied. */
const GAVE = 3
const VALUE_MAX = 200
/** Calls held of each address, of so many addresses, until it is known which of them are new. */
const ADDRESSES = 300
const OF_ADDRESS = 8

export type TimelineCollector = {
  /** Rows come newest first. */
  readonly add: (row: Row) => void
  /** `isNew`: addresses that were never seen before. */
  readonly finish: (isNew: ReadonlySet<string>) => Timeline
}

/** Collects 200 calls in memory that does not grow with their number: the most telling, and of those that tell as much the newest. */
export function timelineCollector(): TimelineCollector {
  const lists = Array.from({ length: 8 }, (): Placed[] => [])
  const addresses = tally<Placed[]>(ADDRESSES)
  const ends: { count: number; newest?: Placed; oldest?: Row } = { count: 0 }
  return {
    add: (row) => {
      const at = ends.count
      ends.count += 1
      ends.oldest = row
      const told = toldBy(row)
      const list = lists[told] ?? []
      const place = (): Placed => ({ at, moment: momentOf(row, told) })
      if (at === 0) ends.newest = place()
      if (list.length < TIMELINE_MAX) list.push(place())
      else addToAddress(addresses, row, place)
    },
    finish: (isNew) => {
      const { count, newest, oldest } = ends
      const first = oldest === undefined ? [] : [{ at: count - 1, moment: momentOf(oldest, toldBy(oldest)) }]
      const told = (some: readonly Placed[]): Placed[] => some.map((one) => asNew(one, isNew)).sort(byTelling)
      const found = [...lists, ...addresses.values()].flat()
      const places = new Map<number, Placed>()
      for (const one of [...told([...first, ...(newest === undefined ? [] : [newest])]), ...told(found)]) {
        if (places.size === TIMELINE_MAX) break
        if (!places.has(one.at)) places.set(one.at, one)
      }
      const rows = [...places.values()].sort((a, b) => b.at - a.at)
      return {
        rows: rows.map(({ at, moment }, index) => ({ ...moment, before: (rows[index - 1]?.at ?? count) - at - 1 })),
        more: count - rows.length,
      }
    },
  }
}

/** `at`: the row's place, newest first. */
type Placed = { readonly at: number; readonly moment: Moment & { readonly telling: number } }

function addToAddress(addresses: Tally<Placed[]>, row: Row, place: () => Placed): void {
  const { address } = row.telling
  if (address === '') return
  addresses.add(
    keyOf([address]),
    () => [],
    (held) => {
      if (held.length < OF_ADDRESS) held.push(place())
    },
  )
}

/** How much a call tells by itself: 0 to 7. A change tells what it opens; what was denied, or gave out a credential or a secret, is no routine. */
function toldBy({ outcome, telling, eventSource, eventName }: Row): number {
  if (outcome === 'denied') return NO_ROUTINE
  if (outcome === 'failed') return 1
  if (telling.change) {
    const weight = changeWeight(eventSource, eventName, telling.about().detail)
    return weight === 1 ? weight : weight + 1
  }
  return telling.credential === '' && !isSecretRead(eventSource, eventName) ? 0 : GAVE
}

function asNew({ at, moment }: Placed, isNew: ReadonlySet<string>): Placed {
  if (!isNew.has(moment.address)) return { at, moment }
  const { outcome } = moment
  return {
    at,
    moment: { ...moment, telling: outcome === 'done' ? moment.telling + NEWCOMER : NEWCOMER_TRIED[outcome] },
  }
}

function byTelling(a: Placed, b: Placed): number {
  return b.moment.telling - a.moment.telling || a.at - b.at
}

function momentOf(row: Row, told: number): Placed['moment'] {
  const { who, person, address, credential } = row.telling
  const { target, detail } = row.telling.about()
  return {
    time: isoOf(row.eventTime),
    who: kept(who, VALUE_MAX),
    ...(person === undefined ? {} : { person: kept(person, VALUE_MAX) }),
    eventName: kept(row.eventName, VALUE_MAX),
    target: kept(target, VALUE_MAX),
    detail,
    credential: kept(credential, VALUE_MAX),
    outcome: row.outcome,
    errorCode: kept(row.errorCode, VALUE_MAX),
    address: kept(address, VALUE_MAX),
    account: row.account,
    region: row.region,
    eventId: kept(row.eventId, VALUE_MAX),
    telling: told,
  }
}
