import {
  channelJson,
  channelToPostIn,
  isMember,
  isVisible,
  requireScope,
  scopeFor,
  visibleChannel,
} from '../channels.ts'
import { joinedEvent } from '../events.ts'
import type { Json } from '../json.ts'
import { history as historyOf, messageJson, repliesTo } from '../messages.ts'
import { channelOf } from '../seed.ts'
import { SlackError } from '../slackError.ts'
import type { Channel, Message } from '../types.ts'
import { changed, directMessage, newId, type Workspace } from '../workspace.ts'
import { type Args, flag, page, required, text } from './args.ts'
import { type Methods, TIER } from './method.ts'

const READ = ['channels:read', 'groups:read', 'im:read', 'mpim:read']
const HISTORY = ['channels:history', 'groups:history', 'im:history', 'mpim:history']

export const conversations: Methods = {
  'conversations.info': { token: 'bot', scopes: READ, perMinute: TIER.three, run: info },
  'conversations.members': { token: 'bot', scopes: READ, perMinute: TIER.four, run: members },
  'conversations.list': { token: 'bot', scopes: READ, perMinute: TIER.two, run: list },
  'conversations.open': { token: 'bot', scopes: ['im:write', 'mpim:write'], perMinute: TIER.three, run: open },
  'conversations.join': { token: 'bot', scopes: ['channels:join'], perMinute: TIER.three, run: join },
  'conversations.leave': {
    token: 'bot',
    scopes: ['channels:write', 'channels:join'],
    perMinute: TIER.three,
    run: leave,
  },
  'conversations.history': { token: 'bot', scopes: HISTORY, perMinute: TIER.three, run: history },
  'conversations.replies': { token: 'bot', scopes: HISTORY, perMinute: TIER.three, run: replies },
}

function readable(ws: Workspace, args: Args): Channel {
  const channel = visibleChannel(ws, required(args, 'channel'))
  requireScope(ws, scopeFor(channel, 'read'))
  return channel
}

function info(ws: Workspace, args: Args): Json {
  const channel = readable(ws, args)
  const extra = flag(args, 'include_num_members') ? { num_members: channel.members.length } : {}
  return { channel: { ...channelJson(ws, channel), ...extra } }
}

function members(ws: Workspace, args: Args): Json {
  const { items, next } = page(args, readable(ws, args).members)
  return { members: items, response_metadata: { next_cursor: next } }
}

const TYPE_OF = { public: 'public_channel', private: 'private_channel', im: 'im', mpim: 'mpim' } as const

/** Channels by the `types` argument that the app may see; public ones whether or not it is in them. */
export function listed(ws: Workspace, args: Args): Channel[] {
  const types = (text(args, 'types') || 'public_channel').split(',').map((type) => type.trim())
  const known: readonly string[] = Object.values(TYPE_OF)
  if (types.some((type) => !known.includes(type))) throw new SlackError('invalid_types')
  const excluded = flag(args, 'exclude_archived')
  return [...ws.channels.values()].filter(
    (channel) =>
      types.includes(TYPE_OF[channel.kind]) &&
      (channel.kind === 'public' || isMember(ws, channel)) &&
      !(excluded && channel.is_archived),
  )
}

function list(ws: Workspace, args: Args): Json {
  const { items, next } = page(args, listed(ws, args))
  const channels = items.map((channel) => ({ ...channelJson(ws, channel), num_members: channel.members.length }))
  return { channels, response_metadata: { next_cursor: next } }
}

function open(ws: Workspace, args: Args): Json {
  const existing = text(args, 'channel')
  if (existing !== '') return { channel: { id: visibleChannel(ws, existing).id }, no_op: true, already_open: true }
  const ids = text(args, 'users').split(',').filter(Boolean)
  if (ids.length === 0) throw new SlackError('users_list_not_supplied')
  if (ids.length > 8) throw new SlackError('too_many_users')
  for (const id of ids) {
    const user = ws.users.get(id)
    if (!user || !isVisible(ws, user)) throw new SlackError('user_not_found')
    if (user.deleted) throw new SlackError('user_disabled')
    if (user.is_bot) throw new SlackError('cannot_dm_bot')
  }
  const channel = ids.length === 1 && ids[0] ? directMessage(ws, ids[0]) : groupMessage(ws, ids)
  return { channel: flag(args, 'return_im') ? channelJson(ws, channel) : { id: channel.id } }
}

function groupMessage(ws: Workspace, ids: readonly string[]): Channel {
  const members = [ws.app.botUserId, ...ids]
  const same = [...ws.channels.values()].find(
    (channel) =>
      channel.kind === 'mpim' &&
      channel.members.length === members.length &&
      members.every((id) => channel.members.includes(id)),
  )
  if (same) return same
  const name = `mpdm-${members.map((id) => ws.users.get(id)?.name ?? id).join('--')}-1`
  const channel = channelOf({ id: newId(ws, 'G'), name, kind: 'mpim', members }, Math.floor(ws.now() / 1000))
  ws.channels.set(channel.id, channel)
  changed(ws, { type: 'workspace' })
  return channel
}

function join(ws: Workspace, args: Args): Json {
  const channel = visibleChannel(ws, required(args, 'channel'))
  if (channel.kind !== 'public') throw new SlackError('method_not_supported_for_channel_type')
  if (channel.is_archived) throw new SlackError('is_archived')
  if (isMember(ws, channel)) return { channel: channelJson(ws, channel), warning: 'already_in_channel' }
  channel.members.push(ws.app.botUserId)
  changed(ws, { type: 'workspace' })
  joinedEvent(ws, channel, ws.app.botUserId)
  return { channel: channelJson(ws, channel) }
}

function leave(ws: Workspace, args: Args): Json {
  const channel = visibleChannel(ws, required(args, 'channel'))
  if (!isMember(ws, channel)) return { not_in_channel: true }
  channel.members = channel.members.filter((id) => id !== ws.app.botUserId)
  changed(ws, { type: 'workspace' })
  return {}
}

function historyChannel(ws: Workspace, args: Args): Channel {
  const channel = channelToPostIn(ws, required(args, 'channel'))
  requireScope(ws, scopeFor(channel, 'history'))
  if (!isMember(ws, channel)) throw new SlackError('not_in_channel')
  return channel
}

/** Messages between `oldest` and `latest`, which count themselves only with `inclusive`. */
function within(args: Args, messages: readonly Message[]): Message[] {
  const oldest = text(args, 'oldest') || '0'
  const latest = text(args, 'latest')
  const inclusive = flag(args, 'inclusive')
  return messages.filter(({ ts }) => {
    const after = Number(ts) > Number(oldest) || (inclusive && ts === oldest)
    const before = latest === '' || Number(ts) < Number(latest) || (inclusive && ts === latest)
    return after && before
  })
}

function shown(ws: Workspace, args: Args, channel: Channel, messages: readonly Message[]): Json {
  const { items, next } = page(args, messages)
  const metadata = flag(args, 'include_all_metadata')
  return {
    messages: items.map((message) => messageJson(ws, channel.id, message, metadata)),
    has_more: next !== '',
    ...(next === '' ? {} : { response_metadata: { next_cursor: next } }),
  }
}

function history(ws: Workspace, args: Args): Json {
  const channel = historyChannel(ws, args)
  const top = historyOf(ws, channel.id).filter(
    (message) => !message.thread_ts || message.thread_ts === message.ts || message.subtype === 'thread_broadcast',
  )
  return { ...shown(ws, args, channel, within(args, top).reverse()), pin_count: 0 }
}

function replies(ws: Workspace, args: Args): Json {
  const channel = historyChannel(ws, args)
  const ts = required(args, 'ts')
  const named = historyOf(ws, channel.id).find((message) => message.ts === ts)
  if (!named) throw new SlackError('thread_not_found')
  const root = historyOf(ws, channel.id).find((message) => message.ts === (named.thread_ts ?? ts)) ?? named
  const rest = within(args, repliesTo(ws, channel.id, root.ts))
  return shown(ws, args, channel, [root, ...rest])
}
