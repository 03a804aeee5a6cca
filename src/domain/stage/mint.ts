import type { CloudTrailRecord } from '../record.ts'
import { parseArn } from '../request/arn.ts'
import { accountOfKey } from '../request/key.ts'
import { member, textAt } from '../runbook/values.ts'

/** A credential that a call gave out. */
export type Mint = {
  readonly key: string
  /** The key that the call was made with; absent in the copy that the account of a role gets of a call from another account. */
  readonly by?: string
  /** The account whose credential it is, where that can be told. */
  readonly account?: string
  /** What it is a credential of: a role's session, a user. */
  readonly of: string
  /** The same in both copies of a call across accounts (AWS: CloudTrail record contents). */
  readonly sharedEventId?: string
}

/** The form of an access key id: nothing else is ever looked up as one. */
export const KEY = /^A(?:KI|SI)A[A-Z0-9]{12,124}$/

/**
 * The credential that a call gave out, if it did: STS answers AssumeRole, AssumeRoleWithSAML, AssumeRoleWithWebIdentity, AssumeRoot, GetSessionToken and
 * GetFederationToken with `credentials`, IAM answers CreateAccessKey with `accessKey` (AWS: CloudTrail, logging IAM and STS calls).
 */
export function mintOf(record: CloudTrailRecord): Mint | undefined {
  const response = member(record, 'responseElements')
  const key = textAt(response, 'credentials', 'accessKeyId') ?? textAt(response, 'accessKey', 'accessKeyId')
  if (key === undefined || !KEY.test(key)) return undefined
  const by = textAt(record, 'userIdentity', 'accessKeyId')
  const account = accountIn(record, response, key)
  const shared = textAt(record, 'sharedEventID')
  return {
    key,
    ...(by === undefined || !KEY.test(by) ? {} : { by }),
    ...(account === undefined ? {} : { account }),
    of: nameIn(record, response),
    ...(shared === undefined ? {} : { sharedEventId: shared }),
  }
}

/** An ARN of the session says it, else the role that was asked for, else the key's own letters, else where the call was recorded. */
function accountIn(record: CloudTrailRecord, response: unknown, key: string): string | undefined {
  const arns = [
    textAt(response, 'assumedRoleUser', 'arn'),
    textAt(response, 'federatedUser', 'arn'),
    textAt(record, 'requestParameters', 'roleArn'),
  ]
  const named = arns.flatMap((arn) => (arn === undefined ? [] : (parseArn(arn)?.account ?? [])))[0]
  const account = named ?? accountOfKey(key) ?? textAt(record, 'recipientAccountId')
  return account !== undefined && /^\d{12}$/.test(account) ? account : undefined
}

function nameIn(record: CloudTrailRecord, response: unknown): string {
  const request = member(record, 'requestParameters')
  const session = textAt(response, 'assumedRoleUser', 'arn')?.split(':assumed-role/')[1]
  return (
    session ??
    textAt(response, 'accessKey', 'userName') ??
    textAt(request, 'roleArn')?.split('/').at(-1) ??
    textAt(request, 'name') ??
    textAt(request, 'userName') ??
    ''
  )
}
