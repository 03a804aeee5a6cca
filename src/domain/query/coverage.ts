import type { FrozenWindow } from './query.ts'

/** How a part ended. `blind`: denied by an SCP or the account is declared closed: known, counted, not a failure. */
export type PartStatus = 'complete' | 'limit' | 'stopped' | 'failed' | 'blind'

/**
 * Why a run was ended before it had read everything. `revoked`: the right to it was taken away; `lapsed`: its token ran out and was not to be
 * renewed; `unrenewed`: nobody could say whether it was.
 */
export type EndedEarly = 'cancelled' | 'revoked' | 'lapsed' | 'unrenewed'

/** What is said of a part that was ended so. */
export const ENDED_WORDS: { readonly [ended in EndedEarly]: string } = {
  cancelled: 'cancelled',
  revoked: 'permission withdrawn',
  lapsed: 'authorisation lapsed',
  unrenewed: 'authorisation could not be renewed',
}

/** Why a part did not read everything. `code` is ours and stable; `detail` is safe to show. */
export type PartFault = {
  readonly code:
    | 'access_denied'
    | 'assume_role_denied'
    | 'scp_denied'
    | 'account_closed'
    | 'region_not_enabled'
    | 'credentials_invalid'
    | 'regions_unknown'
    | EndedEarly
    | 'budget'
    | 'aws_failed'
    | 'aws_repeats'
    | 'invalid_request'
  readonly detail: string
  /** The IAM action that was refused, e.g. cloudtrail:LookupEvents. */
  readonly action?: string
  /** The role that was used or should have been assumable. */
  readonly role?: string
  /** The IAM statement that would mend it, as JSON. */
  readonly statement?: string
}

/** What one account and Region gave. `readBackTo` is the oldest moment that was fully read, when the part did not finish. */
export type PartCoverage = {
  readonly account: string
  readonly region: string
  readonly status: PartStatus
  readonly pages: number
  readonly records: number
  readonly matched: number
  readonly readBackTo?: string
  readonly fault?: PartFault
}

export type Verdict = 'complete' | 'partial' | 'failed'

/** What an answer covers. Every answer carries it; "none" is never said without it. */
export type Coverage = {
  readonly verdict: Verdict
  readonly window: FrozenWindow
  /** Up to here AWS's delivery is settled: min(until, asked − 15 min). Later is "not yet known". */
  readonly settledUntil: string
  readonly accounts: number
  readonly regions: number
  readonly parts: { readonly asked: number; readonly complete: number; readonly blind: number }
  /** Every part that is not complete, blind ones included. */
  readonly open: readonly PartCoverage[]
  /** Set when somebody or something ended the run early. */
  readonly ended?: EndedEarly
  /** What this engine can never show, in words for a person. */
  readonly unseen: readonly string[]
}
