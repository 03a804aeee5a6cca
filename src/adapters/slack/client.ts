import { WebClient } from '@slack/web-api'
import type { Log } from './entry.ts'
import { retryAfterOf, SlackFault, slackFault } from './errors.ts'
import { slackLogger } from './log.ts'

export type ClientOptions = {
  readonly token: string
  /** Slack's Web API, with a trailing slash or without: https://slack.com/api/ unless told. */
  readonly apiUrl?: string
  /** For one call; 10 000 ms unless told. The SDK's own default is to wait for ever. */
  readonly timeoutMs?: number
  readonly log: Log
}

/** Arguments of a Web API method. Undefined ones are left out. */
export type Arguments = { readonly [name: string]: unknown }

/** Calls Slack. Every error it throws is a SlackFault. */
export type SlackClient = {
  /** A call that changes nothing: tried again twice when the line fails. */
  readonly read: <T>(method: string, args?: Arguments) => Promise<T>
  /** A call that changes something: made once. Who repeats it must first look whether it took effect. */
  readonly write: <T>(method: string, args: Arguments) => Promise<T>
}

/** Who the bot is, found once. */
export type Self = {
  readonly team: string
  readonly botUser: string
  readonly botId: string
  readonly enterprise?: string
}

/** A client for one workspace's bot token, apart from Bolt's own: it never waits out a rate limit, it says so. */
export function slackClient(options: ClientOptions): SlackClient {
  const make = (retries: number): WebClient =>
    new WebClient(options.token, {
      ...(options.apiUrl === undefined ? {} : { slackApiUrl: options.apiUrl }),
      timeout: options.timeoutMs ?? 10_000,
      rejectRateLimitedCalls: true,
      retryConfig: { retries, factor: 2, minTimeout: 300, maxTimeout: 1000 },
      logger: slackLogger(options.log),
      fetch: alwaysRetryAfter,
    })
  const reading = make(2)
  const writing = make(0)
  return {
    read: (method, args = {}) => call(reading, method, args),
    write: (method, args) => call(writing, method, args),
  }
}

async function call<T>(client: WebClient, method: string, args: Arguments): Promise<T> {
  try {
    return (await client.apiCall(method, { ...args })) as T
  } catch (error) {
    throw slackFault(method, error)
  }
}

/** The SDK throws an error without a class for a 429 that does not say how long; this says it for Slack. */
async function alwaysRetryAfter(url: string | URL | Request, init?: RequestInit): Promise<Response> {
  const response = await fetch(url, init)
  if (response.status !== 429) return response
  await response.body?.cancel()
  return new Response(null, {
    status: 429,
    headers: { 'retry-after': String(retryAfterOf(response.headers.get('retry-after'))) },
  })
}

/** Asks Slack whose token this is. The answer does not change while the token lives. */
export async function whoAmI(client: SlackClient): Promise<Self> {
  const answer = await client.read<{ team_id?: string; user_id?: string; bot_id?: string; enterprise_id?: string }>(
    'auth.test',
  )
  if (!answer.team_id || !answer.user_id || !answer.bot_id) throw new SlackFault('auth', 'auth.test', 'not_a_bot_token')
  return {
    team: answer.team_id,
    botUser: answer.user_id,
    botId: answer.bot_id,
    ...(answer.enterprise_id ? { enterprise: answer.enterprise_id } : {}),
  }
}
