import { randomUUID } from 'node:crypto'
import type { Call, Operation, Result } from './call.ts'
import { AwsError } from './errors.ts'
import type { CloudTrailRecord } from './history/fields.ts'
import { fieldsOf } from './history/fields.ts'
import type { Kept } from './history/shelf.ts'
import type { Caller } from './keyring.ts'
import { eventTime } from './organisation/dates.ts'
import { GLOBAL_REGION } from './organisation/regions.ts'

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
  const foreign = { type: 'AWSAccount', principalId: call.caller.principalId, accountId: call.caller.account }
  return [
    kept(served, call.caller.account, randomUUID(), identityOf(call.caller), shared),
    kept(served, outcome.twin, randomUUID(), foreign, shared),
  ]
}

function kept(
  served: Served,
  account: string,
  eventID: string,
  userIdentity: CloudTrailRecord,
  sharedEventID: string | undefined,
): Kept {
  const { call, operation, deliveryDelayMs } = served
  const region = operation.global ? GLOBAL_REGION : call.region
  const time = Math.floor(call.now.getTime() / 1000)
  const record = {
    eventVersion: '1.11',
    userIdentity,
    eventTime: eventTime(time),
    eventSource: operation.eventSource,
    eventName: operation.eventName,
    awsRegion: region,
    sourceIPAddress: OFFICE_ADDRESS,
    userAgent: served.userAgent.slice(0, USER_AGENT_MAX),
    ...outcomeOf(served),
    requestID: call.requestId,
    eventID,
    readOnly: operation.readOnly,
    ...resourcesOf(served),
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: account,
    ...(sharedEventID !== undefined && { sharedEventID }),
    eventCategory: 'Management',
    tlsDetails: {
      tlsVersion: 'TLSv1.3',
      cipherSuite: 'TLS_AES_128_GCM_SHA256',
      clientProvidedHostHeader: served.host,
    },
  }
  const visibleAt = call.now.getTime() + deliveryDelayMs
  return { account, region, time, visibleAt, fields: fieldsOf(record), text: () => JSON.stringify(record) }
}

/** Denied calls are logged without their parameters. */
function outcomeOf({ operation, call, outcome }: Served): CloudTrailRecord {
  const requestParameters = operation.logged(call.input)
  if (!(outcome instanceof AwsError)) return { requestParameters, responseElements: outcome.responseElements ?? null }
  const denied = outcome.code === 'AccessDeniedException'
  const errorCode = denied && operation.eventSource === 'sts.amazonaws.com' ? 'AccessDenied' : outcome.code
  const errorMessage = outcome.message
  return { errorCode, errorMessage, requestParameters: denied ? null : requestParameters, responseElements: null }
}

function resourcesOf({ outcome }: Served): CloudTrailRecord {
  if (outcome instanceof AwsError || outcome.resources === undefined) return {}
  return { resources: outcome.resources }
}

function identityOf({ account, arn, principalId, accessKeyId, user, session }: Caller): CloudTrailRecord {
  const common = { principalId, arn, accountId: account, accessKeyId }
  if (session === undefined) return { type: 'IAMUser', ...common, userName: user?.name }
  const { role, created, sourceIdentity } = session
  return {
    type: 'AssumedRole',
    ...common,
    sessionContext: {
      sessionIssuer: { type: 'Role', principalId: role.id, arn: role.arn, accountId: account, userName: role.name },
      attributes: { creationDate: eventTime(created.getTime() / 1000), mfaAuthenticated: 'false' },
      ...(sourceIdentity !== undefined && { sourceIdentity }),
    },
  }
}
