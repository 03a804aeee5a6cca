import type { Cell } from '../result/answer.ts'
import type { StageTask } from '../runbook/stages.ts'
import type { Caller } from './cast.ts'

/** A call that a finding points at. */
export type Pointer = {
  readonly time: string
  readonly eventId: string
  readonly eventName: Cell
  readonly address: Cell
  readonly account: string
  readonly region: string
}

/** What a stage found beyond who, when and from where. Times are ISO 8601 in UTC, lengths seconds. */
export type Tells =
  /** `most`: calls within the stage's length of time, at the densest of `bursts`. */
  | { readonly kind: 'count'; readonly most: number; readonly bursts: number }
  | {
      readonly kind: 'distinct'
      readonly of: string
      readonly most: number
      readonly bursts: number
      /** Some of the values. */
      readonly values: readonly Cell[]
    }
  | {
      readonly kind: 'sequence'
      /** Calls of the first kind before the one that `next` points at, and the first of them. */
      readonly before: number
      readonly since: string
      readonly next: Pointer
      /** How often it came to a next one. */
      readonly times: number
    }
  | {
      readonly kind: 'firstSeen'
      readonly values: readonly {
        readonly value: readonly Cell[]
        readonly calls: number
        readonly at: Pointer
        /** Seconds that were read before it. */
        readonly after: number
      }[]
      readonly more: number
    }
  | { readonly kind: 'policy'; readonly allows: Cell; readonly limits: readonly Cell[]; readonly target: Cell }
  | {
      readonly kind: 'elsewhere'
      readonly address: Cell
      /** Where the same session had called from before, with the name that ctq.yml has for it. */
      readonly earlier: readonly { readonly address: Cell; readonly label?: string }[]
      /** The earlier addresses were used again after it: both at a time. */
      readonly both: boolean
    }
  | {
      readonly kind: 'follow'
      /** How many keys lie between this one and the one that was asked about, and one. */
      readonly depth: number
      /** What it is a credential of. */
      readonly of: Cell
      /** The key that it came out of. */
      readonly from: Cell
      /** The call that gave it out, and the id that this call's copy in another account shares with it. */
      readonly mint: Pointer
      readonly sharedEventId?: Cell
      readonly account?: string
      /** Why nobody looked for its calls: it lies deeper than the runbook follows, in an account that was not asked or could not be read, beyond its number of keys, or the run ended. */
      readonly notFollowed?: 'depth' | 'account' | 'unread' | 'keys' | 'ended'
    }

/** One thing that a stage found: who, when, from where, tried or done. All text in it is hostile. */
export type StageFinding = {
  /** Values of the stage's `by`. */
  readonly by: readonly Cell[]
  readonly callers: readonly Caller[]
  readonly addresses: readonly Cell[]
  readonly places: readonly { readonly account: string; readonly region: string }[]
  /** There are more of them than are named. */
  readonly more: { readonly callers: boolean; readonly addresses: boolean; readonly places: boolean }
  readonly calls: number
  /** Done and not read-only. */
  readonly changes: number
  readonly denied: number
  readonly failed: number
  readonly first: string
  readonly last: string
  /** The oldest of the calls. */
  readonly at: Pointer
  /** It happens on most days: somebody's habit rather than news. */
  readonly usual: boolean
  readonly tells: Tells
}

/** What one stage found. */
export type StageAnswer = {
  readonly name: string
  readonly finds: string
  readonly kind: StageTask['kind']
  readonly by: readonly string[]
  /** Seconds. */
  readonly within?: number
  /** What the calls of a sequence are, in the runbook's words. */
  readonly says?: { readonly first: string; readonly next: string }
  /** News before habits, the most telling first. */
  readonly findings: readonly StageFinding[]
  /** Findings that are not among them. */
  readonly more: number
  /** Calls that the stage looked at. */
  readonly looked: number
  /** Of these, calls that could not be kept apart, for want of room: what they would have shown is not known. */
  readonly uncounted: number
}
