import { isMember } from './channels.ts'
import type { Json } from './json.ts'
import { messageJson } from './messages.ts'
import type { Channel, Message } from './types.ts'
import type { Workspace } from './workspace.ts'

const KIND = { public: 'channel', private: 'group', im: 'im', mpim: 'mpim' } as const
const SUBSCRIPTION = {
  public: 'message.channels',
  private: 'message.groups',
  im: 'message.im',
  mpim: 'message.mpim',
} as const

/** Sends the `message` event of a new (or, with `before`, changed) message to an app that is in the channel. */
export function messageEvent(ws: Workspace, channel: Channel, message: Message, before?: Message): void {
  if (!isMember(ws, channel) || !ws.settings.events.includes(SUBSCRIPTION[channel.kind])) return
  const place = { channel: channel.id, channel_type: KIND[channel.kind] }
  const shown = messageJson(ws, channel.id, message)
  if (!before) {
    ws.onEvent({ ...shown, ...place, event_ts: message.ts })
    return
  }
  const previous = messageJson(ws, channel.id, before)
  const ts = message.edited_ts ?? message.ts
  const event = { type: 'message', subtype: 'message_changed', message: shown, previous_message: previous }
  ws.onEvent({ ...event, ...place, hidden: true, ts, event_ts: ts })
}

/** Sends `app_mention` when a person names the bot in a channel it is in; true when it was sent. */
export function mentionEvent(ws: Workspace, channel: Channel, message: Message): boolean {
  const names = message.text.includes(`<@${ws.app.botUserId}>`)
  if (!names || channel.kind === 'im' || !isMember(ws, channel)) return false
  if (!ws.settings.events.includes('app_mention')) return false
  const shown: Json = messageJson(ws, channel.id, message)
  ws.onEvent({ ...shown, type: 'app_mention', channel: channel.id, event_ts: message.ts })
  return true
}

/** Sends `app_home_opened` for the tab that a person opened. */
export function homeEvent(
  ws: Workspace,
  user: string,
  channel: string,
  tab: 'home' | 'messages',
  view: Json | undefined,
): void {
  if (!ws.settings.events.includes('app_home_opened')) return
  const event_ts = (ws.now() / 1000).toFixed(6)
  ws.onEvent({ type: 'app_home_opened', user, channel, tab, event_ts, ...(view ? { view } : {}) })
}

/** Sends `member_joined_channel` to an app that is in the channel. */
export function joinedEvent(ws: Workspace, channel: Channel, user: string): void {
  if (!isMember(ws, channel) || !ws.settings.events.includes('member_joined_channel')) return
  const channel_type = channel.kind === 'public' ? 'C' : 'G'
  const event_ts = (ws.now() / 1000).toFixed(6)
  ws.onEvent({ type: 'member_joined_channel', user, channel: channel.id, channel_type, team: ws.team.id, event_ts })
}
