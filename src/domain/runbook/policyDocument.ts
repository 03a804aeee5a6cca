import { listOf, member, textAt, textOf } from './values.ts'

/** Longer policy documents are not read: IAM allows 10,240 characters (AWS: IAM quotas), a bucket policy 20 KB (AWS: S3 user guide). */
const LONGEST = 60_000
/** Actions or resources that are named one by one. */
const NAMED = 2

/** Where requests carry a policy: IAM writes text, S3 an object, KMS and others text under their own names. */
const PLACES = ['policyDocument', 'assumeRolePolicyDocument', 'bucketPolicy', 'policy', 'policyText'] as const

/** A policy in any of the forms that CloudTrail records: an object, JSON, JSON in a URL's encoding, JSON inside a JSON text. */
export function readPolicy(value: unknown): unknown {
  if (typeof value !== 'string') return value
  if (value.length > LONGEST) return undefined
  const once = parsed(value) ?? parsed(decoded(value))
  return typeof once === 'string' ? parsed(once) : once
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return ''
  }
}

/** What the widest statement of a request's policy allows, such as `allows * on *` or `trusts 999988887777`; empty without a policy. */
export function policyWords(request: unknown): string {
  for (const place of PLACES) {
    const policy = readPolicy(member(request, place))
    const statement = member(policy, 'Statement')
    const statements = (Array.isArray(statement) ? listOf(statement) : [statement]).filter(allows)
    const widest = statements.toSorted((a, b) => width(b) - width(a))[0]
    if (widest !== undefined) return statementWords(widest)
  }
  return ''
}

function allows(statement: unknown): boolean {
  return textAt(statement, 'Effect') === 'Allow'
}

/** Anyone, any action and any resource are the widest, in this order. */
function width(statement: unknown): number {
  const wild = (name: string): boolean => textsOf(member(statement, name)).includes('*')
  return (isAnyone(statement) ? 4 : 0) + (wild('Action') ? 2 : 0) + (wild('Resource') ? 1 : 0)
}

function statementWords(statement: unknown): string {
  const actions = textsOf(member(statement, 'Action'))
  const who = principalsOf(statement)
  if (who.length > 0 && actions.every((action) => /^sts:/i.test(action))) return `trusts ${listed(who)}`
  const on = listed(textsOf(member(statement, 'Resource')))
  const what = actions.length === 0 ? `all but ${listed(textsOf(member(statement, 'NotAction')))}` : listed(actions)
  return `allows ${who.length === 0 ? '' : `${listed(who)} `}${what}${on === '' ? '' : ` on ${on}`}`
}

function isAnyone(statement: unknown): boolean {
  return principalsOf(statement).includes('anyone')
}

function principalsOf(statement: unknown): readonly string[] {
  const principal = member(statement, 'Principal')
  const texts =
    typeof principal === 'object' && principal !== null ? Object.values(principal).flatMap(textsOf) : textsOf(principal)
  return texts.map((text) => (text === '*' ? 'anyone' : text.replace(/^arn:[^:]*:iam::(\d{12}):root$/, 'account $1')))
}

function textsOf(value: unknown): readonly string[] {
  const list = Array.isArray(value) ? listOf(value) : [value]
  return list.flatMap((item) => textOf(item) ?? [])
}

function listed(texts: readonly string[]): string {
  const more = texts.length - NAMED
  return texts.slice(0, NAMED).join(', ') + (more > 0 ? ` and ${more} more` : '')
}
