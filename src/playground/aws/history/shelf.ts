import {
  ATTRIBUTES,
  type Entry,
  type Fields,
  newestFirst,
  orderOf,
  type Source,
  valuesOf,
  wired,
  wireOf,
} from './entry.ts'

/** A record to keep. Its text may be made when first asked for. */
export type Kept = {
  readonly account: string
  readonly region: string
  /** Whole seconds since 1970. */
  readonly time: number
  readonly fields: Fields
  readonly text: () => string
  /** Milliseconds since 1970 before which nobody sees it. */
  readonly visibleAt: number
}

export type Shelf = { readonly keep: (record: Kept) => void; readonly source: Source }

type Stored = Entry & { readonly visibleAt: number }

/** Records kept in memory, indexed by each attribute: the incident, what tests add, and the calls served here. */
export function shelf(): Shelf {
  const lists = new Map<string, Stored[]>()
  let count = 0
  return {
    keep: (record) => {
      count += 1
      const entry = stored(record, count)
      for (const key of keysOf(record)) insert(lists, key, entry)
    },
    source: (query) => {
      const { account, region, attribute } = query
      const key = attribute === undefined ? 'all' : `${attribute.key}=${attribute.value}`
      return newest(lists.get(`${account} ${region} ${key}`) ?? [], query)
    },
  }
}

function stored({ time, fields, text, visibleAt }: Kept, seq: number): Stored {
  return { time, order: orderOf(fields.eventId), seq, visibleAt, text, wire: () => wired(wireOf(fields, time, text())) }
}

function keysOf({ account, region, fields }: Kept): ReadonlySet<string> {
  const keys = ATTRIBUTES.flatMap((key) => valuesOf(fields, key).map((value) => `${account} ${region} ${key}=${value}`))
  return new Set([`${account} ${region} all`, ...keys])
}

/** Lists are oldest first, so that what happens now is put at the end. */
function insert(lists: Map<string, Stored[]>, key: string, entry: Stored): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [entry])
  else
    list.splice(
      firstAt(list, (other) => newestFirst(other, entry) <= 0),
      0,
      entry,
    )
}

/** The first index for which a condition holds that holds for everything after it. */
function firstAt(list: readonly Stored[], holds: (entry: Stored) => boolean): number {
  let low = 0
  let high = list.length
  while (low < high) {
    const middle = (low + high) >> 1
    const entry = list[middle]
    if (entry !== undefined && holds(entry)) high = middle
    else low = middle + 1
  }
  return low
}

function* newest(list: readonly Stored[], query: Parameters<Source>[0]): Generator<Entry, undefined> {
  const { start, end, after, now } = query
  let at = firstAt(list, (entry) => entry.time > end || (after !== undefined && newestFirst(after, entry) >= 0)) - 1
  for (; at >= 0; at -= 1) {
    const entry = list[at]
    if (entry === undefined || entry.time < start) return
    if (entry.visibleAt <= now) yield entry
  }
}
