import type { FrozenWindow } from '../query/query.ts'
import type { Cell } from './answer.ts'
import type { ChangeWeight } from './weight.ts'

/** How often something was met, and what became of those calls. Times are ISO 8601 in UTC. */
export type Seen = {
  readonly count: number
  /** Done and not read-only. */
  readonly changes: number
  readonly denied: number
  readonly failed: number
  readonly first: string
  readonly last: string
}

/** The most telling ones of a kind; `more` were counted and are not among them. */
export type Facet<T> = {
  readonly rows: readonly T[]
  /** Calls of all of them, shown or not. */
  readonly calls: number
  readonly more: number
  /** Calls of those that were too many to count apart. */
  readonly uncounted: number
}

export type AddressSeen = Seen & {
  readonly address: Cell
  /** What ctq.yml calls it. */
  readonly label?: string
  /** Programs that called from it, the most used first. */
  readonly agents: readonly Cell[]
  /** Calls came from it on most days since the first call of all. */
  readonly daily: boolean
  /** Seconds that were read before its first call, and in which there were calls from elsewhere only. */
  readonly newAfter?: number
}

export type PrincipalSeen = Seen & {
  readonly who: Cell
  readonly kind: string
  readonly person?: Cell
  readonly account: string
}

/** Calls alike: the same event by the same caller from the same address on the same target, saying the same. */
export type CallSeen = {
  readonly weight: ChangeWeight
  readonly service: string
  readonly eventName: Cell
  readonly target: Cell
  readonly detail: Cell
  readonly credential: Cell
  readonly who: Cell
  readonly person?: Cell
  readonly address: Cell
  readonly account: string
  readonly region: string
  readonly count: number
  readonly first: string
  readonly last: string
  readonly eventId: string
}

export type DeniedSeen = { readonly service: string; readonly eventName: Cell; readonly count: number }

/** A value of the column that the headline's subject names. */
export type SubjectSeen = { readonly value: Cell; readonly count: number }

export type RegionSeen = Seen & { readonly account: string; readonly region: string }

/** What the calls tell beyond their number. Noise that is folded away is not in it. */
export type Facets = {
  /** Empty for a runbook without a subject, and where it is `who`: then the principals are the subjects. */
  readonly subjects: Facet<SubjectSeen>
  readonly addresses: Facet<AddressSeen>
  readonly principals: Facet<PrincipalSeen>
  /** Changes that were done. */
  readonly changes: Facet<CallSeen>
  /** Calls that were done, changed nothing and gave out a credential. */
  readonly credentials: Facet<CallSeen>
  readonly denied: Facet<DeniedSeen>
  readonly regions: Facet<RegionSeen>
}

/** What of the reading decides what its calls can tell. `whole`: everything that was asked for was read to its end. */
export type Reading = { readonly window: FrozenWindow; readonly whole: boolean }
