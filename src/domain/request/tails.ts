import type { Shape } from './shape.ts'

/** The kinds of things that stand before a name in an ARN (AWS: service authorization reference) and are typed with it: `policy/Deploy`. */
const TAIL =
  /^(bucket|alias|key|function|instance-profile|policy|group|layer|table|secret|parameter|log-group|cluster|stack|topic|queue|server-certificate|oidc-provider|saml-provider)[/:]([^\s,;]{1,512})$/

/** KMS: key ids, those of keys in one Region and in several. */
const KMS_KEY = /^(?:mrk-[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i

/** What is written as the end of an ARN, kind and name: the kind says that it is nobody's name. */
export function tailShapes(value: string): readonly Shape[] {
  if (/^mrk-/i.test(value) && KMS_KEY.test(value)) return [{ kind: 'resource', value: value.toLowerCase() }]
  const [, kind, name] = TAIL.exec(value) ?? []
  if (kind === undefined || name === undefined) return []
  switch (kind) {
    case 'bucket':
      return [{ kind: 'bucket', value: name.split('/')[0] ?? name }]
    case 'alias':
      // An alias of KMS is called with its kind.
      return [{ kind: 'resource', value: `alias/${name}` }]
    case 'key':
      return KMS_KEY.test(name) ? [{ kind: 'resource', value: name.toLowerCase() }] : []
    case 'function':
      return [{ kind: 'resource', value: name.split(':')[0] ?? name }]
    default:
      return [{ kind: 'resource', value: name }]
  }
}

/** What a page of AWS's console shows: its address names it. */
export function consoleShapes(value: string): readonly Shape[] {
  if (!/^https:\/\/[a-z0-9.-]{0,80}aws\.amazon\.com\//.test(value)) return []
  const [, kind, name] = /#\/?(user|role)s\/(?:details\/)?([\w+=,.@-]{1,128})/.exec(value) ?? []
  if (kind !== undefined && name !== undefined)
    return [{ kind: kind === 'role' ? 'role' : 'user', value: `${kind}/${name}` }]
  const [, bucket] = /\/s3\/(?:buckets|object)\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])/.exec(value) ?? []
  return bucket === undefined ? [] : [{ kind: 'bucket', value: bucket }]
}

/** The address that AWS gives an instance's host name by (AWS: EC2 instance hostname types). */
export function hostAddress(value: string): string | undefined {
  const [, dashed] =
    /^(?:ec2|ip)-(\d{1,3}(?:-\d{1,3}){3})\.(?:ec2\.internal|(?:[a-z0-9-]{1,30}\.)?compute(?:-1)?\.(?:internal|amazonaws\.com(?:\.cn)?))$/i.exec(
      value,
    ) ?? []
  return dashed?.replaceAll('-', '.')
}
