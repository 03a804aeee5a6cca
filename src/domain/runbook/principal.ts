import type { CloudTrailRecord } from '../record.ts'
import { textAt } from './values.ts'

/**
 * What somebody typed for a principal, understood. `user`, `role`, `session` and `federated` may name the account they are in;
 * `name` is a bare word that any of them may have; `id` is an id of IAM or of IAM Identity Center.
 */
export type Principal =
  | { readonly kind: 'user' | 'role' | 'federated'; readonly name: string; readonly account?: string }
  | { readonly kind: 'session'; readonly name: string; readonly role?: string; readonly account?: string }
  | { readonly kind: 'root'; readonly account?: string }
  | { readonly kind: 'name'; readonly name: string }

/** IAM: user, role and session names; session names and Identity Center ids are the longest (AWS: IAM and STS quotas). */
const NAME = /^[\w+=,.@-]{1,128}$/

/** The sessions of an instance's role are named after the instance (AWS: IAM roles for Amazon EC2). */
const INSTANCE = /^m?i-(?:[0-9a-f]{8}|[0-9a-f]{17})$/

/**
 * Reads a user, role or session name, `user/NAME`, `role/NAME`, `session/NAME`, `ROLE/SESSION`, an id, a service, or an IAM or STS ARN; undefined
 * when it is none of them.
 */
export function readPrincipal(text: string): Principal | undefined {
  const arn = /^arn:aws[a-z-]*:(?:iam|sts)::(\d{12}):(.{1,1000})$/s.exec(text)
  if (arn?.[1] !== undefined && arn[2] !== undefined) return readResource(arn[2], arn[1])
  if (text.startsWith('arn:')) return undefined
  if (text.includes('/')) return readResource(text)
  if (text === 'root') return { kind: 'root' }
  if (INSTANCE.test(text)) return { kind: 'session', name: text }
  return NAME.test(text) || /^A[A-Z0-9]{15,127}:[\w+=,.@-]{1,128}$/.test(text)
    ? { kind: 'name', name: text }
    : undefined
}

/** Paths are dropped: within an account the last part of a user's or role's ARN is already unique. */
function readResource(resource: string, account?: string): Principal | undefined {
  if (resource === 'root') return withAccount({ kind: 'root' }, account)
  const parts = resource.split('/')
  const name = parts.at(-1) ?? ''
  if (!NAME.test(name) || parts.length < 2) return undefined
  switch (parts[0]) {
    case 'user':
      return withAccount({ kind: 'user', name }, account)
    case 'role':
      return withAccount({ kind: 'role', name }, account)
    case 'federated-user':
      return withAccount({ kind: 'federated', name }, account)
    case 'session':
      return parts.length === 2 ? withAccount({ kind: 'session', name }, account) : undefined
    case 'assumed-role':
      return assumed(parts, account)
    default:
      // As shortPrincipal writes a session, so that what an answer shows can be asked again.
      return account === undefined ? assumed(['assumed-role', ...parts]) : undefined
  }
}

function assumed(parts: readonly string[], account?: string): Principal | undefined {
  const [, role, name, more] = parts
  if (role === undefined || !NAME.test(role) || more !== undefined) return undefined
  return withAccount(name === undefined ? { kind: 'role', name: role } : { kind: 'session', name, role }, account)
}

function withAccount<P extends Principal>(principal: P, account: string | undefined): P {
  return account === undefined ? principal : { ...principal, account }
}

/** Whether a record was caused by this principal, in whichever of its forms CloudTrail wrote the caller. */
export function principalTest(text: string): (record: CloudTrailRecord) => boolean {
  const wanted = readPrincipal(text)
  if (wanted === undefined) return (record) => textAt(record, 'userIdentity', 'arn') === text
  switch (wanted.kind) {
    case 'name':
      return (record) => namesOf(record).includes(wanted.name) || (wanted.name === 'root' && isRoot(record))
    case 'root':
      return (record) =>
        (isRoot(record) && inAccount(record, wanted.account)) ||
        (wanted.account === undefined && userNameOf(record) === 'root')
    case 'user':
      return (record) => userNameOf(record) === wanted.name && inAccount(record, wanted.account)
    case 'role':
      return (record) => roleNameOf(record) === wanted.name && inRoleAccount(record, wanted.account)
    case 'federated':
      return (record) => federatedNameOf(record) === wanted.name && inAccount(record, wanted.account)
    case 'session':
      return (record) =>
        sessionNameOf(record) === wanted.name &&
        (wanted.role === undefined || roleNameOf(record) === wanted.role) &&
        inRoleAccount(record, wanted.account)
  }
}

/** The caller as a person reads it: `alice`, `Admin/alice-session`, `root`, `cloudformation.amazonaws.com`. Empty when the record names nobody. */
export function shortPrincipal(record: CloudTrailRecord): string {
  const identity = (name: string) => textAt(record, 'userIdentity', name)
  const role = roleNameOf(record)
  const session = sessionNameOf(record)
  if (role !== undefined && session !== undefined) return `${role}/${session}`
  if (isRoot(record)) return 'root'
  const federated = federatedNameOf(record)
  if (federated !== undefined) return `federated-user/${federated}`
  return (
    role ??
    identity('userName') ??
    arnResource(record)?.replace(/^user\/(?:.*\/)?/, '') ??
    textAt(record, 'userIdentity', 'onBehalfOf', 'userId') ??
    identity('invokedBy') ??
    identity('principalId') ??
    identity('accountId') ??
    identity('type') ??
    ''
  )
}

/** Every name a bare word may stand for. */
function namesOf(record: CloudTrailRecord): readonly (string | undefined)[] {
  const principalId = textAt(record, 'userIdentity', 'principalId')
  const resource = arnResource(record)
  return [
    userNameOf(record, resource),
    roleNameOf(record, resource),
    sessionNameOf(record, resource),
    lastPart(resource, 'federated-user'),
    textAt(record, 'userIdentity', 'userName'),
    principalId,
    principalId?.split(':', 1)[0],
    textAt(record, 'userIdentity', 'sessionContext', 'sourceIdentity'),
    textAt(record, 'userIdentity', 'onBehalfOf', 'userId'),
    textAt(record, 'userIdentity', 'invokedBy'),
  ]
}

function isRoot(record: CloudTrailRecord): boolean {
  return textAt(record, 'userIdentity', 'type') === 'Root' || arnResource(record) === 'root'
}

function inAccount(record: CloudTrailRecord, account: string | undefined): boolean {
  if (account === undefined) return true
  return (arnOf(record)?.account ?? textAt(record, 'userIdentity', 'accountId')) === account
}

/** A role's session belongs to the role's account, which the issuer names. */
function inRoleAccount(record: CloudTrailRecord, account: string | undefined): boolean {
  const issuer = textAt(record, 'userIdentity', 'sessionContext', 'sessionIssuer', 'accountId')
  return inAccount(record, account) || (account !== undefined && issuer === account)
}

/** An IAM user's name: of the caller, or of the user behind a GetSessionToken session. */
function userNameOf(record: CloudTrailRecord, resource = arnResource(record)): string | undefined {
  const type = textAt(record, 'userIdentity', 'type')
  if (type === 'IAMUser') return textAt(record, 'userIdentity', 'userName') ?? lastPart(resource, 'user')
  return lastPart(resource, 'user')
}

const ASSUMED = 'assumed-role/'

/** The role that a caller acts in, if it acts in one. */
export function roleNameOf(record: CloudTrailRecord, resource = arnResource(record)): string | undefined {
  const issuer = ['userIdentity', 'sessionContext', 'sessionIssuer'] as const
  if (textAt(record, ...issuer, 'type') === 'Role') {
    const name = textAt(record, ...issuer, 'userName')
    if (name !== undefined) return name
  }
  if (resource?.startsWith(ASSUMED)) return resource.split('/', 2)[1]
  return lastPart(resource, 'role')
}

/** The name of a caller's session in a role. */
export function sessionNameOf(record: CloudTrailRecord, resource = arnResource(record)): string | undefined {
  if (resource?.startsWith(ASSUMED)) {
    const end = resource.indexOf('/', ASSUMED.length)
    return end < 0 ? undefined : resource.slice(end + 1) || undefined
  }
  if (textAt(record, 'userIdentity', 'type') !== 'AssumedRole') return undefined
  return /^[A-Z0-9]+:(.+)$/s.exec(textAt(record, 'userIdentity', 'principalId') ?? '')?.[1]
}

function federatedNameOf(record: CloudTrailRecord): string | undefined {
  return lastPart(arnResource(record), 'federated-user')
}

function lastPart(resource: string | undefined, kind: string): string | undefined {
  return resource?.startsWith(`${kind}/`) ? resource.split('/').at(-1) : undefined
}

function arnResource(record: CloudTrailRecord): string | undefined {
  return arnOf(record)?.resource
}

/** `arn:partition:service:region:account:resource`: what comes after the fourth and the fifth colon. */
function arnOf(record: CloudTrailRecord): { readonly account: string; readonly resource: string } | undefined {
  const arn = textAt(record, 'userIdentity', 'arn')
  if (arn === undefined || !arn.startsWith('arn:')) return undefined
  let fourth = 0
  let fifth = 3
  for (let colons = 1; colons < 5; colons += 1) {
    fourth = fifth
    fifth = arn.indexOf(':', fourth + 1)
    if (fifth < 0) return undefined
  }
  return { account: arn.slice(fourth + 1, fifth), resource: arn.slice(fifth + 1) }
}
