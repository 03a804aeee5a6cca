import { elementsOf } from './blocks/blocks.ts'
import type { Json } from './json.ts'
import { objects } from './json.ts'
import type { Channel, Message, SlackFile } from './types.ts'
import { changed, newId, newTs, type Workspace } from './workspace.ts'

export type NewMessage = Partial<Message> & { readonly user: string; readonly text: string }

/** Stores a message in a channel under a new timestamp and tells the watchers; events are the caller's to send. */
export function storeMessage(ws: Workspace, channel: Channel, message: NewMessage): Message {
  return storeAt(ws, channel, message, newTs(ws))
}

/** As `storeMessage`, under a timestamp of the caller's: what was said before the workspace started. */
export function storeAt(ws: Workspace, channel: Channel, message: NewMessage, ts: string): Message {
  const stored: Message = {
    subtype: undefined,
    from_bot: message.user === ws.app.botUserId,
    attachments: [],
    files: [],
    thread_ts: undefined,
    metadata: undefined,
    edited_ts: undefined,
    reactions: [],
    ephemeral_to: undefined,
    deleted: false,
    ...message,
    ts,
    blocks: withIds(ws, message.blocks ?? []),
  }
  const all = ws.messages.get(channel.id) ?? []
  all.push(stored)
  ws.messages.set(channel.id, all)
  changed(ws, { type: 'messages', channel: channel.id, ts: stored.ts })
  return stored
}

/** Blocks with the block and action ids that Slack makes up when the app gives none. */
export function withIds(ws: Workspace, blocks: readonly Json[]): Json[] {
  return blocks.map((block) => {
    const copy = structuredClone(block)
    copy['block_id'] ??= newId(ws, 'b').slice(2, 7)
    for (const element of elementsOf(copy))
      if (isInteractive(element)) element['action_id'] ??= newId(ws, 'a').slice(2, 7)
    for (const child of objects(copy['child_blocks'])) child['block_id'] ??= newId(ws, 'b').slice(2, 7)
    return copy
  })
}

const PASSIVE: ReadonlySet<unknown> = new Set(['image', 'plain_text', 'mrkdwn'])

function isInteractive(element: Json): boolean {
  return (
    !PASSIVE.has(element['type']) && !String(element['type']).startsWith('rich_text_') && element['type'] !== 'card'
  )
}

/** A message that is in the channel's history; ephemeral and deleted ones are not. */
export function findMessage(ws: Workspace, channelId: string, ts: string): Message | undefined {
  return ws.messages.get(channelId)?.find((message) => message.ts === ts && !message.deleted && !message.ephemeral_to)
}

/** Any message that is shown, ephemeral ones included. */
export function findShown(ws: Workspace, channelId: string, ts: string): Message | undefined {
  return ws.messages.get(channelId)?.find((message) => message.ts === ts && !message.deleted)
}

/** The history of a channel, oldest first, without ephemeral and deleted messages. */
export function history(ws: Workspace, channelId: string): Message[] {
  return (ws.messages.get(channelId) ?? []).filter((message) => !message.deleted && !message.ephemeral_to)
}

/** The replies in a thread, oldest first, without its first message. */
export function repliesTo(ws: Workspace, channelId: string, threadTs: string): Message[] {
  return history(ws, channelId).filter((message) => message.thread_ts === threadTs && message.ts !== threadTs)
}

/** A message as the Web API and events show it; metadata only when asked for. */
export function messageJson(ws: Workspace, channelId: string, message: Message, withMetadata = false): Json {
  const replies = message.thread_ts && message.thread_ts !== message.ts ? [] : repliesTo(ws, channelId, message.ts)
  const people = [...new Set(replies.map((reply) => reply.user))]
  const files = message.files.flatMap((id) => ws.files.get(id) ?? [])
  return {
    type: 'message',
    user: message.user,
    ts: message.ts,
    text: message.text,
    team: ws.users.get(message.user)?.team_id ?? ws.team.id,
    ...(message.subtype ? { subtype: message.subtype } : {}),
    ...(message.from_bot ? botFields(ws) : {}),
    ...(message.blocks.length > 0 ? { blocks: message.blocks } : {}),
    ...(message.attachments.length > 0 ? { attachments: message.attachments } : {}),
    ...(files.length > 0 ? { files: files.map((file) => fileJson(ws, file)), upload: true } : {}),
    ...(message.thread_ts ? { thread_ts: message.thread_ts } : {}),
    ...(message.thread_ts && message.thread_ts !== message.ts
      ? { parent_user_id: findMessage(ws, channelId, message.thread_ts)?.user ?? '' }
      : {}),
    ...(replies.length > 0
      ? {
          thread_ts: message.ts,
          reply_count: replies.length,
          reply_users_count: people.length,
          reply_users: people,
          latest_reply: replies.at(-1)?.ts,
        }
      : {}),
    ...(message.edited_ts ? { edited: { user: message.user, ts: message.edited_ts } } : {}),
    ...(message.reactions.length > 0
      ? { reactions: message.reactions.map((each) => ({ ...each, count: each.users.length })) }
      : {}),
    ...(withMetadata && message.metadata ? { metadata: message.metadata } : {}),
    ...(message.ephemeral_to ? { is_ephemeral: true } : {}),
  }
}

function botFields(ws: Workspace): Json {
  const { botId, id, name } = ws.app
  return {
    bot_id: botId,
    app_id: id,
    bot_profile: { id: botId, app_id: id, name, team_id: ws.team.id, deleted: false },
  }
}

/** A file as Slack describes it; `shares` and the channel lists appear only once it is shared. */
export function fileJson(ws: Workspace, file: SlackFile): Json {
  if (file.deleted) return { id: file.id, mode: 'tombstone' }
  const path = `${ws.url}/files-pri/${ws.team.id}-${file.id}`
  const name = encodeURIComponent(file.name)
  const shares: { public: Record<string, Json[]>; private: Record<string, Json[]> } = { public: {}, private: {} }
  for (const { channel, ts, thread_ts, private: isPrivate } of file.shares) {
    const side = isPrivate ? shares.private : shares.public
    const entry = { ts, ...(thread_ts ? { thread_ts } : {}), team_id: ws.team.id, reply_users: [], reply_count: 0 }
    side[channel] = [...(side[channel] ?? []), entry]
  }
  const kept = Object.fromEntries(Object.entries(shares).filter(([, side]) => Object.keys(side).length > 0))
  return {
    id: file.id,
    created: file.created,
    timestamp: file.created,
    name: file.name,
    title: file.title,
    mimetype: file.mimetype,
    filetype: file.filetype,
    user: file.user,
    user_team: ws.team.id,
    size: file.size,
    mode: 'hosted',
    is_external: false,
    url_private: `${path}/${name}`,
    url_private_download: `${path}/download/${name}`,
    permalink: `${ws.url}/files/${file.user}/${file.id}/${name}`,
    channels: file.shares.filter((share) => !share.private).map(({ channel }) => channel),
    groups: file.shares
      .filter((share) => share.private && !share.channel.startsWith('D'))
      .map(({ channel }) => channel),
    ims: file.shares.filter((share) => share.channel.startsWith('D')).map(({ channel }) => channel),
    ...(Object.keys(kept).length > 0 ? { shares: kept } : {}),
  }
}
