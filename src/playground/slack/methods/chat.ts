import { messageBlocks } from '../blocks/message.ts'
import { channelToPostIn, isMember, requireWritable, visibleChannel } from '../channels.ts'
import { messageEvent } from '../events.ts'
import { type Json, objects } from '../json.ts'
import { findMessage, messageJson, storeMessage, withIds } from '../messages.ts'
import { SlackError } from '../slackError.ts'
import type { Channel, Message } from '../types.ts'
import { changed, newTs, type Workspace } from '../workspace.ts'
import { type Args, flag, json, metadataOf, required, text } from './args.ts'
import { type Methods, TIER } from './method.ts'

/** Slack, chat.postMessage: longer text is cut and answered with the warning message_truncated. */
const TEXT_MAX = 40_000
/** Slack, chat.update: longer text is msg_too_long. */
const UPDATE_TEXT_MAX = 4000
const MARKDOWN_TEXT_MAX = 12_000

export const chat: Methods = {
  'chat.postMessage': {
    token: 'bot',
    scopes: ['chat:write', 'chat:write.public'],
    perMinute: TIER.special,
    run: postMessage,
  },
  'chat.postEphemeral': { token: 'bot', scopes: ['chat:write'], perMinute: TIER.four, run: postEphemeral },
  'chat.update': { token: 'bot', scopes: ['chat:write'], perMinute: TIER.three, run: update },
  'chat.delete': { token: 'bot', scopes: ['chat:write'], perMinute: TIER.three, run: remove },
  'chat.getPermalink': { token: 'bot', scopes: [], perMinute: TIER.special, run: getPermalink },
}

type Content = {
  text: string
  blocks: Json[] | undefined
  attachments: Json[] | undefined
  warning: string | undefined
}

/** What a post says, checked; blocks and attachments are undefined when they are not given. */
function contentOf(ws: Workspace, args: Args): Content {
  const accepts = { table: ws.settings.acceptsTable, dataTable: ws.settings.acceptsDataTable }
  const given = json(args, 'blocks', 'invalid_blocks_format')
  const markdown = text(args, 'markdown_text')
  const written = text(args, 'text')
  if (markdown !== '' && (written !== '' || given !== undefined)) throw new SlackError('markdown_text_conflict')
  if (markdown.length > MARKDOWN_TEXT_MAX) throw new SlackError('msg_too_long')
  const blocks = given === undefined ? undefined : messageBlocks(given, accepts)
  const attached = json(args, 'attachments', 'invalid_attachments')
  const whole = markdown === '' ? written : markdown
  return {
    text: whole.slice(0, TEXT_MAX),
    blocks: markdown === '' ? blocks : [{ type: 'markdown', text: markdown }],
    attachments: attached === undefined ? undefined : objects(attached),
    warning: whole.length > TEXT_MAX ? 'message_truncated' : undefined,
  }
}

/** The thread that a reply belongs to: replies to a reply go to its thread, as in Slack. */
function threadOf(ws: Workspace, channel: Channel, args: Args): string | undefined {
  const ts = text(args, 'thread_ts')
  if (ts === '') return undefined
  const parent = ws.messages.get(channel.id)?.find((message) => message.ts === ts && !message.ephemeral_to)
  if (!parent) throw new SlackError('cannot_reply_to_message')
  return parent.thread_ts ?? parent.ts
}

function requireSomething(content: Content): void {
  const empty = content.text === '' && !content.blocks?.length && !content.attachments?.length
  if (empty) throw new SlackError('no_text')
}

function warned(content: Content): Json {
  return content.warning ? { warning: content.warning, response_metadata: { warnings: [content.warning] } } : {}
}

function postMessage(ws: Workspace, args: Args): Json {
  const channel = channelToPostIn(ws, text(args, 'channel'))
  requireWritable(ws, channel)
  const content = contentOf(ws, args)
  requireSomething(content)
  const thread = threadOf(ws, channel, args)
  const message = storeMessage(ws, channel, {
    user: ws.app.botUserId,
    text: content.text,
    blocks: content.blocks ?? [],
    attachments: content.attachments ?? [],
    thread_ts: thread,
    metadata: metadataOf(args),
    subtype: thread && flag(args, 'reply_broadcast') ? 'thread_broadcast' : undefined,
  })
  messageEvent(ws, channel, message)
  return { channel: channel.id, ts: message.ts, message: messageJson(ws, channel.id, message), ...warned(content) }
}

function postEphemeral(ws: Workspace, args: Args): Json {
  const channel = channelToPostIn(ws, text(args, 'channel'))
  requireWritable(ws, channel)
  if (!isMember(ws, channel)) throw new SlackError('not_in_channel')
  const user = required(args, 'user')
  if (!channel.members.includes(user)) throw new SlackError('user_not_in_channel')
  const content = contentOf(ws, args)
  requireSomething(content)
  if (content.warning) throw new SlackError('msg_too_long')
  const message = storeMessage(ws, channel, {
    user: ws.app.botUserId,
    text: content.text,
    blocks: content.blocks ?? [],
    attachments: content.attachments ?? [],
    thread_ts: threadOf(ws, channel, args),
    ephemeral_to: user,
  })
  return { message_ts: message.ts }
}

/** A message that the app may change: its own, in a channel it can see. Ephemeral ones cannot be found. */
function ownMessage(ws: Workspace, args: Args, refusal: string): { channel: Channel; message: Message } {
  const channel = visibleChannel(ws, required(args, 'channel'))
  const message = findMessage(ws, channel.id, required(args, 'ts'))
  if (!message) throw new SlackError('message_not_found')
  if (!message.from_bot) throw new SlackError(refusal)
  return { channel, message }
}

function update(ws: Workspace, args: Args): Json {
  const { channel, message } = ownMessage(ws, args, 'cant_update_message')
  requireWritable(ws, channel)
  if (text(args, 'text').length > UPDATE_TEXT_MAX) throw new SlackError('msg_too_long')
  const content = contentOf(ws, args)
  if (content.text === '' && content.blocks === undefined && content.attachments === undefined)
    throw new SlackError('no_text')
  const before = { ...message }
  // Slack, chat.update: blocks, attachments and metadata that are not given stay as they were.
  message.text = content.text === '' ? message.text : content.text
  if (content.blocks) message.blocks = withIds(ws, content.blocks)
  if (content.attachments) message.attachments = content.attachments
  message.metadata = metadataOf(args) ?? message.metadata
  message.edited_ts = newTs(ws)
  changed(ws, { type: 'messages', channel: channel.id, ts: message.ts })
  messageEvent(ws, channel, message, before)
  const shown = messageJson(ws, channel.id, message)
  return { channel: channel.id, ts: message.ts, text: message.text, message: shown }
}

function remove(ws: Workspace, args: Args): Json {
  const { channel, message } = ownMessage(ws, args, 'cant_delete_message')
  message.deleted = true
  changed(ws, { type: 'messages', channel: channel.id, ts: message.ts })
  return { channel: channel.id, ts: message.ts }
}

function getPermalink(ws: Workspace, args: Args): Json {
  const channel = visibleChannel(ws, required(args, 'channel'))
  const message = findMessage(ws, channel.id, required(args, 'message_ts'))
  if (!message) throw new SlackError('message_not_found')
  const thread = message.thread_ts && message.thread_ts !== message.ts ? message.thread_ts : undefined
  const query = thread ? `?thread_ts=${thread}&cid=${channel.id}` : ''
  const permalink = `${ws.url}/archives/${channel.id}/p${message.ts.replace('.', '')}${query}`
  return { channel: channel.id, permalink }
}
