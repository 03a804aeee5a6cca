/** A CloudTrail record as parsed JSON. Every value in it is hostile text: whoever makes a call chooses much of its record. */
export type CloudTrailRecord = { readonly [name: string]: unknown }

/** A record as it was found: the exact text CloudTrail gave (never re-serialised), parsed once, and where it was read. */
export type Found = {
  readonly text: string
  readonly record: CloudTrailRecord
  readonly eventId: string
  /** Whole seconds since 1970: CloudTrail's eventTime has no fraction. */
  readonly eventTime: number
  readonly account: string
  readonly region: string
}

/** Why a matched record is folded away in the summary. It stays in the CSV, marked. */
export type Noise = 'ctq' | 'service'
