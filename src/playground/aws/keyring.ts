import { randomBytes } from 'node:crypto'
import { AwsError } from './errors.ts'
import { keyId } from './keyId.ts'
import type { Role, User } from './organisation/identities.ts'
import type { Policy } from './policy.ts'

/** Who a verified call comes from. */
export type Caller = {
  readonly account: string
  readonly arn: string
  readonly principalId: string
  readonly accessKeyId: string
  readonly policyArn: string
  readonly policy: Policy
  readonly user?: User
  readonly session?: Session
}

export type Session = {
  readonly role: Role
  readonly name: string
  readonly sourceIdentity: string | undefined
  readonly policy: Policy | undefined
  readonly created: Date
  readonly expires: Date
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken: string
}

export type NewSession = Pick<Session, 'role' | 'name' | 'sourceIdentity' | 'policy'> & { readonly seconds: number }

export type KeyRing = {
  /** The secret and identity behind a key id. Throws as AWS does for unknown keys and wrong or expired tokens. */
  readonly find: (accessKeyId: string, token: string | undefined, now: Date) => { secret: string; caller: Caller }
  readonly mint: (session: NewSession, now: Date) => Session
  /** Ends sessions before their time: all, or the one with that key id. Returns how many. */
  readonly expire: (accessKeyId: string | undefined) => number
  /** From now on sessions live at most so long, whatever was asked for; undefined lifts it. */
  readonly shorten: (seconds: number | undefined) => void
}

/** The keys this simulation accepts: those of users, and those minted by AssumeRole until they expire. */
export function keyRing(users: readonly User[]): KeyRing {
  const permanent = new Map(users.map((user) => [user.accessKeyId, user]))
  const sessions = new Map<string, Session>()
  const ended = new Set<string>()
  let longest: number | undefined
  return {
    find: (id, token, now) => {
      const user = permanent.get(id)
      if (user !== undefined && token === undefined) return { secret: user.secretAccessKey, caller: ofUser(user) }
      const session = sessions.get(id)
      if (session === undefined || session.sessionToken !== token) throw unrecognised()
      if (ended.has(id) || session.expires <= now)
        throw new AwsError('ExpiredTokenException', 'The security token included in the request is expired')
      return { secret: session.secretAccessKey, caller: ofSession(session) }
    },
    mint: (asked, now) => {
      forgetOld(sessions, ended, now)
      const session = newSession(asked, Math.min(asked.seconds, longest ?? asked.seconds), now)
      sessions.set(session.accessKeyId, session)
      return session
    },
    expire: (accessKeyId) => {
      const ids = accessKeyId === undefined ? [...sessions.keys()] : [accessKeyId].filter((id) => sessions.has(id))
      for (const id of ids) ended.add(id)
      return ids.length
    },
    shorten: (seconds) => {
      longest = seconds
    },
  }
}

export function unrecognised(): AwsError {
  return new AwsError('UnrecognizedClientException', 'The security token included in the request is invalid.')
}

/** Sessions are remembered an hour after they expired, so that their users are told so. Milliseconds. */
const REMEMBER_MS = 3_600_000

function forgetOld(sessions: Map<string, Session>, ended: Set<string>, now: Date): void {
  if (sessions.size < 1000) return
  for (const [id, session] of sessions) {
    if (now.getTime() - session.expires.getTime() < REMEMBER_MS) continue
    sessions.delete(id)
    ended.delete(id)
  }
}

function newSession(asked: NewSession, seconds: number, now: Date): Session {
  const { role, name, sourceIdentity, policy } = asked
  const own = randomBytes(5)
  return {
    role,
    name,
    sourceIdentity,
    policy,
    created: now,
    expires: new Date(Math.floor(now.getTime() / 1000 + seconds) * 1000),
    accessKeyId: keyId('ASIA', role.account, own.readUInt8(4), own.readUInt32BE(0)),
    secretAccessKey: randomBytes(30).toString('base64'),
    sessionToken: `IQoJb3JpZ2luX2Vj${randomBytes(390).toString('base64')}`,
  }
}

function ofUser(user: User): Caller {
  const { account, arn, id, accessKeyId, policyArn, policy } = user
  return { account, arn, principalId: id, accessKeyId, policyArn, policy, user }
}

function ofSession(session: Session): Caller {
  const { role, name, accessKeyId } = session
  return {
    account: role.account,
    arn: `arn:aws:sts::${role.account}:assumed-role/${role.name}/${name}`,
    principalId: `${role.id}:${name}`,
    accessKeyId,
    policyArn: role.policyArn,
    policy: role.policy,
    session,
  }
}
