/** One statement of an IAM policy document, of the parts this simulation evaluates. */
export type Statement = {
  readonly Sid?: string
  readonly Effect: 'Allow' | 'Deny'
  readonly Principal?: '*' | { readonly [kind: string]: string | readonly string[] }
  readonly Action?: string | readonly string[]
  readonly NotAction?: string | readonly string[]
  readonly Resource?: string | readonly string[]
  readonly NotResource?: string | readonly string[]
  readonly Condition?: { readonly [operator: string]: { readonly [key: string]: string | readonly string[] } }
}

export type Policy = { readonly Version: string; readonly Statement: readonly Statement[] }

export type PolicyRequest = {
  readonly action: string
  readonly resource: string
  /** ARNs and account forms by which a Principal element may name the caller; only trust policies look at it. */
  readonly principals?: readonly string[]
  readonly context: { readonly [key: string]: string | readonly string[] | undefined }
}

export type Verdict = 'allow' | 'deny' | 'silent'

/** What a policy says of a request: an explicit deny wins over an allow (AWS: policy evaluation logic). */
export function evaluate(policy: Policy, request: PolicyRequest): Verdict {
  const applying = policy.Statement.filter((statement) => applies(statement, request))
  if (applying.some((statement) => statement.Effect === 'Deny')) return 'deny'
  return applying.length > 0 ? 'allow' : 'silent'
}

function applies(statement: Statement, request: PolicyRequest): boolean {
  return (
    actionApplies(statement, request.action) &&
    resourceApplies(statement, request.resource) &&
    principalApplies(statement, request.principals) &&
    conditionsHold(statement, request.context)
  )
}

function actionApplies(statement: Statement, action: string): boolean {
  const matches = (pattern: string) => like(pattern.toLowerCase(), action.toLowerCase())
  if (statement.NotAction !== undefined) return !list(statement.NotAction).some(matches)
  return list(statement.Action).some(matches)
}

function resourceApplies(statement: Statement, resource: string): boolean {
  if (statement.NotResource !== undefined)
    return !list(statement.NotResource).some((pattern) => like(pattern, resource))
  if (statement.Resource === undefined) return statement.Principal !== undefined
  return list(statement.Resource).some((pattern) => like(pattern, resource))
}

function principalApplies(statement: Statement, principals: readonly string[] | undefined): boolean {
  if (statement.Principal === undefined) return principals === undefined
  if (statement.Principal === '*') return true
  return list(statement.Principal['AWS']).some((named) => named === '*' || (principals ?? []).includes(named))
}

function conditionsHold(statement: Statement, context: PolicyRequest['context']): boolean {
  return Object.entries(statement.Condition ?? {}).every(([operator, keys]) =>
    Object.entries(keys).every(([key, wanted]) => holds(operator, list(wanted), actualOf(context, key))),
  )
}

function actualOf(context: PolicyRequest['context'], key: string): readonly string[] | undefined {
  const found = Object.entries(context).find(([name]) => name.toLowerCase() === key.toLowerCase())?.[1]
  return found === undefined ? undefined : list(found)
}

const OPERATOR =
  /^(ForAllValues:|ForAnyValue:)?(StringEquals|StringNotEquals|StringEqualsIgnoreCase|StringLike|StringNotLike|ArnEquals|ArnLike|ArnNotEquals|ArnNotLike|Bool|Null)(IfExists)?$/

function holds(operator: string, wanted: readonly string[], actual: readonly string[] | undefined): boolean {
  const [, quantifier, name = '', ifExists] = OPERATOR.exec(operator) ?? []
  if (name === 'Null') return wanted.includes(String(actual === undefined))
  const negated = name.includes('Not')
  if (actual === undefined) return negated || ifExists !== undefined || quantifier === 'ForAllValues:'
  const one = (value: string) => wanted.some((pattern) => compare(name, pattern, value)) !== negated
  return quantifier === 'ForAllValues:' ? actual.every(one) : actual.some(one)
}

function compare(name: string, pattern: string, value: string): boolean {
  if (name === 'StringEqualsIgnoreCase') return pattern.toLowerCase() === value.toLowerCase()
  if (name.endsWith('Like') || name.startsWith('Arn')) return like(pattern, value)
  return pattern === value
}

/** IAM's wildcards: `*` for any run of characters, `?` for one. */
export function like(pattern: string, value: string): boolean {
  if (pattern === '*') return true
  if (!/[*?]/.test(pattern)) return pattern === value
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${source}$`, 's').test(value)
}

function list(value: string | readonly string[] | undefined): readonly string[] {
  if (value === undefined) return []
  return typeof value === 'string' ? [value] : value
}

/** A session policy's text as a policy; undefined when AWS would call it a malformed policy document. */
export function parseSessionPolicy(text: string): Policy | undefined {
  const document = parseJson(text)
  if (!isObject(document)) return undefined
  const statements = Array.isArray(document['Statement']) ? document['Statement'] : [document['Statement']]
  if (statements.length === 0 || !statements.every(isSessionStatement)) return undefined
  if (document['Version'] !== undefined && !['2012-10-17', '2008-10-17'].includes(String(document['Version'])))
    return undefined
  return { Version: '2012-10-17', Statement: statements }
}

function isSessionStatement(value: unknown): value is Statement {
  if (!isObject(value)) return false
  if (!Object.keys(value).every((key) => STATEMENT_KEYS.has(key))) return false
  if (value['Effect'] !== 'Allow' && value['Effect'] !== 'Deny') return false
  if ((value['Action'] === undefined) === (value['NotAction'] === undefined)) return false
  if ((value['Resource'] === undefined) === (value['NotResource'] === undefined)) return false
  return LISTS.every((key) => value[key] === undefined || isStrings(value[key])) && areConditions(value['Condition'])
}

const LISTS = ['Action', 'NotAction', 'Resource', 'NotResource'] as const
const STATEMENT_KEYS = new Set<string>([...LISTS, 'Sid', 'Effect', 'Condition'])

function areConditions(value: unknown): boolean {
  if (value === undefined) return true
  if (!isObject(value)) return false
  return Object.entries(value).every(
    ([operator, keys]) => OPERATOR.test(operator) && isObject(keys) && Object.values(keys).every(isStrings),
  )
}

function isStrings(value: unknown): boolean {
  return typeof value === 'string' || (Array.isArray(value) && value.every((item) => typeof item === 'string'))
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
