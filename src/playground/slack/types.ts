import type { Json } from './json.ts'

/** A person or bot. `team_id` other than the workspace's own makes it a Slack Connect user. */
export type User = {
  id: string
  team_id: string
  name: string
  real_name: string
  title: string
  email: string
  tz: string
  deleted: boolean
  is_bot: boolean
  is_admin: boolean
  is_restricted: boolean
  is_ultra_restricted: boolean
}

export type ChannelKind = 'public' | 'private' | 'im' | 'mpim'

export type Channel = {
  id: string
  name: string
  kind: ChannelKind
  members: string[]
  topic: string
  purpose: string
  creator: string
  created: number
  is_archived: boolean
  is_general: boolean
  /** Other workspaces that the channel is shared with; any makes it externally shared. */
  connected_team_ids: string[]
  is_pending_ext_shared: boolean
}

export type Usergroup = { id: string; handle: string; name: string; users: string[]; deleted: boolean }

export type Metadata = { event_type: string; event_payload: Json }

/** A message as stored. `ephemeral_to` marks one that a single user sees and that no history holds. */
export type Message = {
  ts: string
  user: string
  text: string
  subtype: string | undefined
  from_bot: boolean
  blocks: Json[]
  attachments: Json[]
  files: string[]
  thread_ts: string | undefined
  metadata: Metadata | undefined
  edited_ts: string | undefined
  reactions: { name: string; users: string[] }[]
  ephemeral_to: string | undefined
  deleted: boolean
}

export type SlackFile = {
  id: string
  name: string
  title: string
  user: string
  created: number
  size: number
  mimetype: string
  filetype: string
  content: Buffer
  deleted: boolean
  /** Where it is visible, by channel id; empty until Slack has shared it. */
  shares: { channel: string; ts: string; thread_ts: string | undefined; private: boolean }[]
}

export type Upload = { token: string; file_id: string; filename: string; length: number; content: Buffer | undefined }

/** A modal or Home tab as stored; `json` is what the app sent, with block and action ids filled in. */
export type StoredView = {
  id: string
  user: string
  kind: 'modal' | 'home'
  json: Json
  hash: string
  root_view_id: string
  previous_view_id: string | undefined
  errors: Record<string, string>
}

export type Trigger = { id: string; user: string; created: number; used: boolean; view_id: string | undefined }

/** What a response_url was issued for: a slash command, or an interaction on one message. */
export type ResponseUrl = {
  id: string
  user: string
  channel: string
  created: number
  uses: number
  message_ts: string | undefined
  ephemeral: boolean
  thread_ts: string | undefined
}

/** A workflow's run of one of the app's steps. `given`: the outputs it was completed with. */
export type Execution = {
  readonly id: string
  readonly callback_id: string
  readonly inputs: Json
  readonly outputs: readonly string[]
  state: 'running' | 'completed' | 'failed'
  given: Json | undefined
  error: string | undefined
}

export type Call = {
  at: number
  method: string
  args: Json
  token: 'bot' | 'app' | 'none' | 'other'
  status: number
  ok: boolean
  error: string | undefined
  fault: string | undefined
  ms: number
}

export type Retry = { readonly num: number; readonly reason: string }

/** One payload for the app, before it is known which way it travels. */
export type Envelope = {
  readonly type: 'slash_commands' | 'interactive' | 'events_api'
  readonly payload: Json
  readonly retry?: Retry
}

/** What became of a payload: acknowledged in time (with the app's answer), too late, or not delivered. */
export type Outcome =
  | { readonly status: 'acked'; readonly body: unknown; readonly ms: number }
  | { readonly status: 'timeout'; readonly ms: number }
  | { readonly status: 'failed'; readonly reason: string; readonly ms: number; readonly noRetry: boolean }

export type Delivery = {
  at: number
  via: 'socket' | 'http' | 'none'
  connection: string | undefined
  envelope: Envelope
  outcome: Outcome | undefined
}

/** What changed, for whoever watches (the web page, `wait`). */
export type Change =
  | { readonly type: 'messages'; readonly channel: string; readonly ts: string }
  | { readonly type: 'views'; readonly user: string }
  | { readonly type: 'files' }
  | { readonly type: 'workspace' }
  | { readonly type: 'delivery' }
