import { setTimeout as delay } from 'node:timers/promises'
import { SocketModeReceiver } from '@slack/bolt'
import { WebAPIPlatformError } from '@slack/web-api'
import type { Log } from './entry.ts'
import { slackFault } from './errors.ts'
import { slackLogger } from './log.ts'

/** A connection that has not said hello by then is given up. */
const HELLO_MS = 30_000
/** First wait before connecting again; doubled at each failure. */
const FIRST_WAIT_MS = 100
const LONGEST_WAIT_MS = 30_000

/** Slack's answers to apps.connections.open after which asking again cannot help (@slack/socket-mode 3.1.0). */
const HOPELESS = new Set(['invalid_auth', 'not_authed', 'account_inactive', 'user_removed_from_team', 'team_disabled'])

export type SocketOptions = { readonly appToken: string; readonly apiUrl?: string; readonly log: Log }

/**
 * Bolt's Socket Mode receiver without its own reconnecting: @slack/socket-mode 3.1.0 waits clientPingTimeout times the
 * failures before it opens a new connection (15 s here), and a refused reopening is an unhandled rejection. So is a frame that is JSON
 * but no envelope, which would end the process.
 */
export function socketReceiver(options: SocketOptions): SocketModeReceiver {
  const receiver = new SocketModeReceiver({
    appToken: options.appToken,
    logger: slackLogger(options.log),
    autoReconnectEnabled: false,
    clientPingTimeout: 15_000,
    serverPingTimeout: 60_000,
    installerOptions: {
      clientOptions: {
        ...(options.apiUrl === undefined ? {} : { slackApiUrl: options.apiUrl }),
        timeout: 10_000,
        rejectRateLimitedCalls: true,
        // connecting again is keepConnected's, which catches what fails; nothing is retried inside a try
        retryConfig: { retries: 0 },
      },
    },
  })
  for (const event of ['ws_message', 'slack_event']) outlive(receiver.client, event, options.log)
  return receiver
}

/** Has what fails in the SDK's own listeners of an event logged by its class: it throws it away, and Node ends for it. */
function outlive(client: SocketModeReceiver['client'], event: string, log: Log): void {
  const listeners = client.listeners(event)
  client.removeAllListeners(event)
  for (const listener of listeners)
    client.on(event, async (...heard: unknown[]) => {
      try {
        await listener.apply(client, heard)
      } catch (error) {
        const why = error instanceof Error ? error.name : typeof error
        log.warn({ from: 'socket-mode', why }, 'what came over a Slack connection could not be read')
      }
    })
}

/** A connection that is kept up until it is stopped. */
export type Connection = {
  /** Resolves when it first is up. Rejects when Slack says that the token will never do. */
  readonly ready: Promise<void>
  readonly isUp: () => boolean
  readonly stop: () => Promise<void>
}

/** Keeps one Socket Mode connection up: opens it, waits for its end, opens it again, at once and then ever later. */
export function keepConnected(receiver: SocketModeReceiver, log: Log): Connection {
  const stopping = new AbortController()
  let up = false
  let announce: () => void = () => undefined
  let giveUp: (error: unknown) => void = () => undefined
  const ready = new Promise<void>((resolve, reject) => {
    announce = resolve
    giveUp = reject
  })
  ready.catch(() => undefined) // who does not wait for it still has isUp
  const setUp = (value: boolean): void => {
    up = value
    if (value) announce()
  }
  const ended = keep(receiver, stopping.signal, setUp, giveUp, log)
  return {
    ready,
    isUp: () => up,
    stop: async () => {
      stopping.abort()
      await closed(receiver)
      await Promise.race([ended, delay(2000, undefined, { ref: false })])
    },
  }
}

async function keep(
  receiver: SocketModeReceiver,
  signal: AbortSignal,
  setUp: (up: boolean) => void,
  giveUp: (error: unknown) => void,
  log: Log,
): Promise<void> {
  let failures = 0
  let everUp = false
  while (!signal.aborted) {
    const end = nextEnd(receiver, signal)
    try {
      await startWithin(receiver, HELLO_MS)
      if (signal.aborted) return await closed(receiver)
      failures = 0
      everUp = true
      setUp(true)
      log.info({ from: 'socket-mode' }, 'Slack connection is up')
      await end.reached
    } catch (error) {
      failures += 1
      const hopeless = error instanceof WebAPIPlatformError && HOPELESS.has(error.data.error)
      log.warn({ from: 'socket-mode', failures, why: reasonOf(error) }, 'Slack connection could not be opened')
      if (hopeless && !everUp) return giveUp(slackFault('apps.connections.open', error))
    } finally {
      end.forget()
      setUp(false)
    }
    if (!signal.aborted) await pause(failures, signal)
  }
}

async function startWithin(receiver: SocketModeReceiver, ms: number): Promise<void> {
  const timer = new AbortController()
  const late = delay(ms, 'late' as const, { signal: timer.signal, ref: false }).catch(() => 'stopped' as const)
  const started = receiver.start()
  started.catch(() => undefined) // it may still reject after we have stopped waiting
  try {
    if ((await Promise.race([started, late])) !== 'late') return
  } finally {
    timer.abort()
  }
  await closed(receiver)
  throw new Error('no hello in time')
}

/** The next end of the connection, or our own stop. */
function nextEnd(receiver: SocketModeReceiver, signal: AbortSignal): { reached: Promise<void>; forget: () => void } {
  let finish: () => void = () => undefined
  const reached = new Promise<void>((resolve) => {
    finish = resolve
  })
  receiver.client.on('disconnected', finish)
  signal.addEventListener('abort', finish)
  const forget = (): void => {
    receiver.client.removeListener('disconnected', finish)
    signal.removeEventListener('abort', finish)
  }
  return { reached, forget }
}

/** Closes a connection; Slack not answering the close is not waited for. */
async function closed(receiver: SocketModeReceiver): Promise<void> {
  await Promise.race([receiver.client.disconnect(), delay(2000, undefined, { ref: false })])
}

async function pause(failures: number, signal: AbortSignal): Promise<void> {
  const ms = Math.min(FIRST_WAIT_MS * 2 ** failures, LONGEST_WAIT_MS)
  await delay(ms, undefined, { signal }).catch(() => undefined)
}

function reasonOf(error: unknown): string {
  return slackFault('apps.connections.open', error).reason
}
