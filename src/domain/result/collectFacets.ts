import { seconds } from '../query/plan.ts'
import { SERVICE_KINDS } from '../runbook/caller.ts'
import { callCollector, serviceOf } from './collectCalls.ts'
import { DAY_S, isDaily } from './daily.ts'
import { ordered } from './facetOrder.ts'
import type {
  AddressSeen,
  DeniedSeen,
  Facet,
  Facets,
  PrincipalSeen,
  Reading,
  RegionSeen,
  Seen,
  SubjectSeen,
} from './facets.ts'
import { compareTexts, kept, keyOf } from './kept.ts'
import type { Row } from './row.ts'
import { type Tally, tally } from './tally.ts'
import { isoOf } from './time.ts'

/** Kept apart while counting; with what is kept of a value, some ten megabytes at most, whatever the records say. */
const COUNTED = 4_000
/** Shown at most. */
const KEPT = 20
const VALUE_MAX = 200
const AGENTS = 8
const AGENTS_KEPT = 3
/**
 * "Not seen before" is said of an address when there were only others for so long before its first call, in seconds; and for so many of its own
 * lifetimes, where that was less than a week.
 */
const KNOWN_S = DAY_S
const LONG_KNOWN_S = 7 * DAY_S
const LIFETIMES = 4

type Counting = { count: number; changes: number; denied: number; failed: number; first: number; last: number }
type Address = Counting & { address: string; agents: Map<string, number>; days: number; day: number }
type Principal = Counting & { who: string; kind: string; person: string; account: string }
type Region = Counting & { account: string; region: string }

export type FacetCollector = {
  readonly add: (row: Row) => void
  readonly finish: (reading: Reading) => Facets
}

/**
 * Collects what rows tell, in memory that does not grow with their number. Rows come newest first, by time and eventID, so that the
 * result is the same however they were cut into pages. `labelOf`: what an address is called; `subject`: which of a row's cells is its
 * subject.
 */
export function facetCollector(
  labelOf: (address: string) => string | undefined,
  subject: number | undefined,
): FacetCollector {
  const subjects = tally<{ value: string; count: number }>(COUNTED)
  const addresses = tally<Address>(COUNTED)
  const principals = tally<Principal>(COUNTED)
  const regions = tally<Region>(COUNTED)
  const changes = callCollector()
  const credentials = callCollector()
  const denied = tally<{ service: string; eventName: string; count: number }>(COUNTED)
  const times = { first: Number.POSITIVE_INFINITY }

  const add = (row: Row): void => {
    times.first = Math.min(times.first, row.eventTime)
    if (subject !== undefined) addSubject(subjects, row.cells[subject] ?? '')
    addAddress(addresses, row)
    addPrincipal(principals, row)
    const { account, region } = row
    regions.add(
      `${account} ${region}`,
      () => ({ ...counting(row), account, region }),
      (seen) => count(seen, row),
    )
    if (row.outcome === 'denied') addDenied(denied, row)
    if (row.outcome !== 'done') return
    if (row.telling.change) changes.add(row)
    else if (row.telling.credential !== '') credentials.add(row)
  }

  return {
    add,
    finish: (reading) => {
      const seen = facet(addresses, (one) => addressSeen(one, times.first, reading, labelOf), byAddress)
      const isNew = new Set(seen.all.filter(({ newAfter }) => newAfter !== undefined).map(({ address }) => address))
      return {
        subjects: facet(subjects, (one): SubjectSeen => one, bySubject).facet,
        addresses: seen.facet,
        principals: facet(principals, principalSeen, byPrincipal).facet,
        changes: changes.finish(isNew),
        credentials: credentials.finish(isNew),
        denied: facet(denied, (one): DeniedSeen => one, byDenied).facet,
        regions: facet(regions, regionSeen, byRegion).facet,
      }
    },
  }
}

function counting({ eventTime }: Row): Counting {
  return { count: 0, changes: 0, denied: 0, failed: 0, first: eventTime, last: eventTime }
}

function count(seen: Counting, row: Row): void {
  seen.count += 1
  if (row.outcome !== 'done') seen[row.outcome] += 1
  else if (row.telling.change) seen.changes += 1
  seen.first = Math.min(seen.first, row.eventTime)
  seen.last = Math.max(seen.last, row.eventTime)
}

function seenOf({ count, changes, denied, failed, first, last }: Counting): Seen {
  return { count, changes, denied, failed, first: isoOf(first), last: isoOf(last) }
}

function addSubject(subjects: Tally<{ value: string; count: number }>, value: string): void {
  if (value === '') return
  subjects.add(
    keyOf([value]),
    () => ({ value: kept(value, VALUE_MAX), count: 0 }),
    (seen) => {
      seen.count += 1
    },
  )
}

function addAddress(addresses: Tally<Address>, row: Row): void {
  const { address, agent } = row.telling
  if (address === '') return
  const start = (): Address => ({
    ...counting(row),
    address: kept(address, VALUE_MAX),
    agents: new Map(),
    days: 0,
    day: Number.NaN,
  })
  addresses.add(keyOf([address]), start, (seen) => {
    count(seen, row)
    // Rows come in the order of their times, so a new day is one that the last row was not on.
    const day = Math.floor(row.eventTime / DAY_S)
    if (day !== seen.day) seen.days += 1
    seen.day = day
    if (agent !== '' && (seen.agents.has(agent) || seen.agents.size < AGENTS))
      seen.agents.set(agent, (seen.agents.get(agent) ?? 0) + 1)
  })
}

function addPrincipal(principals: Tally<Principal>, row: Row): void {
  const { who, kind, person } = row.telling
  if (who === '') return
  const { account } = row
  principals.add(
    keyOf([account, who, person ?? '']),
    () => ({
      ...counting(row),
      who: kept(who, VALUE_MAX),
      kind,
      person: kept(person ?? '', VALUE_MAX),
      account,
    }),
    (seen) => count(seen, row),
  )
}

function addDenied(denied: Tally<{ service: string; eventName: string; count: number }>, row: Row): void {
  denied.add(
    keyOf([row.eventSource, row.eventName]),
    () => ({ service: serviceOf(row.eventSource), eventName: kept(row.eventName, VALUE_MAX), count: 0 }),
    (seen) => {
      seen.count += 1
    },
  )
}

function addressSeen(
  one: Address,
  first: number,
  reading: Reading,
  labelOf: (address: string) => string | undefined,
): AddressSeen {
  const since = seconds(reading.window.since)
  const label = labelOf(one.address)
  const daily = isDaily(one.days, first, reading.window)
  const isNew = reading.whole && !daily && isNews(one, one.first - Math.max(first, since))
  return {
    ...seenOf(one),
    address: one.address,
    ...(label === undefined ? {} : { label }),
    agents: [...one.agents]
      .sort((a, b) => b[1] - a[1] || compareTexts(a[0], b[0]))
      .slice(0, AGENTS_KEPT)
      .map(([agent]) => agent),
    daily,
    ...(isNew ? { newAfter: one.first - since } : {}),
  }
}

/** One that came soon after the first call of all, or has long been there since, is one of those that are always met. `known`: seconds. */
function isNews({ first, last }: Address, known: number): boolean {
  const lifetimes = known >= LONG_KNOWN_S ? 1 : LIFETIMES
  return known >= KNOWN_S && known >= lifetimes * (last - first)
}

function principalSeen(one: Principal): PrincipalSeen {
  const { who, kind, person, account } = one
  return { ...seenOf(one), who, kind, ...(person === '' ? {} : { person }), account }
}

function regionSeen(one: Region): RegionSeen {
  return { ...seenOf(one), account: one.account, region: one.region }
}

function facet<V extends { readonly count: number }, T>(
  values: Tally<V>,
  seen: (value: V) => T,
  order: (a: T, b: T) => number,
): { readonly facet: Facet<T>; readonly all: readonly T[] } {
  const counted = values.values()
  const all = counted.map(seen).sort(order)
  const rows = all.slice(0, KEPT)
  const uncounted = values.uncounted()
  return { facet: { rows, calls: callsOf(counted) + uncounted, more: all.length - rows.length, uncounted }, all }
}

function callsOf(counted: readonly { readonly count: number }[]): number {
  return counted.reduce((sum, { count: times }) => sum + times, 0)
}

const byAddress = ordered<AddressSeen>(
  [
    ({ newAfter }) => (newAfter === undefined ? 0 : 1),
    ({ label }) => (label === undefined ? 1 : 0),
    ({ changes }) => changes,
    ({ denied }) => denied,
    ({ count: times }) => times,
  ],
  ({ address }) => address,
)
/** Services do much by themselves all day long: whoever else did something comes first. */
const byPrincipal = ordered<PrincipalSeen>(
  [
    ({ kind }) => (SERVICE_KINDS.includes(kind) ? 0 : 1),
    ({ changes }) => changes,
    ({ denied }) => denied,
    ({ count: times }) => times,
  ],
  ({ account, who, person }) => `${account} ${who} ${person ?? ''}`,
)
const byRegion = ordered<RegionSeen>([({ count: times }) => times], ({ account, region }) => `${account} ${region}`)
const bySubject = ordered<SubjectSeen>([({ count: times }) => times], ({ value }) => value)
const byDenied = ordered<DeniedSeen>(
  [({ count: times }) => times],
  ({ service, eventName }) => `${eventName} ${service}`,
)
