import { isObject } from '../json.ts'

/** Looks at a value and adds what Slack would complain about, in Slack's words, with its JSON pointer. */
export type Check = (value: unknown, at: string, found: string[]) => void

export type Fields = Readonly<Record<string, Check>>

/** Adds one complaint in the form of `response_metadata.messages`. */
export function complain(found: string[], message: string, at: string): void {
  found.push(`[ERROR] ${message} [json-pointer:${at}]`)
}

/** A string of `min` to `max` characters. */
export function string(max: number, min = 0): Check {
  return (value, at, found) => {
    if (typeof value !== 'string') return complain(found, 'must be a string', at)
    if (value.length < min) complain(found, `must be more than ${min - 1} characters`, at)
    if (value.length > max) complain(found, `must be less than ${max + 1} characters`, at)
  }
}

/** One of the given strings. */
export function oneOf(...allowed: readonly string[]): Check {
  return (value, at, found) => {
    if (typeof value !== 'string' || !allowed.includes(value))
      complain(found, `must be one of: ${allowed.map((name) => `"${name}"`).join(', ')}`, at)
  }
}

export const boolean: Check = (value, at, found) => {
  if (typeof value !== 'boolean') complain(found, 'must be a boolean', at)
}

/** A whole number from `min` to `max`. */
export function integer(min: number, max: number): Check {
  return (value, at, found) => {
    if (typeof value !== 'number' || !Number.isInteger(value)) return complain(found, 'must be an integer', at)
    if (value < min) complain(found, `must be greater than ${min - 1}`, at)
    if (value > max) complain(found, `must be less than ${max + 1}`, at)
  }
}

export const number: Check = (value, at, found) => {
  if (typeof value !== 'number' || !Number.isFinite(value)) complain(found, 'must be a number', at)
}

/** A list of `min` to `max` items that each pass `item`. */
export function list(item: Check, max: number, min = 1): Check {
  return (value, at, found) => {
    if (!Array.isArray(value)) return complain(found, 'must be an array', at)
    if (value.length < min) complain(found, `no fewer than ${min} items allowed`, at)
    if (value.length > max) return complain(found, `no more than ${max} items allowed`, at)
    for (const [index, each] of value.entries()) item(each, `${at}/${index}`, found)
  }
}

/** An object with all of `required`, any of `optional`, and nothing else. */
export function object(required: Fields, optional: Fields = {}): Check {
  return (value, at, found) => {
    if (!isObject(value)) return complain(found, 'must provide an object', at)
    for (const [name, check] of Object.entries(required)) {
      if (value[name] === undefined) complain(found, `missing required field: ${name}`, at)
      else check(value[name], `${at}/${name}`, found)
    }
    for (const [name, each] of Object.entries(value)) {
      if (name in required || each === undefined) continue
      const check = optional[name]
      if (check) check(each, `${at}/${name}`, found)
      else complain(found, `invalid additional property: ${name}`, at)
    }
  }
}

/** An object whose `type` picks the check. */
export function byType(checks: Readonly<Record<string, Check>>): Check {
  return (value, at, found) => {
    if (!isObject(value)) return complain(found, 'must provide an object', at)
    const { type } = value
    if (typeof type !== 'string') return complain(found, 'missing required field: type', at)
    const check = Object.hasOwn(checks, type) ? checks[type] : undefined
    if (check) check(value, at, found)
    else complain(found, `unsupported type: ${type}`, `${at}/type`)
  }
}

/** Both checks, in turn. */
export function both(first: Check, second: Check): Check {
  return (value, at, found) => {
    first(value, at, found)
    second(value, at, found)
  }
}

/** The picked entries of a table of checks. */
export function pick(checks: Readonly<Record<string, Check>>, names: readonly string[]): Record<string, Check> {
  return Object.fromEntries(names.flatMap((name) => (checks[name] ? [[name, checks[name]]] : [])))
}
