/**
 * The control API of the simulated PagerDuty, for tests and demonstrations: JSON, no key, only on this machine.
 *
 * GET /_playground/oncalls      who is on call: [{ user, schedule, level?, start?, end? }]
 * POST /_playground/oncalls     { oncalls: […] }: who is from now on
 * POST /_playground/faults      { status?, body?, delayMs?, times? }: what the next requests meet
 * DELETE /_playground/faults    no more faults
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type OnCall, type PagerDutyFault, type State, send } from './state.ts'

const PREFIX = '/_playground/'
const LONGEST_BODY = 64 * 1024

/** Whether a request is for the simulation, not for PagerDuty. */
export function isControl({ pathname }: URL): boolean {
  return pathname.startsWith(PREFIX)
}

type Body = { readonly [name: string]: unknown }

const HANDLERS: Readonly<Record<string, (state: State, body: Body) => unknown>> = {
  'GET oncalls': ({ oncalls }) => oncalls,
  'POST oncalls': (state, { oncalls }) => {
    if (!Array.isArray(oncalls) || !oncalls.every(isOnCall))
      throw new TypeError('oncalls is a list of user and schedule')
    state.oncalls = oncalls
    return { ok: true }
  },
  'POST faults': (state, { times = 1, ...fault }) => {
    if (typeof times !== 'number' || !isFault(fault)) throw new TypeError('a fault has status, body, delayMs or times')
    state.faults.push(...Array.from({ length: times }, () => fault))
    return { ok: true }
  },
  'DELETE faults': (state) => {
    state.faults.length = 0
    return { ok: true }
  },
}

/** Answers a request to the control API. */
export async function control(
  request: IncomingMessage,
  { pathname }: URL,
  response: ServerResponse,
  state: State,
): Promise<void> {
  const handler = HANDLERS[`${request.method} ${pathname.slice(PREFIX.length)}`]
  if (handler === undefined) return send(response, 404, JSON.stringify({ error: 'there is no such control' }))
  try {
    send(response, 200, JSON.stringify(handler(state, await bodyOf(request))))
  } catch (error) {
    send(response, 400, JSON.stringify({ error: error instanceof Error ? error.message : 'not understood' }))
  }
}

async function bodyOf(request: IncomingMessage): Promise<Body> {
  let text = ''
  for await (const chunk of request.setEncoding('utf8')) {
    text += String(chunk)
    if (text.length > LONGEST_BODY) throw new TypeError('the body is too long')
  }
  const body: unknown = text === '' ? {} : JSON.parse(text)
  if (body === null || typeof body !== 'object' || Array.isArray(body)) throw new TypeError('the body is a JSON object')
  return body as Body
}

function isOnCall(value: unknown): value is OnCall {
  const { user, schedule } = (value ?? {}) as Partial<OnCall>
  return typeof user === 'string' && typeof schedule === 'string'
}

const FAULT: { readonly [name: string]: string } = { status: 'number', body: 'string', delayMs: 'number' }

function isFault(value: Body): value is PagerDutyFault {
  const names = Object.keys(value)
  return names.length > 0 && names.every((name) => typeof value[name] === FAULT[name])
}
