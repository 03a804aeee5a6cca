import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Control, serveControl } from './control.ts'
import { createDelivery, deliverEvent, eventPayload } from './delivery.ts'
import { takeFault } from './faults.ts'
import { serveDownload, servePersonFile, serveUpload } from './fileServer.ts'
import { tellHistory } from './history.ts'
import { bodyOf, parsed, sendJson, sendText } from './http.ts'
import { serveEvents, servePage } from './page.ts'
import type { Act, Play } from './people/act.ts'
import { type Click, click, openHome, shortcut, suggest } from './people/interact.ts'
import { close, submit } from './people/modal.ts'
import { type Typed, type } from './people/speak.ts'
import { useResponseUrl } from './responses.ts'
import type { Seed } from './seed.ts'
import { applySettings, type Settings } from './settings.ts'
import { SlackError } from './slackError.ts'
import { createSockets } from './sockets.ts'
import { remember, serveApi, withFault } from './webApi.ts'
import { createWorkspace, type Workspace } from './workspace.ts'

export type SlackOptions = {
  /** 0 or absent: any free port. */
  readonly port?: number
  /** Milliseconds since 1970. */
  readonly now?: () => number
  readonly random?: () => number
  /** Who and what is there; parts that are not given come from the default workspace. */
  readonly seed?: Seed
  /** Things to try, offered above the message box of channels that the app is in. */
  readonly questions?: readonly string[]
  /** Signed HTTP mode: where the app takes commands, interactions and events. */
  readonly eventsUrl?: string
  readonly settings?: Partial<Settings>
}

/** The verbs of a person, for tests in the same process; over HTTP they are the control API's. */
export type People = {
  readonly type: (typed: Typed) => Promise<Act>
  readonly click: (press: Click) => Promise<Act>
  readonly suggest: (press: Click) => Promise<Act>
  readonly shortcut: (pick: Parameters<typeof shortcut>[1]) => Promise<Act>
  readonly submit: (filled: Parameters<typeof submit>[1]) => Promise<Act>
  readonly close: (which: Parameters<typeof close>[1]) => Promise<Act>
  readonly openHome: (user: string) => Act
}

export type Slack = {
  readonly url: string
  /** For `slackApiUrl`, with its closing slash. */
  readonly apiUrl: string
  readonly botToken: string
  readonly appToken: string
  readonly signingSecret: string
  readonly workspace: Workspace
  readonly people: People
  /** Open Socket Mode connections. */
  readonly connections: () => number
  readonly close: () => Promise<void>
}

/**
 * Starts the simulated Slack on 127.0.0.1: Web API, Socket Mode or signed HTTP, web page, and control API.
 * @throws Error when the port is taken or a setting is wrong.
 */
export async function startSlack(options: SlackOptions = {}): Promise<Slack> {
  const ws = createWorkspace({
    now: options.now ?? Date.now,
    random: options.random ?? Math.random,
    ...(options.seed ? { seed: options.seed } : {}),
    ...(options.questions ? { questions: options.questions } : {}),
  })
  tellHistory(ws)
  applySettings(ws.settings, { ...options.settings, ...(options.eventsUrl ? { eventsUrl: options.eventsUrl } : {}) })
  const sockets = createSockets(ws)
  const control: Control = { ws, sockets, deliver: createDelivery(ws, sockets) }
  ws.onEvent = (event) => void deliverEvent(ws, control.deliver, eventPayload(ws, event))
  const server = createServer((request, response) => {
    route(control, request, response).catch((error: unknown) => failed(response, error))
  })
  server.on('upgrade', sockets.upgrade)
  ws.url = await listen(server, options.port ?? 0)
  const { botToken, appToken, signingSecret } = ws.app
  return {
    url: ws.url,
    apiUrl: `${ws.url}/api/`,
    botToken,
    appToken,
    signingSecret,
    workspace: ws,
    people: peopleOf(control),
    connections: sockets.count,
    close: async () => {
      for (const timer of ws.timers) clearTimeout(timer)
      ws.timers.clear()
      await sockets.close()
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

function peopleOf(play: Play): People {
  return {
    type: (typed) => type(play, typed),
    click: (press) => click(play, press),
    suggest: (press) => suggest(play, press),
    shortcut: (pick) => shortcut(play, pick),
    submit: (filled) => submit(play, filled),
    close: (which) => close(play, which),
    openHome: (user) => openHome(play, user),
  }
}

function listen(server: Server, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`))
  })
}

function failed(response: ServerResponse, error: unknown): void {
  if (response.headersSent || response.destroyed) return
  sendJson(response, 500, { error: error instanceof Error ? error.message : 'failed' })
}

async function route(control: Control, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { ws } = control
  const url = new URL(request.url ?? '/', ws.url)
  const [, first = '', second = '', third = ''] = url.pathname.split('/')
  switch (first) {
    case 'api':
      return serveApi(ws, second, url, request, response)
    case 'upload':
      return serveUpload(ws, third, request, response)
    case 'files-pri':
      return serveDownload(ws, second.split('-')[1] ?? '', request, response)
    case 'response':
      return serveResponseUrl(ws, third, request, response)
    case '_playground':
      return serveOwn(control, url, request, response)
    default:
      return servePage(url.pathname.startsWith('/archives/') ? '/' : url.pathname, response)
  }
}

/** The control API is for this page and local programs: no other web page, and no name that only resolves to here. */
function isOurs(ws: Workspace, request: IncomingMessage): boolean {
  const { host } = new URL(ws.url)
  const asked = request.headers.host ?? ''
  const local = asked === host || asked === host.replace('127.0.0.1', 'localhost')
  return local && (request.headers.origin === undefined || request.headers.origin === `http://${asked}`)
}

async function serveOwn(control: Control, url: URL, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (!isOurs(control.ws, request)) return sendJson(response, 403, { error: 'only from this page or this machine' })
  const path = url.pathname.slice('/_playground/'.length)
  if (path === 'events') return serveEvents(control.ws, response)
  if (path === 'file') return servePersonFile(control.ws, url, response)
  return serveControl(control, path, url, request, response)
}

/** A response_url: the answers `expired_url` and `used_url` come with HTTP 404, a bad message with 400. */
async function serveResponseUrl(
  ws: Workspace,
  id: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = (await bodyOf(request)).toString('utf8')
  const fault = takeFault(ws.faults, 'response_url', '')
  const answer = await withFault(ws, fault, response, () => {
    try {
      useResponseUrl(ws, id, parsed(body))
      return { status: 200, body: { ok: true }, headers: {} }
    } catch (error) {
      if (!(error instanceof SlackError)) throw error
      const gone = error.code === 'used_url' || error.code === 'expired_url'
      return { status: gone ? 404 : 400, body: { ok: false, error: error.code, ...error.extra }, headers: {} }
    }
  })
  const status = answer?.status ?? 0
  const error = typeof answer?.body['error'] === 'string' ? answer.body['error'] : undefined
  const args = { id, body: parsed(body) }
  const call = { at: ws.now(), method: 'response_url', args, token: 'none', fault: fault?.kind, ms: 0 } as const
  remember(ws, { ...call, status, ok: status === 200, error })
  if (!answer) return
  if (status === 200) sendText(response, 200, 'text/plain', 'ok')
  else sendJson(response, status, answer.body, answer.headers)
}
