import { isMember } from '../channels.ts'
import { autocorrected, compose } from '../composer.ts'
import { mentionEvent, messageEvent } from '../events.ts'
import { isObject } from '../json.ts'
import { findMessage, storeMessage } from '../messages.ts'
import { issueResponseUrl, respond, responseAddress } from '../responses.ts'
import { SlackError } from '../slackError.ts'
import type { Channel, ResponseUrl, User } from '../types.ts'
import { directMessage, type Workspace } from '../workspace.ts'
import { type Act, ActError, actOf, actorOf, newTrigger, type Play, placeOf, slackbotSays } from './act.ts'

/** Something typed: `channel` is an id or name, or `dm` for the direct messages with the app. */
export type Typed = {
  readonly user: string
  readonly channel: string
  readonly text: string
  readonly thread_ts?: string
  /** Curly quotes and dashes, as a phone makes them. */
  readonly autocorrect?: boolean
}

/** What a person types and sends: a slash command when it starts with one, else a message. */
export async function type(play: Play, typed: Typed): Promise<Act> {
  const { ws } = play
  const user = actorOf(ws, typed.user)
  const channel = typed.channel === 'dm' ? directMessage(ws, user.id) : placeOf(ws, user, typed.channel)
  const text = typed.autocorrect ? autocorrected(typed.text) : typed.text
  if (text.trim() === '') throw new ActError('there is nothing to send')
  if (/^\/[a-z]/.test(text)) return command(play, user, channel, text, typed.thread_ts)
  return say(ws, user, channel, text, typed.thread_ts)
}

function say(ws: Workspace, user: User, channel: Channel, typed: string, thread: string | undefined): Act {
  if (channel.is_archived) throw new ActError(`#${channel.name} is archived`)
  if (!channel.members.includes(user.id)) throw new ActError(`${user.name} has not joined #${channel.name}`)
  const parent = thread === undefined ? undefined : findMessage(ws, channel.id, thread)
  if (thread !== undefined && !parent) throw new ActError('there is no such thread')
  const { text, blocks } = compose(ws, typed)
  const thread_ts = parent ? (parent.thread_ts ?? parent.ts) : undefined
  const message = storeMessage(ws, channel, { user: user.id, text, blocks, thread_ts })
  messageEvent(ws, channel, message)
  mentionEvent(ws, channel, message)
  const named = text.includes(`<@${ws.app.botUserId}>`)
  if (named && !isMember(ws, channel))
    slackbotSays(ws, channel, user.id, `You mentioned <@${ws.app.botUserId}>, but they're not in this channel.`)
  return { ok: true, status: 'posted', ts: message.ts, channel: channel.id }
}

/** Slack names private channels and direct messages like this in a command's payload. */
function nameInCommand(channel: Channel): string {
  if (channel.kind === 'im') return 'directmessage'
  return channel.kind === 'public' ? channel.name : channel.kind === 'mpim' ? channel.name : 'privategroup'
}

async function command(play: Play, user: User, channel: Channel, typed: string, thread?: string): Promise<Act> {
  const { ws } = play
  const [, name = '', rest = ''] = /^(\/\S+)\s*([\s\S]*)$/.exec(typed) ?? []
  const known = ws.settings.commands.find((each) => each.command === name)
  const refuse = (text: string): Act => {
    slackbotSays(ws, channel, user.id, text, thread)
    return { ok: false, status: 'refused', error: text, channel: channel.id }
  }
  // Slack Connect: the app belongs to the other workspace, whose people have no such command (bolt-python 767).
  if (!known || user.team_id !== ws.team.id) return refuse(`\`${name}\` is not a valid command.`)
  if (thread !== undefined) return refuse(`\`${name}\` is not supported in threads. Sorry!`)
  const responseUrl = issueResponseUrl(ws, user.id, channel)
  const outcome = await play.deliver({
    type: 'slash_commands',
    payload: {
      token: ws.app.verificationToken,
      team_id: ws.team.id,
      team_domain: ws.team.domain,
      channel_id: channel.id,
      channel_name: nameInCommand(channel),
      user_id: user.id,
      user_name: user.name,
      command: name,
      text: (known.should_escape ? compose(ws, rest, 'named').text : rest).trim(),
      api_app_id: ws.app.id,
      is_enterprise_install: 'false',
      response_url: responseAddress(ws, responseUrl),
      trigger_id: newTrigger(ws, user.id).id,
    },
  })
  const act = { ...actOf(outcome), channel: channel.id }
  if (act.error) slackbotSays(ws, channel, user.id, `\`${name}\` failed with the error "${act.error}"`)
  else if (outcome.status === 'acked') return { ...act, ...acknowledged(ws, responseUrl, outcome.body) }
  return act
}

/** Shows what the acknowledgement itself says, if anything. */
function acknowledged(ws: Workspace, responseUrl: ResponseUrl, body: unknown): { error?: string; ts?: string } {
  const empty = body === '' || body === undefined || (isObject(body) && Object.keys(body).length === 0)
  if (empty) return {}
  try {
    const message = respond(ws, responseUrl, body)
    return message ? { ts: message.ts } : {}
  } catch (error) {
    if (error instanceof SlackError) return { error: error.code }
    throw error
  }
}
