import type { CloudTrailRecord } from '../history/fields.ts'
import { uniqueId } from './accounts.ts'
import { eventTime } from './dates.ts'

/** `userIdentity` of each kind of caller, as records carry it (AWS: CloudTrail userIdentity element). */

export function iamUser(account: string, userName: string, accessKeyId: string | undefined): CloudTrailRecord {
  return {
    type: 'IAMUser',
    principalId: uniqueId('AIDA', account, userName),
    arn: `arn:aws:iam::${account}:user/${userName}`,
    accountId: account,
    ...(accessKeyId !== undefined && { accessKeyId }),
    userName,
  }
}

export type RoleSession = {
  readonly account: string
  /** The role's name; with a path, as in `aws-reserved/sso.amazonaws.com/AWSReservedSSO_…`. */
  readonly role: string
  readonly session: string
  readonly accessKeyId: string | undefined
  /** Seconds since 1970. */
  readonly created: number
  readonly mfa?: boolean | undefined
  readonly sourceIdentity?: string | undefined
  readonly invokedBy?: string | undefined
  /** How the instance metadata service gave the credentials out. */
  readonly ec2RoleDelivery?: string | undefined
}

export function roleSession(of: RoleSession): CloudTrailRecord {
  const userName = of.role.split('/').at(-1) ?? of.role
  const id = uniqueId('AROA', of.account, of.role)
  return {
    type: 'AssumedRole',
    principalId: `${id}:${of.session}`,
    arn: `arn:aws:sts::${of.account}:assumed-role/${userName}/${of.session}`,
    accountId: of.account,
    ...(of.accessKeyId !== undefined && { accessKeyId: of.accessKeyId }),
    sessionContext: {
      sessionIssuer: {
        type: 'Role',
        principalId: id,
        arn: `arn:aws:iam::${of.account}:role/${of.role}`,
        accountId: of.account,
        userName,
      },
      attributes: { creationDate: eventTime(of.created), mfaAuthenticated: String(of.mfa ?? false) },
      ...(of.sourceIdentity !== undefined && { sourceIdentity: of.sourceIdentity }),
      ...(of.ec2RoleDelivery !== undefined && { ec2RoleDelivery: of.ec2RoleDelivery }),
    },
    ...(of.invokedBy !== undefined && { invokedBy: of.invokedBy }),
  }
}

/** A service on its own behalf. */
export function awsService(invokedBy: string): CloudTrailRecord {
  return { type: 'AWSService', invokedBy }
}

/** A service in a service event, where only the account is known. */
export function ownAccount(account: string, invokedBy: string): CloudTrailRecord {
  return { accountId: account, invokedBy }
}

/** A caller from another account, as the account that is called sees it. */
export function foreignCaller(principalId: string, account: string): CloudTrailRecord {
  return { type: 'AWSAccount', principalId, accountId: account }
}

export function rootUser(account: string, accessKeyId: string | undefined, created: number): CloudTrailRecord {
  return {
    type: 'Root',
    principalId: account,
    arn: `arn:aws:iam::${account}:root`,
    accountId: account,
    ...(accessKeyId !== undefined && {
      accessKeyId,
      sessionContext: { attributes: { creationDate: eventTime(created), mfaAuthenticated: 'true' } },
    }),
  }
}

/** A workload that signs in with a token of an OpenID Connect provider. */
export function webIdentity(account: string, provider: string, audience: string, subject: string): CloudTrailRecord {
  const arn = `arn:aws:iam::${account}:oidc-provider/${provider}`
  return {
    type: 'WebIdentityUser',
    principalId: `${arn}:${audience}:${subject}`,
    userName: subject,
    identityProvider: arn,
  }
}

/** Who signs in at the access portal: since July 2025 without a user name. */
export function portalUser(account: string, userId: string, identityStoreArn: string): CloudTrailRecord {
  return {
    type: 'IdentityCenterUser',
    accountId: account,
    onBehalfOf: { userId, identityStoreArn },
    credentialId: userId,
  }
}

/** Someone who typed a user name that does not exist, or a wrong password at the console. */
export function failedSignIn(account: string, userName: string | undefined): CloudTrailRecord {
  if (userName === undefined)
    return { type: 'IAMUser', accountId: account, accessKeyId: '', userName: 'HIDDEN_DUE_TO_SECURITY_REASONS' }
  return { ...iamUser(account, userName, undefined), accessKeyId: '' }
}
