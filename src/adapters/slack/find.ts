import type { Self, SlackClient } from './client.ts'
import { SlackFault } from './errors.ts'

/** What marks a message of ours: its run and the step of delivery that posted it. */
export type Mark = { readonly run: string; readonly step: string }

/** The type of our message metadata. */
export const EVENT_TYPE = 'ctq_run'

/** Slack's clock and ours may differ by that much. */
const CLOCKS_S = 300
const PAGE = 200
const MOST_PAGES = 10

type Listed = {
  readonly messages?: readonly SlackMessage[]
  readonly response_metadata?: { readonly next_cursor?: string }
}

type SlackMessage = {
  readonly ts: string
  readonly user?: string
  readonly bot_id?: string
  readonly metadata?: { readonly event_type?: string; readonly event_payload?: { readonly [name: string]: unknown } }
}

/**
 * Looks for a message of ours by its mark, among what was posted since. Undefined: it is not there. Throws when it could not
 * look, or not at everything: then nobody may conclude that it is not there.
 */
export async function findMessage(
  client: SlackClient,
  self: Self,
  place: { readonly channel: string; readonly thread?: string },
  mark: Mark,
  since: Date,
): Promise<string | undefined> {
  const method = place.thread === undefined ? 'conversations.history' : 'conversations.replies'
  let cursor: string | undefined
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const listed = await client.read<Listed>(method, {
      channel: place.channel,
      ...(place.thread === undefined ? {} : { ts: place.thread }),
      oldest: String(Math.floor(since.getTime() / 1000) - CLOCKS_S),
      include_all_metadata: true,
      limit: PAGE,
      ...(cursor === undefined ? {} : { cursor }),
    })
    const found = listed.messages?.find((message) => isOurs(message, self) && bears(message, mark))
    if (found) return found.ts
    cursor = listed.response_metadata?.next_cursor || undefined
    if (cursor === undefined) return undefined
  }
  throw new SlackFault('refused', method, 'too_many_messages_to_search')
}

/** Any app may post metadata that looks like ours. */
function isOurs(message: SlackMessage, self: Self): boolean {
  return message.bot_id === self.botId || message.user === self.botUser
}

function bears({ metadata }: SlackMessage, mark: Mark): boolean {
  if (metadata?.event_type !== EVENT_TYPE) return false
  return metadata.event_payload?.['run'] === mark.run && metadata.event_payload['step'] === mark.step
}

/** Messages in a place after `ts`, counted up to `most`, of one page at most. In a thread, those of the thread. */
export async function countSince(
  client: SlackClient,
  place: { readonly channel: string; readonly thread?: string },
  ts: string,
  most: number,
): Promise<number> {
  const method = place.thread === undefined ? 'conversations.history' : 'conversations.replies'
  const listed = await client.read<Listed>(method, {
    channel: place.channel,
    ...(place.thread === undefined ? {} : { ts: place.thread }),
    oldest: ts,
    limit: Math.min(most + 1, PAGE),
  })
  // replies begin with what they reply to, whatever is asked
  return Math.min(most, (listed.messages ?? []).filter((message) => Number(message.ts) > Number(ts)).length)
}
