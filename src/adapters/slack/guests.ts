import type { SlackClient } from './client.ts'
import type { SlackUser } from './users.ts'

/** users.info calls under way at once for one channel. */
const AT_ONCE = 8

type Members = {
  readonly members?: readonly string[]
  readonly response_metadata?: { readonly next_cursor?: string }
}

/**
 * Whether a channel has guests among its members. Slack does not say; each member is looked up, so a channel with more
 * than `most` members counts as holding some: such a channel must be named under `places:` to get answers.
 */
export async function guestsAmong(
  client: SlackClient,
  channel: string,
  size: number | undefined,
  most: number,
  lookUp: (id: string) => Promise<SlackUser>,
): Promise<boolean> {
  if (size !== undefined && size > most) return true
  const page = await client.read<Members>('conversations.members', { channel, limit: most + 1 })
  const members = page.members ?? []
  if (members.length > most || page.response_metadata?.next_cursor) return true
  for (let i = 0; i < members.length; i += AT_ONCE) {
    const users = await Promise.all(members.slice(i, i + AT_ONCE).map(lookUp))
    if (users.some((user) => user.is_restricted || user.is_ultra_restricted)) return true
  }
  return false
}
