import { type Body, ControlError } from './controlBody.ts'
import { type CloudTrailRecord, fieldsOf } from './history/fields.ts'
import type { Running } from './serve.ts'

/** Adds records exactly as given, late ones among them. Returns how many. */
export function appendRecords({ keep, now, settings }: Running, body: Body): number {
  const { account, region, records } = body
  if (typeof account !== 'string' || typeof region !== 'string' || !Array.isArray(records))
    throw new ControlError('records need { account, region, records: [{ text }] }')
  for (const given of records) {
    const { text, visibleInMs = 0 }: { text?: unknown; visibleInMs?: unknown } = given
    if (typeof text !== 'string' || typeof visibleInMs !== 'number')
      throw new ControlError('a record needs { text, visibleInMs? }')
    const record = parse(text)
    const time = Math.floor(Date.parse(String(record['eventTime'])) / 1000)
    if (Number.isNaN(time) || typeof record['eventID'] !== 'string')
      throw new ControlError('a record needs eventTime and eventID')
    const visibleAt = Math.max(time * 1000 + settings.deliveryDelayMs, now().getTime() + visibleInMs)
    keep({ account, region, time, fields: fieldsOf(record), text: () => text, visibleAt })
  }
  return records.length
}

function parse(text: string): CloudTrailRecord {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  } catch {
    throw new ControlError('the text of a record is not JSON')
  }
  throw new ControlError('the text of a record is not a JSON object')
}
