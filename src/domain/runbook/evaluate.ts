import ipaddr from 'ipaddr.js'
import { RE2JS } from 're2js'
import type { CloudTrailRecord } from '../record.ts'
import { principalTest } from './principal.ts'
import { resourceTest } from './resource.ts'
import type { Match, Operand, Test } from './runbook.ts'
import { presence, someValue, textOf } from './values.ts'

export type RecordTest = (record: CloudTrailRecord) => boolean
type ValueTest = (value: unknown) => boolean
type TextTest = (text: string) => boolean

/**
 * Compiles a match into the test that defines its meaning; every other engine is held to it. The match must be bound (no `$name` in it)
 * and come from a checked runbook: a bad pattern or range throws here. The test itself never throws, whatever the record; so clauses may be
 * tried in any order, and the cheap ones come first.
 */
export function compileMatch(match: Match): RecordTest {
  if ('all' in match) {
    const tests = cheapestFirst(match.all).map(compileMatch)
    return (record) => {
      for (const test of tests) if (!test(record)) return false
      return true
    }
  }
  if ('any' in match) {
    const tests = cheapestFirst(match.any).map(compileMatch)
    return (record) => {
      for (const test of tests) if (test(record)) return true
      return false
    }
  }
  if ('not' in match) {
    const test = compileMatch(match.not)
    return (record) => !test(record)
  }
  if ('principal' in match) return principalTest(match.principal)
  if ('resource' in match) return resourceTest(match.resource)
  return compileTest(match)
}

/** Clauses in the order in which they are best tried. */
export function cheapestFirst(clauses: readonly Match[]): readonly Match[] {
  return clauses.toSorted((a, b) => costOf(a) - costOf(b))
}

/** About how long a test takes, beside the others: a text is compared at once, a pattern is run, a resource is looked for all over the record. */
function costOf(match: Match): number {
  if ('all' in match) return match.all.reduce((sum, clause) => sum + costOf(clause), 0)
  if ('any' in match) return match.any.reduce((sum, clause) => sum + costOf(clause), 0)
  if ('not' in match) return costOf(match.not)
  if ('principal' in match) return 20
  if ('resource' in match) return 40
  const depth = match.field.split('.').length
  return 'matches' in match || 'cidr' in match || 'sameAs' in match ? depth + 8 : depth
}

function compileTest(test: Test): RecordTest {
  const path = test.field.split('.')
  if ('exists' in test) {
    const wanted = test.exists
    const there = presence(path)
    return (record) => there(record) === wanted
  }
  if ('sameAs' in test) return sameAs(path, test.sameAs.split('.'), folding(test))
  const accepts = valueTest(test)
  const [only] = path
  if (path.length > 1 || only === undefined) return (record) => someValue(record, path, accepts)
  return (record) => {
    const value = record[only]
    // What is no object, or none of its own, needs no walk: all that it inherits is functions, which nothing accepts.
    return typeof value === 'object' ? someValue(record, path, accepts) : accepts(value)
  }
}

type Ordering = { readonly greater: unknown } | { readonly less: unknown }
type Comparison = Exclude<Test, { readonly exists: boolean } | { readonly sameAs: string }>

function valueTest(test: Comparison): ValueTest {
  if ('greater' in test && typeof test.greater === 'number') return beyond(test.greater, 1)
  if ('less' in test && typeof test.less === 'number') return beyond(test.less, -1)
  const accepts = textTest(test)
  return (value) => {
    const text = textOf(value)
    return text !== undefined && accepts(text)
  }
}

function textTest(test: Comparison): TextTest {
  if ('matches' in test) return remembered(compilePattern(test.matches, test.ignoreCase === true))
  if ('cidr' in test) return remembered(inRanges(typeof test.cidr === 'string' ? [test.cidr] : test.cidr))
  if ('greater' in test) return (text) => text > String(test.greater)
  if ('less' in test) return (text) => text < String(test.less)
  const fold = folding(test)
  const accepts = comparing(test, fold)
  return test.ignoreCase === true ? (text) => accepts(fold(text)) : accepts
}

function folding(test: Test): (text: string) => string {
  return test.ignoreCase === true ? (text) => text.toLowerCase() : (text) => text
}

function comparing(
  test: Exclude<Comparison, { readonly matches: string } | { readonly cidr: unknown } | Ordering>,
  fold: (text: string) => string,
): TextTest {
  if ('equals' in test) return equalTo(fold(String(test.equals)))
  if ('in' in test) return amongst(test.in, fold)
  if ('prefix' in test) return startsWith(fold(test.prefix))
  if ('suffix' in test) return endsWith(fold(test.suffix))
  return containing(fold(test.contains))
}

const equalTo = (wanted: string) => (text: string) => text === wanted
const startsWith = (wanted: string) => (text: string) => text.startsWith(wanted)
const endsWith = (wanted: string) => (text: string) => text.endsWith(wanted)
const containing = (wanted: string) => (text: string) => text.includes(wanted)

function amongst(operands: readonly Operand[], fold: (text: string) => string): TextTest {
  const wanted = new Set(operands.map((operand) => fold(String(operand))))
  return (text) => wanted.has(text)
}

/** A pattern in RE2's syntax, found anywhere in the text, in time linear in it. Throws when the pattern is none. */
export function compilePattern(pattern: string, ignoreCase: boolean): (text: string) => boolean {
  const compiled = RE2JS.compile(pattern, RE2JS.DOTALL | (ignoreCase ? RE2JS.CASE_INSENSITIVE : 0))
  return (text) => compiled.test(text)
}

/** Texts of which an answer is remembered, and how long each may be: programs and addresses are few, and come again and again. */
const REMEMBERED = 500
const LONGEST_REMEMBERED = 500

function remembered(test: TextTest): TextTest {
  const known = new Map<string, boolean>()
  return (text) => {
    if (text.length > LONGEST_REMEMBERED) return test(text)
    const before = known.get(text)
    if (before !== undefined) return before
    if (known.size >= REMEMBERED) known.clear()
    const found = test(text)
    known.set(text, found)
    return found
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
function inRanges(texts: readonly string[]): TextTest {
  const ranges = texts.map(parseRange)
  return (text) => {
    if (text.length > 60 || !isAddress(text)) return false
    const address = ipaddr.process(text)
    return ranges.some(([range, bits]) => range.kind() === address.kind() && address.match(range, bits))
  }
}

function isAddress(text: string): boolean {
  return ipaddr.IPv4.isValidFourPartDecimal(text) || (text.includes(':') && ipaddr.IPv6.isValid(text))
}

/** Numbers, and texts that are numbers, against a number. Texts are compared with texts by their characters, as times in ISO 8601 allow. */
function beyond(operand: number, sign: 1 | -1): ValueTest {
  return (value) => {
    const number = typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value
    return typeof number === 'number' && (sign === 1 ? number > operand : number < operand)
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
