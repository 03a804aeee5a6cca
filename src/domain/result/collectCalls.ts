import { seconds } from '../query/plan.ts'
import { ordered } from './facetOrder.ts'
import type { CallSeen, Facet } from './facets.ts'
import { kept, keyOf } from './kept.ts'
import type { Row } from './row.ts'
import { type Tally, tally } from './tally.ts'
import type { About } from './telling.ts'
import { isoOf } from './time.ts'
import { type ChangeWeight, changeWeight } from './weight.ts'

/** Kinds of calls kept apart while counting, of each weight. */
const COUNTED = 700
/** Shown at most. */
const KEPT = 20
const VALUE_MAX = 200

type Calls = {
  readonly newest: Omit<CallSeen, 'count' | 'first'>
  count: number
  first: number
}

export type CallCollector = {
  readonly add: (row: Row) => void
  /** `isNew`: addresses that were never seen before. */
  readonly finish: (isNew: ReadonlySet<string>) => Facet<CallSeen>
}

/** Collects calls, those that are alike together. They are kept apart by weight, so that a million log streams leave room for one new user. */
export function callCollector(): CallCollector {
  const room = (): Tally<Calls> => tally<Calls>(COUNTED)
  const tallies: { readonly [weight in ChangeWeight]: Tally<Calls> } = {
    1: room(),
    2: room(),
    3: room(),
    4: room(),
    5: room(),
    6: room(),
  }
  return {
    add: (row) => {
      const about = row.telling.about()
      const weight = changeWeight(row.eventSource, row.eventName, about.detail)
      addCall(tallies[weight], row, about, weight)
    },
    finish: (isNew) => callFacet(Object.values(tallies), tellingOrder(isNew)),
  }
}

function addCall(calls: Tally<Calls>, row: Row, { target, detail }: About, weight: ChangeWeight): void {
  const { who, address } = row.telling
  calls.add(
    keyOf([row.eventSource, row.eventName, who, address, target, detail]),
    () => ({ newest: { ...callOf(row, target, detail), weight }, count: 0, first: row.eventTime }),
    (seen) => {
      seen.count += 1
      seen.first = row.eventTime
    },
  )
}

/** Only texts: a row would keep its whole record in memory. */
function callOf(row: Row, target: string, detail: string): Omit<Calls['newest'], 'weight'> {
  const { who, person, address, credential } = row.telling
  return {
    service: serviceOf(row.eventSource),
    eventName: kept(row.eventName, VALUE_MAX),
    target: kept(target, VALUE_MAX),
    detail,
    credential: kept(credential, VALUE_MAX),
    who: kept(who, VALUE_MAX),
    ...(person === undefined ? {} : { person: kept(person, VALUE_MAX) }),
    address: kept(address, VALUE_MAX),
    account: row.account,
    region: row.region,
    last: isoOf(row.eventTime),
    eventId: kept(row.eventId, VALUE_MAX),
  }
}

function callFacet(tallies: readonly Tally<Calls>[], order: (a: Calls, b: Calls) => number): Facet<CallSeen> {
  const all = tallies.flatMap((calls) => calls.values()).sort(order)
  const uncounted = tallies.reduce((sum, calls) => sum + calls.uncounted(), 0)
  const shown = all.slice(0, KEPT)
  return {
    rows: shown.map(({ newest, count: times, first }) => ({ ...newest, count: times, first: isoOf(first) })),
    calls: all.reduce((sum, { count: times }) => sum + times, 0) + uncounted,
    more: all.length - shown.length,
    uncounted,
  }
}

/** Changes by what they open, and from addresses that were never seen before; then the rarest, then the newest. */
function tellingOrder(isNew: ReadonlySet<string>): (a: Calls, b: Calls) => number {
  const newest = ({ newest: { last } }: Calls): number => seconds(last)
  return ordered<Calls>(
    [({ newest: { address, weight } }) => weight + (isNew.has(address) ? 2 : 0), ({ count: times }) => -times, newest],
    ({ newest: { eventId } }) => eventId,
  )
}

/** A service as people call it. */
export function serviceOf(eventSource: string): string {
  return kept(eventSource.replace(/\.amazonaws\.com(?:\.cn)?$/, ''), VALUE_MAX)
}
