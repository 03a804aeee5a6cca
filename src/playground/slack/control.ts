/*
 * The control API, JSON under /_playground/: acting as a person, looking, changing the workspace, making things fail.
 * Errors answer HTTP 400 {"error"}. The web page and tests use it; the app under test never does.
 *
 *   POST type        {user, channel|"dm", text, thread_ts?, autocorrect?}   a slash command or message; waits for the ack
 *   POST click       {user, channel, ts | view_id, action_id, block_id?, value?, values?}
 *   POST suggest     same, value: what was typed into an external select
 *   POST submit      {user, view_id?, values?}      values by block_id/action_id or one of the two
 *   POST close       {user, view_id?, all?}
 *   POST shortcut    {user, callback_id, channel?, ts?}
 *   POST step        {callback_id, inputs?}         a workflow comes to the app's step; GET executions shows what became of it
 *   POST home        {user, tab?}                   opens the Home tab
 *   GET  state?user=  GET messages?channel=&user=&thread_ts=  GET views?user=  GET files  GET file?id=&user=
 *   GET  calls?method=  DELETE calls     GET deliveries     GET settings
 *   POST wait        {what: message|file|modal|home|call, channel?, user?, thread_ts?, text?, from?, after?, method?,
 *                     count?, timeoutMs?}           answers {found}, null when it did not happen in time
 *   POST users, channels, usergroups                a record with id, or name/handle, and the fields to change
 *   POST join, leave {channel, user}                also for the bot
 *   POST settings    any of Settings                eventsUrl, rateLimits, acceptsDataTable, scopes, fileShareMs, …
 *   POST faults      {method|"*", kind, times?, skip?, channel?, retryAfter?, status?, error?, as?, ms?}
 *                    kind: ratelimited, http, hang, drop, error, html, delay, lost (takes effect, answer lost as: drop,
 *                    hang or http). Besides Web API names, method may be "upload", "download" or "response_url".
 *   DELETE faults
 *   POST disconnect  {reason: warning|refresh_requested|link_disabled|drop, count?}
 *   POST redeliver   {event_id?}                    the last event, or this one, again
 *   POST reset
 *   GET  events                                     server-sent events: what changed
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { addMember, putChannel, putUser, putUsergroup, removeMember } from './admin.ts'
import { faultOf } from './faults.ts'
import { tellHistory } from './history.ts'
import { bodyOf, parsed, sendJson } from './http.ts'
import { isObject, type Json, textOr } from './json.ts'
import { fileJson } from './messages.ts'
import { ActError, type Play } from './people/act.ts'
import { type Click, click, openHome, shortcut, suggest } from './people/interact.ts'
import { close, submit } from './people/modal.ts'
import { type Typed, type as typeText } from './people/speak.ts'
import { runStep, type StepRun } from './people/workflow.ts'
import { type Awaited, messagesFor, stateOfWorkspace, viewsFor, waitUntil } from './readings.ts'
import { applySettings } from './settings.ts'
import type { Disconnect, Sockets } from './sockets.ts'
import { changed, resetWorkspace } from './workspace.ts'

export type Control = Play & { readonly sockets: Sockets }

type Handler = (control: Control, input: Json) => unknown

/** Inputs come from JSON; each act checks its own names, so the shape is taken as it is. */
const as = <T>(input: Json): T => input as unknown as T

const ROUTES: Readonly<Record<string, Handler>> = {
  'POST type': (control, input) => typeText(control, as<Typed>(need(input, 'user', 'channel', 'text'))),
  'POST click': (control, input) => click(control, as<Click>(need(input, 'user', 'action_id'))),
  'POST suggest': (control, input) => suggest(control, as<Click>(need(input, 'user', 'action_id'))),
  'POST submit': (control, input) => submit(control, as(need(input, 'user'))),
  'POST close': (control, input) => close(control, as(need(input, 'user'))),
  'POST shortcut': (control, input) => shortcut(control, as(need(input, 'user', 'callback_id'))),
  'POST step': (control, input) => runStep(control, as<StepRun>(need(input, 'callback_id'))),
  'GET executions': ({ ws }) => [...ws.executions.values()],
  'POST home': (control, input) =>
    openHome(control, textOr(input['user'], ''), input['tab'] === 'messages' ? 'messages' : 'home'),
  'GET state': ({ ws, sockets }, input) => ({
    ...stateOfWorkspace(ws, textOr(input['user'], '')),
    connections: sockets.count(),
  }),
  'GET messages': ({ ws }, input) => messagesFor(ws, as(need(input, 'channel'))),
  'GET views': ({ ws }, input) => viewsFor(ws, textOr(input['user'], '')),
  'GET files': ({ ws }) => [...ws.files.values()].map((file) => fileJson(ws, file)),
  'GET calls': ({ ws }, input) => ws.calls.filter(({ method }) => !input['method'] || method === input['method']),
  'DELETE calls': ({ ws }) => ({ forgotten: ws.calls.splice(0).length }),
  'GET deliveries': ({ ws }) => ws.deliveries,
  'GET settings': ({ ws }) => ws.settings,
  'POST settings': ({ ws }, input) => {
    applySettings(ws.settings, input)
    changed(ws, { type: 'workspace' })
    return ws.settings
  },
  'POST wait': async ({ ws }, input) => ({ found: (await waitUntil(ws, as<Awaited>(need(input, 'what')))) ?? null }),
  'POST users': ({ ws }, input) => putUser(ws, input),
  'POST channels': ({ ws }, input) => putChannel(ws, input),
  'POST usergroups': ({ ws }, input) => putUsergroup(ws, input),
  'POST join': ({ ws }, input) => addMember(ws, textOr(input['channel'], ''), textOr(input['user'], '')),
  'POST leave': ({ ws }, input) => removeMember(ws, textOr(input['channel'], ''), textOr(input['user'], '')),
  'GET faults': ({ ws }) => ws.faults,
  'POST faults': ({ ws }, input) => {
    ws.faults.push(faultOf(input))
    return ws.faults
  },
  'DELETE faults': ({ ws }) => ({ forgotten: ws.faults.splice(0).length }),
  'POST disconnect': ({ sockets }, input) => ({ disconnected: disconnect(sockets, input) }),
  'POST redeliver': redeliver,
  'POST reset': ({ ws }) => {
    resetWorkspace(ws)
    tellHistory(ws)
    return { ok: true }
  },
}

function need(input: Json, ...names: readonly string[]): Json {
  const missing = names.find((name) => typeof input[name] !== 'string')
  if (missing) throw new ActError(`${missing} is missing`)
  return input
}

const REASONS: readonly string[] = ['warning', 'refresh_requested', 'link_disabled', 'drop']

function disconnect(sockets: Sockets, input: Json): number {
  const reason = textOr(input['reason'], 'refresh_requested')
  if (!REASONS.includes(reason)) throw new ActError(`reason must be one of ${REASONS.join(', ')}`)
  const count = typeof input['count'] === 'number' ? input['count'] : undefined
  return sockets.disconnect(reason as Disconnect, count)
}

/** Sends an event again with the same event_id and no retry number, as was seen in bolt-js issue 2487. */
async function redeliver({ ws, deliver }: Control, input: Json): Promise<unknown> {
  const wanted = input['event_id']
  const last = ws.deliveries
    .filter(({ envelope }) => envelope.type === 'events_api' && (!wanted || envelope.payload['event_id'] === wanted))
    .at(-1)
  if (!last) throw new ActError('there is no such event')
  return deliver({ type: 'events_api', payload: last.envelope.payload })
}

/** Serves one request under /_playground/, other than files and the event stream. */
export async function serveControl(
  control: Control,
  path: string,
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const handler = ROUTES[`${request.method} ${path}`]
  if (!handler) return sendJson(response, 404, { error: `no such control: ${request.method} ${path}` })
  const body = (await bodyOf(request)).toString('utf8')
  const input = body === '' ? Object.fromEntries(url.searchParams) : parsed(body)
  if (!isObject(input)) return sendJson(response, 400, { error: 'the body must be a JSON object' })
  try {
    sendJson(response, 200, (await handler(control, input)) ?? {})
  } catch (error) {
    sendJson(response, 400, { error: error instanceof Error ? error.message : 'failed' })
  }
}
