import { sha256 } from '../domain/canonical.ts'
import type { AwsFault } from '../domain/fault.ts'

/** NextTokens of a chain that were given before, until it is given up: they lead back to pages that were read, for ever. */
const MOST_REPEATS = 3

/** What is known of the NextTokens of one chain while it is read. */
export type Tokens = {
  /** A token lapsed: gives how many did so one after the other at the same watermark, where asking anew gets nowhere. */
  readonly lapsed: (watermark: number) => number
  /** Whether tokens have been given again too often since the last lapse. */
  readonly isCircle: (token: string | undefined) => boolean
}

/** The tokens of a chain whose newest page in the store gave `last`. */
export function openTokens(last: string | undefined): Tokens {
  const given = new Set<string>()
  let [lapses, lapsedAt, repeats] = [0, Number.NaN, 0]
  const take = (token: string): void => {
    // In few bytes: a chain may have ten thousand.
    const mark = sha256(token).slice(0, 16)
    if (given.has(mark)) repeats += 1
    given.add(mark)
  }
  if (last !== undefined) take(last)
  return {
    lapsed: (watermark) => {
      lapses = lapsedAt === watermark ? lapses + 1 : 1
      lapsedAt = watermark
      given.clear()
      return lapses
    },
    isCircle: (token) => {
      if (token !== undefined) take(token)
      return repeats > MOST_REPEATS
    },
  }
}

/** The fault of a chain whose tokens lead round in a circle. */
export function repeating(): AwsFault {
  const detail = 'the same NextToken again and again'
  return Object.assign(new Error(`LookupEvents gave ${detail}`), {
    fault: 'aws',
    code: 'token_repeats',
    detail,
  } as const)
}
