/**
 * The control API of the simulated AWS, for tests and demonstrations: JSON, no signature, only on this machine.
 *
 * POST /_playground/faults            a fault (see faults.ts): what goes wrong with the next calls it fits
 * DELETE /_playground/faults          no more faults
 * GET /_playground/counters           for each account, Region and operation: served, throttled, failed, maxInFlight, times
 * DELETE /_playground/counters        counts start anew
 * GET, POST /_playground/settings     { rate, burst, latencyMs, jitterMs, deliveryDelayMs }, any of them
 * POST /_playground/sessions/expire   { accessKeyId } or {} for all: those sessions are over now
 * POST /_playground/sessions/longest  { seconds }: sessions live no longer; {} lifts it
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Fault } from './faults.ts'
import { readBody, sendJson } from './http.ts'
import type { Running, Settings } from './serve.ts'

const PREFIX = '/_playground/'

export function isControl(request: IncomingMessage): boolean {
  return request.url?.startsWith(PREFIX) ?? false
}

type Body = { readonly [key: string]: unknown }
type Handler = (running: Running, body: Body) => unknown

const HANDLERS: Readonly<Record<string, Handler>> = {
  'POST faults': ({ faults }, body) => {
    faults.add(body as Fault)
    return { ok: true }
  },
  'DELETE faults': ({ faults }) => {
    faults.clear()
    return { ok: true }
  },
  'GET counters': ({ counters }) => counters.all(),
  'DELETE counters': ({ counters }) => {
    counters.reset()
    return { ok: true }
  },
  'GET settings': ({ settings }) => settings,
  'POST settings': change,
  'POST sessions/expire': ({ world }, { accessKeyId }) => ({ expired: world.keys.expire(textOf(accessKeyId)) }),
  'POST sessions/longest': ({ world }, { seconds }) => {
    world.keys.shorten(typeof seconds === 'number' ? seconds : undefined)
    return { ok: true }
  },
}

export async function control(running: Running, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const name = `${request.method} ${(request.url ?? '').slice(PREFIX.length).split('?')[0]}`
  const handler = Object.hasOwn(HANDLERS, name) ? HANDLERS[name] : undefined
  if (handler === undefined) return sendJson(response, 404, { error: `there is no ${name}` })
  const body = parse(await readBody(request))
  if (body === undefined) return sendJson(response, 400, { error: 'the body is not a JSON object' })
  sendJson(response, 200, handler(running, body))
}

/** New rates begin with full buckets. */
function change({ settings, buckets }: Running, body: Body): Settings {
  for (const name of ['rate', 'burst', 'latencyMs', 'jitterMs', 'deliveryDelayMs'] as const) {
    const value = body[name]
    if (typeof value === 'number') settings[name] = value
  }
  buckets.clear()
  return settings
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function parse(body: Buffer): Body | undefined {
  if (body.length === 0) return {}
  try {
    const value: unknown = JSON.parse(body.toString())
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined
  } catch {
    return undefined
  }
}
