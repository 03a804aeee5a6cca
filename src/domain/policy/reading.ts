import { memberQuestions } from '../playbook/playbook.ts'
import type { EventCategory, Parameters, Query } from '../query/query.ts'
import { EVENT_CATEGORIES } from '../query/query.ts'
import { windowLength } from '../request/toQuery.ts'
import { readPrincipal } from '../runbook/principal.ts'
import type { Match, Operand, ParameterType, Runbook, Test } from '../runbook/runbook.ts'

/** What a question reads, as far as its tier depends on it: after clauses of parameters that are not given have dropped out. */
export type Reading = {
  /** The one key, session or thing that every record must be about; absent for an open search. */
  readonly named?: string
  /** Seconds. */
  readonly window: number
  readonly accounts: number
  readonly categories: readonly EventCategory[]
  /** Asks for what was done in a store of secrets. */
  readonly secrets: boolean
  /** Records as CloudTrail gave them, secrets that it logs included. */
  readonly raw: boolean
}

/** A value of one of these types names one thing, whatever else is asked. */
const NAMING: { readonly [type in ParameterType]?: string } = {
  accessKeyId: 'key',
  eventId: 'event',
  resource: 'resource',
  instance: 'instance',
  securityGroup: 'security group',
}

const SECRET_SOURCES = ['secretsmanager.amazonaws.com']
const SECRET_EVENTS = [
  ...['GetSecretValue', 'BatchGetSecretValue', 'GetParameter', 'GetParameters', 'GetParametersByPath'],
  ...['GetParameterHistory'],
]
/** One secret or parameter by its ARN: its history has who read it. A short name may be of anything. */
const SECRET_ARN = /^arn:aws[a-z-]*:(?:secretsmanager:[^:]*:[^:]*:secret:|ssm:[^:]*:[^:]*:parameter\/)/

/** What a query of a runbook reads; of a playbook, what its members do together: it is about one thing when all of them are about that. */
export function readingOf(query: Query, runbook: Runbook): Reading {
  if (runbook.playbook === undefined) return ownReading(query, runbook)
  const readings = memberQuestions(runbook.playbook, query.parameters).map((asked) =>
    ownReading({ ...query, parameters: asked.parameters }, asked.runbook),
  )
  const { only } = runbook.playbook
  const narrowed = only === undefined ? undefined : namedIn(only, runbook, query.parameters)
  const [first, ...others] = new Set(readings.map(({ named }) => named))
  const named = narrowed ?? (others.length === 0 ? first : undefined)
  const spoken = new Set(readings.flatMap(({ categories }) => categories))
  return {
    ...(named === undefined ? {} : { named }),
    window: windowLength(query),
    accounts: query.accounts.length,
    categories: EVENT_CATEGORIES.filter((category) => spoken.has(category)),
    secrets: readings.some(({ secrets }) => secrets),
    raw: query.raw === true,
  }
}

function ownReading(query: Query, runbook: Runbook): Reading {
  const named = namedIn(runbook.match, runbook, query.parameters)
  return {
    ...(named === undefined ? {} : { named }),
    window: windowLength(query),
    accounts: query.accounts.length,
    categories: categoriesOf(query, runbook.match),
    secrets: readsSecrets(runbook.match, query.parameters),
    raw: query.raw === true,
  }
}

/** The categories that are asked of the engines, and those that the match speaks of: whichever is more. */
function categoriesOf(query: Query, match: Match): readonly EventCategory[] {
  const spoken = new Set([...(query.categories ?? ['management']), ...categoriesIn(match, query.parameters)])
  return EVENT_CATEGORIES.filter((category) => spoken.has(category))
}

/** CloudTrail's eventCategory and managementEvent (CloudTrail: record contents). A test that is not plain could mean any category. */
function categoriesIn(match: Match, values: Parameters): readonly EventCategory[] {
  if ('all' in match) return match.all.flatMap((clause) => categoriesIn(clause, values))
  if ('any' in match) return match.any.flatMap((clause) => categoriesIn(clause, values))
  if ('not' in match) return categoriesIn(match.not, values).length > 0 ? EVENT_CATEGORIES : []
  if (!('field' in match)) return []
  if (match.field === 'managementEvent') return equalTo(match).includes(true) ? ['management'] : EVENT_CATEGORIES
  if (match.field !== 'eventCategory') return []
  const wanted = equalTo(match).map((operand) => String(resolved(operand, values)).toLowerCase())
  const known = EVENT_CATEGORIES.filter((category) => wanted.includes(category))
  return wanted.length > 0 && known.length === wanted.length ? known : EVENT_CATEGORIES
}

/** What a match is narrowed to, whatever else it says. A clause whose optional parameter is not given is not there. */
function namedIn(match: Match, runbook: Runbook, values: Parameters): string | undefined {
  if ('all' in match) return first(match.all, (clause) => namedIn(clause, runbook, values))
  if ('any' in match) {
    const names = match.any.filter((clause) => isPresent(clause, values)).map((one) => namedIn(one, runbook, values))
    return names.length > 0 && names.every((name) => name !== undefined) ? names[0] : undefined
  }
  if ('not' in match) return undefined
  if ('principal' in match) return sessionNamed(match.principal, values)
  if ('resource' in match) return isPresent(match, values) ? 'resource' : undefined
  const operands = equalTo(match)
  if (operands.length !== 1) return undefined
  const parameter = placeholder(operands[0])
  if (parameter === undefined || !Object.hasOwn(values, parameter)) return undefined
  const type = runbook.parameters[parameter]?.type
  return type === undefined ? undefined : NAMING[type]
}

function first<T, U>(items: readonly T[], pick: (item: T) => U | undefined): U | undefined {
  for (const item of items) {
    const picked = pick(item)
    if (picked !== undefined) return picked
  }
  return undefined
}

/** One role's session by its name is one thing; a user's or a role's name, or a session name in any role, is somebody's activity. */
function sessionNamed(operand: string, values: Parameters): string | undefined {
  const value = resolved(operand, values)
  const principal = typeof value === 'string' ? readPrincipal(value) : undefined
  return principal?.kind === 'session' && principal.role !== undefined ? 'session' : undefined
}

function isPresent(match: Match, values: Parameters): boolean {
  if ('all' in match) return match.all.some((clause) => isPresent(clause, values))
  if ('any' in match) return match.any.some((clause) => isPresent(clause, values))
  if ('not' in match) return isPresent(match.not, values)
  if ('principal' in match) return resolved(match.principal, values) !== undefined
  if ('resource' in match) return resolved(match.resource, values) !== undefined
  const operands = equalTo(match)
  return operands.length === 0 || operands.some((operand) => resolved(operand, values) !== undefined)
}

function equalTo(test: Test): readonly Operand[] {
  if ('equals' in test) return [test.equals]
  return 'in' in test ? test.in : []
}

function placeholder(operand: Operand | undefined): string | undefined {
  return typeof operand === 'string' ? /^\$([A-Za-z]\w*)$/.exec(operand)?.[1] : undefined
}

function resolved(operand: Operand, values: Parameters): Operand | undefined {
  const name = placeholder(operand)
  if (name === undefined || name === 'organisation') return operand
  return Object.hasOwn(values, name) ? values[name] : undefined
}

function readsSecrets(match: Match, values: Parameters): boolean {
  if ('all' in match) return match.all.some((clause) => readsSecrets(clause, values))
  if ('any' in match) return match.any.some((clause) => readsSecrets(clause, values))
  if ('resource' in match) return SECRET_ARN.test(String(resolved(match.resource, values)))
  if (!('field' in match)) return false
  const wanted = equalTo(match).map((operand) => resolved(operand, values))
  if (match.field === 'eventSource') return wanted.some((value) => SECRET_SOURCES.includes(String(value)))
  return match.field === 'eventName' && wanted.some((value) => SECRET_EVENTS.includes(String(value)))
}
