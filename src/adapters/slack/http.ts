import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http'
import { HTTPModuleFunctions, HTTPReceiver, isRawBodyError, type Receiver } from '@slack/bolt'
import type { SlackApps } from './app.ts'
import type { Log } from './entry.ts'
import { slackLogger } from './log.ts'

/** A path served beside Slack's own on the HTTP port. */
export type Route = {
  readonly path: string
  readonly handler: (request: IncomingMessage, response: ServerResponse) => void
}

export type HttpMode = {
  readonly kind: 'http'
  readonly signingSecret: string
  readonly port: number
  readonly host?: string
  readonly routes?: readonly Route[]
}

/** Where Slack sends events, commands and presses; Bolt's own default. */
const EVENTS_PATH = '/slack/events'
/** Slack's largest payloads are view states of some 100 kB; Bolt itself would take 4 MB of anybody. */
const BODY_LIMIT = 1024 * 1024

/** One HTTP server that takes what Slack signed, and serves the given routes beside it. */
export function httpSide(mode: HttpMode, log: Log, attach: (receiver: Receiver) => void): SlackApps {
  const receiver = new HTTPReceiver({
    signingSecret: mode.signingSecret,
    logger: slackLogger(log),
    customRoutes: (mode.routes ?? []).map(({ path, handler }) => ({ path, method: ['GET'], handler })),
  })
  receiver.requestListener = objectsOnly(receiver.requestListener, mode.signingSecret)
  attach(receiver)
  let server: Server | undefined
  return {
    start: async () => {
      const listening = { port: mode.port, ...(mode.host === undefined ? {} : { host: mode.host }) }
      server = (await receiver.start(listening as unknown as number)) as Server
    },
    stop: async () => {
      if (!server?.listening) return
      const closed = receiver.stop()
      server.closeIdleConnections()
      await closed
    },
    connected: () => (server?.listening ? 1 : 0),
    port: () => {
      const address = server?.address()
      return typeof address === 'object' && address !== null ? address.port : undefined
    },
  }
}

/**
 * Answers 400 to a signed body that is no JSON object before Bolt acts on it. Bolt 5.1 reads properties of what it parsed
 * outside of any catch, so that a signed `null` would end the process.
 */
function objectsOnly(listener: RequestListener, signingSecret: string): RequestListener {
  return (request, response) => {
    // the path as Bolt reads it
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    if (request.method !== 'POST' || pathname !== EVENTS_PATH) return listener(request, response)
    void refusalOf(request, signingSecret).then((status) => {
      if (status === undefined) listener(request, response)
      else response.writeHead(status).end()
    })
  }
}

/** The status with which to refuse a request, if it must be. What was read stays on the request, for Bolt to judge. */
async function refusalOf(request: IncomingMessage, signingSecret: string): Promise<number | undefined> {
  try {
    const body = await HTTPModuleFunctions.bufferIncomingMessage(request, BODY_LIMIT)
    return (await isSigned(request, signingSecret)) && !isObject(body) ? 400 : undefined
  } catch (error) {
    return isRawBodyError(error) ? error.statusCode : 400
  }
}

async function isSigned(request: IncomingMessage, signingSecret: string): Promise<boolean> {
  const verified = HTTPModuleFunctions.parseAndVerifyHTTPRequest({ signingSecret }, request)
  return await verified.then(
    () => true,
    () => false,
  )
}

function isObject(request: Parameters<typeof HTTPModuleFunctions.parseHTTPRequestBody>[0]): boolean {
  const body: unknown = HTTPModuleFunctions.parseHTTPRequestBody(request)
  return typeof body === 'object' && body !== null && !Array.isArray(body)
}
