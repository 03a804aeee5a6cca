import { RespondError } from '@slack/bolt'
import type { SlackClient } from './client.ts'
import type { Handlers, Log, Message } from './entry.ts'
import { SlackFault, slackFault } from './errors.ts'

/** What every listener works with. */
export type ListenDeps = {
  readonly handlers: Handlers
  readonly client: SlackClient
  readonly botUser: string
  readonly log: Log
  /** How long a slash command's answer may take to go into the ack itself: 2 000 ms of Slack's 3 000. */
  readonly ackWithinMs: number
  /** Counts what is being handled, so that stopping can wait for it. */
  readonly track: <T>(work: Promise<T>) => Promise<T>
}

/** Bolt's way to a response_url. */
export type Respond = (message: {
  response_type: 'ephemeral'
  replace_original: false
  text: string
  thread_ts?: string
}) => Promise<unknown>

/** The response_url stays in here: nothing outside this function ever holds it. */
export function ephemerally(
  respond: Respond,
  place: { readonly thread_ts?: string } = {},
): (message: Message) => Promise<void> {
  return async (message) => {
    try {
      await respond({ response_type: 'ephemeral', replace_original: false, ...place, ...plain(message) })
    } catch (error) {
      // used up (5 times) or too old (30 minutes): Slack will not take it again
      const gone = error instanceof RespondError && error.statusCode >= 400 && error.statusCode < 500
      throw gone ? new SlackFault('refused', 'response_url', 'expired') : slackFault('response_url', error)
    }
  }
}

/** A copy that Bolt's types take: it never changes what it is given, but does not say so. */
export function plain(message: Message): { text: string } {
  return { ...message }
}

/** What a handler says, or what somebody is told when it throws. */
export async function failingSafely(
  work: () => Promise<Message | undefined>,
  deps: ListenDeps,
): Promise<Message | undefined> {
  try {
    return await work()
  } catch (error) {
    return explained(error, deps)
  }
}

/** What somebody is told about an error; the log has its name. */
export function explained(error: unknown, deps: ListenDeps): Message {
  deps.log.error({ error: nameOf(error) }, 'a handler failed')
  return deps.handlers.onFailure(error)
}

/** A reply that does not reach Slack is in the log, and ends nothing. */
export async function quietly(work: Promise<void>, deps: ListenDeps): Promise<void> {
  await work.catch((error: unknown) => deps.log.warn({ error: nameOf(error) }, 'a reply did not reach Slack'))
}

/** An error's class and code: never its words. */
export function nameOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${String((error as { code?: unknown }).code ?? '')}` : typeof error
}

/** When the memory of events is away the question is taken: asking needs the same memory and will say so itself. */
export async function seenBefore(eventId: string, deps: ListenDeps): Promise<boolean> {
  try {
    return await deps.handlers.seen(eventId)
  } catch (error) {
    deps.log.warn({ eventId, error: nameOf(error) }, 'cannot tell whether an event was seen before')
    return false
  }
}
