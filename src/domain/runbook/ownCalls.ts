import type { CloudTrailRecord } from '../record.ts'
import { textAt } from './values.ts'

/** Who ctq is for AWS: its own credentials' ARN, as sts:GetCallerIdentity gives it, and the role that reads each account, with its path if any. */
export type OwnCaller = { readonly arn: string; readonly readerRole: string }

/** The calls that ctq makes, whatever its credentials may do besides. */
const CALLS: ReadonlySet<string> = new Set([
  'cloudtrail.amazonaws.com LookupEvents',
  'sts.amazonaws.com AssumeRole',
  'sts.amazonaws.com GetCallerIdentity',
  'sts.amazonaws.com GetAccessKeyInfo',
  'account.amazonaws.com ListRegions',
  'organizations.amazonaws.com ListRoots',
  'organizations.amazonaws.com ListAccountsForParent',
  'organizations.amazonaws.com ListOrganizationalUnitsForParent',
])

/** Whether ctq's application id is in the user agent. Anybody can write that there: it proves nothing by itself. */
export function isMarked(record: CloudTrailRecord): boolean {
  return /(?:^|[\s[])app\/ctq(?:$|[\s\]])/.test(textAt(record, 'userAgent') ?? '')
}

/** Whether a marked call was made by ctq's own credentials, or a session of its reader role, and is one that ctq makes; refused or not. */
export function isOwnCall(record: CloudTrailRecord, own: OwnCaller): boolean {
  const name = textAt(record, 'eventName') ?? ''
  if (!CALLS.has(`${textAt(record, 'eventSource')} ${name}`)) return false
  if (name === 'AssumeRole') return isIntoReader(record, own) && (isCaller(record, own) || isTwin(record, own))
  return isCaller(record, own) || isReader(record, own)
}

/** Sessions are many: what counts is whose they are. */
function isCaller(record: CloudTrailRecord, { arn }: OwnCaller): boolean {
  const caller = textAt(record, 'userIdentity', 'arn')
  return caller !== undefined && withoutSession(caller) === withoutSession(arn)
}

function withoutSession(arn: string): string {
  return arn.replace(/^(arn:[^:]+:sts::\d{12}:assumed-role\/[^/]+)\/.*$/s, '$1')
}

function isReader(record: CloudTrailRecord, { readerRole }: OwnCaller): boolean {
  return textAt(record, 'userIdentity', 'sessionContext', 'sessionIssuer', 'userName') === readerRole.split('/').at(-1)
}

/** The record of the same call in the account whose role was taken: it names the caller's account alone (AWS: CloudTrail, STS calls). */
function isTwin(record: CloudTrailRecord, { arn }: OwnCaller): boolean {
  const [, , , , account] = arn.split(':')
  return (
    textAt(record, 'userIdentity', 'type') === 'AWSAccount' && textAt(record, 'userIdentity', 'accountId') === account
  )
}

/** A refused call is recorded without its parameters; then the role stands at the end of STS's message. */
function isIntoReader(record: CloudTrailRecord, { readerRole }: OwnCaller): boolean {
  const role =
    textAt(record, 'requestParameters', 'roleArn') ??
    / on resource: (arn:[^:]+:iam::\d{12}:role\/\S+)/.exec(textAt(record, 'errorMessage') ?? '')?.[1]
  return role?.split(':role/')[1] === readerRole
}
