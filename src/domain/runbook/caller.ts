import type { CloudTrailRecord } from '../record.ts'
import { roleNameOf, sessionNameOf } from './principal.ts'
import { textAt } from './values.ts'

/** Roles that IAM Identity Center makes for its permission sets (AWS: Identity Center user guide, referencing permission sets). */
const PERMISSION_SET = /^AWSReservedSSO_(.+)_[0-9a-f]{16}$/

/** The path of roles that services act in by themselves: IAM lets nobody else make a role there, while its name may be anybody's. */
const SERVICE_LINKED = /^arn:[^:]*:iam::\d{12}:role\/aws-service-role\//

/** Kinds of callers that are no person's and no program's of ours: services on their own behalf. */
export const SERVICE_KINDS: readonly string[] = ['service', 'service role']

/** What kind of caller a record names, by `userIdentity.type` (AWS: CloudTrail userIdentity element), in a word for a person. */
export function callerKind(record: CloudTrailRecord): string {
  if (SERVICE_LINKED.test(textAt(record, 'userIdentity', 'sessionContext', 'sessionIssuer', 'arn') ?? ''))
    return 'service role'
  const type = textAt(record, 'userIdentity', 'type') ?? ''
  return Object.hasOwn(KINDS, type) ? (KINDS[type] ?? 'caller') : 'caller'
}

const KINDS: { readonly [type: string]: string } = {
  IAMUser: 'user',
  AssumedRole: 'role',
  Role: 'role',
  Root: 'root user',
  FederatedUser: 'federated user',
  IdentityCenterUser: 'Identity Center user',
  AWSService: 'service',
  AWSAccount: 'account',
  SAMLUser: 'SAML user',
  WebIdentityUser: 'web identity',
}

/**
 * The person behind a session, where the record tells: its source identity, or for a role of IAM Identity Center the session's name,
 * which is the user's. Whoever may set a source identity or name a session chose this text.
 */
export function personBehind(record: CloudTrailRecord): string | undefined {
  const identity = textAt(record, 'userIdentity', 'sessionContext', 'sourceIdentity')
  if (identity !== undefined) return identity
  if (textAt(record, 'userIdentity', 'type') !== 'AssumedRole') return undefined
  return PERMISSION_SET.test(roleNameOf(record) ?? '') ? sessionNameOf(record) : undefined
}

/** A caller as `shortPrincipal` writes it, without the frame that Identity Center puts around a permission set's name. */
export function plainRole(who: string): string {
  const [role = '', ...session] = who.split('/')
  const set = PERMISSION_SET.exec(role)?.[1]
  return set === undefined ? who : [set, ...session].join('/')
}
