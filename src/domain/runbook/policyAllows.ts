import { allows, isAnyone, statementsOf, statementWords, textsOf } from './policyDocument.ts'
import type { Allows } from './stages.ts'
import { member, objectOf } from './values.ts'

/** A statement that allows what was asked, in words, and what it is limited by, such as `aws:PrincipalOrgID o-exampleorgid`. */
export type TooMuch = { readonly words: string; readonly limits: readonly string[] }

/**
 * The statements of a policy that allow all that is asked. What a Deny beside them takes back is not worked out. `ours`: the accounts that
 * are not outside.
 */
export function allowing(policy: unknown, asked: Allows, ours: readonly string[]): readonly TooMuch[] {
  return statementsOf(policy).flatMap((statement) => {
    if (!allows(statement)) return []
    const { action, resource, principal } = asked
    if (action !== undefined && !covers(statement, 'Action', action)) return []
    if (resource !== undefined && !covers(statement, 'Resource', resource)) return []
    const limits = limitsOf(statement)
    if (principal === 'anyone' && (!isAnyone(statement) || limits.length > 0)) return []
    if (principal === 'outside' && !letsOutsideIn(statement, limits, ours)) return []
    return [
      { words: statementWords(statement), limits: limits.map(({ key, values }) => `${key} ${values.join(', ')}`) },
    ]
  })
}

/** Whether a statement's actions or resources take in one: by a pattern of its own, or by leaving out others only. */
function covers(statement: unknown, what: 'Action' | 'Resource', asked: string): boolean {
  const patterns = textsOf(member(statement, what))
  if (patterns.length > 0) return patterns.some((pattern) => isCovered(pattern, asked))
  const left = textsOf(member(statement, `Not${what}`))
  return left.length > 0 && !left.some((pattern) => isCovered(pattern, asked))
}

/** IAM's patterns: `*` is anything, `?` one character; actions have no case. A `*` in what is asked must be met by one in the pattern. */
export function isCovered(pattern: string, asked: string): boolean {
  const [wild, text] = [pattern, asked].map((one) => (one === '*:*' ? '*' : one.toLowerCase()))
  return wild !== undefined && text !== undefined && fits(wild, text)
}

function fits(pattern: string, text: string): boolean {
  let [at, in_, star, from] = [0, 0, -1, 0]
  while (in_ < text.length) {
    const wanted = pattern[at]
    if (wanted === '*') {
      star = at
      from = in_
      at += 1
    } else if (wanted === text[in_] || (wanted === '?' && text[in_] !== '*')) {
      at += 1
      in_ += 1
    } else if (star >= 0) {
      at = star + 1
      from += 1
      in_ = from
    } else return false
  }
  while (pattern[at] === '*') at += 1
  return at === pattern.length
}

/** A condition that must hold on who calls or from where, and that is not met by everybody. */
type Limit = { readonly key: string; readonly values: readonly string[] }

/** Keys that say who calls, or through what (AWS: IAM, global condition keys; kms:CallerAccount). */
const ACCOUNTS: readonly string[] = [
  'aws:principalaccount',
  'aws:sourceaccount',
  'aws:sourceowner',
  'kms:calleraccount',
]
const ARNS: readonly string[] = ['aws:principalarn', 'aws:sourcearn']
const OTHERS: readonly string[] = [
  ...['aws:principalorgid', 'aws:principalorgpaths', 'aws:sourceorgid', 'aws:sourceorgpaths', 'aws:sourcevpc'],
  ...['aws:sourcevpce', 'aws:vpcsourceip', 'aws:sourceip', 's3:dataaccesspointaccount'],
]
const LIMITING: readonly string[] = [...ACCOUNTS, ...ARNS, ...OTHERS]

/** Operators that hold only when the key is there and fits: neither a negation, nor `…IfExists`, nor `ForAllValues:`, which an absent key passes. */
const HOLDS = /^(?:ForAnyValue:)?(?:StringEquals|StringEqualsIgnoreCase|StringLike|ArnEquals|ArnLike|IpAddress)$/i
/** Values that everybody has. */
const EVERYBODY: readonly string[] = ['*', '0.0.0.0/0', '::/0', 'arn:*', 'arn:aws:*']

function limitsOf(statement: unknown): readonly Limit[] {
  return Object.entries(objectOf(member(statement, 'Condition')))
    .filter(([operator]) => HOLDS.test(operator))
    .flatMap(([, keys]) => Object.entries(objectOf(keys)).map(([key, value]) => ({ key, values: textsOf(value) })))
    .filter(({ key, values }) => LIMITING.includes(key.toLowerCase()) && values.length > 0)
    .filter(({ values }) => !values.some((value) => EVERYBODY.includes(value)))
}

function letsOutsideIn(statement: unknown, limits: readonly Limit[], ours: readonly string[]): boolean {
  const isOurs = ({ key, values }: Limit): boolean => {
    const name = key.toLowerCase()
    if (!ACCOUNTS.includes(name) && !ARNS.includes(name)) return false
    return values.every((value) => ours.includes(accountOf(value) ?? ''))
  }
  return !limits.some(isOurs) && (isAnyone(statement) || principals(statement).some((one) => isOutside(one, ours)))
}

type Named = { readonly kind: string; readonly text: string }

function principals(statement: unknown): readonly Named[] {
  return Object.entries(objectOf(member(statement, 'Principal'))).flatMap(([kind, value]) =>
    textsOf(value).map((text) => ({ kind, text })),
  )
}

/**
 * Services are nobody's account. What names no account that is known (a canonical user, the id of a deleted user, an identity provider on the
 * internet) cannot be said to be ours.
 */
function isOutside({ kind, text }: Named, ours: readonly string[]): boolean {
  if (kind === 'Service' || text.startsWith('arn:aws:iam::cloudfront:')) return false
  return !ours.includes(accountOf(text) ?? '')
}

function accountOf(text: string): string | undefined {
  return /^\d{12}$/.test(text) ? text : /^arn:[^:]*:[^:]*:[^:]*:(\d{12}):/.exec(text)?.[1]
}
