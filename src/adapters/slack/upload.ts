import { Readable } from 'node:stream'
import { request } from 'undici'
import type { SlackClient } from './client.ts'
import { httpFault, refusedAs, SlackFault, slackFault } from './errors.ts'

/** A file to give, as a stream of exactly `bytes` bytes. Slack takes up to 1 GB. */
export type Upload = {
  readonly name: string
  readonly title: string
  readonly bytes: number
  readonly chunks: AsyncIterable<Uint8Array>
  readonly channel: string
  readonly thread?: string
  /** Told Slack's id of the file before anything of it can be seen: what a restart looks for. */
  readonly onFile: (file: string) => Promise<void>
}

/**
 * Gives Slack a file in three calls: an address to send it to, its bytes, and where it is shown. Only the last can be seen.
 * What the last answers is not proof that it is shown: ask `fileState`.
 */
export async function upload(client: SlackClient, file: Upload): Promise<void> {
  const slot = await client.write<{ upload_url: string; file_id: string }>('files.getUploadURLExternal', {
    filename: file.name,
    length: file.bytes,
  })
  await file.onFile(slot.file_id)
  await sendBytes(slot.upload_url, file)
  await client.write('files.completeUploadExternal', {
    files: [{ id: slot.file_id, title: file.title }],
    channel_id: file.channel,
    ...(file.thread === undefined ? {} : { thread_ts: file.thread }),
  })
}

/** The bytes as they come, never all in memory. The address is a secret of its own and needs no token. */
async function sendBytes(url: string, file: Upload): Promise<void> {
  const method = 'files.upload_url'
  // at least 100 kB a second, and 30 s for Slack to think
  const signal = AbortSignal.timeout(30_000 + Math.ceil(file.bytes / 100))
  let ours: { readonly error: unknown } | undefined
  const watched = watch(file.chunks, (error) => {
    ours = { error }
  })
  try {
    const { statusCode, body } = await request(url, {
      method: 'POST',
      headers: { 'content-type': 'application/octet-stream', 'content-length': String(file.bytes) },
      body: Readable.from(watched),
      signal,
    })
    await body.dump()
    if (statusCode !== 200) throw httpFault(method, statusCode)
  } catch (error) {
    if (ours) throw ours.error // the file's own fault, not the line's
    throw error instanceof SlackFault ? error : slackFault(method, error)
  }
}

async function* watch(chunks: AsyncIterable<Uint8Array>, failed: (error: unknown) => void): AsyncGenerator<Uint8Array> {
  try {
    yield* chunks
  } catch (error) {
    failed(error)
    throw error
  }
}

/** Where a file is: `shown` in the channel, known but `hidden`, or `absent` (never finished, or deleted). */
export type FileState = 'shown' | 'hidden' | 'absent'

type FileInfo = {
  readonly ims?: readonly string[]
  readonly shares?: {
    readonly public?: { readonly [channel: string]: unknown }
    readonly private?: { readonly [channel: string]: unknown }
  }
}

/** Whether a file is really shown in a channel (Slack shows it some time after completeUploadExternal has answered). */
export async function fileState(client: SlackClient, file: string, channel: string): Promise<FileState> {
  try {
    const answer = await client.read<{ file?: FileInfo }>('files.info', { file })
    const shares = { ...answer.file?.shares?.public, ...answer.file?.shares?.private }
    return channel in shares || answer.file?.ims?.includes(channel) ? 'shown' : 'hidden'
  } catch (error) {
    if (refusedAs(error, 'file_not_found', 'file_deleted')) return 'absent'
    throw error
  }
}

/** Deletes a file of ours. One that is not there is as good as deleted. */
export async function removeFile(client: SlackClient, file: string): Promise<void> {
  try {
    await client.write('files.delete', { file })
  } catch (error) {
    if (!refusedAs(error, 'file_not_found', 'file_deleted')) throw error
  }
}
