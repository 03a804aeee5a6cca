import { isMember, visibleChannel } from '../channels.ts'
import type { Json } from '../json.ts'
import { findMessage } from '../messages.ts'
import { SlackError } from '../slackError.ts'
import type { Message } from '../types.ts'
import { changed, type Workspace } from '../workspace.ts'
import { type Args, required } from './args.ts'
import { type Methods, TIER } from './method.ts'

export const reactions: Methods = {
  'reactions.add': { token: 'bot', scopes: ['reactions:write'], perMinute: TIER.three, run: add },
  'reactions.remove': { token: 'bot', scopes: ['reactions:write'], perMinute: TIER.two, run: remove },
}

function target(ws: Workspace, args: Args): { message: Message; channel: string; name: string } {
  const name = required(args, 'name')
  if (!/^[a-z0-9_+'-]+(::skin-tone-[2-6])?$/.test(name)) throw new SlackError('invalid_name')
  const channel = visibleChannel(ws, required(args, 'channel'))
  if (!isMember(ws, channel)) throw new SlackError('not_in_channel')
  if (channel.is_archived) throw new SlackError('is_archived')
  const message = findMessage(ws, channel.id, required(args, 'timestamp'))
  if (!message) throw new SlackError('message_not_found')
  return { message, channel: channel.id, name }
}

function add(ws: Workspace, args: Args): Json {
  const { message, channel, name } = target(ws, args)
  const reaction = message.reactions.find((each) => each.name === name)
  if (reaction?.users.includes(ws.app.botUserId)) throw new SlackError('already_reacted')
  if (reaction) reaction.users.push(ws.app.botUserId)
  else message.reactions.push({ name, users: [ws.app.botUserId] })
  changed(ws, { type: 'messages', channel, ts: message.ts })
  return {}
}

function remove(ws: Workspace, args: Args): Json {
  const { message, channel, name } = target(ws, args)
  const reaction = message.reactions.find((each) => each.name === name)
  if (!reaction?.users.includes(ws.app.botUserId)) throw new SlackError('no_reaction')
  reaction.users = reaction.users.filter((id) => id !== ws.app.botUserId)
  message.reactions = message.reactions.filter((each) => each.users.length > 0)
  changed(ws, { type: 'messages', channel, ts: message.ts })
  return {}
}
