import { checkParameter } from '../runbook/parameters.ts'
import { readPrincipal } from '../runbook/principal.ts'
import type { ParameterType, ShapeName } from '../runbook/runbook.ts'
import { type Arn, parseArn } from './arn.ts'
import { accountsMeant, type Inventory } from './inventory.ts'
import { scopeWord } from './scopeWords.ts'
import { consoleShapes, hostAddress, tailShapes } from './tails.ts'

/**
 * What a value is. `value` is its normal form. What an ARN names may have an `id` of its own, for parameters that want no ARN; then `account`
 * and `region` say where it is, if the ARN does.
 */
export type Shape = {
  readonly kind: ShapeName
  readonly value: string
  readonly id?: string
  readonly account?: string
  readonly region?: string
}

/** Longer values name nothing in AWS: an ARN has at most 2048 characters (IAM: ARNs). */
const LONGEST = 2048

/**
 * What a bare value can be, most likely first; empty when it is nothing that can be asked about. What has a form of its own (a key, an ARN, an id, an
 * address) is only that; a word may be an account's name, a user's, a role's or a bucket's. Linear in the value's length.
 */
export function shapesOf(text: string, inventory?: Inventory): readonly Shape[] {
  const value = text.trim().replace(/^mailto:/i, '')
  if (value === '' || value.length > LONGEST) return []
  const formed = formedShapes(value)
  if (formed.length > 0) return formed
  const trimmed = formedShapes(withoutPunctuation(value))
  if (trimmed.length > 0) return trimmed
  return [...namedAccount(value, inventory), ...wordShapes(value)]
}

/** The shapes of a value whose form says what it is. */
function formedShapes(value: string): readonly Shape[] {
  for (const read of FORMS) {
    const found = read(value)
    if (found.length > 0) return found
  }
  return []
}

const FORMS: readonly ((value: string) => readonly Shape[])[] = [
  keyShapes,
  uuidShapes,
  arnShapes,
  tailShapes,
  instanceShapes,
  (value) => typed('securityGroup', 'securityGroup', value),
  ec2Shapes,
  addressShapes,
  (value) => typed('account', 'account', value),
  bucketUrlShapes,
  consoleShapes,
]

function typed(kind: ShapeName, type: ParameterType, value: string): readonly Shape[] {
  const found = normalOf(type, value)
  return found === undefined ? [] : [{ kind, value: found }]
}

/** The normal form of a value for a type of parameter; undefined when it is none. */
export function normalOf(type: ParameterType, value: string): string | undefined {
  const checked = checkParameter(type, type, '', value)
  return checked.ok ? checked.value : undefined
}

/** An event's id has the form of a KMS key's. */
function uuidShapes(value: string): readonly Shape[] {
  return typed('eventId', 'eventId', value).flatMap((event): readonly Shape[] => [
    event,
    { ...event, kind: 'resource' },
  ])
}

/** In small letters a key is one only at the length that AWS gives them, with a digit: `asiapacificdeployer` is a name. */
function keyShapes(value: string): readonly Shape[] {
  if (!/^A[KS]IA/.test(value) && !/^a[ks]ia(?=[a-z]*\d)[a-z0-9]{16}$/.test(value)) return []
  return typed('accessKeyId', 'accessKeyId', value)
}

/** What an instance's own role does is done in sessions that are called as the instance (AWS: IAM roles for Amazon EC2). */
function instanceShapes(value: string): readonly Shape[] {
  const found = typed('instance', 'instance', value)
  const [instance] = found
  if (instance === undefined || !instance.value.startsWith('i-')) return found
  return [instance, { kind: 'session', value: `session/${instance.value}` }]
}

/** EC2's ids: a kind of thing and 8 or 17 digits. A prefix that is not known here is a word. */
const EC2_ID =
  /^(?:vpc|subnet|vol|snap|ami|eni|rtb|acl|igw|nat|vpce|vpce-svc|eigw|pcx|tgw|tgw-attach|lt|eipalloc|dopt|fl|r|sgr|cgw|vgw|vpn|pl|host|sir|sfr|fleet|key|lgw|import-ami|export-i|fs|mount)-(?:[0-9a-f]{8}|[0-9a-f]{17})$/i

function ec2Shapes(value: string): readonly Shape[] {
  return EC2_ID.test(value) ? [{ kind: 'resource', value: value.toLowerCase() }] : []
}

function addressShapes(value: string): readonly Shape[] {
  const [, v4, v6] = /^(?:(\d[\d.]{6,14}):\d{1,5}|\[([0-9a-fA-F:.]{2,45})\](?::\d{1,5})?)$/.exec(value) ?? []
  return typed('address', 'address', v4 ?? v6 ?? hostAddress(value) ?? value)
}

function bucketUrlShapes(value: string): readonly Shape[] {
  const [, scheme, host] =
    /^(?:(?:s3:\/\/|https:\/\/s3[.-](?:[a-z0-9-]{1,30}\.)?amazonaws\.com\/)([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])|(?:https?:\/\/)?([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\.s3[.-](?:[a-z0-9-]{1,30}\.)?amazonaws\.com)(?:[/?#]|$)/.exec(
      value,
    ) ?? []
  const name = scheme ?? host
  return name === undefined ? [] : [{ kind: 'bucket', value: name }]
}

function arnShapes(value: string): readonly Shape[] {
  const arn = parseArn(value)
  if (arn === undefined) return []
  const place = {
    ...(/^\d/.test(arn.account) && { account: arn.account }),
    ...(arn.region !== '' && { region: arn.region }),
  }
  if (arn.service === 'iam' || arn.service === 'sts') return principalArnShapes(value, arn)
  if (arn.service === 's3') return [{ kind: 'bucket', value: bucketArn(arn) }]
  const [, type, id = ''] = /^(instance|security-group)\/([a-z0-9-]+)$/.exec(arn.resource) ?? []
  if (arn.service !== 'ec2' || type === undefined) return [{ kind: 'resource', value }]
  const [inside, ...more] = type === 'instance' ? instanceShapes(id) : typed('securityGroup', 'securityGroup', id)
  if (inside === undefined) return [{ kind: 'resource', value }]
  return [{ kind: inside.kind, value, id: inside.value, ...place }, ...more.map((one) => ({ ...one, ...place }))]
}

/** Objects are in no management event: of an object's ARN the bucket is what can be asked about. */
function bucketArn({ partition, resource }: Arn): string {
  return `arn:${partition}:s3:::${resource.split('/')[0] ?? ''}`
}

function principalArnShapes(value: string, arn: Arn): readonly Shape[] {
  const principal = readPrincipal(value)
  switch (principal?.kind) {
    case 'user':
    case 'role':
    case 'session':
      return [{ kind: principal.kind, value }]
    case 'federated':
      return [{ kind: 'session', value }]
    case 'root':
      return [
        { kind: 'user', value },
        { kind: 'account', value: arn.account },
      ]
    default:
      return [{ kind: 'resource', value }]
  }
}

function namedAccount(value: string, inventory: Inventory | undefined): readonly Shape[] {
  if (inventory === undefined || accountsMeant(scopeWord(value), inventory) === undefined) return []
  return [{ kind: 'account', value }]
}

/** Verbs that the names of AWS's calls begin with. A user may be called GetawayCar, but not GetSessionToken. */
const EVENT_NAME =
  /^(?:Accept|Add|Allocate|Assign|Associate|Assume|Attach|Authorize|Batch|Cancel|Change|Confirm|Console|Copy|Create|Deactivate|Decode|Decrypt|Delete|Deregister|Describe|Detach|Disable|Disassociate|Enable|Encrypt|Execute|Export|Generate|Get|Head|Import|Initiate|Invite|Invoke|Leave|List|Lookup|Modify|Move|Publish|Purchase|Put|Query|Reboot|Register|Reject|Release|Remove|Replace|Request|Reset|Restore|Resume|Retire|Revoke|Run|Scan|Schedule|Send|Set|Share|Simulate|Start|Stop|Subscribe|Switch|Tag|Terminate|Test|Transfer|Unassign|Untag|Update|Upload|Verify)[A-Z][A-Za-z0-9_]{2,100}$/

/** S3: bucket naming rules. */
const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/

/** A word that could be many things: a user or a role before a bucket, as people ask about who before what. */
function wordShapes(value: string): readonly Shape[] {
  if (value.startsWith('/')) return /^\/[\w./@#-]{1,511}$/.test(value) ? [{ kind: 'resource', value }] : []
  const principal = readPrincipal(value)
  if (principal === undefined) return pathShapes(value)
  switch (principal.kind) {
    case 'user':
    case 'role':
      return [{ kind: principal.kind, value }]
    case 'session':
      if (/^(?:assumed-role|session)\//.test(value)) return [{ kind: 'session', value }]
      return [
        { kind: 'session', value },
        // Names of secrets and keys have the same form: `prod/db`, `alias/backup`.
        { kind: 'resource', value },
      ]
    case 'federated':
      return [{ kind: 'session', value }]
    case 'root':
      return [{ kind: 'user', value }]
    case 'name':
      return nameShapes(value)
  }
}

/** A name with its path (IAM: friendly names and paths), or one of a secret or parameter. */
function pathShapes(value: string): readonly Shape[] {
  if (!/^[\w+=,.@-]{1,128}(?:\/[\w+=,.@-]{1,128}){2,15}$/.test(value)) return []
  return [
    { kind: 'role', value: `role/${value}` },
    { kind: 'user', value: `user/${value}` },
    { kind: 'resource', value },
  ]
}

/** Nobody has a bucket that is called like a service. */
const SERVICE = /\.amazonaws\.com(?:\.cn)?$/

function nameShapes(value: string): readonly Shape[] {
  // A group of accounts, or somebody in Slack: nobody in AWS.
  if (value.startsWith('@')) return []
  if (value.includes(':')) return [{ kind: 'session', value }]
  const event: readonly Shape[] = EVENT_NAME.test(value) ? [{ kind: 'eventName', value }] : []
  const bucket: readonly Shape[] = BUCKET.test(value) && !SERVICE.test(value) ? [{ kind: 'bucket', value }] : []
  return [...event, { kind: 'user', value }, { kind: 'role', value }, ...bucket]
}

const BEFORE = '("\'`<[{*'
const BEHIND = ')"\'`>]}*,;.!?'

/** What was copied with a value: brackets, quotes, marks around it. Without regular expressions, which would try every place. */
function withoutPunctuation(value: string): string {
  let start = 0
  let end = value.length
  while (start < end && BEFORE.includes(value.charAt(start))) start += 1
  while (end > start && BEHIND.includes(value.charAt(end - 1))) end -= 1
  return value.slice(start, end)
}
