/**
 * The control API of the simulated AWS, for tests and demonstrations: JSON, no signature, only on this machine.
 *
 * POST /_playground/faults            { operation?, account?, region?, times?, after?, code?, message?, status?, delayMs?,
 *                                     drop?: "before" | "after" }: what goes wrong with the next calls it fits (faults.ts)
 * DELETE /_playground/faults          no more faults
 * GET /_playground/counters           for each account, Region and operation: served, throttled, failed, inFlight,
 *                                     maxInFlight, servedAt, throttledAt (counters.ts)
 * DELETE /_playground/counters        counts start anew
 * GET, POST /_playground/settings     { rate, burst, latencyMs, jitterMs, deliveryDelayMs }, any of them
 * POST /_playground/sessions/expire   { accessKeyId } or {} for all: those sessions are over now
 * POST /_playground/sessions/longest  { seconds }: sessions made from now on live no longer; {} lifts it
 * POST /_playground/records           { account, region, records: [{ text, visibleInMs? }] }: more records; `text` is kept
 *                                     to the letter and must be a JSON object with eventTime and eventID
 * GET /_playground/truth?account=&region=[&start=&end=][&key=&value=]
 *                                     every record up to now, delivered or not, as NDJSON, newest first; times are ISO
 *                                     or seconds, both included, 90 days unless told; key and value: an attribute
 * GET /_playground/story              what the incident is made of (organisation/incident/story.ts)
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Body, ControlError } from './controlBody.ts'
import { appendRecords } from './controlRecords.ts'
import { readFault } from './faults.ts'
import { readBody, sendJson } from './http.ts'
import type { Running, Settings } from './serve.ts'
import { streamTruth } from './truth.ts'

const PREFIX = '/_playground/'

export function isControl(request: IncomingMessage): boolean {
  return request.url?.startsWith(PREFIX) ?? false
}

type Handler = (running: Running, body: Body) => unknown

const HANDLERS: Readonly<Record<string, Handler>> = {
  'POST faults': ({ faults }, body) => {
    faults.add(readFault(body))
    return DONE
  },
  'DELETE faults': ({ faults }) => {
    faults.clear()
    return DONE
  },
  'GET counters': ({ counters }) => counters.all(),
  'DELETE counters': ({ counters }) => {
    counters.reset()
    return DONE
  },
  'GET settings': ({ settings }) => settings,
  'POST settings': change,
  'POST sessions/expire': ({ world }, { accessKeyId }) => ({ expired: world.keys.expire(textOf(accessKeyId)) }),
  'POST sessions/longest': ({ world }, { seconds }) => {
    world.keys.shorten(typeof seconds === 'number' ? seconds : undefined)
    return DONE
  },
  'POST records': (running, body) => ({ added: appendRecords(running, body) }),
  'GET story': ({ story }) => story ?? {},
}

const DONE = { ok: true }

export async function control(running: Running, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1')
  const name = `${request.method} ${url.pathname.slice(PREFIX.length)}`
  const body = await readBody(request, RECORDS_MAX)
  try {
    if (name === 'GET truth') return await streamTruth(running, url.searchParams, response)
    const handler = Object.hasOwn(HANDLERS, name) ? HANDLERS[name] : undefined
    if (handler === undefined) return sendJson(response, 404, { error: `there is no ${name}` })
    sendJson(response, 200, handler(running, parse(body)))
  } catch (error) {
    if (!(error instanceof ControlError)) throw error
    sendJson(response, 400, { error: error.message })
  }
}

/** Bytes of records that may be added in one call. */
const RECORDS_MAX = 64 * 1_048_576

/** New rates begin with full buckets. */
function change({ settings, buckets }: Running, body: Body): Settings {
  for (const [name, value] of Object.entries(body)) {
    if (!isSetting(name, settings) || typeof value !== 'number') throw new ControlError(`${name} is not a setting`)
    settings[name] = value
  }
  buckets.clear()
  return settings
}

function isSetting(name: string, settings: Settings): name is keyof Settings {
  return Object.hasOwn(settings, name)
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function parse(body: Buffer): Body {
  if (body.length === 0) return {}
  try {
    const value: unknown = JSON.parse(body.toString())
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  } catch {
    throw new ControlError('the body is not JSON')
  }
  throw new ControlError('the body is not a JSON object')
}
