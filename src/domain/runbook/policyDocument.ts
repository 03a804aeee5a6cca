import { listOf, member, textAt, textOf } from './values.ts'

/** Longer policy documents are not read: IAM allows 10,240 characters (AWS: IAM quotas), a bucket policy 20 KB (AWS: S3 user guide). */
const LONGEST = 60_000
/** Actions or resources that are named one by one. */
const NAMED = 2

/** Encodings that lie one in the other: a JSON text in a URL's encoding in a JSON text is the most that AWS is known to write. */
const DEEPEST = 4

/** Where requests carry a policy: IAM writes text, S3 an object, KMS and others text under their own names (AWS: the services' API references). */
export const POLICY_PLACES: readonly (readonly string[])[] = [
  'policyDocument',
  'assumeRolePolicyDocument',
  'bucketPolicy',
  'policy',
  'policyText',
  'resourcePolicy',
  'policyInJson',
  'accessPolicy',
  'accessPolicies',
  'attributes.Policy',
  'attributeValue',
  'ModifyVpcEndpointRequest.PolicyDocument',
  'CreateVpcEndpointRequest.PolicyDocument',
].map((path) => ['requestParameters', ...path.split('.')])

/**
 * A policy in any of the forms that CloudTrail records: an object, a JSON text, one in a URL's encoding, or one inside another. Undefined when it
 * is none.
 */
export function readPolicy(value: unknown): unknown {
  let found = value
  for (let round = 0; typeof found === 'string'; round++) {
    if (round === DEEPEST || found.length > LONGEST) return undefined
    found = parsed(found) ?? decoded(found)
  }
  return found
}

/** The statements of a policy. */
export function statementsOf(policy: unknown): readonly unknown[] {
  const statement = member(policy, 'Statement')
  return Array.isArray(statement) ? listOf(statement) : statement === undefined ? [] : [statement]
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Undefined when there is nothing to decode. */
function decoded(text: string): string | undefined {
  if (!text.includes('%')) return undefined
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return undefined
  }
}

/** What the widest statement of a request's policy allows, such as `allows * on *` or `trusts 999988887777`; empty without a policy. */
export function policyWords(request: unknown): string {
  for (const [, ...place] of POLICY_PLACES) {
    const statements = statementsOf(readPolicy(place.reduce(member, request))).filter(allows)
    const widest = statements.toSorted((a, b) => width(b) - width(a))[0]
    if (widest !== undefined) return statementWords(widest)
  }
  return ''
}

/** Only what is allowed: a Deny takes back, and never gives. */
export function allows(statement: unknown): boolean {
  return textAt(statement, 'Effect') === 'Allow'
}

/** Anyone, any action and any resource are the widest, in this order; then somebody, before a service of AWS's. */
function width(statement: unknown): number {
  const wild = (name: string): boolean => textsOf(member(statement, name)).includes('*')
  const somebody = member(member(statement, 'Principal'), 'AWS') !== undefined
  return (isAnyone(statement) ? 8 : 0) + (wild('Action') ? 4 : 0) + (wild('Resource') ? 2 : 0) + (somebody ? 1 : 0)
}

/** What a statement allows, such as `allows * on *` or `trusts account 999988887777`. */
export function statementWords(statement: unknown): string {
  const actions = textsOf(member(statement, 'Action'))
  const but = textsOf(member(statement, 'NotPrincipal'))
  const who = member(statement, 'NotPrincipal') === undefined ? principalsOf(statement) : [`anyone but ${listed(but)}`]
  if (who.length > 0 && actions.every((action) => /^sts:/i.test(action))) return `trusts ${listed(who)}`
  const on = listed(textsOf(member(statement, 'Resource')))
  const what = actions.length === 0 ? `all but ${listed(textsOf(member(statement, 'NotAction')))}` : listed(actions)
  return `allows ${who.length === 0 ? '' : `${listed(who)} `}${what}${on === '' ? '' : ` on ${on}`}`
}

/** Whether it is for anyone at all, whatever its conditions say. */
export function isAnyone(statement: unknown): boolean {
  return principalsOf(statement).includes('anyone') || member(statement, 'NotPrincipal') !== undefined
}

function principalsOf(statement: unknown): readonly string[] {
  const principal = member(statement, 'Principal')
  const texts =
    typeof principal === 'object' && principal !== null ? Object.values(principal).flatMap(textsOf) : textsOf(principal)
  return texts.map((text) => (text === '*' ? 'anyone' : text.replace(/^arn:[^:]*:iam::(\d{12}):root$/, 'account $1')))
}

/** The texts of a value that may be one or a list. */
export function textsOf(value: unknown): readonly string[] {
  const list = Array.isArray(value) ? listOf(value) : [value]
  return list.flatMap((item) => textOf(item) ?? [])
}

function listed(texts: readonly string[]): string {
  const more = texts.length - NAMED
  return texts.slice(0, NAMED).join(', ') + (more > 0 ? ` and ${more} more` : '')
}
