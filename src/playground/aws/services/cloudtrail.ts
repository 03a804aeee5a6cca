import { authorise } from '../authorise.ts'
import type { Call, Input, Operation, Result, Service } from '../call.ts'
import { AwsError } from '../errors.ts'
import {
  ATTRIBUTES,
  type Attribute,
  type Entry,
  type HistoryQuery,
  type Position,
  type Wire,
} from '../history/entry.ts'
import { openToken, sealToken } from '../nextToken.ts'
import { logDate } from '../organisation/dates.ts'

/** AWS: LookupEvents API reference. */
const PAGE_MAX = 50
const HISTORY_SECONDS = 90 * 86_400
const VALUE_MAX = 2000

const lookupEvents: Operation = {
  eventSource: 'cloudtrail.amazonaws.com',
  eventName: 'LookupEvents',
  readOnly: true,
  global: false,
  logged: ({ LookupAttributes, StartTime, EndTime, MaxResults, NextToken, EventCategory }) => ({
    ...(Array.isArray(LookupAttributes) && {
      lookupAttributes: LookupAttributes.map((one: Input) => ({
        attributeKey: one['AttributeKey'],
        attributeValue: one['AttributeValue'],
      })),
    }),
    ...(typeof StartTime === 'number' && { startTime: logDate(StartTime) }),
    ...(typeof EndTime === 'number' && { endTime: logDate(EndTime) }),
    ...(EventCategory !== undefined && { eventCategory: EventCategory }),
    ...(MaxResults !== undefined && { maxResults: MaxResults }),
    ...(NextToken !== undefined && { nextToken: NextToken }),
  }),
  run: (call) => {
    authorise(call.world.organisation, call.caller, {
      action: 'cloudtrail:LookupEvents',
      context: { 'aws:RequestedRegion': call.region },
    })
    return lookup(call)
  },
}

export const cloudtrail: Service = { protocol: 'json', operations: { LookupEvents: lookupEvents } }

function lookup({ world, caller, region, input, now }: Call): Result {
  const size = pageSize(input)
  const attribute = attributeOf(input)
  const insight = isInsight(input)
  const { start, end } = windowOf(input, now)
  const { NextToken, ...parameters } = input
  const question = JSON.stringify([caller.account, region, sorted(parameters)])
  const after = NextToken === undefined ? undefined : placeOf(world.secret, NextToken, question)
  if (insight) return { body: '{"Events":[]}' }
  const query: HistoryQuery = { account: caller.account, region, attribute, start, end, after, now: now.getTime() }
  const { page, last } = take(world.history(query), size)
  const token = last === undefined ? '' : `,"NextToken":${JSON.stringify(sealToken(world.secret, last, question))}`
  return { body: bodyOf(page, `]${token}}`) }
}

/** The page in one piece of memory, written once. */
function bodyOf(page: readonly Wire[], ending: string): Buffer {
  const closing = Buffer.from(ending)
  const length = page.reduce((sum, event) => sum + event.length + 1, 0) - (page.length > 0 ? 1 : 0)
  const body = Buffer.allocUnsafe(OPENING.length + length + closing.length)
  let at = OPENING.copy(body)
  for (const [index, event] of page.entries()) {
    if (index > 0) at += COMMA.copy(body, at)
    event.writeTo(body, at)
    at += event.length
  }
  closing.copy(body, at)
  return body
}

const OPENING = Buffer.from('{"Events":[')
const COMMA = Buffer.from(',')

/** A page of answers and, if there is more, the place it ends at. */
function take(entries: Iterator<Entry, undefined>, size: number): { page: Wire[]; last: Position | undefined } {
  const page: Wire[] = []
  let last: Position | undefined
  for (let next = entries.next(); !next.done; next = entries.next()) {
    if (page.length === size) return { page, last }
    const { time, order, seq } = next.value
    last = { time, order, seq }
    page.push(next.value.wire())
  }
  return { page, last: undefined }
}

function pageSize({ MaxResults }: Input): number {
  if (MaxResults === undefined) return PAGE_MAX
  if (typeof MaxResults === 'number' && Number.isInteger(MaxResults) && MaxResults >= 1 && MaxResults <= PAGE_MAX)
    return MaxResults
  throw new AwsError('InvalidMaxResultsException', 'A value for MaxResults must be between 1 and 50.')
}

function attributeOf({ LookupAttributes }: Input): Attribute | undefined {
  if (LookupAttributes === undefined) return undefined
  if (!Array.isArray(LookupAttributes)) throw badAttribute('Lookup attributes must be a list.')
  if (LookupAttributes.length > 1) throw badAttribute('You can specify only one lookup attribute.')
  const [one] = LookupAttributes
  if (one === undefined) return undefined
  const key = ATTRIBUTES.find((known) => known === one.AttributeKey)
  const value: unknown = one.AttributeValue
  if (key === undefined) throw badAttribute(`${String(one.AttributeKey)} is not a valid lookup attribute key.`)
  if (typeof value !== 'string' || value.length === 0 || weight(value) > VALUE_MAX)
    throw badAttribute('A lookup attribute value must have 1 to 2000 characters.')
  return { key, value }
}

/** AWS: `_`, space, `,` and line feed count double. */
function weight(value: string): number {
  return value.length + (value.match(/[_ ,\n]/g)?.length ?? 0)
}

function badAttribute(message: string): AwsError {
  return new AwsError('InvalidLookupAttributesException', message)
}

function isInsight({ EventCategory }: Input): boolean {
  if (EventCategory !== undefined && EventCategory !== 'insight')
    throw new AwsError('InvalidEventCategoryException', 'The event category must be insight.')
  return EventCategory === 'insight'
}

/** Event times are whole seconds, and both ends belong to the window. */
function windowOf({ StartTime, EndTime }: Input, now: Date): { start: number; end: number } {
  const latest = Math.floor(now.getTime() / 1000)
  const oldest = latest - HISTORY_SECONDS
  const start = secondsOf(StartTime) ?? oldest
  const end = secondsOf(EndTime) ?? latest
  if (start > end) throw badRange('The start time must not be later than the end time.')
  if (end < oldest) throw badRange('The time range is outside the 90 days of event history.')
  return { start: Math.max(start, oldest), end: Math.min(end, latest) }
}

function secondsOf(value: unknown): number | undefined {
  if (value === undefined) return undefined
  if (typeof value !== 'number' || !Number.isFinite(value)) throw badRange('A time must be a number of seconds.')
  return Math.floor(value)
}

function badRange(message: string): AwsError {
  return new AwsError('InvalidTimeRangeException', message)
}

function placeOf(secret: Buffer, token: unknown, question: string): Position {
  const place = typeof token === 'string' ? openToken(secret, token, question) : undefined
  if (!isPosition(place))
    throw new AwsError('InvalidNextTokenException', 'The NextToken is not valid for this request.')
  return place
}

function isPosition(value: unknown): value is Position {
  return typeof value === 'object' && value !== null && 'time' in value && 'order' in value && 'seq' in value
}

function sorted(parameters: Input): unknown {
  return Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1))
}
