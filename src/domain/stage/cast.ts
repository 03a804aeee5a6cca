import { DAY_S } from '../result/daily.ts'
import { compareTexts, kept } from '../result/kept.ts'
import type { Row } from '../result/row.ts'

/** Callers, addresses and places of one finding that are named one by one. */
const NAMED = 3
const VALUE_MAX = 200

export type Caller = { readonly who: string; readonly kind: string; readonly person?: string }

type More = { readonly callers: boolean; readonly addresses: boolean; readonly places: boolean }
const KINDS = ['callers', 'addresses', 'places'] as const
const NO_MORE: More = { callers: false, addresses: false, places: false }

/** One call, as a finding points at it. */
export type Witness = {
  readonly time: number
  readonly eventId: string
  readonly eventName: string
  readonly address: string
  readonly account: string
  readonly region: string
}

/**
 * Who, when, from where and how: what is counted of the calls behind a finding. Rows come newest first, by time and eventID, so that the
 * result is the same however they were cut into pages, parts and chains.
 */
export type Cast = {
  count: number
  changes: number
  denied: number
  failed: number
  first: number
  readonly last: number
  days: number
  day: number
  callers: readonly Caller[]
  addresses: readonly string[]
  places: readonly string[]
  /** There are more of them than are named. */
  more: More
  oldest: Witness
  readonly newest: Witness
}

/** Begins with one row. */
export function castOf(row: Row): Cast {
  const witness = witnessOf(row)
  const cast: Cast = {
    count: 0,
    changes: 0,
    denied: 0,
    failed: 0,
    first: row.eventTime,
    last: row.eventTime,
    days: 0,
    day: Number.NaN,
    callers: [],
    addresses: [],
    places: [],
    more: NO_MORE,
    oldest: witness,
    newest: witness,
  }
  addTo(cast, row)
  return cast
}

/** Adds an older row, or one of the same second. Only texts are kept: a row would keep its whole record in memory. */
export function addTo(cast: Cast, row: Row): void {
  const { who, kind, person, address } = row.telling
  cast.count += 1
  if (row.outcome !== 'done') cast[row.outcome] += 1
  else if (row.telling.change) cast.changes += 1
  if (who !== '') addCaller(cast, { who, kind, ...(person === undefined ? {} : { person }) })
  if (address !== '') addName(cast, 'addresses', kept(address, VALUE_MAX))
  addName(cast, 'places', `${row.account} ${row.region}`)
  addDay(cast, Math.floor(row.eventTime / DAY_S), 1)
  if (row.eventTime === cast.first && cast.count > 1) return
  cast.first = row.eventTime
  cast.oldest = witnessOf(row)
}

/** Adds a cast of older rows. */
export function addCast(cast: Cast, older: Cast): void {
  cast.count += older.count
  cast.changes += older.changes
  cast.denied += older.denied
  cast.failed += older.failed
  for (const caller of older.callers) addCaller(cast, caller)
  for (const name of older.addresses) addName(cast, 'addresses', name)
  for (const name of older.places) addName(cast, 'places', name)
  for (const what of KINDS) if (older.more[what]) markMore(cast, what)
  addDay(cast, Math.floor(older.last / DAY_S), older.days)
  cast.day = older.day
  if (older.first >= cast.first) return
  cast.first = older.first
  cast.oldest = older.oldest
}

/** A copy that can be added to while the first stays as it is. */
export function copyOf(cast: Cast): Cast {
  return { ...cast }
}

/** Rows come in the order of their times, so a new day is one that the last row was not on. */
function addDay(cast: Cast, day: number, days: number): void {
  cast.days += day === cast.day ? days - 1 : days
  cast.day = day
}

function addCaller(cast: Cast, caller: Caller): void {
  const who = kept(caller.who, VALUE_MAX)
  const person = caller.person === undefined ? undefined : kept(caller.person, VALUE_MAX)
  if (cast.callers.some((known) => known.who === who && known.person === person)) return
  if (cast.callers.length >= NAMED) markMore(cast, 'callers')
  else cast.callers = [...cast.callers, { who, kind: caller.kind, ...(person === undefined ? {} : { person }) }]
}

function addName(cast: Cast, what: 'addresses' | 'places', name: string): void {
  if (cast[what].includes(name)) return
  if (cast[what].length >= NAMED) markMore(cast, what)
  else cast[what] = [...cast[what], name]
}

function markMore(cast: Cast, what: keyof More): void {
  if (!cast.more[what]) cast.more = { ...cast.more, [what]: true }
}

export function witnessOf(row: Row): Witness {
  return {
    time: row.eventTime,
    eventId: kept(row.eventId, VALUE_MAX),
    eventName: kept(row.eventName, VALUE_MAX),
    address: kept(row.telling.address, VALUE_MAX),
    account: row.account,
    region: row.region,
  }
}

/** Names of a cast in an order that does not depend on when they were met. */
export function namesOf(names: Iterable<string>): readonly string[] {
  return [...names].sort(compareTexts)
}
