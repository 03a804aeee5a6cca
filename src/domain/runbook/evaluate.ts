import ipaddr from 'ipaddr.js'
import { RE2JS } from 're2js'
import type { CloudTrailRecord } from '../record.ts'
import { principalTest } from './principal.ts'
import { resourceTest } from './resource.ts'
import type { Match, Operand, Test } from './runbook.ts'
import { present, someValue, textOf } from './values.ts'

export type RecordTest = (record: CloudTrailRecord) => boolean
type ValueTest = (value: unknown) => boolean

/**
 * Compiles a match into the test that defines its meaning; every other engine is held to it. The match must be bound (no `$name` in it)
 * and come from a checked runbook: a bad pattern or range throws here. The test itself never throws, whatever the record.
 */
export function compileMatch(match: Match): RecordTest {
  if ('all' in match) {
    const tests = match.all.map(compileMatch)
    return (record) => tests.every((test) => test(record))
  }
  if ('any' in match) {
    const tests = match.any.map(compileMatch)
    return (record) => tests.some((test) => test(record))
  }
  if ('not' in match) {
    const test = compileMatch(match.not)
    return (record) => !test(record)
  }
  if ('principal' in match) return principalTest(match.principal)
  if ('resource' in match) return resourceTest(match.resource)
  return compileTest(match)
}

function compileTest(test: Test): RecordTest {
  const path = test.field.split('.')
  if ('exists' in test) {
    const wanted = test.exists
    return (record) => present(record, path) === wanted
  }
  if ('sameAs' in test) return sameAs(path, test.sameAs.split('.'), folding(test))
  const accepts = valueTest(test)
  const [only] = path
  if (path.length > 1 || only === undefined) return (record) => someValue(record, path, accepts)
  return (record) => {
    const value = record[only]
    return typeof value === 'string' ? Object.hasOwn(record, only) && accepts(value) : someValue(record, path, accepts)
  }
}

function valueTest(test: Exclude<Test, { readonly exists: boolean } | { readonly sameAs: string }>): ValueTest {
  const fold = folding(test)
  const onText = (accepts: (text: string) => boolean): ValueTest => {
    return (value) => {
      const text = textOf(value)
      return text !== undefined && accepts(fold(text))
    }
  }
  if ('equals' in test) return onText(equalTo(fold(String(test.equals))))
  if ('in' in test) return onText(amongst(test.in, fold))
  if ('prefix' in test) return onText(startsWith(fold(test.prefix)))
  if ('suffix' in test) return onText(endsWith(fold(test.suffix)))
  if ('contains' in test) return onText(containing(fold(test.contains)))
  if ('matches' in test) return matching(test.matches, test.ignoreCase === true)
  if ('cidr' in test) return inRanges(typeof test.cidr === 'string' ? [test.cidr] : test.cidr)
  if ('greater' in test) return ordered(test.greater, 1)
  return ordered(test.less, -1)
}

function folding(test: Test): (text: string) => string {
  return test.ignoreCase === true ? (text) => text.toLowerCase() : (text) => text
}

const equalTo = (wanted: string) => (text: string) => text === wanted
const startsWith = (wanted: string) => (text: string) => text.startsWith(wanted)
const endsWith = (wanted: string) => (text: string) => text.endsWith(wanted)
const containing = (wanted: string) => (text: string) => text.includes(wanted)

function amongst(operands: readonly Operand[], fold: (text: string) => string): (text: string) => boolean {
  const wanted = new Set(operands.map((operand) => fold(String(operand))))
  return (text) => wanted.has(text)
}

/** A pattern in RE2's syntax, found anywhere in the text, in time linear in it. Throws when the pattern is none. */
export function compilePattern(pattern: string, ignoreCase: boolean): (text: string) => boolean {
  const compiled = RE2JS.compile(pattern, RE2JS.DOTALL | (ignoreCase ? RE2JS.CASE_INSENSITIVE : 0))
  return (text) => compiled.test(text)
}

function matching(pattern: string, ignoreCase: boolean): ValueTest {
  const found = compilePattern(pattern, ignoreCase)
  return (value) => {
    const text = textOf(value)
    return text !== undefined && found(text)
  }
}

type Range = readonly [ipaddr.IPv4 | ipaddr.IPv6, number]

/** An address alone is the range of just itself. Throws when the text is neither. */
export function parseRange(text: string): Range {
  if (text.includes('/')) return asIPv4(ipaddr.parseCIDR(text))
  const address = ipaddr.process(text)
  return [address, address.kind() === 'ipv4' ? 32 : 128]
}

/** Bits of `::ffff:0:0/96`, before the IPv4 address in it. */
const MAPPED_BITS = 96

/** A range of IPv4 addresses written as IPv6 is the range of those: addresses are compared as IPv4 too. */
function asIPv4(range: Range): Range {
  const [address, bits] = range
  const mapped = address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress() && bits >= MAPPED_BITS
  return mapped ? [address.toIPv4Address(), bits - MAPPED_BITS] : range
}

/** A value that is no address (a service's name, say) is in no range. IPv4 written as IPv6 counts as IPv4. */
function inRanges(texts: readonly string[]): ValueTest {
  const ranges = texts.map(parseRange)
  return (value) => {
    if (typeof value !== 'string' || value.length > 60 || !isAddress(value)) return false
    const address = ipaddr.process(value)
    return ranges.some(([range, bits]) => range.kind() === address.kind() && address.match(range, bits))
  }
}

function isAddress(text: string): boolean {
  return ipaddr.IPv4.isValidFourPartDecimal(text) || (text.includes(':') && ipaddr.IPv6.isValid(text))
}

/** Against a number, numbers and texts that are numbers are compared; against a text, texts by their characters (as times in ISO 8601 allow). */
function ordered(operand: number | string, sign: 1 | -1): ValueTest {
  if (typeof operand === 'number')
    return (value) => {
      const number = typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value
      return typeof number === 'number' && (sign === 1 ? number > operand : number < operand)
    }
  return (value) => {
    const text = textOf(value)
    return text !== undefined && (sign === 1 ? text > operand : text < operand)
  }
}

function sameAs(path: readonly string[], other: readonly string[], fold: (text: string) => string): RecordTest {
  return (record) => {
    const others = new Set<string>()
    someValue(record, other, (value) => {
      const text = textOf(value)
      if (text !== undefined) others.add(fold(text))
      return false
    })
    return others.size > 0 && someValue(record, path, (value) => others.has(fold(textOf(value) ?? '\u0000')))
  }
}
