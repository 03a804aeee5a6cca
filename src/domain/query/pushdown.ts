import { readPrincipal } from '../runbook/principal.ts'
import { shortNames } from '../runbook/resource.ts'
import type { Match, Test } from '../runbook/runbook.ts'

/** What LookupEvents can select by, one at a time (API reference, LookupAttribute). */
export type LookupKey =
  | 'EventId'
  | 'AccessKeyId'
  | 'ResourceName'
  | 'Username'
  | 'EventName'
  | 'EventSource'
  | 'ReadOnly'

/** One attribute and the values to ask for, one lookup each; their union is a superset of what the match wants. */
export type Selection = { readonly key: LookupKey; readonly values: readonly string[] }

/** Most selective first. */
const ORDER: readonly LookupKey[] = [
  'EventId',
  'AccessKeyId',
  'ResourceName',
  'Username',
  'EventName',
  'EventSource',
  'ReadOnly',
]

/** More lookups than this and one lookup by event source is cheaper: each value costs at least one request a Region. */
const FEW = 5

/** Fields whose equality LookupEvents can answer. AccessKeyId is the caller's key, not a key that the call is about. */
const KEY_OF: { readonly [field: string]: LookupKey } = {
  eventID: 'EventId',
  'userIdentity.accessKeyId': 'AccessKeyId',
  eventName: 'EventName',
  eventSource: 'EventSource',
  readOnly: 'ReadOnly',
}

/**
 * The one attribute to send to LookupEvents: implied by the match (it can lose no matching record), and the most selective.
 * Undefined when nothing is implied: then everything in the window is read and filtered here.
 */
export function chooseSelection(match: Match): Selection | undefined {
  const candidates = impliedBy(match).filter(isUseful)
  const few = candidates.filter((candidate) => candidate.values.length <= FEW)
  return (few.length > 0 ? few : candidates).toSorted(byRank)[0]
}

function isUseful(candidate: Selection): boolean {
  return candidate.values.length > 0 && candidate.values.every(isSendable)
}

/** An AttributeValue has 1 to 2000 characters, of which `_`, space, comma and newline count double (API reference). */
function isSendable(value: string): boolean {
  const double = value.match(/[_ ,\n]/g)?.length ?? 0
  return value.length > 0 && value.length + double <= 2000
}

function byRank(a: Selection, b: Selection): number {
  return ORDER.indexOf(a.key) - ORDER.indexOf(b.key) || a.values.length - b.values.length
}

/** Every attribute that holds for all records a match takes. */
export function impliedBy(match: Match): readonly Selection[] {
  if ('all' in match) return match.all.flatMap(impliedBy)
  if ('any' in match) return impliedByAll(match.any)
  if ('not' in match) return []
  if ('principal' in match) return selectionOfPrincipal(match.principal)
  if ('resource' in match) return [{ key: 'ResourceName', values: formsOfResource(match.resource) }]
  return impliedByTest(match)
}

/** A union is implied by an attribute only when every branch implies it. */
function impliedByAll(branches: readonly Match[]): readonly Selection[] {
  const each = branches.map(impliedBy)
  return ORDER.flatMap((key) => {
    const perBranch = each.map((selections) => selections.find((selection) => selection.key === key))
    if (perBranch.length === 0 || perBranch.some((selection) => selection === undefined)) return []
    return [{ key, values: unique(perBranch.flatMap((selection) => selection?.values ?? [])) }]
  })
}

function impliedByTest(test: Test): readonly Selection[] {
  const key = KEY_OF[test.field]
  if (key === undefined || test.ignoreCase === true) return []
  if ('equals' in test) return [{ key, values: [String(test.equals)] }]
  if ('in' in test) return [{ key, values: unique(test.in.map(String)) }]
  return []
}

/**
 * Username is the IAM user's name or the session's name (AWS: Event, API reference). A bare name may be a role's, whose calls Username does
 * not find, root's records may carry the account's alias instead (AWS: userIdentity element), and what it holds for federated users is not
 * documented: these are filtered here.
 */
function selectionOfPrincipal(principal: string): readonly Selection[] {
  const wanted = readPrincipal(principal)
  switch (wanted?.kind) {
    case 'user':
    case 'session':
      return [{ key: 'Username', values: [wanted.name] }]
    default:
      return []
  }
}

/** AWS's index knows a resource by its ARN for some services and by its short name for others: all forms are asked. */
export function formsOfResource(resource: string): readonly string[] {
  return unique([resource, ...shortNames(resource)])
}

function unique(values: readonly string[]): readonly string[] {
  return [...new Set(values)]
}
