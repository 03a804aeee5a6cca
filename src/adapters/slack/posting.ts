import type { Self, SlackClient } from './client.ts'
import type { Message } from './entry.ts'
import { refusedAs, SlackFault } from './errors.ts'
import { countSince, EVENT_TYPE, findMessage, type Mark } from './find.ts'
import { atLevel, type Level, type Levels } from './levels.ts'
import { type FileState, fileState, removeFile, type Upload, upload } from './upload.ts'

export type PostingOptions = {
  readonly client: SlackClient
  readonly self: Self
  readonly levels: Levels
  /** The direct-message channel of the bot and a user: the directory's. */
  readonly directChannel: (user: string) => Promise<string>
}

export type Where = { readonly channel: string; readonly thread?: string }
export type Sent = { readonly channel: string; readonly ts: string }
export type Build = (level: Level) => Message

/** Writing to Slack. Each call is made once; every failure is a SlackFault. */
export type Posting = {
  /** Posts a message that bears its mark, so that it can be found again. */
  readonly post: (where: Where, mark: Mark, build: Build) => Promise<Sent>
  /** Replaces a message of ours. What it showed before is gone, blocks included; its mark stays. */
  readonly update: (at: Sent, build: Build) => Promise<void>
  readonly ephemeral: (where: Where, user: string, message: Message) => Promise<void>
  readonly openDirect: (user: string) => Promise<string>
  /** A link to a message; undefined when Slack gives none. */
  readonly permalink: (channel: string, ts: string) => Promise<string | undefined>
  readonly findMessage: (where: Where, mark: Mark, since: Date) => Promise<Sent | undefined>
  /** Messages in a place after `ts`, counted up to `most`. In a thread, those of the thread. */
  readonly countSince: (where: Where, ts: string, most: number) => Promise<number>
  readonly upload: (file: Upload) => Promise<void>
  readonly fileState: (file: string, channel: string) => Promise<FileState>
  readonly removeFile: (file: string) => Promise<void>
  /** Deletes a message of ours. One that is not there is as good as deleted. */
  readonly removeMessage: (at: Sent) => Promise<void>
}

/** Posting for one workspace. */
export function slackPosting({ client, self, levels, directChannel }: PostingOptions): Posting {
  return {
    post: (where, mark, build) =>
      atLevel(levels, self.team, build, async (message) => {
        const answer = await client.write<{ channel: string; ts: string }>('chat.postMessage', {
          ...placed(where),
          ...message,
          unfurl_links: false,
          unfurl_media: false,
          metadata: { event_type: EVENT_TYPE, event_payload: { run: mark.run, step: mark.step } },
        })
        return { channel: answer.channel, ts: answer.ts }
      }),
    update: async (at, build) => {
      await atLevel(levels, self.team, build, (message) =>
        // without `blocks` Slack keeps the old ones
        client.write('chat.update', {
          channel: at.channel,
          ts: at.ts,
          text: message.text,
          blocks: message.blocks ?? [],
        }),
      )
    },
    ephemeral: async (where, user, message) => {
      await client.write('chat.postEphemeral', { ...placed(where), user, ...message })
    },
    openDirect: directChannel,
    permalink: async (channel, ts) => {
      try {
        return (await client.read<{ permalink?: string }>('chat.getPermalink', { channel, message_ts: ts })).permalink
      } catch (error) {
        if (error instanceof SlackFault) return undefined
        throw error
      }
    },
    findMessage: async (where, mark, since) => {
      const ts = await findMessage(client, self, where, mark, since)
      return ts === undefined ? undefined : { channel: where.channel, ts }
    },
    countSince: (where, ts, most) => countSince(client, where, ts, most),
    upload: (file) => upload(client, file),
    fileState: (file, channel) => fileState(client, file, channel),
    removeFile: (file) => removeFile(client, file),
    removeMessage: async ({ channel, ts }) => {
      try {
        await client.write('chat.delete', { channel, ts })
      } catch (error) {
        if (!refusedAs(error, 'message_not_found')) throw error
      }
    },
  }
}

function placed(where: Where): { channel: string; thread_ts?: string } {
  return { channel: where.channel, ...(where.thread === undefined ? {} : { thread_ts: where.thread }) }
}
