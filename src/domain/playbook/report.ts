import type { Cell } from '../result/answer.ts'
import type { ChangeWeight } from '../result/weight.ts'
import type { Caller } from '../stage/cast.ts'
import type { Tells } from '../stage/finding.ts'
import type { MemberFindings } from './collectMembers.ts'
import type { MemberCoverage } from './memberCoverage.ts'

/** Why something belongs to what happened: it was asked about, done with a credential that came of it, or from the same address. */
export type Connection = 'start' | 'credential' | 'address'

/** Why calls that a question looks for are no findings. */
export type Apart = 'looked' | 'service' | 'known' | 'home' | 'usual' | 'unconnected'

/** One thing that was done or tried, as often as it was. All text in it is hostile. Times are ISO 8601 in UTC. */
export type PlaybookFinding = {
  readonly caller: Caller
  readonly address: Cell
  readonly accessKeyId: Cell
  readonly eventSource: Cell
  readonly eventName: Cell
  readonly target: Cell
  readonly detail: Cell
  readonly outcome: 'done' | 'denied' | 'failed'
  readonly errorCode: Cell
  /** The credential that it gave out: what it leads to. */
  readonly credential: Cell
  readonly calls: number
  readonly first: string
  readonly last: string
  /** The newest of the calls. */
  readonly eventId: string
  readonly account: string
  readonly region: string
  readonly weight: ChangeWeight
  /** Absent: nothing ties it to the rest. */
  readonly connection?: Connection
  /** The questions that look for it. */
  readonly members: readonly string[]
}

/** Why nothing was read for a credential that came out of what happened. */
export type NotFollowed = NonNullable<Extract<Tells, { kind: 'follow' }>['notFollowed']>

/** A credential that came out of what happened, and what was done with it. All text in it is hostile. Times are ISO 8601 in UTC. */
export type PlaybookCredential = {
  readonly key: Cell
  /** What it is a credential of: a role's session, a user. */
  readonly of: Cell
  readonly account?: string
  /** When it was given out, and by which call. */
  readonly time: string
  readonly eventId: string
  readonly calls: number
  /** Done and not read-only. */
  readonly changes: number
  readonly denied: number
  readonly failed: number
  /** Absent: all calls with it were asked for. */
  readonly notFollowed?: NotFollowed
}

/** Calls that are told apart from findings, with some of those who made them. */
export type ToldApart = {
  readonly why: Apart
  readonly calls: number
  readonly callers: readonly string[]
  /** There are more of them. */
  readonly more: boolean
}

/** A question of a playbook: how far it was read, and what it found. Counts are absent of one that is not asked. */
export type MemberAnswer = {
  readonly name: string
  readonly title: string
  readonly coverage: MemberCoverage
  /** Its coverage is of what changes something: nothing else was read for it. */
  readonly changesAlone?: true
  /** Findings that it looked for. */
  readonly findings: number
} & Partial<Pick<MemberFindings, 'counts' | 'first' | 'last' | 'stages'>>

/** What a playbook found, beside the rest of its answer. */
export type PlaybookAnswer = {
  /** Seconds that reading could take. */
  readonly within: number
  /** What belongs together first, what was done before what was only tried, the gravest first. */
  readonly findings: readonly PlaybookFinding[]
  /** Findings that are not among them, and calls for which there was no room. */
  readonly more: number
  readonly uncounted: number
  /** Calls of, or about, what was given to begin with. */
  readonly ofStart: number
  readonly apart: readonly ToldApart[]
  /** Newest first. */
  readonly credentials: readonly PlaybookCredential[]
  readonly members: readonly MemberAnswer[]
}
