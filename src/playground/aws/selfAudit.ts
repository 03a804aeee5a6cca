import { randomUUID } from 'node:crypto'
import type { Call, Operation, Result } from './call.ts'
import { AwsError } from './errors.ts'
import type { CloudTrailRecord } from './history/fields.ts'
import { fieldsOf } from './history/fields.ts'
import type { Kept } from './history/shelf.ts'
import type { Caller } from './keyring.ts'
import { type RecordParts, recordOf } from './organisation/records.ts'
import { GLOBAL_REGION } from './organisation/regions.ts'
import { foreignCaller, iamUser, roleSession } from './organisation/userIdentity.ts'

export type Served = {
  readonly call: Call
  readonly operation: Operation
  readonly outcome: Result | AwsError
  readonly userAgent: string
  readonly host: string
  readonly deliveryDelayMs: number
}

/** Where calls to this simulation seem to come from: the organisation's own network, in a documentation range. */
const OFFICE_ADDRESS = '192.0.2.44'

/** CloudTrail keeps 1 KB of a user agent (AWS: record contents). */
const USER_AGENT_MAX = 1024

/** The records CloudTrail writes of a call: one in the caller's account, and its twin in another's if it has one. */
export function recordsOf(served: Served): readonly Kept[] {
  const { call, outcome } = served
  if (outcome instanceof AwsError || outcome.twin === undefined)
    return [kept(served, call.caller.account, randomUUID(), identityOf(call.caller), undefined)]
  const shared = randomUUID()
  const foreign = foreignCaller(call.caller.principalId, call.caller.account)
  return [
    kept(served, call.caller.account, randomUUID(), identityOf(call.caller), shared),
    kept(served, outcome.twin, randomUUID(), foreign, shared),
  ]
}

/** Keeps the call and makes its record when somebody reads it: a benchmark makes hundreds of thousands of calls. */
function kept(
  served: Served,
  account: string,
  eventId: string,
  identity: CloudTrailRecord,
  sharedEventId: string | undefined,
): Kept {
  const { call, operation, deliveryDelayMs } = served
  const region = operation.global ? GLOBAL_REGION : call.region
  const time = Math.floor(call.now.getTime() / 1000)
  const record = () =>
    recordOf({
      account,
      region,
      time,
      eventId,
      requestId: call.requestId,
      identity,
      source: operation.eventSource,
      name: operation.eventName,
      readOnly: operation.readOnly,
      address: OFFICE_ADDRESS,
      agent: served.userAgent.slice(0, USER_AGENT_MAX),
      ...outcomeOf(served),
      sharedEventId,
      host: served.host,
    })
  const visibleAt = call.now.getTime() + deliveryDelayMs
  return { account, region, time, visibleAt, fields: fieldsOf(record()), text: () => JSON.stringify(record()) }
}

type Outcome = Pick<RecordParts, 'request' | 'response' | 'resources' | 'error'>

/** Denied calls are logged without their parameters. */
function outcomeOf({ operation, call, outcome }: Served): Outcome {
  const request = operation.logged(call.input)
  if (!(outcome instanceof AwsError))
    return { request, response: outcome.responseElements ?? null, resources: outcome.resources }
  const denied = outcome.code === 'AccessDeniedException'
  const code = denied && operation.eventSource === 'sts.amazonaws.com' ? 'AccessDenied' : outcome.code
  return { error: { code, message: outcome.message }, request: denied ? null : request }
}

function identityOf({ account, accessKeyId, user, session }: Caller): CloudTrailRecord {
  if (session === undefined) return iamUser(account, user?.name ?? '', accessKeyId)
  const { role, name, created, sourceIdentity } = session
  return roleSession({
    account,
    role: role.name,
    session: name,
    accessKeyId,
    created: created.getTime() / 1000,
    sourceIdentity,
  })
}
