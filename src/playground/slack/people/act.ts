import type { Deliver } from '../delivery.ts'
import type { Json } from '../json.ts'
import { storeMessage } from '../messages.ts'
import type { Channel, Outcome, StoredView, Trigger, User } from '../types.ts'
import { newId, type Workspace } from '../workspace.ts'

/** What acting as a person needs: the workspace, and the way to the app. */
export type Play = { readonly ws: Workspace; readonly deliver: Deliver }

/** What became of something a person did; `ts` names the message it made, `error` is what the person is told. */
export type Act = {
  readonly ok: boolean
  readonly status: Outcome['status'] | 'refused' | 'posted'
  readonly error?: string
  readonly ms?: number
  readonly ts?: string
  readonly channel?: string
  readonly errors?: Readonly<Record<string, string>>
  readonly options?: Json[]
}

/** Something that the client of a real Slack would not let this person do. */
export class ActError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'ActError'
  }
}

/** The person who acts. @throws ActError when there is no such person, or they left, or are a bot. */
export function actorOf(ws: Workspace, id: string): User {
  const user = ws.users.get(id) ?? [...ws.users.values()].find((each) => each.name === id)
  if (!user) throw new ActError(`there is no user ${id}`)
  if (user.deleted) throw new ActError(`${user.name} is deactivated and cannot sign in`)
  if (user.is_bot) throw new ActError(`${user.name} is a bot`)
  return user
}

/** A channel by id or name that this person can see. @throws ActError when they cannot. */
export function placeOf(ws: Workspace, user: User, id: string): Channel {
  const name = id.replace(/^#/, '')
  const channel = ws.channels.get(id) ?? [...ws.channels.values()].find((each) => each.name === name && name !== '')
  const guest = user.is_restricted || user.team_id !== ws.team.id
  const sees = channel && (channel.members.includes(user.id) || (channel.kind === 'public' && !guest))
  if (!channel || !sees) throw new ActError(`${user.name} cannot see ${id}`)
  return channel
}

/** A trigger_id for what this person just did, in a view or elsewhere. */
export function newTrigger(ws: Workspace, user: string, view?: StoredView): Trigger {
  const id = `${newId(ws, 'g').slice(2)}.${newId(ws, 'g').slice(2)}.${newId(ws, 'g').slice(2)}`.toLowerCase()
  const trigger: Trigger = { id, user, created: ws.now(), used: false, view_id: view?.id }
  ws.triggers.set(id, trigger)
  return trigger
}

/** Slackbot tells one person something, in the place where they are. */
export function slackbotSays(ws: Workspace, channel: Channel, user: string, text: string, thread?: string): void {
  storeMessage(ws, channel, { user: 'USLACKBOT', text, ephemeral_to: user, thread_ts: thread })
}

/** The people fields that interactions share. */
export function teamAndUser(ws: Workspace, user: User): Json {
  const { id, domain } = ws.team
  return {
    team: { id, domain },
    user: { id: user.id, username: user.name, name: user.name, team_id: user.team_id },
    api_app_id: ws.app.id,
    token: ws.app.verificationToken,
    enterprise: null,
    is_enterprise_install: false,
  }
}

/** Slack's name for a failed delivery, as people see it. */
export function failureOf(outcome: Outcome): string | undefined {
  if (outcome.status === 'acked') return undefined
  return outcome.status === 'timeout' ? 'operation_timeout' : 'dispatch_failed'
}

/** An outcome as the result of an act. */
export function actOf(outcome: Outcome): Act {
  const error = failureOf(outcome)
  return { ok: error === undefined, status: outcome.status, ms: outcome.ms, ...(error ? { error } : {}) }
}
