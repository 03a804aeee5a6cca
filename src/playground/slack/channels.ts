import type { Json } from './json.ts'
import { SlackError } from './slackError.ts'
import type { Channel, User } from './types.ts'
import { directMessage, isExternallyShared, type Workspace } from './workspace.ts'

/** Channels that the app can name: public ones, and those it is in. A private one it is not in does not exist for it. */
export function visibleChannel(ws: Workspace, id: string): Channel {
  const channel = ws.channels.get(id)
  if (!channel) throw new SlackError('channel_not_found')
  if (channel.kind !== 'public' && !isMember(ws, channel)) throw new SlackError('channel_not_found')
  return channel
}

/** True when the app's bot is a member. */
export function isMember(ws: Workspace, channel: Channel): boolean {
  return channel.members.includes(ws.app.botUserId)
}

/**
 * The channel that a post names: an id, a name with or without `#`, or a user's id (their direct messages).
 * @throws SlackError channel_not_found.
 */
export function channelToPostIn(ws: Workspace, name: string): Channel {
  if (/^[UW]/.test(name) && ws.users.has(name)) return directMessage(ws, name)
  if (ws.channels.has(name)) return visibleChannel(ws, name)
  const plain = name.replace(/^#/, '')
  for (const channel of ws.channels.values())
    if (channel.name === plain && plain !== '') return visibleChannel(ws, channel.id)
  throw new SlackError('channel_not_found')
}

/**
 * Refuses what Slack refuses before the app may write into a channel.
 * @throws SlackError is_archived, not_in_channel, messages_tab_disabled, channel_not_found.
 */
export function requireWritable(ws: Workspace, channel: Channel): void {
  if (channel.is_archived) throw new SlackError('is_archived')
  const open = channel.kind === 'public' && ws.settings.scopes.includes('chat:write.public')
  if (!isMember(ws, channel) && !open) throw new SlackError('not_in_channel')
  if (channel.kind === 'im' && !ws.settings.messagesTab) throw new SlackError('messages_tab_disabled')
}

/** The scope for reading a channel of this kind: `channels:read`, `groups:history`, … */
export function scopeFor(channel: Channel, what: 'read' | 'history'): string {
  const family = { public: 'channels', private: 'groups', im: 'im', mpim: 'mpim' }[channel.kind]
  return `${family}:${what}`
}

/**
 * Refuses a channel of a kind that the token has no scope for.
 * @throws SlackError missing_scope.
 */
export function requireScope(ws: Workspace, needed: string): void {
  if (ws.settings.scopes.includes(needed)) return
  throw new SlackError('missing_scope', { needed, provided: ws.settings.scopes.join(',') })
}

/** A channel as conversations.info and .list show it to the app. */
export function channelJson(ws: Workspace, channel: Channel): Json {
  const shared = isExternallyShared(channel)
  const base = {
    id: channel.id,
    created: channel.created,
    is_archived: channel.is_archived,
    is_im: channel.kind === 'im',
    is_org_shared: false,
    context_team_id: ws.team.id,
    updated: channel.created * 1000,
  }
  if (channel.kind === 'im')
    return { ...base, user: channel.members.find((id) => id !== ws.app.botUserId) ?? '', is_user_deleted: false }
  return {
    ...base,
    name: channel.name,
    name_normalized: channel.name,
    is_channel: channel.kind === 'public' || channel.kind === 'private',
    is_group: false,
    is_mpim: channel.kind === 'mpim',
    is_private: channel.kind !== 'public',
    is_general: channel.is_general,
    is_shared: shared,
    is_ext_shared: shared,
    is_pending_ext_shared: channel.is_pending_ext_shared,
    pending_shared: [],
    shared_team_ids: [ws.team.id, ...channel.connected_team_ids],
    connected_team_ids: channel.connected_team_ids,
    creator: channel.creator,
    is_member: isMember(ws, channel),
    topic: { value: channel.topic, creator: channel.creator, last_set: 0 },
    purpose: { value: channel.purpose, creator: channel.creator, last_set: 0 },
    previous_names: [],
  }
}

/** Another workspace's people are visible only while they share a channel with the app. */
export function isVisible(ws: Workspace, user: User): boolean {
  if (user.team_id === ws.team.id) return true
  return [...ws.channels.values()].some((channel) => isMember(ws, channel) && channel.members.includes(user.id))
}

/** A user as users.info shows it; the e-mail only with its scope. */
export function userJson(ws: Workspace, user: User): Json {
  const stranger = user.team_id !== ws.team.id
  const email = ws.settings.scopes.includes('users:read.email') && !stranger ? { email: user.email } : {}
  const profile = {
    real_name: user.real_name,
    real_name_normalized: user.real_name,
    display_name: user.name,
    display_name_normalized: user.name,
    title: user.title,
    team: user.team_id,
    ...email,
    ...(user.is_bot ? { bot_id: user.id === ws.app.botUserId ? ws.app.botId : `B${user.id.slice(1)}` } : {}),
  }
  const base = { id: user.id, team_id: user.team_id, name: user.name, deleted: user.deleted, profile, updated: 0 }
  if (user.deleted) return { ...base, is_bot: user.is_bot, is_app_user: false }
  return {
    ...base,
    real_name: user.real_name,
    tz: user.tz,
    tz_label: user.tz,
    tz_offset: tzOffset(user.tz, ws.now()),
    is_admin: user.is_admin,
    is_owner: false,
    is_primary_owner: false,
    is_restricted: user.is_restricted,
    is_ultra_restricted: user.is_ultra_restricted,
    is_bot: user.is_bot,
    is_app_user: false,
    is_email_confirmed: true,
    ...(stranger ? { is_stranger: true } : {}),
  }
}

/** Seconds east of UTC of a zone at a moment (milliseconds). */
function tzOffset(tz: string, now: number): number {
  const part = new Intl.DateTimeFormat('en', { timeZone: tz, timeZoneName: 'longOffset' })
    .formatToParts(now)
    .find(({ type }) => type === 'timeZoneName')
  const [, sign, hours, minutes] = /([+-])(\d\d):(\d\d)/.exec(part?.value ?? '') ?? []
  const seconds = Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60
  return sign === '-' ? -seconds : seconds
}
