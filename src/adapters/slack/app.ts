import { App, type Receiver } from '@slack/bolt'
import type { Self, SlackClient } from './client.ts'
import type { Handlers, Log } from './entry.ts'
import { type HttpMode, httpSide } from './http.ts'
import { listen } from './listen.ts'
import { slackLogger } from './log.ts'
import { type Connection, keepConnected, socketReceiver } from './socket.ts'

/** Slack recommends more than one connection: while one is refreshed, what comes goes to the other. */
const CONNECTIONS = 2

export type AppOptions = {
  readonly token: string
  readonly self: Self
  readonly client: SlackClient
  readonly apiUrl?: string
  readonly log: Log
  readonly ackWithinMs?: number
  readonly mode: { readonly kind: 'socket'; readonly appToken: string } | HttpMode
}

export type SlackApps = {
  /** Resolves when something can come in. Rejects when Slack refuses the token or the port is taken. */
  readonly start: () => Promise<void>
  /** Takes nothing more in, and gives what is being handled some seconds to end. */
  readonly stop: () => Promise<void>
  /** How many connections (Socket Mode) or servers (HTTP) are up now. */
  readonly connected: () => number
  /** The port that is listened on, in HTTP mode after start. */
  readonly port: () => number | undefined
}

/** The Bolt apps through which everything from Slack comes in, with the same listeners on each. */
export function slackApps(options: AppOptions, handlers: Handlers): SlackApps {
  const inHand = new Set<Promise<unknown>>()
  const track = <T>(work: Promise<T>): Promise<T> => {
    inHand.add(work)
    const forget = (): boolean => inHand.delete(work)
    work.then(forget, forget)
    return work
  }
  const attach = (receiver: Receiver): void => {
    const app = new App({
      receiver,
      authorize: async () => ({
        botToken: options.token,
        botId: options.self.botId,
        botUserId: options.self.botUser,
        teamId: options.self.team,
      }),
      convoStore: false,
      logger: slackLogger(options.log),
      // for response_url alone: calls to the Web API go through options.client
      clientOptions: {
        fetch: (url, init) => fetch(url, { ...init, signal: AbortSignal.timeout(10_000) } as RequestInit),
      },
    })
    const { client, log, self, ackWithinMs = 2000 } = options
    listen(app, { handlers, client, botUser: self.botUser, log, ackWithinMs, track })
  }
  const side =
    options.mode.kind === 'socket' ? socketSide(options, attach) : httpSide(options.mode, options.log, attach)
  return {
    ...side,
    stop: async () => {
      await side.stop()
      await settled(inHand, 5000)
    },
  }
}

function socketSide(options: AppOptions, attach: (receiver: Receiver) => void): SlackApps {
  const { mode, log, apiUrl } = options
  if (mode.kind !== 'socket') throw new TypeError('not Socket Mode')
  let connections: readonly Connection[] = []
  return {
    start: async () => {
      const receivers = Array.from({ length: CONNECTIONS }, () =>
        socketReceiver({ appToken: mode.appToken, log, ...(apiUrl === undefined ? {} : { apiUrl }) }),
      )
      receivers.forEach(attach)
      connections = receivers.map((receiver) => keepConnected(receiver, log))
      try {
        await Promise.any(connections.map((connection) => connection.ready))
      } catch (error) {
        throw error instanceof AggregateError ? error.errors[0] : error
      }
    },
    stop: async () => {
      await Promise.all(connections.map((connection) => connection.stop()))
    },
    connected: () => connections.filter((connection) => connection.isUp()).length,
    port: () => undefined,
  }
}

async function settled(work: ReadonlySet<Promise<unknown>>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  await Promise.race([Promise.allSettled(work), late])
  clearTimeout(timer)
}
