import type { Json } from './json.ts'
import { fileJson, messageJson } from './messages.ts'
import type { Channel, Message, User } from './types.ts'
import { viewJson } from './views.ts'
import { isExternallyShared, type Workspace, waitFor } from './workspace.ts'

/** True when this person's client would list the channel. */
function sees(ws: Workspace, user: User, channel: Channel): boolean {
  if (channel.members.includes(user.id)) return true
  return channel.kind === 'public' && !user.is_restricted && user.team_id === ws.team.id
}

/** A channel as a person's client sees it. */
function channelView(ws: Workspace, user: User | undefined, channel: Channel): Json {
  return {
    ...channel,
    is_ext_shared: isExternallyShared(channel),
    is_member: user ? channel.members.includes(user.id) : false,
    has_bot: channel.members.includes(ws.app.botUserId),
    last_ts: ws.messages.get(channel.id)?.at(-1)?.ts ?? '0',
  }
}

/** The workspace as one person sees it, or all of it when nobody is named. */
export function stateOfWorkspace(ws: Workspace, userId: string): Json {
  const user = ws.users.get(userId)
  const channels = [...ws.channels.values()].filter((channel) => !user || sees(ws, user, channel))
  const { id, name, botUserId } = ws.app
  return {
    team: ws.team,
    app: { id, name, botUserId },
    users: [...ws.users.values()],
    channels: channels.map((channel) => channelView(ws, user, channel)),
    usergroups: [...ws.usergroups.values()],
    commands: ws.settings.commands,
    shortcuts: ws.settings.shortcuts,
    questions: ws.questions,
  }
}

/** What a person's client shows of a message; ephemeral ones are marked. */
function shown(ws: Workspace, channelId: string, message: Message): Json {
  const files = message.files.flatMap((id) => ws.files.get(id) ?? [])
  return {
    ...messageJson(ws, channelId, message, true),
    is_ephemeral: message.ephemeral_to !== undefined,
    ephemeral_to: message.ephemeral_to,
    files: files.map((file) => fileJson(ws, file)),
  }
}

export type Look = { readonly channel: string; readonly user?: string; readonly thread_ts?: string }

/** The messages of a channel or thread, oldest first: with `user`, theirs (ephemeral ones too); without, everybody's. */
export function messagesFor(ws: Workspace, look: Look): Json[] {
  const channel = ws.channels.get(look.channel) ?? [...ws.channels.values()].find((each) => each.name === look.channel)
  if (!channel) return []
  const inThread = ({ ts, thread_ts, subtype }: Message): boolean => {
    if (look.thread_ts !== undefined) return ts === look.thread_ts || thread_ts === look.thread_ts
    return thread_ts === undefined || thread_ts === ts || subtype === 'thread_broadcast'
  }
  return (ws.messages.get(channel.id) ?? [])
    .filter((message) => !message.deleted && inThread(message))
    .filter(({ ephemeral_to }) => !look.user || !ephemeral_to || ephemeral_to === look.user)
    .map((message) => shown(ws, channel.id, message))
}

/** The modals a person has open, lowest first, each with the errors shown in it; and their Home tab. */
export function viewsFor(ws: Workspace, user: string): Json {
  const modals = (ws.modals.get(user) ?? []).map((view) => ({ ...viewJson(ws, view), errors: view.errors }))
  const home = ws.homes.get(user)
  return { modals, home: home ? viewJson(ws, home) : null }
}

/** What to wait for. `text` looks in the text and in everything in the blocks. */
export type Awaited = {
  readonly what: 'message' | 'file' | 'modal' | 'home' | 'call'
  readonly user?: string
  readonly channel?: string
  readonly thread_ts?: string
  readonly after?: string
  readonly from?: string
  readonly text?: string
  readonly method?: string
  readonly count?: number
  readonly timeoutMs?: number
}

const WAIT_MS = 5000

/** Waits until it has happened; undefined when it did not within `timeoutMs` (5 seconds by default). */
export function waitUntil(ws: Workspace, wanted: Awaited): Promise<Json | undefined> {
  const timeoutMs = wanted.timeoutMs ?? WAIT_MS
  return waitFor(ws, () => findAwaited(ws, wanted), timeoutMs)
}

function findAwaited(ws: Workspace, wanted: Awaited): Json | undefined {
  const contains = (json: unknown): boolean =>
    wanted.text === undefined || JSON.stringify(json).includes(quoted(wanted.text))
  const user = wanted.user ?? ''
  switch (wanted.what) {
    case 'file': {
      const file = [...ws.files.values()].find((each) => contains(each.name) && each.shares.length > 0)
      return file && fileJson(ws, file)
    }
    case 'modal':
      return (viewsFor(ws, user)['modals'] as Json[]).find(contains)
    case 'home': {
      const { home } = viewsFor(ws, user) as { home: Json | null }
      return home && contains(home) ? home : undefined
    }
    case 'call': {
      const calls = ws.calls.filter(({ method, status }) => status > 0 && method === wanted.method)
      return calls.length >= (wanted.count ?? 1) ? { calls } : undefined
    }
    default:
      return awaitedMessage(ws, wanted, contains)
  }
}

function awaitedMessage(ws: Workspace, wanted: Awaited, contains: (json: unknown) => boolean): Json | undefined {
  const ids = wanted.channel === undefined ? [...ws.channels.keys()] : [wanted.channel]
  const everywhere = ids.flatMap((id) =>
    (ws.messages.get(ws.channels.has(id) ? id : channelNamed(ws, id)) ?? [])
      .filter(
        (message) =>
          !message.deleted &&
          (wanted.thread_ts === undefined || message.thread_ts === wanted.thread_ts) &&
          (wanted.after === undefined || Number(message.ts) > Number(wanted.after)) &&
          (wanted.from === undefined ? message.from_bot : message.user === wanted.from) &&
          (!wanted.user || !message.ephemeral_to || message.ephemeral_to === wanted.user) &&
          contains(messageJson(ws, id, message, true)),
      )
      .map((message) => ({ ...shown(ws, id, message), channel: id })),
  )
  return everywhere[0]
}

function channelNamed(ws: Workspace, name: string): string {
  return [...ws.channels.values()].find((channel) => channel.name === name)?.id ?? ''
}

/** Text as it stands inside JSON, so that quotes and line ends are found too. */
function quoted(text: string): string {
  return JSON.stringify(text).slice(1, -1)
}
