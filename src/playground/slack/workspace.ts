import { createHash } from 'node:crypto'
import type { Fault } from './faults.ts'
import { createPace, forgetPace, type Pace } from './rateLimits.ts'
import { BOT_USER_ID, channelOf, DEFAULT_SEED, type Seed, TEAM_ID, usergroupOf, userOf } from './seed.ts'
import { defaultSettings, type Settings } from './settings.ts'
import type {
  Call,
  Change,
  Channel,
  Delivery,
  Execution,
  Message,
  ResponseUrl,
  SlackFile,
  StoredView,
  Trigger,
  Upload,
  User,
  Usergroup,
} from './types.ts'

export type AppIdentity = {
  readonly id: string
  readonly name: string
  readonly botUserId: string
  readonly botId: string
  readonly botToken: string
  readonly appToken: string
  readonly signingSecret: string
  readonly verificationToken: string
}

/** The whole state of the simulated Slack. Plain data; the functions around it change it and call `changed`. */
export type Workspace = {
  readonly now: () => number
  readonly random: () => number
  readonly seed: Seed
  /** What the page offers to try. */
  readonly questions: readonly string[]
  readonly app: AppIdentity
  readonly settings: Settings
  readonly team: { id: string; name: string; domain: string }
  readonly users: Map<string, User>
  readonly channels: Map<string, Channel>
  readonly usergroups: Map<string, Usergroup>
  readonly messages: Map<string, Message[]>
  readonly files: Map<string, SlackFile>
  readonly uploads: Map<string, Upload>
  readonly modals: Map<string, StoredView[]>
  readonly homes: Map<string, StoredView>
  readonly triggers: Map<string, Trigger>
  readonly responseUrls: Map<string, ResponseUrl>
  readonly executions: Map<string, Execution>
  readonly tickets: Map<string, number>
  readonly calls: Call[]
  readonly deliveries: Delivery[]
  readonly faults: Fault[]
  readonly pace: Pace
  readonly watchers: Set<(change: Change) => void>
  readonly timers: Set<NodeJS.Timeout>
  readonly last: { ts: number; id: number }
  /** The address people and apps reach it at, known once it listens. */
  url: string
  /** Called with each Slack event that the app may have subscribed to. */
  onEvent: (event: Record<string, unknown>) => void
}

export type WorkspaceOptions = {
  readonly now: () => number
  readonly random: () => number
  readonly seed?: Seed
  readonly questions?: readonly string[]
  readonly settings?: Partial<Settings>
}

/** A workspace filled from the seed (the default one when none is given). */
export function createWorkspace(options: WorkspaceOptions): Workspace {
  const workspace: Workspace = {
    now: options.now,
    random: options.random,
    seed: { ...DEFAULT_SEED, ...options.seed },
    questions: options.questions ?? [],
    app: {
      id: 'A0CTQ0001',
      name: 'ctq',
      botUserId: BOT_USER_ID,
      botId: 'B0CTQ0001',
      botToken: 'xoxb-playground-bot-token',
      appToken: 'xapp-1-A0CTQ0001-playground',
      signingSecret: 'playground-signing-secret',
      verificationToken: 'playground-verification-token',
    },
    settings: { ...defaultSettings(), ...options.settings },
    team: { id: TEAM_ID, name: '', domain: '' },
    users: new Map(),
    channels: new Map(),
    usergroups: new Map(),
    messages: new Map(),
    files: new Map(),
    uploads: new Map(),
    modals: new Map(),
    homes: new Map(),
    triggers: new Map(),
    responseUrls: new Map(),
    executions: new Map(),
    tickets: new Map(),
    calls: [],
    deliveries: [],
    faults: [],
    pace: createPace(),
    watchers: new Set(),
    timers: new Set(),
    last: { ts: 0, id: 0 },
    url: '',
    onEvent: () => undefined,
  }
  fill(workspace)
  return workspace
}

/** Forgets everything that happened and fills the workspace from its seed again; settings stay. */
export function resetWorkspace(ws: Workspace): void {
  const tables = [ws.users, ws.channels, ws.usergroups, ws.messages, ws.files, ws.uploads, ws.modals, ws.homes]
  for (const table of [...tables, ws.triggers, ws.responseUrls, ws.executions]) table.clear()
  ws.calls.length = 0
  ws.deliveries.length = 0
  ws.faults.length = 0
  forgetPace(ws.pace)
  fill(ws)
  changed(ws, { type: 'workspace' })
}

function fill(ws: Workspace): void {
  Object.assign(ws.team, { id: TEAM_ID, name: 'Playground', domain: 'playground' }, ws.seed.team)
  const seconds = Math.floor(ws.now() / 1000)
  const slackbot = userOf({ id: 'USLACKBOT', name: 'slackbot', real_name: 'Slackbot', is_bot: false }, ws.team.id)
  const bot = userOf({ id: ws.app.botUserId, name: ws.app.name, real_name: ws.app.name, is_bot: true }, ws.team.id)
  for (const user of [slackbot, bot, ...(ws.seed.users ?? []).map((seed) => userOf(seed, ws.team.id))])
    ws.users.set(user.id, { ...user })
  for (const seed of ws.seed.channels ?? []) ws.channels.set(seed.id, channelOf(seed, seconds))
  for (const seed of ws.seed.usergroups ?? []) ws.usergroups.set(seed.id, usergroupOf(seed))
}

/** Tells every watcher what changed. */
export function changed(ws: Workspace, change: Change): void {
  for (const watcher of [...ws.watchers]) watcher(change)
}

/** A new id in Slack's look: the letter, then ten capitals and digits; the same on every run. */
export function newId(ws: Workspace, letter: string): string {
  ws.last.id += 1
  const digest = createHash('sha256').update(`${letter}${ws.last.id}`).digest('hex').toUpperCase()
  return `${letter}0${digest.slice(0, 9)}`
}

/** A new message timestamp: seconds and microseconds, greater than every one before it. */
export function newTs(ws: Workspace): string {
  ws.last.ts = Math.max(ws.last.ts + 1, Math.floor(ws.now() * 1000))
  return `${Math.floor(ws.last.ts / 1e6)}.${String(ws.last.ts % 1e6).padStart(6, '0')}`
}

/** Runs `work` after `ms`; the timer neither keeps the process alive nor survives `close`. */
export function later(ws: Workspace, ms: number, work: () => void): NodeJS.Timeout {
  const timer = setTimeout(() => {
    ws.timers.delete(timer)
    work()
  }, ms)
  timer.unref()
  ws.timers.add(timer)
  return timer
}

/** True when people of another workspace are, or are about to be, in the channel. */
export function isExternallyShared(channel: Channel): boolean {
  return channel.connected_team_ids.length > 0
}

/** The app's direct-message channel with a user, made when it is not there yet. */
export function directMessage(ws: Workspace, userId: string): Channel {
  for (const channel of ws.channels.values())
    if (channel.kind === 'im' && channel.members.includes(userId) && channel.members.includes(ws.app.botUserId))
      return channel
  const members = [ws.app.botUserId, userId]
  const channel = channelOf({ id: newId(ws, 'D'), name: '', kind: 'im', members }, Math.floor(ws.now() / 1000))
  ws.channels.set(channel.id, channel)
  changed(ws, { type: 'workspace' })
  return channel
}

/** Resolves with what `find` returns as soon as it returns something, or with undefined after `ms`. */
export function waitFor<T>(ws: Workspace, find: () => T | undefined, ms: number): Promise<T | undefined> {
  const first = find()
  if (first !== undefined) return Promise.resolve(first)
  return new Promise((resolve) => {
    const finish = (value: T | undefined): void => {
      ws.watchers.delete(look)
      clearTimeout(timer)
      ws.timers.delete(timer)
      resolve(value)
    }
    const look = (): void => {
      const value = find()
      if (value !== undefined) finish(value)
    }
    const timer = setTimeout(() => finish(find()), ms)
    ws.timers.add(timer)
    ws.watchers.add(look)
  })
}
