/** A resource as LookupEvents lists it beside the record. */
export type Resource = { readonly ResourceType: string; readonly ResourceName: string }

/** What CloudTrail indexes of a record. */
export type Fields = {
  readonly eventId: string
  readonly eventName: string
  readonly eventSource: string
  readonly readOnly: boolean
  readonly username: string | undefined
  readonly accessKeyId: string | undefined
  readonly resources: readonly Resource[]
}

/** Where an entry stands: newest first by second, then by an order of no meaning, as CloudTrail's within a second. */
export type Position = { readonly time: number; readonly order: number; readonly seq: number }

/** JSON text that is written where it is needed: a page of fifty is many kilobytes, and copies are what it costs. */
export type Wire = { readonly length: number; readonly writeTo: (into: Buffer, at: number) => void }

/** A record in the history of an account and Region. `time` is in whole seconds since 1970. */
export type Entry = Position & {
  /** The record as JSON text, exactly as CloudTrail gives it. */
  readonly text: () => string
  /** The element of LookupEvents' answer. */
  readonly wire: () => Wire
}

export const ATTRIBUTES = [
  'EventId',
  'EventName',
  'ReadOnly',
  'Username',
  'ResourceType',
  'ResourceName',
  'EventSource',
  'AccessKeyId',
] as const

export type Attribute = { readonly key: (typeof ATTRIBUTES)[number]; readonly value: string }

export type HistoryQuery = {
  readonly account: string
  readonly region: string
  readonly attribute?: Attribute | undefined
  /** First and last second, both included. */
  readonly start: number
  readonly end: number
  /** Only what comes after this, on the way from new to old. */
  readonly after?: Position | undefined
  /** The server's time in milliseconds: what is not delivered yet is left out. */
  readonly now: number
}

/** Something that holds records of the past and gives those that match, newest first, as lazily as it can. */
export type Source = (query: HistoryQuery) => Iterator<Entry, undefined>

/** Negative when `a` comes before `b`, that is, when it is newer. */
export function newestFirst(a: Position, b: Position): number {
  return b.time - a.time || b.order - a.order || b.seq - a.seq
}

/** The order within a second: the last twelve hexadecimal digits of the event's id. */
export function orderOf(eventId: string): number {
  const order = Number.parseInt(eventId.slice(-12), 16)
  return Number.isNaN(order) ? 0 : order
}

export function valuesOf(fields: Fields, key: Attribute['key']): readonly string[] {
  switch (key) {
    case 'EventId':
      return [fields.eventId]
    case 'EventName':
      return [fields.eventName]
    case 'EventSource':
      return [fields.eventSource]
    case 'ReadOnly':
      return [String(fields.readOnly)]
    case 'Username':
      return fields.username === undefined ? [] : [fields.username]
    case 'AccessKeyId':
      return fields.accessKeyId === undefined ? [] : [fields.accessKeyId]
    case 'ResourceName':
      return fields.resources.map(({ ResourceName }) => ResourceName)
    case 'ResourceType':
      return fields.resources.map(({ ResourceType }) => ResourceType)
  }
}

/** The element of LookupEvents' answer: what has no value is left out, EventTime is a number of seconds. */
export function wireOf(fields: Fields, time: number, text: string): string {
  const event = {
    AccessKeyId: fields.accessKeyId,
    CloudTrailEvent: text,
    EventId: fields.eventId,
    EventName: fields.eventName,
    EventSource: fields.eventSource,
    EventTime: time,
    ReadOnly: String(fields.readOnly),
    Resources: fields.resources,
    Username: fields.username,
  }
  return JSON.stringify(event)
}

/** Several sources as one, still newest first. */
export function* merge(sources: readonly Source[], query: HistoryQuery): Generator<Entry, undefined> {
  const heads: { next: Entry; from: Iterator<Entry, undefined> }[] = []
  for (const source of sources) {
    const from = source(query)
    const first = from.next()
    if (!first.done) heads.push({ next: first.value, from })
  }
  while (heads.length > 0) {
    let newest = heads[0]
    for (const head of heads) if (newest === undefined || newestFirst(head.next, newest.next) < 0) newest = head
    if (newest === undefined) return
    yield newest.next
    const following = newest.from.next()
    if (following.done) heads.splice(heads.indexOf(newest), 1)
    else newest.next = following.value
  }
}

/** Text as something to be written. */
export function wired(text: string): Wire {
  const bytes = Buffer.from(text)
  return {
    length: bytes.length,
    writeTo: (into, at) => {
      bytes.copy(into, at)
    },
  }
}
