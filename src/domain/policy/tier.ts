import type { Parameters, Query } from '../query/query.ts'
import { durationWords } from '../request/duration.ts'
import { accountsMeant, type Inventory } from '../request/inventory.ts'
import { windowLength } from '../request/toQuery.ts'
import { readPrincipal } from '../runbook/principal.ts'
import type { Match, Operand, ParameterType, Runbook, Test } from '../runbook/runbook.ts'
import { TIERS, type Tier } from './person.ts'
import type { Raise } from './policy.ts'

/** How sensitive a question is, and why, in words for the asker. */
export type Tiered = { readonly tier: Tier; readonly reason: string }

/** An open search is measured in account-days: up to one it is open, up to seven duty, beyond that elevated. */
const OPEN_ACCOUNT_DAYS = 1
const DUTY_ACCOUNT_DAYS = 7

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

/**
 * The tier follows what is read. One named key, session or resource is at most duty at any window; an open search rises with
 * window × accounts; secret stores rise one step. The runbook's own tier and the policy can only raise it.
 */
export function tierOf(query: Query, runbook: Runbook, raises: readonly Raise[], inventory: Inventory): Tiered {
  const computed = computedTier(query, runbook)
  const floors: readonly Tiered[] = [
    { tier: runbook.tier, reason: `${runbook.name} is always one` },
    ...raises
      .filter((raise) => applies(raise, query, runbook, inventory))
      .map(({ tier }) => ({ tier, reason: 'it is one here' })),
  ]
  return floors.reduce((highest, floor) => (rank(floor.tier) > rank(highest.tier) ? floor : highest), computed)
}

/** Where a tier stands, lowest first. */
export function rank(tier: Tier): number {
  return TIERS.indexOf(tier)
}

function computedTier(query: Query, runbook: Runbook): Tiered {
  const length = windowLength(query)
  const days = (length / 86_400) * query.accounts.length
  const name = namedIn(runbook.match, runbook, query.parameters)
  const over = `over ${durationWords(length)}${accountsWords(query.accounts.length)}`
  const base: Tiered =
    name === undefined
      ? { tier: scanTier(days), reason: `an open search ${over}` }
      : { tier: days <= OPEN_ACCOUNT_DAYS ? 'open' : 'duty', reason: `one named ${name} ${over}` }
  if (!readsSecrets(runbook.match, query.parameters)) return base
  return { tier: TIERS[rank(base.tier) + 1] ?? 'sensitive', reason: `${base.reason}, of a store of secrets` }
}

function accountsWords(count: number): string {
  return count === 1 ? '' : ` in ${count} accounts`
}

function scanTier(days: number): Tier {
  if (days <= OPEN_ACCOUNT_DAYS) return 'open'
  return days <= DUTY_ACCOUNT_DAYS ? 'duty' : 'elevated'
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
  if (!('field' in match)) return false
  const wanted = equalTo(match).map((operand) => resolved(operand, values))
  if (match.field === 'eventSource') return wanted.some((value) => SECRET_SOURCES.includes(String(value)))
  return match.field === 'eventName' && wanted.some((value) => SECRET_EVENTS.includes(String(value)))
}

function applies(raise: Raise, query: Query, runbook: Runbook, inventory: Inventory): boolean {
  const accounts = raise.accounts.flatMap((word) => accountsMeant(word, inventory) ?? []).map(({ id }) => id)
  return selectsRunbook(raise.runbooks, runbook) && query.accounts.some((account) => accounts.includes(account))
}

/** True when one of the selectors (`*`, `tag:…`, a name) is for the runbook. */
export function selectsRunbook(selectors: readonly string[], runbook: Runbook): boolean {
  return selectors.some(
    (selector) =>
      selector === '*' ||
      selector === runbook.name ||
      (selector.startsWith('tag:') && runbook.tags.includes(selector.slice('tag:'.length))),
  )
}
