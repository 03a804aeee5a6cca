import type { AwsFault, AwsFaultCode } from '../../src/domain/fault.ts'
import { type Chain, iso, seconds } from '../../src/domain/query/plan.ts'
import type { ChainDeps, LookedUp, LookupPage } from '../../src/usecases/readChain.ts'

/** The second that tests count from: 2026-11-20T12:00:00Z. */
export const NOON = seconds('2026-11-20T12:00:00Z')

/** A sorted AWS fault, as the adapter throws it. */
export function aFault(code: AwsFaultCode, parts: Partial<AwsFault> = {}): AwsFault {
  return Object.assign(new Error(`lookup: ${code}`), {
    fault: 'aws' as const,
    code,
    detail: `AWS says ${code}`,
    ...parts,
  })
}

/** A record `at` seconds after noon. */
export function anEvent(at: number, id: string, fields: { readonly [name: string]: unknown } = {}): LookedUp {
  const record = {
    eventID: id,
    eventTime: iso(NOON + at),
    eventName: 'GetUser',
    eventSource: 'iam.amazonaws.com',
    awsRegion: 'eu-west-1',
    userIdentity: { type: 'IAMUser', userName: 'alice', arn: 'arn:aws:iam::111122223333:user/alice' },
    ...fields,
  }
  return { eventId: id, eventTime: NOON + at, text: JSON.stringify(record) }
}

type Asked = { readonly ask: Chain; readonly token: string | undefined }

/** LookupEvents over a fixed history: inclusive ends, newest first, one attribute, tokens good for their own question alone. */
export type History = { readonly lookup: ChainDeps['lookup']; readonly asked: readonly Asked[] }

/** `pageSize` is AWS's 50 made small. */
export function historyOf(events: readonly LookedUp[], pageSize = 3): History {
  const asked: Asked[] = []
  const sorted = events.toSorted((a, b) => b.eventTime - a.eventTime)
  return {
    asked,
    lookup: async (ask, token) => {
      asked.push({ ask, token })
      const start = token === undefined ? 0 : startOf(token, ask)
      const found = sorted.filter((event) => isAsked(event, ask))
      const nextToken = start + pageSize < found.length ? tokenOf(start + pageSize, ask) : undefined
      const page: LookupPage = { events: found.slice(start, start + pageSize), requestId: `request-${asked.length}` }
      return nextToken === undefined ? page : { ...page, nextToken }
    },
  }
}

function isAsked(event: LookedUp, ask: Chain): boolean {
  if (event.eventTime < seconds(ask.since) || event.eventTime > seconds(ask.until)) return false
  if (ask.attribute === undefined) return true
  const record = JSON.parse(event.text) as { readonly [field: string]: unknown }
  if (ask.attribute.key === 'AccessKeyId')
    return (record['userIdentity'] as { readonly accessKeyId?: string }).accessKeyId === ask.attribute.value
  const field = { EventName: 'eventName', EventSource: 'eventSource' }[String(ask.attribute.key)]
  return field !== undefined && record[field] === ask.attribute.value
}

function tokenOf(start: number, ask: Chain): string {
  return JSON.stringify({ start, ask })
}

function startOf(token: string, ask: Chain): number {
  const held = JSON.parse(token) as { readonly start: number; readonly ask: Chain }
  if (JSON.stringify(held.ask) !== JSON.stringify(ask)) throw aFault('invalid_token')
  return held.start
}
