import { iso, seconds } from '../query/plan.ts'
import type { FrozenWindow } from '../query/query.ts'
import type { Reading } from './readings.ts'

/** How far one reading came, in one account and Region. Times are seconds since 1970. */
export type ReadSoFar = {
  /** `none`: not a page of it was read. `part`: it was read back to just after `backTo`. `blind`: nobody can read it, and everybody knows. */
  readonly status: 'whole' | 'part' | 'none' | 'blind'
  readonly backTo?: number
}

/** What a member of a playbook may say of its window. It is never "clean": at best everything was read. */
export type MemberCoverage =
  | { readonly kind: 'full' }
  /** Gapless from there on, ISO 8601 in UTC; older records were not read everywhere. */
  | { readonly kind: 'back'; readonly to: string }
  | { readonly kind: 'not asked'; readonly why: string }

/**
 * What a member's readings cover together. It is whole when all of them are, in every place; else it is gapless only as far back as the one that came
 * least far. One of which nothing was read leaves it unasked, unless something is known of the others.
 */
export function coverageOfMember(
  member: string,
  readings: readonly Reading[],
  soFar: (reading: Reading) => readonly ReadSoFar[],
  window: FrozenWindow,
): MemberCoverage {
  const own = readings.filter(({ members }) => members.includes(member))
  const read = own.flatMap(soFar).filter(({ status }) => status !== 'blind')
  if (own.length === 0) return { kind: 'not asked', why: 'nothing was read for it' }
  if (read.length === 0) return { kind: 'not asked', why: 'only known blind spots' }
  if (read.every(({ status }) => status === 'whole')) return { kind: 'full' }
  if (read.some(({ status }) => status === 'none')) return { kind: 'not asked', why: 'the time was over before' }
  const backTo = read.reduce(
    (latest, { backTo: to = Number.NEGATIVE_INFINITY }) => Math.max(latest, to),
    Number.NEGATIVE_INFINITY,
  )
  return { kind: 'back', to: iso(Math.max(backTo, seconds(window.since))) }
}

/** The same in words: `read fully`, `read back to 13:05Z`, `not asked`. */
export function memberCoverageWords(coverage: MemberCoverage, clock: (iso: string) => string): string {
  switch (coverage.kind) {
    case 'full':
      return 'read fully'
    case 'back':
      return `read back to ${clock(coverage.to)}`
    case 'not asked':
      return `not asked: ${coverage.why}`
  }
}
