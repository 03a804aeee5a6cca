import { iso, seconds } from '../query/plan.ts'
import type { FrozenWindow } from '../query/query.ts'

/** How far one reading came, in one account and Region. Times are seconds since 1970. */
export type ReadSoFar = {
  /** `none`: not a page of it was read. `part`: it was read back to just after `backTo`. `blind`: nobody can read it, and everybody knows. */
  readonly status: 'whole' | 'part' | 'none' | 'blind'
  readonly backTo?: number
  /** Account and Region; one and the same when absent. */
  readonly place?: string
  /** Why nothing was read. */
  readonly why?: string
}

/** What a member of a playbook may say of its window. It is never "clean": at best everything was read. */
export type MemberCoverage =
  | { readonly kind: 'full' }
  /** Gapless from there on, ISO 8601 in UTC; older records were not read everywhere. */
  | { readonly kind: 'back'; readonly to: string }
  /** In `unread` of `of` accounts and Regions nothing can be said; in the others it is read, back to `to` where that is not all. */
  | {
      readonly kind: 'places'
      readonly unread: number
      readonly of: number
      readonly why: string
      readonly to?: string
    }
  | { readonly kind: 'not asked'; readonly why: string }

const OUT_OF_TIME = 'the time was over before'

/**
 * What a member's readings cover together. It is whole when all of them are, in every place; else it is gapless only as far back as the one that came
 * least far. A place where one of them was not begun says nothing; when that is every place, the member was not asked.
 */
export function coverageOfMember<R extends { readonly members: readonly string[] }>(
  member: string,
  readings: readonly R[],
  soFar: (reading: R) => readonly ReadSoFar[],
  window: FrozenWindow,
): MemberCoverage {
  const own = readings.filter(({ members }) => members.includes(member))
  if (own.length === 0) return { kind: 'not asked', why: 'nothing was read for it' }
  const all = own.flatMap(soFar)
  const read = all.filter(({ status }) => status !== 'blind')
  if (all.length === 0) return { kind: 'not asked', why: 'the Region where it is recorded was not asked' }
  if (read.length === 0) return { kind: 'not asked', why: 'only known blind spots' }
  const places = new Set(read.map(({ place = '' }) => place))
  const none = read.filter(({ status }) => status === 'none')
  const unread = new Set(none.map(({ place = '' }) => place))
  const why = none.find((one) => one.why !== undefined)?.why ?? OUT_OF_TIME
  if (unread.size === places.size) return { kind: 'not asked', why }
  const known = read.filter(({ place = '' }) => !unread.has(place))
  const cut = known.flatMap(({ status, backTo }) =>
    status === 'part' ? [Math.max(backTo ?? Number.NEGATIVE_INFINITY, seconds(window.since))] : [],
  )
  const to = cut.length === 0 ? undefined : iso(Math.max(...cut))
  if (unread.size > 0)
    return { kind: 'places', unread: unread.size, of: places.size, why, ...(to === undefined ? {} : { to }) }
  return to === undefined ? { kind: 'full' } : { kind: 'back', to }
}

/**
 * What is left of it when an answer gave its newest rows alone: gapless only from `at` on, in seconds since 1970, whatever was read beyond.
 */
export function cutAt(coverage: MemberCoverage, at: number): MemberCoverage {
  if (coverage.kind === 'not asked') return coverage
  const to = iso(coverage.kind === 'full' || coverage.to === undefined ? at : Math.max(seconds(coverage.to), at))
  return coverage.kind === 'places' ? { ...coverage, to } : { kind: 'back', to }
}

/** The same in words: `read fully`, `read back to 13:05Z`, `not asked`. */
export function memberCoverageWords(coverage: MemberCoverage, clock: (iso: string) => string): string {
  switch (coverage.kind) {
    case 'full':
      return 'read fully'
    case 'back':
      return `read back to ${clock(coverage.to)}`
    case 'places': {
      const { unread, of, why, to } = coverage
      const rest = to === undefined ? 'read' : `read back to ${clock(to)}`
      return `${rest} in ${of - unread} of ${of} places, not in the others: ${why}`
    }
    case 'not asked':
      return `not asked: ${coverage.why}`
  }
}
