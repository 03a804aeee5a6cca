import ipaddr from 'ipaddr.js'
import { RE2JS } from 're2js'
import type { CloudTrailRecord } from '../../src/domain/record.ts'
import { principalTest } from '../../src/domain/runbook/principal.ts'
import { resourceTest } from '../../src/domain/runbook/resource.ts'
import type { Match, Test } from '../../src/domain/runbook/runbook.ts'

/**
 * The language's meaning in the plainest way, clause by clause and field by field, as docs/write-a-runbook.md tells it: nothing compiled, put in
 * order, sorted or remembered. What is fast is held to this.
 */
export function plainMatch(match: Match, record: CloudTrailRecord): boolean {
  if ('all' in match) return match.all.every((clause) => plainMatch(clause, record))
  if ('any' in match) return match.any.some((clause) => plainMatch(clause, record))
  if ('not' in match) return !plainMatch(match.not, record)
  if ('principal' in match) return principalTest(match.principal)(record)
  if ('resource' in match) return resourceTest(match.resource)(record)
  const found = valuesAt(record, match.field.split('.'))
  if ('exists' in match) return isThere(record, match.field.split('.')) === match.exists
  return found.some((value) => accepts(match, value, record))
}

/** Everything at the end of a path, lists taken apart wherever they are. */
function valuesAt(value: unknown, path: readonly string[]): readonly unknown[] {
  if (Array.isArray(value)) return value.flatMap((element) => valuesAt(element, path))
  const [name, ...rest] = path
  if (name === undefined) return value === null || value === undefined ? [] : [value]
  return isObject(value) && Object.hasOwn(value, name) ? valuesAt(value[name], rest) : []
}

/** An empty list is there, though nothing is in it. */
function isThere(record: CloudTrailRecord, path: readonly string[]): boolean {
  const name = path.at(-1) ?? ''
  return valuesAt(record, path.slice(0, -1)).some(
    (parent) => isObject(parent) && Object.hasOwn(parent, name) && parent[name] !== null,
  )
}

function isObject(value: unknown): value is { readonly [name: string]: unknown } {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}

function accepts(test: Exclude<Test, { readonly exists: boolean }>, value: unknown, record: CloudTrailRecord): boolean {
  if ('greater' in test || 'less' in test) {
    const operand = 'greater' in test ? test.greater : test.less
    const [a, b] = typeof operand === 'number' ? [numberOf(value), operand] : [textOf(value), operand]
    if (a === undefined) return false
    return 'greater' in test ? a > b : a < b
  }
  const text = textOf(value)
  if (text === undefined) return false
  if ('cidr' in test) return [test.cidr].flat().some((range) => isWithin(text, range))
  if ('matches' in test)
    return RE2JS.compile(test.matches, RE2JS.DOTALL | (test.ignoreCase ? RE2JS.CASE_INSENSITIVE : 0)).test(text)
  const fold = (one: unknown) => (test.ignoreCase ? String(one).toLowerCase() : String(one))
  if ('sameAs' in test)
    return valuesAt(record, test.sameAs.split('.')).some((other) => {
      const known = textOf(other)
      return known !== undefined && fold(known) === fold(text)
    })
  if ('equals' in test) return fold(text) === fold(test.equals)
  if ('in' in test) return test.in.some((one) => fold(one) === fold(text))
  if ('prefix' in test) return fold(text).startsWith(fold(test.prefix))
  if ('suffix' in test) return fold(text).endsWith(fold(test.suffix))
  return fold(text).includes(fold(test.contains))
}

/** Numbers and booleans are their JSON text. */
function textOf(value: unknown): string | undefined {
  return ['string', 'number', 'boolean'].includes(typeof value) ? String(value) : undefined
}

function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value
  return typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : undefined
}

function isWithin(text: string, range: string): boolean {
  if (!ipaddr.IPv4.isValidFourPartDecimal(text) && !(text.includes(':') && ipaddr.IPv6.isValid(text))) return false
  const [network = '', bits] = range.split('/')
  const [wide, address] = [ipaddr.process(network), ipaddr.process(text)]
  const mapped = ipaddr.parse(network).kind() !== wide.kind() ? 96 : 0
  const length = bits === undefined ? (wide.kind() === 'ipv4' ? 32 : 128) : Number(bits) - mapped
  return wide.kind() === address.kind() && address.match(wide, length)
}
