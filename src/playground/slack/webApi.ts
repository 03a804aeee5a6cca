import type { IncomingMessage, ServerResponse } from 'node:http'
import { requireScope } from './channels.ts'
import { type Fault, takeFault } from './faults.ts'
import { argumentsOf, bodyOf, sendJson, sendText } from './http.ts'
import type { Json } from './json.ts'
import { chat } from './methods/chat.ts'
import { conversations } from './methods/conversations.ts'
import { files } from './methods/files.ts'
import { functions } from './methods/functions.ts'
import type { Method, Methods } from './methods/method.ts'
import { reactions } from './methods/reactions.ts'
import { team } from './methods/team.ts'
import { users } from './methods/users.ts'
import { views } from './methods/views.ts'
import { secondsOverPace, secondsOverTier } from './rateLimits.ts'
import { SlackError } from './slackError.ts'
import type { Call } from './types.ts'
import { changed, later, type Workspace } from './workspace.ts'

/** Every Web API method that this Slack knows, by name. */
export const METHODS: Methods = {
  ...chat,
  ...conversations,
  ...files,
  ...functions,
  ...reactions,
  ...team,
  ...users,
  ...views,
}

/** The log keeps this many calls; older ones are forgotten. */
const CALLS_KEPT = 5000

type Answer = { readonly status: number; readonly body: Json; readonly headers: Readonly<Record<string, string>> }

/** Serves one call of `/api/<method>`: planned faults first, then token, scope, pace, and the method itself. */
export async function serveApi(
  ws: Workspace,
  name: string,
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const started = performance.now()
  const at = ws.now()
  const args = await argumentsOf(url, request.headers['content-type'] ?? '', await bodyOf(request))
  const token = tokenOf(request, args ?? {})
  const call: Call = {
    at,
    method: name,
    args: withoutToken(args ?? {}),
    token: kindOf(ws, token),
    status: 0,
    ok: false,
    error: undefined,
    fault: undefined,
    ms: 0,
  }
  remember(ws, call)
  const channel = String(args?.['channel'] ?? args?.['channel_id'] ?? '')
  const fault = takeFault(ws.faults, name, channel)
  call.fault = fault?.kind
  const work = (): Answer => (args ? answerTo(ws, name, args, call.token) : refusal('invalid_json'))
  const answer = await withFault(ws, fault, response, work)
  call.ms = Math.round(performance.now() - started)
  if (answer) {
    call.status = answer.status
    call.ok = answer.body['ok'] === true
    call.error = typeof answer.body['error'] === 'string' ? answer.body['error'] : undefined
    if (!response.headersSent && !response.destroyed) sendJson(response, answer.status, answer.body, answer.headers)
  }
  changed(ws, { type: 'delivery' })
}

/** Plays out a fault around the work; undefined when the fault has already dealt with the response. */
export async function withFault(
  ws: Workspace,
  fault: Fault | undefined,
  response: ServerResponse,
  work: () => Answer,
): Promise<Answer | undefined> {
  if (!fault) return work()
  switch (fault.kind) {
    case 'ratelimited':
      return tooMany(fault.retryAfter)
    case 'error':
      return refusal(fault.error)
    case 'delay':
      await new Promise<void>((resolve) => later(ws, fault.ms, resolve))
      return work()
    case 'lost':
      work()
      return breakOff(fault.as, fault.status, response)
    case 'html':
      sendText(response, 200, 'text/html', '<html><body><h1>Bad gateway</h1></body></html>')
      return undefined
    default:
      return breakOff(fault.kind, fault.status, response)
  }
}

/** Ends a request without Slack's answer: never, by closing the connection, or with a bare HTTP status. */
function breakOff(how: 'hang' | 'drop' | 'http', status: number, response: ServerResponse): undefined {
  if (how === 'drop') response.destroy()
  if (how === 'http') sendText(response, status, 'text/plain', 'Internal Server Error')
  return undefined
}

function refusal(error: string, extra: Json = {}): Answer {
  return { status: 200, body: { ok: false, error, ...extra }, headers: {} }
}

function tooMany(seconds: number): Answer {
  return { status: 429, body: { ok: false, error: 'ratelimited' }, headers: { 'retry-after': String(seconds) } }
}

function answerTo(ws: Workspace, name: string, args: Json, token: Call['token']): Answer {
  const method = Object.hasOwn(METHODS, name) ? METHODS[name] : undefined
  if (!method) return refusal('unknown_method', { req_method: name })
  const wait = ws.settings.rateLimits ? secondsToWait(ws, name, method, args) : 0
  if (wait > 0) return tooMany(wait)
  const headers = { 'x-oauth-scopes': ws.settings.scopes.join(','), 'x-accepted-oauth-scopes': method.scopes.join(',') }
  try {
    requireToken(method, token)
    requireMethodScope(ws, method)
    return { status: 200, body: { ok: true, ...method.run(ws, args) }, headers }
  } catch (error) {
    if (error instanceof SlackError) return { ...refusal(error.code, error.extra), headers }
    throw error
  }
}

function secondsToWait(ws: Workspace, name: string, method: Method, args: Json): number {
  const posts = name === 'chat.postMessage'
  const perMinute = posts ? ws.settings.postPerMinute : method.perMinute
  const tier = secondsOverTier(ws.pace, name, perMinute, ws.now())
  if (tier > 0 || !posts) return tier
  return secondsOverPace(ws.pace, String(args['channel'] ?? ''), ws.settings, ws.now())
}

function requireToken(method: Method, token: Call['token']): void {
  if (method === METHODS['api.test']) return
  if (token === 'none') throw new SlackError('not_authed')
  if (token === 'other') throw new SlackError('invalid_auth')
  if (method.token !== 'any' && method.token !== token) throw new SlackError('not_allowed_token_type')
}

function requireMethodScope(ws: Workspace, method: Method): void {
  const [first] = method.scopes
  if (first === undefined || method.scopes.some((scope) => ws.settings.scopes.includes(scope))) return
  requireScope(ws, method.scopes.join(','))
}

/** The token of a request: its Authorization header, or the `token` argument. */
export function tokenOf(request: IncomingMessage, args: Json): string {
  const [, bearer] = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '') ?? []
  return bearer ?? (typeof args['token'] === 'string' ? args['token'] : '')
}

/** Which of the app's tokens this is. */
export function kindOf(ws: Workspace, token: string): Call['token'] {
  if (token === '') return 'none'
  if (token === ws.app.botToken) return 'bot'
  return token === ws.app.appToken ? 'app' : 'other'
}

function withoutToken(args: Json): Json {
  const { token: _, ...rest } = args
  return rest
}

/** Adds a call to the log. */
export function remember(ws: Workspace, call: Call): void {
  ws.calls.push(call)
  if (ws.calls.length > CALLS_KEPT) ws.calls.splice(0, ws.calls.length - CALLS_KEPT)
}
