/** A field's value as text: a string as it is, a number or boolean as JSON writes it; undefined for null, lists and objects. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined
}

/** The member of an object that is really its own: `__proto__` and `constructor` in hostile JSON mean nothing here. */
export function member(value: unknown, name: string): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return undefined
  const found = (value as { readonly [name: string]: unknown })[name]
  // All that an object inherits is functions, and its prototype.
  const suspect = typeof found === 'function' || name === '__proto__'
  return suspect && !Object.hasOwn(value, name) ? undefined : found
}

/** The text at the end of these names, through objects only; empty text counts as absent. */
export function textAt(value: unknown, ...names: readonly string[]): string | undefined {
  let at = value
  for (const name of names) at = member(at, name)
  return textOf(at) || undefined
}

/**
 * Whether a value at the end of a path satisfies `test`; lists on the way and at the end are tried element by element, however deep.
 * Absent and null values are not tried. Nesting costs no stack: a record is hostile.
 */
export function someValue(root: unknown, path: readonly string[], test: (value: unknown) => boolean): boolean {
  let value = root
  for (let step = 0; step < path.length; step++) {
    if (Array.isArray(value)) return someElement(value, path, step, test)
    value = member(value, path[step] ?? '')
    if (value === undefined || value === null) return false
  }
  if (Array.isArray(value)) return someElement(value, path, path.length, test)
  return value !== undefined && value !== null && test(value)
}

function someElement(
  list: readonly unknown[],
  path: readonly string[],
  step: number,
  test: (value: unknown) => boolean,
): boolean {
  const rest = path.slice(step)
  const waiting: (readonly unknown[])[] = [list]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop())
    for (const element of next) {
      if (Array.isArray(element)) waiting.push(element)
      else if (someValue(element, rest, test)) return true
    }
  return false
}

/** Tells whether anything but null is at the end of a path, an empty list or object included. */
export function presence(path: readonly string[]): (root: unknown) => boolean {
  const parent = path.slice(0, -1)
  const name = path.at(-1) ?? ''
  const there = (value: unknown): boolean => {
    const found = member(value, name)
    return found !== undefined && found !== null
  }
  return (root) => someValue(root, parent, there)
}

/** The members of an object, none of anything else. */
export function objectOf(value: unknown): { readonly [name: string]: unknown } {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? { ...value } : {}
}

/** The elements of a list, none of anything else. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
