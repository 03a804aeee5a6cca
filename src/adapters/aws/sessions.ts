import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts'
import type { Person } from '../../domain/policy/person.ts'
import { sortFault } from './faults.ts'

/** Marks ctq's own calls in CloudTrail: the SDK adds `app/ctq` to the user agent, and ctq folds such records away. */
export const APP_ID = 'ctq'

/** The shortest session that STS gives (AssumeRole API reference: 900 s). Credentials outlive a token, so they are kept short. */
const SESSION_SECONDS = 900
/** New credentials are fetched when so little is left, so that no page is signed with dying ones. */
const REFRESH_BEFORE_MS = 120_000

/** Sessions kept; the oldest is dropped. */
const MOST_SESSIONS = 2_048

export type Credentials = {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
  readonly expiration?: Date
}

/** One person reading one account, in these Regions and no others. */
export type Reading = {
  readonly account: string
  readonly person: Person
  readonly regions: readonly string[]
  readonly action: string
}

/** Credentials for one reading; `refresh` throws the cached ones away first. */
export type Sessions = (reading: Reading, refresh?: boolean) => Promise<Credentials>

/** Shared by all clients: without it each would keep connections of its own. */
export type Transport = {
  readonly httpAgent: HttpAgent
  readonly httpsAgent: HttpsAgent
  readonly requestTimeout: number
  readonly connectionTimeout: number
}

/** Connections to AWS, kept alive. A call that takes longer than 20 s is given up and tried again in its turn. */
export function transport(): Transport {
  const options = { keepAlive: true, maxSockets: 256 }
  return {
    httpAgent: new HttpAgent(options),
    httpsAgent: new HttpsAgent(options),
    requestTimeout: 20_000,
    connectionTimeout: 5_000,
  }
}

/** Settings that every AWS client of ctq has: one attempt (retries go through the pacer), marked user agent, shared connections. */
export function clientSettings(
  region: string,
  shared: Transport,
): {
  readonly region: string
  readonly maxAttempts: 1
  readonly userAgentAppId: string
  readonly requestHandler: Transport
} {
  return { region, maxAttempts: 1, userAgentAppId: APP_ID, requestHandler: shared }
}

/** Who is asking, as CloudTrail will show it in every record of the session: 2 to 64 of `[\w+=,.@-]` (AssumeRole API reference). */
export function sourceIdentity(person: Person): string {
  return `${person.team}.${person.user}`.replace(/[^\w+=,.@-]/g, '-').slice(0, 64)
}

/** The session may do one thing, in the Regions that were asked. 2048 characters is STS's limit for an inline policy. */
export function sessionPolicy(action: string, regions: readonly string[]): string {
  const condition = regions.length === 0 ? {} : { Condition: { StringEquals: { 'aws:RequestedRegion': regions } } }
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: action, Resource: '*', ...condition }],
  })
}

/**
 * Sessions by AssumeRole into each account's reader role, named after the person and pinned to one action and its Regions. Cached per
 * account, person, action and Regions until two minutes before their end.
 */
export function assumedSessions(options: {
  readonly roleArn: (account: string) => string
  readonly region: string
  readonly transport: Transport
  readonly now: () => Date
}): Sessions {
  const sts = new STSClient(clientSettings(options.region, options.transport))
  const held = new Map<string, Promise<Credentials>>()
  return async (reading, refresh) => {
    const key = JSON.stringify([
      reading.account,
      reading.person.team,
      reading.person.user,
      reading.action,
      reading.regions,
    ])
    const cached = refresh === true ? undefined : held.get(key)
    if (cached !== undefined && isFresh(await cached, options.now())) return await cached
    const fetched = assume(sts, options.roleArn(reading.account), reading)
    held.delete(key)
    held.set(key, fetched)
    for (const oldest of held.keys()) {
      if (held.size <= MOST_SESSIONS) break
      held.delete(oldest)
    }
    // A refusal is not remembered: the role may be mended while the run waits.
    fetched.catch(() => held.delete(key))
    return await fetched
  }
}

/**
 * The caller's own credentials, as the SDK's default chain finds them (environment, profile, SSO, instance). They reach their own account
 * only: asked for another, this throws an AwsFault that says so.
 */
export function callerSessions(options: {
  readonly account: string
  readonly provider: () => Promise<Credentials>
}): Sessions {
  return async ({ account, action }) => {
    if (account !== options.account)
      throw sortFault(
        Object.assign(new Error(`your credentials are for account ${options.account}`), {
          name: 'AccessDeniedException',
        }),
        { action },
      )
    return await options.provider()
  }
}

function isFresh(credentials: Credentials, now: Date): boolean {
  return credentials.expiration === undefined || credentials.expiration.getTime() - now.getTime() > REFRESH_BEFORE_MS
}

async function assume(sts: STSClient, role: string, reading: Reading): Promise<Credentials> {
  const name = sourceIdentity(reading.person)
  try {
    const { Credentials: given } = await sts.send(
      new AssumeRoleCommand({
        RoleArn: role,
        RoleSessionName: name,
        SourceIdentity: name,
        DurationSeconds: SESSION_SECONDS,
        Policy: sessionPolicy(reading.action, reading.regions),
      }),
    )
    if (given?.AccessKeyId === undefined || given.SecretAccessKey === undefined)
      throw new Error('STS answered without credentials')
    return {
      accessKeyId: given.AccessKeyId,
      secretAccessKey: given.SecretAccessKey,
      ...(given.SessionToken === undefined ? {} : { sessionToken: given.SessionToken }),
      ...(given.Expiration === undefined ? {} : { expiration: given.Expiration }),
    }
  } catch (error) {
    throw sortFault(error, { action: 'sts:AssumeRole', role })
  }
}
