import type { CloudTrailRecord } from '../../history/fields.ts'
import type { Random } from '../../random.ts'
import type { RecordParts, ResourceArn } from '../records.ts'

/** Somebody or something that calls AWS. */
export type Actor = {
  /** The account the identity belongs to. */
  readonly account: string
  /** Tells actors apart; also what their sessions are derived from. */
  readonly name: string
  readonly addresses: readonly string[]
  readonly agents: readonly string[]
  /** A key that is always the same; else sessions of so many hours have keys of their own; else there is no key. */
  readonly key?: string
  readonly sessionHours?: number
  /** The hour of the day (UTC) at which a session begins; 0 unless told. */
  readonly sessionPhase?: number
  /** Calls come from a console session. */
  readonly console?: boolean
  /** `userIdentity` of a call in a session. */
  readonly identity: (session: Session) => CloudTrailRecord
}

export type Session = {
  readonly accessKeyId: string | undefined
  /** Seconds since 1970. */
  readonly created: number
}

/** What a call's parameters may be made of. */
export type About = {
  readonly account: string
  readonly region: string
  readonly time: number
  /** One of the call's targets; empty when it has none. */
  readonly target: string
  /** The session that a call which issues credentials gives out; for any other call its own. */
  readonly session: Session
  /** Numbers that are the same whenever this record is made. */
  readonly roll: Random
  readonly requestId: string
}

/** One kind of call, as often as its weight among the calls of an activity. */
export type ApiCall = {
  readonly source: string
  readonly name: string
  readonly readOnly: boolean
  readonly weight?: number
  readonly targets?: readonly string[]
  readonly request?: (about: About) => CloudTrailRecord | null
  readonly response?: (about: About) => CloudTrailRecord | null
  readonly additional?: (about: About) => CloudTrailRecord
  readonly resources?: (about: About) => readonly ResourceArn[]
  readonly error?: (about: About) => { readonly code?: string; readonly message: string }
  readonly details?: (about: About) => CloudTrailRecord
  readonly type?: NonNullable<RecordParts['type']>
  readonly apiVersion?: string
}

/** When things happen: the seconds into an hour, in any order, the same for the same hour and hash. */
export type Schedule = (hour: number, hash: number, scale: number) => readonly number[]

/** What an actor does in one account and Region, again and again. */
export type Activity = {
  readonly actor: Actor
  readonly account: string
  readonly region: string
  readonly schedule: Schedule
  readonly calls: readonly ApiCall[]
  /** The actor whose sessions these calls give out: they happen just before each of its sessions begins. */
  readonly issues?: Actor
  /** Another account that has a record of the same call, and how it sees the caller. */
  readonly twin?: { readonly account: string; readonly identity: CloudTrailRecord }
}
