import type { CloudTrailRecord } from '../record.ts'
import { roleNameOf, sessionNameOf } from './principal.ts'
import { textAt } from './values.ts'

/** Roles that IAM Identity Center makes for its permission sets (AWS: Identity Center user guide, referencing permission sets). */
const PERMISSION_SET = /^AWSReservedSSO_(.+)_[0-9a-f]{16}$/

/** What kind of caller a record names, by `userIdentity.type` (AWS: CloudTrail userIdentity element), in a word for a person. */
export function callerKind(record: CloudTrailRecord): string {
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
