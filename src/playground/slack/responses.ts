import { messageBlocks } from './blocks/message.ts'
import { isObject, type Json, objects, textOr } from './json.ts'
import { findShown, storeMessage, withIds } from './messages.ts'
import { SlackError } from './slackError.ts'
import type { Channel, Message, ResponseUrl } from './types.ts'
import { changed, newId, newTs, type Workspace } from './workspace.ts'

/** A response_url for what a user did in a channel; given a message, that message is the original. */
export function issueResponseUrl(ws: Workspace, user: string, channel: Channel, message?: Message): ResponseUrl {
  const issued: ResponseUrl = {
    id: newId(ws, 'R'),
    user,
    channel: channel.id,
    created: ws.now(),
    uses: 0,
    message_ts: message?.ts,
    ephemeral: message?.ephemeral_to !== undefined,
    thread_ts: message?.thread_ts,
  }
  ws.responseUrls.set(issued.id, issued)
  return issued
}

/** Where the app posts to use a response_url. */
export function responseAddress(ws: Workspace, issued: ResponseUrl): string {
  return `${ws.url}/response/${ws.team.id}/${issued.id}`
}

/**
 * One use of a response_url.
 * @throws SlackError expired_url, used_url, and what is wrong with the message.
 */
export function useResponseUrl(ws: Workspace, id: string, body: unknown): void {
  const issued = ws.responseUrls.get(id)
  if (!issued || ws.now() - issued.created > ws.settings.responseUrlMs) throw new SlackError('expired_url')
  if (issued.uses >= ws.settings.responseUrlUses) throw new SlackError('used_url')
  issued.uses += 1
  respond(ws, issued, body)
}

/** What an acknowledgement or a response_url says: a new message, or a change of the original one. */
export function respond(ws: Workspace, issued: ResponseUrl, body: unknown): Message | undefined {
  const said: Json = typeof body === 'string' ? { text: body } : isObject(body) ? body : {}
  const original = issued.message_ts === undefined ? undefined : findShown(ws, issued.channel, issued.message_ts)
  if (said['delete_original'] === true) return removeOriginal(ws, issued, original)
  const accepts = { table: ws.settings.acceptsTable, dataTable: ws.settings.acceptsDataTable }
  // bolt-js issue 2867: response_url takes blocks that chat.postMessage refuses as too long.
  const blocks = messageBlocks(said['blocks'], accepts, false)
  const text = textOr(said['text'], '')
  const attachments = objects(said['attachments'])
  if (text === '' && blocks.length === 0 && attachments.length === 0) throw new SlackError('no_text')
  if (said['replace_original'] === true && original)
    return replaceOriginal(ws, issued, original, { text, blocks, attachments })
  const channel = ws.channels.get(issued.channel)
  if (!channel) throw new SlackError('channel_not_found')
  return storeMessage(ws, channel, {
    user: ws.app.botUserId,
    text,
    blocks,
    attachments,
    thread_ts: textOr(said['thread_ts'], '') || issued.thread_ts,
    ephemeral_to: said['response_type'] === 'in_channel' ? undefined : issued.user,
  })
}

function removeOriginal(ws: Workspace, issued: ResponseUrl, original: Message | undefined): undefined {
  if (original) original.deleted = true
  changed(ws, { type: 'messages', channel: issued.channel, ts: original?.ts ?? '' })
}

/** The original keeps being ephemeral, or not, whatever response_type says. */
function replaceOriginal(
  ws: Workspace,
  issued: ResponseUrl,
  original: Message,
  said: { text: string; blocks: Json[]; attachments: Json[] },
): Message {
  original.text = said.text
  original.blocks = withIds(ws, said.blocks)
  original.attachments = said.attachments
  if (!original.ephemeral_to) original.edited_ts = newTs(ws)
  changed(ws, { type: 'messages', channel: issued.channel, ts: original.ts })
  return original
}
