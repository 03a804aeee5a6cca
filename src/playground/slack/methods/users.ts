import { channelJson, isVisible, userJson, visibleChannel } from '../channels.ts'
import type { Json } from '../json.ts'
import { SlackError } from '../slackError.ts'
import type { Workspace } from '../workspace.ts'
import { type Args, flag, page, required, text } from './args.ts'
import { listed } from './conversations.ts'
import { type Methods, TIER } from './method.ts'

export const users: Methods = {
  'users.info': { token: 'bot', scopes: ['users:read'], perMinute: TIER.four, run: info },
  'users.list': { token: 'bot', scopes: ['users:read'], perMinute: TIER.two, run: list },
  'users.lookupByEmail': { token: 'bot', scopes: ['users:read.email'], perMinute: TIER.three, run: lookupByEmail },
  'users.conversations': {
    token: 'bot',
    scopes: ['channels:read', 'groups:read', 'im:read', 'mpim:read'],
    perMinute: TIER.three,
    run: conversationsOf,
  },
  'usergroups.list': { token: 'bot', scopes: ['usergroups:read'], perMinute: TIER.two, run: usergroups },
  'usergroups.users.list': { token: 'bot', scopes: ['usergroups:read'], perMinute: TIER.two, run: usergroupUsers },
}

function info(ws: Workspace, args: Args): Json {
  const user = ws.users.get(required(args, 'user'))
  if (!user || !isVisible(ws, user)) throw new SlackError('user_not_found')
  return { user: userJson(ws, user) }
}

function list(ws: Workspace, args: Args): Json {
  const visible = [...ws.users.values()].filter((user) => isVisible(ws, user))
  const { items, next } = page(args, visible)
  const members = items.map((user) => userJson(ws, user))
  return { members, cache_ts: Math.floor(ws.now() / 1000), response_metadata: { next_cursor: next } }
}

function lookupByEmail(ws: Workspace, args: Args): Json {
  const email = required(args, 'email').toLowerCase()
  const user = [...ws.users.values()].find(
    (each) => each.email.toLowerCase() === email && each.team_id === ws.team.id && !each.deleted && !each.is_bot,
  )
  if (!user) throw new SlackError('users_not_found')
  return { user: userJson(ws, user) }
}

function conversationsOf(ws: Workspace, args: Args): Json {
  const user = text(args, 'user') || ws.app.botUserId
  const { items, next } = page(
    args,
    listed(ws, args).filter((channel) => channel.members.includes(user)),
  )
  const channels = items.map((channel) => channelJson(ws, visibleChannel(ws, channel.id)))
  return { channels, response_metadata: { next_cursor: next } }
}

function requirePaidPlan(ws: Workspace): void {
  if (!ws.settings.paidPlan) throw new SlackError('plan_upgrade_required')
}

function usergroups(ws: Workspace, args: Args): Json {
  requirePaidPlan(ws)
  const all = [...ws.usergroups.values()].filter((group) => !group.deleted || flag(args, 'include_disabled'))
  return {
    usergroups: all.map((group) => ({
      id: group.id,
      team_id: ws.team.id,
      is_usergroup: true,
      is_external: false,
      name: group.name,
      description: '',
      handle: group.handle,
      date_delete: group.deleted ? Math.floor(ws.now() / 1000) : 0,
      user_count: group.users.length,
      ...(flag(args, 'include_users') ? { users: group.users } : {}),
    })),
  }
}

function usergroupUsers(ws: Workspace, args: Args): Json {
  requirePaidPlan(ws)
  const group = ws.usergroups.get(required(args, 'usergroup'))
  if (!group) throw new SlackError('no_such_subteam')
  if (group.deleted && !flag(args, 'include_disabled')) throw new SlackError('subteam_is_deleted')
  return { users: group.users }
}
