import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocket, WebSocketServer } from 'ws'
import { parsed } from './http.ts'
import { isObject } from './json.ts'
import type { Envelope, Outcome } from './types.ts'
import { changed, later, newId, type Workspace } from './workspace.ts'

/** Why Slack ends a connection; `drop` cuts the TCP connection without a word. */
export type Disconnect = 'warning' | 'refresh_requested' | 'link_disabled' | 'drop'

export type Sockets = {
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void
  readonly send: (envelope: Envelope) => Promise<{ connection: string | undefined; outcome: Outcome }>
  /** Ends `count` connections (all when not given), oldest first; resolves to how many it told. */
  readonly disconnect: (reason: Disconnect, count?: number) => number
  readonly count: () => number
  /** Says goodbye to every connection and cuts what has not gone a moment later. */
  readonly close: () => Promise<void>
}

type Connection = { readonly id: string; readonly socket: WebSocket; leaving: boolean }
type Pending = { readonly finish: (body: unknown) => void }

/** Slack gives a connection about this long to leave by itself after `disconnect`. */
const GRACE_MS = 2000

/** The Socket Mode side: tickets from apps.connections.open become connections that carry envelopes and take acks. */
export function createSockets(ws: Workspace): Sockets {
  const server = new WebSocketServer({ noServer: true })
  const connections = new Set<Connection>()
  const pending = new Map<string, Pending>()

  return {
    upgrade: (request, socket, head) => {
      const url = new URL(request.url ?? '/', 'http://localhost')
      if (!takeTicket(ws, url)) {
        socket.end('HTTP/1.1 401 Unauthorized\r\nconnection: close\r\ncontent-length: 0\r\n\r\n')
        return
      }
      server.handleUpgrade(request, socket, head, (accepted) => welcome(ws, connections, pending, accepted))
    },
    send: (envelope) => sendOne(ws, open(connections), pending, envelope),
    disconnect: (reason, count) => {
      const chosen = open(connections).slice(0, count)
      for (const connection of chosen) end(ws, connection, reason)
      return chosen.length
    },
    count: () => open(connections).length,
    close: async () => {
      server.close()
      await Promise.all([...connections].map(({ socket }) => goodbye(socket)))
    },
  }
}

/** How long a client may take to answer the closing of its connection. */
const GOODBYE_MS = 300

function goodbye(socket: WebSocket): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => socket.terminate(), GOODBYE_MS)
    socket.once('close', () => {
      clearTimeout(cut)
      resolve()
    })
    socket.close(1001)
  })
}

function takeTicket(ws: Workspace, url: URL): boolean {
  const ticket = url.searchParams.get('ticket') ?? ''
  const until = ws.tickets.get(ticket)
  ws.tickets.delete(ticket)
  return url.pathname === '/link/' && until !== undefined && ws.now() <= until
}

function open(connections: ReadonlySet<Connection>): Connection[] {
  return [...connections].filter(({ socket, leaving }) => socket.readyState === WebSocket.OPEN && !leaving)
}

function welcome(ws: Workspace, connections: Set<Connection>, pending: Map<string, Pending>, socket: WebSocket): void {
  const connection: Connection = { id: newId(ws, 'w'), socket, leaving: false }
  socket.on('error', () => socket.terminate())
  if (open(connections).length >= ws.settings.maxSockets) {
    say(connection, { type: 'disconnect', reason: 'too_many_websockets', debug_info: { host: 'playground' } })
    socket.close(1000)
    return
  }
  connections.add(connection)
  const ping = setInterval(() => socket.ping('playground'), ws.settings.pingMs)
  ping.unref()
  socket.on('close', () => {
    clearInterval(ping)
    connections.delete(connection)
    changed(ws, { type: 'workspace' })
  })
  socket.on('message', (data) => acknowledge(pending, String(data)))
  say(connection, {
    type: 'hello',
    num_connections: open(connections).length,
    debug_info: { host: 'playground', approximate_connection_time: 3600 },
    connection_info: { app_id: ws.app.id },
  })
  changed(ws, { type: 'workspace' })
}

function say(connection: Connection, message: unknown): void {
  connection.socket.send(JSON.stringify(message))
}

function acknowledge(pending: Map<string, Pending>, data: string): void {
  const message = parsed(data)
  if (!isObject(message) || typeof message['envelope_id'] !== 'string') return
  pending.get(message['envelope_id'])?.finish(message['payload'])
}

/** Sends to one connection, as Slack does, and waits for its acknowledgement. */
function sendOne(
  ws: Workspace,
  candidates: Connection[],
  pending: Map<string, Pending>,
  envelope: Envelope,
): Promise<{ connection: string | undefined; outcome: Outcome }> {
  const started = performance.now()
  const elapsed = (): number => Math.round(performance.now() - started)
  const connection = candidates[Math.floor(ws.random() * candidates.length)]
  if (!connection)
    return Promise.resolve({
      connection: undefined,
      outcome: { status: 'failed', reason: 'no_connection', ms: 0, noRetry: false },
    })
  const envelope_id = randomUUID()
  return new Promise((resolve) => {
    const finish = (outcome: Outcome): void => {
      pending.delete(envelope_id)
      clearTimeout(timer)
      ws.timers.delete(timer)
      resolve({ connection: connection.id, outcome })
    }
    const timer = later(ws, ws.settings.ackMs, () => finish({ status: 'timeout', ms: elapsed() }))
    pending.set(envelope_id, { finish: (body) => finish({ status: 'acked', body, ms: elapsed() }) })
    say(connection, {
      envelope_id,
      type: envelope.type,
      payload: envelope.payload,
      accepts_response_payload: envelope.type !== 'events_api',
      ...(envelope.type === 'events_api'
        ? { retry_attempt: envelope.retry?.num ?? 0, retry_reason: envelope.retry?.reason ?? '' }
        : {}),
    })
  })
}

function end(ws: Workspace, connection: Connection, reason: Disconnect): void {
  if (reason === 'drop') {
    connection.socket.terminate()
    return
  }
  // A warning comes while the connection still works; the others mean that nothing more is sent on it.
  connection.leaving = reason !== 'warning'
  say(connection, { type: 'disconnect', reason, debug_info: { host: 'playground' } })
  later(ws, GRACE_MS, () => connection.socket.close(1000))
}
