/** A JSON object as it arrives: nothing about its fields is known yet. */
export type Json = Record<string, unknown>

/** True for a plain JSON object; arrays and null are not. */
export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The value as a list of JSON objects; anything else in it is left out. */
export function objects(value: unknown): Json[] {
  return Array.isArray(value) ? value.filter(isObject) : []
}

/** The value when it is a string, else the fallback. */
export function textOr(value: unknown, fallback: string): string {
  return typeof value === 'string' ? value : fallback
}
