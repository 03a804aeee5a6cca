import type { CloudTrailRecord } from '../record.ts'
import { markOf, maskedText, secretByLabel, secretByLook, secretByName } from './secrets.ts'

/** Deeper than any AWS request nests; below it text is dropped rather than walked, so that no record can exhaust the stack. */
const DEEPEST = 48

/** What CloudTrail itself writes in a secret's place. */
const HIDDEN_BY_AWS = /^(HIDDEN_DUE_TO_SECURITY_REASONS|<?sensitiveDataRemoved>?|\*{3,})$/i

/**
 * A copy of a record with every secret masked, by the name of the field it stands in and by its own look; parts without one are
 * shared with the original. Leaves are replaced, never whole objects, so that a path into a secret gives the mark.
 * Access key ids are not secrets: they are what people ask for.
 */
export function redact(record: CloudTrailRecord): CloudTrailRecord {
  const parameter = record['eventName'] === 'PutParameter' && record['eventSource'] === 'ssm.amazonaws.com'
  return mapMembers(record, (member, name) =>
    parameter && name === 'requestParameters' ? maskParameter(member) : mask(member, name, 0),
  )
}

/** SSM's PutParameter carries the parameter in a field that is only called `value`. */
function maskParameter(request: unknown): unknown {
  if (!isObject(request)) return mask(request, 'requestParameters', 0)
  return mapMembers(request, (member, name) =>
    name === 'value' ? maskLeaves(member, 'secret', 0) : mask(member, name, 1),
  )
}

function mask(value: unknown, name: string, depth: number): unknown {
  if (typeof value === 'string') return maskString(value, name)
  if (typeof value === 'number') return secretByName(name) === undefined ? value : markOf(secretByName(name) ?? '')
  if (typeof value !== 'object' || value === null) return value
  if (depth > DEEPEST) return markOf('nested too deep')
  const secret = secretOfContainer(value, name)
  if (secret !== undefined) return maskLeaves(value, secret, depth)
  if (Array.isArray(value)) return mapItems(value, (item) => mask(item, name, depth + 1))
  return mapMembers(value as CloudTrailRecord, maskPairs(value as CloudTrailRecord, depth))
}

/** ECS and Batch give `environment` as a list of name and value; for CodeBuild it is an object that mostly holds no secret. */
function secretOfContainer(value: object, name: string): string | undefined {
  if (Array.isArray(value) && name.toLowerCase() === 'environment') return 'environment'
  return secretByName(name)
}

function maskString(text: string, name: string): string {
  if (text === '') return text
  if (HIDDEN_BY_AWS.test(text)) return markOf('by AWS')
  const what = secretByName(name) ?? secretByLook(name, text)
  return what === undefined ? maskedText(text) : markOf(what)
}

/** Masks the value of a `{ name, value }` pair whose name says that it is a secret. */
function maskPairs(pair: CloudTrailRecord, depth: number): (member: unknown, name: string) => unknown {
  const label = pair['parameterKey'] ?? pair['parameterName'] ?? pair['name'] ?? pair['key']
  const what = typeof label === 'string' ? secretByLabel(label) : undefined
  return (member, name) =>
    what !== undefined && /^(parameter)?values?$/i.test(name)
      ? maskLeaves(member, what, depth)
      : mask(member, name, depth + 1)
}

/** Masks every leaf; in a list of variables their names and types stay. */
function maskLeaves(value: unknown, what: string, depth: number): unknown {
  if (value === null || value === undefined || typeof value === 'boolean' || value === '') return value
  if (typeof value !== 'object') return HIDDEN_BY_AWS.test(String(value)) ? markOf('by AWS') : markOf(what)
  if (depth > DEEPEST) return markOf('nested too deep')
  if (Array.isArray(value)) return mapItems(value, (item) => maskLeaves(item, what, depth + 1))
  const pair = 'value' in value && 'name' in value
  return mapMembers(value as CloudTrailRecord, (member, name) =>
    pair && (name === 'name' || name === 'type') ? mask(member, '', depth + 1) : maskLeaves(member, what, depth + 1),
  )
}

function isObject(value: unknown): value is CloudTrailRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The same list when nothing in it changed, so that the common record without a secret costs no copy. */
function mapItems(items: readonly unknown[], change: (item: unknown) => unknown): readonly unknown[] {
  let copy: unknown[] | undefined
  items.forEach((item, index) => {
    const changed = change(item)
    if (changed === item) return
    copy ??= [...items]
    copy[index] = changed
  })
  return copy ?? items
}

/** The same object when no member changed. A member called `__proto__` stays a member. */
function mapMembers(object: CloudTrailRecord, change: (member: unknown, name: string) => unknown): CloudTrailRecord {
  let changes: Map<string, unknown> | undefined
  for (const name of Object.keys(object)) {
    const changed = change(object[name], name)
    if (changed === object[name]) continue
    changes ??= new Map()
    changes.set(name, changed)
  }
  if (changes === undefined) return object
  const found = changes
  return Object.fromEntries(
    Object.entries(object).map(([name, member]) => [name, found.has(name) ? found.get(name) : member]),
  )
}
