import type { CloudTrailRecord } from '../history/fields.ts'
import { eventTime } from './dates.ts'

export type ResourceArn = { readonly accountId: string; readonly type: string; readonly ARN: string }

/** What a record is made of. */
export type RecordParts = {
  readonly account: string
  readonly region: string
  /** Seconds since 1970. */
  readonly time: number
  readonly eventId: string
  readonly requestId: string
  readonly identity: CloudTrailRecord
  readonly source: string
  readonly name: string
  readonly readOnly: boolean
  readonly address: string
  readonly agent: string
  /** A failed sign-in has a message and no code. */
  readonly error?: { readonly code?: string | undefined; readonly message: string } | undefined
  readonly request?: CloudTrailRecord | null
  readonly response?: CloudTrailRecord | null
  readonly additional?: CloudTrailRecord | undefined
  readonly resources?: readonly ResourceArn[] | undefined
  readonly sharedEventId?: string | undefined
  readonly serviceEventDetails?: CloudTrailRecord | undefined
  readonly type?: 'AwsApiCall' | 'AwsServiceEvent' | 'AwsConsoleSignIn' | 'AwsConsoleAction'
  readonly apiVersion?: string | undefined
  readonly fromConsole?: boolean | undefined
  /** The host the client named in the TLS handshake; left out for calls that AWS makes. */
  readonly host?: string | undefined
}

/** A record of version 1.11, its fields in the order CloudTrail writes them (AWS: CloudTrail record contents). */
export function recordOf(parts: RecordParts): CloudTrailRecord {
  const { error } = parts
  return {
    eventVersion: '1.11',
    userIdentity: parts.identity,
    eventTime: eventTime(parts.time),
    eventSource: parts.source,
    eventName: parts.name,
    awsRegion: parts.region,
    sourceIPAddress: parts.address,
    userAgent: parts.agent,
    ...optional('errorCode', error?.code),
    ...optional('errorMessage', error?.message),
    requestParameters: parts.request ?? null,
    responseElements: parts.response ?? null,
    ...optional('additionalEventData', parts.additional),
    requestID: parts.requestId,
    eventID: parts.eventId,
    readOnly: parts.readOnly,
    ...optional('resources', parts.resources),
    eventType: parts.type ?? 'AwsApiCall',
    ...optional('apiVersion', parts.apiVersion),
    managementEvent: true,
    recipientAccountId: parts.account,
    ...optional('sharedEventID', parts.sharedEventId),
    ...optional('serviceEventDetails', parts.serviceEventDetails),
    eventCategory: 'Management',
    ...tls(parts.host),
    ...(parts.fromConsole === true && { sessionCredentialFromConsole: 'true' }),
  }
}

function optional(name: string, value: unknown): CloudTrailRecord {
  return value === undefined ? {} : { [name]: value }
}

function tls(host: string | undefined): CloudTrailRecord {
  if (host === undefined) return {}
  const tlsDetails = { tlsVersion: 'TLSv1.3', cipherSuite: 'TLS_AES_128_GCM_SHA256', clientProvidedHostHeader: host }
  return { tlsDetails }
}

/** The host of a service's endpoint; services that are global have one of their own. */
export function hostOf(source: string, region: string): string {
  const service = source.split('.')[0] ?? ''
  if (service === 'iam' || service === 'organizations' || service === 'cloudfront') return `${service}.amazonaws.com`
  if (service === 'signin') return 'signin.aws.amazon.com'
  return `${service}.${region}.amazonaws.com`
}
