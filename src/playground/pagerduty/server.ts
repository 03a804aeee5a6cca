import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { control, isControl } from './control.ts'
import { type OnCall, type PagerDutyFault, type State, send } from './state.ts'

export type { OnCall } from './state.ts'

export type PagerDutyServerOptions = {
  readonly token?: string
  readonly port?: number
  readonly oncalls?: readonly OnCall[]
  /** Schedules that are there although nobody is on call for them now. */
  readonly schedules?: readonly string[]
  /** Requests a minute for one key, 960 unless told (PagerDuty: REST API rate limits). */
  readonly perMinute?: number
}

export type PagerDutyServer = {
  readonly url: string
  readonly token: string
  /** Who is on call from now on. */
  readonly set: (oncalls: readonly OnCall[]) => void
  /** The next request, or with `times` so many, meets this. */
  readonly fail: (fault: PagerDutyFault, times?: number) => void
  /** Paths with queries that were asked for, the newest last. */
  readonly asked: readonly string[]
  readonly close: () => Promise<void>
}

/** PagerDuty's own default and most of `limit`, and where classic pagination ends. */
const LIMIT = { usual: 25, most: 100, end: 10_000 }

/** A PagerDuty that knows who is on call, on this machine. */
export async function startPagerDuty(options: PagerDutyServerOptions = {}): Promise<PagerDutyServer> {
  const token = options.token ?? 'y_playgroundpagerduty'
  const { oncalls = [] } = options
  const schedules = new Set([...(options.schedules ?? []), ...oncalls.map(({ schedule }) => schedule)])
  const state: State = { oncalls, schedules, faults: [], asked: [], window: { from: 0, count: 0 } }
  const server = createServer((request, response) => {
    answer(request, response, token, options.perMinute ?? 960, state).catch(() => response.destroy())
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    token,
    set: (now) => {
      state.oncalls = now
    },
    fail: (fault, times = 1) => {
      state.faults.push(...Array.from({ length: times }, () => fault))
    },
    asked: state.asked,
    close: () => closed(server),
  }
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections()
  return new Promise((resolve) => server.close(() => resolve()))
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  token: string,
  perMinute: number,
  state: State,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://pagerduty')
  if (isControl(url)) return await control(request, url, response, state)
  state.asked.push(`${url.pathname}${url.search}`)
  const fault = state.faults.shift()
  if (fault?.delayMs !== undefined) await new Promise((resolve) => setTimeout(resolve, fault.delayMs))
  if (fault?.status !== undefined || fault?.body !== undefined)
    return send(response, fault.status ?? 200, fault.body ?? refusal(fault.status ?? 500, 'Internal Server Error'))
  if (request.headers.authorization !== `Token token=${token}`)
    return send(response, 401, refusal(2006, 'You are not authorized to perform this action'))
  const left = counted(state, perMinute)
  const limits = { 'ratelimit-limit': `${perMinute}`, 'ratelimit-remaining': `${Math.max(0, left.remaining)}` }
  const headers = { ...limits, 'ratelimit-reset': `${left.reset}` }
  if (left.remaining < 0) return send(response, 429, refusal(2020, 'Rate Limit Exceeded'), headers)
  const [, schedule] = /^\/schedules\/([^/]+)$/.exec(url.pathname) ?? []
  if (request.method === 'GET' && schedule !== undefined && state.schedules.has(schedule))
    return send(response, 200, JSON.stringify({ schedule: scheduleOf(schedule) }), headers)
  if (request.method !== 'GET' || url.pathname !== '/oncalls')
    return send(response, 404, refusal(2100, 'Not Found'), headers)
  const listed = list(url.searchParams, state.oncalls)
  if (typeof listed === 'string') return send(response, 400, refusal(2001, 'Invalid Input Provided', [listed]), headers)
  send(response, 200, JSON.stringify(listed), headers)
}

/** How many requests of this minute are left, and in how many seconds the next begins. */
function counted(state: State, perMinute: number): { readonly remaining: number; readonly reset: number } {
  const now = Date.now()
  if (now - state.window.from >= 60_000) state.window = { from: now, count: 0 }
  state.window.count += 1
  return {
    remaining: perMinute - state.window.count,
    reset: Math.max(1, Math.ceil((state.window.from + 60_000 - now) / 1000)),
  }
}

function refusal(code: number, message: string, errors?: readonly string[]): string {
  return JSON.stringify({ error: { code, message, ...(errors !== undefined && { errors }) } })
}

/** The page of on-calls that was asked for, or what is wrong with how it was. */
function list(query: URLSearchParams, oncalls: readonly OnCall[]): object | string {
  const limit = whole(query.get('limit'), LIMIT.usual)
  const offset = whole(query.get('offset'), 0)
  if (limit === undefined || limit < 1 || limit > LIMIT.most) return 'Limit must be between 1 and 100'
  if (offset === undefined || offset + limit > LIMIT.end) return 'Offset plus limit must not exceed 10000'
  const at = Date.now()
  const schedules = query.getAll('schedule_ids[]')
  const users = query.getAll('user_ids[]')
  const found = oncalls
    .filter(({ schedule }) => schedules.length === 0 || schedules.includes(schedule))
    .filter(({ user }) => users.length === 0 || users.includes(user))
    .filter(
      ({ start, end }) =>
        (start === undefined || Date.parse(start) <= at) && (end === undefined || at < Date.parse(end)),
    )
  return {
    oncalls: found.slice(offset, offset + limit).map(entry),
    limit,
    offset,
    more: found.length > offset + limit,
    total: null,
  }
}

function whole(text: string | null, usual: number): number | undefined {
  if (text === null) return usual
  return /^\d{1,6}$/.test(text) ? Number(text) : undefined
}

/** The head of a schedule (PagerDuty: REST API v2, get a schedule). */
function scheduleOf(id: string): object {
  return { id, type: 'schedule', summary: `schedule ${id}`, name: `schedule ${id}`, time_zone: 'Etc/UTC' }
}

function entry({ user, schedule, level = 1, policy = 'PT20YPA', start, end }: OnCall): object {
  const reference = (id: string, type: string, path: string) => ({
    id,
    type: `${type}_reference`,
    summary: `${type} ${id}`,
    self: `https://api.pagerduty.com/${path}/${id}`,
    html_url: `https://playground.pagerduty.com/${path}/${id}`,
  })
  return {
    user: reference(user, 'user', 'users'),
    schedule: reference(schedule, 'schedule', 'schedules'),
    escalation_policy: reference(policy, 'escalation_policy', 'escalation_policies'),
    escalation_level: level,
    start: start ?? null,
    end: end ?? null,
  }
}
