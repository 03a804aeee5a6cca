import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { ControlError } from './controlBody.ts'
import { ATTRIBUTES, type Attribute, type HistoryQuery, type Position } from './history/entry.ts'
import type { Running } from './serve.ts'

/** Records read before others get their turn. */
const BATCH = 1000

/** Writes every record of an account and Region as NDJSON, by the same history that LookupEvents reads, unpaged. */
export async function streamTruth(
  running: Running,
  parameters: URLSearchParams,
  response: ServerResponse,
): Promise<void> {
  const query = queryOf(parameters, Math.floor(running.now().getTime() / 1000))
  response.writeHead(200, { 'content-type': 'application/x-ndjson' })
  let after: Position | undefined
  do {
    const batch = batchOf(running, { ...query, after })
    after = batch.more
    if (!response.write(batch.lines) && !response.destroyed) await once(response, 'drain')
  } while (after !== undefined && !response.destroyed)
  response.end()
}

function batchOf({ world }: Running, query: HistoryQuery): { lines: string; more: Position | undefined } {
  const entries = world.everything(query)
  let lines = ''
  let last: Position | undefined
  for (let count = 0; count < BATCH; count += 1) {
    const next = entries.next()
    if (next.done) return { lines, more: undefined }
    lines += `${next.value.text()}\n`
    last = next.value
  }
  return { lines, more: last }
}

function queryOf(parameters: URLSearchParams, now: number): HistoryQuery {
  const [account, region, key, value] = ['account', 'region', 'key', 'value'].map((name) => parameters.get(name))
  if (!account || !region) throw new ControlError('truth needs account and region')
  const start = secondsOf(parameters.get('start')) ?? now - HISTORY_SECONDS
  const end = Math.min(secondsOf(parameters.get('end')) ?? now, now)
  const attribute = attributeOf(key ?? undefined, value ?? undefined)
  return { account, region, attribute, start, end, now: Number.POSITIVE_INFINITY }
}

/** As far back as event history reaches. */
const HISTORY_SECONDS = 90 * 86_400

function attributeOf(key: string | undefined, value: string | undefined): Attribute | undefined {
  if (key === undefined || value === undefined) return undefined
  const known = ATTRIBUTES.find((name) => name === key)
  if (known === undefined) throw new ControlError(`${key} is not a lookup attribute`)
  return { key: known, value }
}

function secondsOf(text: string | null): number | undefined {
  if (text === null || text === '') return undefined
  const seconds = /^\d+$/.test(text) ? Number(text) : Math.floor(Date.parse(text) / 1000)
  if (Number.isNaN(seconds)) throw new ControlError(`"${text}" is not a time`)
  return seconds
}
