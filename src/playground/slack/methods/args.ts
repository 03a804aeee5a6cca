import { isObject, type Json } from '../json.ts'
import { SlackError, withMessages } from '../slackError.ts'

/** The arguments of one call, from a form (all strings) or from JSON. */
export type Args = Readonly<Json>

/** A string argument; '' when it is not given. */
export function text(args: Args, name: string): string {
  const value = args[name]
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''
}

/**
 * A string argument that must be there.
 * @throws SlackError invalid_arguments naming it, as Slack does.
 */
export function required(args: Args, name: string): string {
  const value = text(args, name)
  if (value === '') throw withMessages('invalid_arguments', [`[ERROR] missing required field: ${name}`])
  return value
}

/** A boolean argument: true, "true" or "1". */
export function flag(args: Args, name: string): boolean {
  const value = args[name]
  return value === true || value === 'true' || value === '1'
}

/** A whole number of at least 1, at most `max`; the fallback when it is absent or nonsense. */
export function count(args: Args, name: string, fallback: number, max: number): number {
  const value = Number(args[name])
  return Number.isInteger(value) && value > 0 ? Math.min(value, max) : fallback
}

/**
 * A JSON argument: parsed when it came as text in a form, undefined when it is absent.
 * @throws SlackError with `error` when the text is not JSON.
 */
export function json(args: Args, name: string, error = 'invalid_json'): unknown {
  const value = args[name]
  if (value === undefined || value === null || value === '') return undefined
  if (typeof value !== 'string') return value
  try {
    return JSON.parse(value)
  } catch {
    throw new SlackError(error)
  }
}

/** One page of a list by Slack's cursor: what is on it, and the cursor of the next ('' at the end). */
export function page<T>(args: Args, all: readonly T[], fallback = 100): { items: T[]; next: string } {
  const limit = count(args, 'limit', fallback, 1000)
  const cursor = text(args, 'cursor')
  const start = cursor === '' ? 0 : Number(Buffer.from(cursor, 'base64').toString().replace('offset:', ''))
  if (!Number.isInteger(start) || start < 0 || start > all.length) throw new SlackError('invalid_cursor')
  const end = start + limit
  const next = end < all.length ? Buffer.from(`offset:${end}`).toString('base64') : ''
  return { items: all.slice(start, end), next }
}

/**
 * Message metadata as Slack takes it; undefined when none is given.
 * @throws SlackError invalid_metadata_format, invalid_metadata_schema, metadata_too_large.
 */
export function metadataOf(args: Args): { event_type: string; event_payload: Json } | undefined {
  const value = json(args, 'metadata', 'invalid_metadata_format')
  if (value === undefined) return undefined
  if (!isObject(value)) throw new SlackError('invalid_metadata_format')
  const { event_type, event_payload } = value
  if (typeof event_type !== 'string' || event_type === '' || !isObject(event_payload))
    throw new SlackError('invalid_metadata_schema')
  if (JSON.stringify(event_payload).length > METADATA_MAX) throw new SlackError('metadata_too_large')
  return { event_type, event_payload }
}

/** Slack names metadata_too_large but publishes no number; a client that stores ids stays far below this one. */
const METADATA_MAX = 8000
