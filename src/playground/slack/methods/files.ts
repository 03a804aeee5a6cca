import { messageBlocks } from '../blocks/message.ts'
import { isMember, visibleChannel } from '../channels.ts'
import { messageEvent } from '../events.ts'
import { type Json, objects, textOr } from '../json.ts'
import { fileJson, findMessage, storeMessage } from '../messages.ts'
import { SlackError, withMessages } from '../slackError.ts'
import type { Channel, SlackFile } from '../types.ts'
import { changed, later, newId, type Workspace } from '../workspace.ts'
import { type Args, count, json, required, text } from './args.ts'
import { type Methods, TIER } from './method.ts'

/** Slack: a file holds at most 1 GB. */
const FILE_BYTES_MAX = 1_000_000_000

export const files: Methods = {
  'files.getUploadURLExternal': { token: 'bot', scopes: ['files:write'], perMinute: TIER.four, run: getUploadUrl },
  'files.completeUploadExternal': { token: 'bot', scopes: ['files:write'], perMinute: TIER.four, run: complete },
  'files.info': { token: 'bot', scopes: ['files:read'], perMinute: TIER.four, run: info },
  'files.list': { token: 'bot', scopes: ['files:read'], perMinute: TIER.three, run: list },
  'files.delete': { token: 'bot', scopes: ['files:write'], perMinute: TIER.three, run: remove },
}

function getUploadUrl(ws: Workspace, args: Args): Json {
  const filename = required(args, 'filename')
  const length = Number(text(args, 'length'))
  // A length of 0 is refused as if it were missing: Slack takes no empty file.
  if (!Number.isInteger(length) || length <= 0)
    throw withMessages('invalid_arguments', ['[ERROR] missing required field: length'])
  if (length > FILE_BYTES_MAX) throw new SlackError('file_upload_size_restricted')
  const file_id = newId(ws, 'F')
  const token = newId(ws, 'u')
  ws.uploads.set(token, { token, file_id, filename, length, content: undefined })
  return { upload_url: `${ws.url}/upload/v1/${token}`, file_id }
}

const TYPES: Readonly<Record<string, string>> = {
  csv: 'text/csv',
  json: 'application/json',
  txt: 'text/plain',
  log: 'text/plain',
  png: 'image/png',
  gz: 'application/gzip',
  zip: 'application/zip',
}

function complete(ws: Workspace, args: Args): Json {
  const wanted = objects(json(args, 'files'))
  if (wanted.length === 0) throw withMessages('invalid_arguments', ['[ERROR] missing required field: files'])
  const channel = destination(ws, args)
  const uploads = wanted.map(({ id }) => [...ws.uploads.values()].find((upload) => upload.file_id === id))
  const accepts = { table: ws.settings.acceptsTable, dataTable: ws.settings.acceptsDataTable }
  const comment = text(args, 'initial_comment')
  const blocks = comment === '' ? messageBlocks(json(args, 'blocks', 'invalid_blocks_format'), accepts) : []
  const done = uploads.map((upload, index) => {
    if (!upload?.content) throw new SlackError('file_not_found')
    const title = textOr(wanted[index]?.['title'], '') || upload.filename
    return { upload, file: fileOf(ws, upload.file_id, upload.filename, title, upload.content) }
  })
  for (const { upload, file } of done) {
    ws.uploads.delete(upload.token)
    ws.files.set(file.id, file)
  }
  changed(ws, { type: 'files' })
  if (channel)
    shareLater(
      ws,
      channel,
      done.map(({ file }) => file),
      comment,
      blocks,
      text(args, 'thread_ts'),
    )
  // The answer says nothing of where the file went: sharing happens afterwards, when it happens.
  return { files: done.map(({ file }) => fileJson(ws, file)) }
}

function destination(ws: Workspace, args: Args): Channel | undefined {
  const id = text(args, 'channel_id') || text(args, 'channels').split(',')[0] || ''
  if (id === '') return undefined
  // Only conversation ids are taken, no user id and no name (python-slack-sdk issue 1426).
  if (!/^[CGDZ][A-Z0-9]+$/.test(id)) throw new SlackError('invalid_channel')
  const channel = visibleChannel(ws, id)
  if (channel.is_archived) throw new SlackError('is_archived')
  if (!isMember(ws, channel)) throw new SlackError('not_in_channel')
  const thread = text(args, 'thread_ts')
  if (thread !== '' && !findMessage(ws, id, thread)) throw new SlackError('invalid_thread_ts')
  return channel
}

function fileOf(ws: Workspace, id: string, name: string, title: string, content: Buffer): SlackFile {
  const filetype = name.includes('.') ? (name.split('.').at(-1) ?? '').toLowerCase() : 'binary'
  const mimetype = TYPES[filetype] ?? 'application/octet-stream'
  const created = Math.floor(ws.now() / 1000)
  const user = ws.app.botUserId
  return {
    id,
    name,
    title,
    user,
    created,
    size: content.length,
    mimetype,
    filetype,
    content,
    deleted: false,
    shares: [],
  }
}

function shareLater(
  ws: Workspace,
  channel: Channel,
  shared: SlackFile[],
  comment: string,
  blocks: Json[],
  thread: string,
): void {
  const { fileShareMs } = ws.settings
  if (fileShareMs < 0) return
  const share = (): void => {
    const ids = shared.filter((file) => !file.deleted).map((file) => file.id)
    if (ids.length === 0 || !ws.channels.has(channel.id)) return
    const thread_ts = thread === '' ? undefined : thread
    const message = storeMessage(ws, channel, { user: ws.app.botUserId, text: comment, blocks, files: ids, thread_ts })
    for (const file of shared)
      file.shares.push({ channel: channel.id, ts: message.ts, thread_ts, private: channel.kind !== 'public' })
    changed(ws, { type: 'files' })
    messageEvent(ws, channel, message)
  }
  later(ws, fileShareMs, share)
}

function ownFile(ws: Workspace, args: Args): SlackFile {
  const file = ws.files.get(required(args, 'file'))
  if (!file) throw new SlackError('file_not_found')
  if (file.deleted) throw new SlackError('file_deleted')
  return file
}

function info(ws: Workspace, args: Args): Json {
  return { file: fileJson(ws, ownFile(ws, args)), comments: [], response_metadata: { next_cursor: '' } }
}

function list(ws: Workspace, args: Args): Json {
  const channel = text(args, 'channel')
  const user = text(args, 'user')
  const from = Number(text(args, 'ts_from') || 0)
  const to = Number(text(args, 'ts_to') || Number.POSITIVE_INFINITY)
  const found = [...ws.files.values()].filter(
    (file) =>
      !file.deleted &&
      (channel === '' || file.shares.some((share) => share.channel === channel)) &&
      (user === '' || file.user === user) &&
      file.created >= from &&
      file.created <= to,
  )
  const size = count(args, 'count', 100, 1000)
  const number = count(args, 'page', 1, 100)
  const shown = found.reverse().slice((number - 1) * size, number * size)
  const paging = { count: size, total: found.length, page: number, pages: Math.max(1, Math.ceil(found.length / size)) }
  return { files: shown.map((file) => fileJson(ws, file)), paging }
}

function remove(ws: Workspace, args: Args): Json {
  const file = ownFile(ws, args)
  file.deleted = true
  for (const share of file.shares) changed(ws, { type: 'messages', channel: share.channel, ts: share.ts })
  changed(ws, { type: 'files' })
  return {}
}
