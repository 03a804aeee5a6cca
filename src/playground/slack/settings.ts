/** Every scope that a simulated method asks for, except chat:write.public, which would hide not_in_channel. */
export const DEFAULT_SCOPES: readonly string[] = [
  'app_mentions:read',
  'channels:history',
  'channels:join',
  'channels:read',
  'chat:write',
  'commands',
  'files:read',
  'files:write',
  'groups:history',
  'groups:read',
  'im:history',
  'im:read',
  'im:write',
  'metadata.message:read',
  'mpim:history',
  'mpim:read',
  'mpim:write',
  'reactions:read',
  'reactions:write',
  'team:read',
  'usergroups:read',
  'users:read',
  'users:read.email',
]

export const DEFAULT_EVENTS: readonly string[] = [
  'app_home_opened',
  'app_mention',
  'member_joined_channel',
  'message.channels',
  'message.groups',
  'message.im',
]

export type Command = { command: string; description: string; usage_hint: string; should_escape: boolean }
/** A step for Workflow Builder: what it needs and what it gives. */
export type WorkflowStep = { callback_id: string; title: string; required: string[]; outputs: string[] }
export type Shortcut = { type: 'message' | 'global'; callback_id: string; name: string }

/** Everything about the simulated Slack that can be switched while it runs; times are milliseconds. */
export type Settings = {
  /** Slack: an acknowledgement counts within 3 seconds. */
  ackMs: number
  /** Slack: a trigger_id lives 3 seconds. */
  triggerMs: number
  /** Slack: a response_url lives 30 minutes and takes 5 uses. */
  responseUrlMs: number
  responseUrlUses: number
  /** How long after completeUploadExternal a file appears in its channel; -1: never. */
  fileShareMs: number
  /** Slack redelivers an event at once, after 1 minute and after 5 minutes. */
  redeliveryMs: number[]
  /** How often a Socket Mode connection is pinged. */
  pingMs: number
  /** A Socket Mode ticket from apps.connections.open is good for one connection within this time. */
  ticketMs: number
  maxSockets: number
  rateLimits: boolean
  /** Slack: about one message a second and channel, short bursts tolerated; the burst size is ours. */
  postBurst: number
  postPerSecond: number
  /** Slack: a workspace takes several hundred messages a minute from one app; the number is ours. */
  postPerMinute: number
  scopes: string[]
  events: string[]
  commands: Command[]
  shortcuts: Shortcut[]
  /** The app's steps for Workflow Builder. */
  functions: WorkflowStep[]
  /** Signed HTTP instead of Socket Mode: where commands, interactions and events are posted; '' is Socket Mode. */
  eventsUrl: string
  acceptsTable: boolean
  acceptsDataTable: boolean
  /** User groups exist on paid plans only. */
  paidPlan: boolean
  messagesTab: boolean
}

/** Slack as it is by default; a caller overrides what it wants shorter or different. */
export function defaultSettings(): Settings {
  return {
    ackMs: 3000,
    triggerMs: 3000,
    responseUrlMs: 30 * 60_000,
    responseUrlUses: 5,
    fileShareMs: 400,
    redeliveryMs: [0, 60_000, 300_000],
    pingMs: 10_000,
    ticketMs: 30_000,
    maxSockets: 10,
    rateLimits: true,
    postBurst: 5,
    postPerSecond: 1,
    postPerMinute: 300,
    scopes: [...DEFAULT_SCOPES],
    events: [...DEFAULT_EVENTS],
    commands: [
      {
        command: '/ctq',
        description: 'Ask CloudTrail',
        usage_hint: '<runbook> [name=value …] [last 24h] · help',
        should_escape: false,
      },
    ],
    shortcuts: [],
    functions: [],
    eventsUrl: '',
    acceptsTable: true,
    acceptsDataTable: true,
    paidPlan: true,
    messagesTab: true,
  }
}

/**
 * Takes over known settings from `changes`.
 * @throws Error naming the first key that does not exist, has another type, or points outside this machine.
 */
export function applySettings(settings: Settings, changes: Readonly<Record<string, unknown>>): void {
  const known = settings as Record<string, unknown>
  for (const [key, value] of Object.entries(changes)) {
    if (!(key in known)) throw new Error(`no such setting: ${key}`)
    const same = typeof value === typeof known[key] && Array.isArray(value) === Array.isArray(known[key])
    if (!same) throw new Error(`setting ${key} has another type`)
    if (key === 'eventsUrl' && value !== '') requireLoopback(String(value))
  }
  Object.assign(settings, changes)
}

const LOOPBACK: readonly string[] = ['127.0.0.1', 'localhost', '[::1]']

function requireLoopback(url: string): void {
  if (!URL.canParse(url) || !LOOPBACK.includes(new URL(url).hostname))
    throw new Error('eventsUrl must be a URL on this machine (127.0.0.1, localhost or [::1])')
}
