import type { Audit, Check } from '../domain/audit/step.ts'
import type { Result } from '../domain/outcome.ts'
import type { Grant } from '../domain/policy/grant.ts'
import type { Destination } from '../domain/policy/person.ts'
import type { Estimate } from '../domain/query/estimate.ts'
import type { Answer, Progress } from '../domain/result/answer.ts'
import type { Followed } from '../domain/result/notes.ts'
import type { Notice } from '../domain/result/notice.ts'
import type { Objects, Terminal } from '../domain/result/objects.ts'
import type { Phrase } from '../domain/result/phrase.ts'
import type { WithholdDeps } from './readAnswer.ts'

/** Slack's failures as the adapter sorts them. `reason` is a name from a known set. */
export type SlackFault = Error & {
  readonly fault: 'slack'
  readonly kind: 'rate_limited' | 'unknown_outcome' | 'refused' | 'auth'
  readonly reason: string
  readonly retryAfterSeconds?: number
}

/** Whether an error is a sorted Slack fault. */
export function isSlackFault(error: unknown): error is SlackFault {
  return error instanceof Error && (error as Partial<SlackFault>).fault === 'slack'
}

/** How rich a table may be: the adapter asks for the highest that the workspace takes. */
export type Level = 'data_table' | 'table' | 'plain'
export type Where = { readonly channel: string; readonly thread?: string }
export type Sent = { readonly channel: string; readonly ts: string }
export type Mark = { readonly run: string; readonly step: string }
export type Build<M> = (level: Level) => M

/** What delivery needs of Slack: each call is made once, each failure is a SlackFault. */
export type DeliverySlack<M> = {
  readonly post: (where: Where, mark: Mark, build: Build<M>) => Promise<Sent>
  readonly update: (at: Sent, build: Build<M>) => Promise<void>
  readonly openDirect: (user: string) => Promise<string>
  /** Undefined: it looked, and it is not there. Throws when it could not look. */
  readonly findMessage: (where: Where, mark: Mark, since: Date) => Promise<Sent | undefined>
  /** How many messages there are in a place since a moment, at most so many. */
  readonly countSince: (where: Where, ts: string, most: number) => Promise<number>
  readonly upload: (file: {
    readonly name: string
    readonly title: string
    readonly bytes: number
    readonly chunks: AsyncIterable<Uint8Array>
    readonly channel: string
    readonly thread?: string
    readonly onFile: (file: string) => Promise<void>
  }) => Promise<void>
  readonly fileState: (file: string, channel: string) => Promise<'shown' | 'hidden' | 'absent'>
  readonly removeFile: (file: string) => Promise<void>
}

/** Builders of what is shown: pure. */
export type DeliveryMessages<M> = {
  /** `soFar`: the most telling calls met until now. */
  readonly progress: (grant: Grant, progress: Progress | undefined, soFar: readonly Phrase[]) => M
  /** What a question would take that nobody has begun yet. */
  readonly estimate: (grant: Grant, estimate: Estimate, words: string) => M
  /** `followed`: what became of asking its last minutes again, and of its gap; where that is not known yet they are asked again if need be. */
  readonly answer: (grant: Grant, answer: Answer, level: Level, followed: Followed) => M
  /** What came late, under the answer that it belongs to. */
  readonly late: (grant: Grant, late: Answer, first: Answer) => M
  readonly failed: (grant: Grant, terminal: Terminal) => M
  readonly notice: (notice: Notice) => M
}

export type SlackDestination = Exclude<Destination, { kind: 'sink' }>

/** What policy says of a place now, and by which checks. `tell: false`: it may not even have the run's id. */
export type PlaceAnswer = { readonly checks?: readonly Check[] } & (
  | { readonly allowed: true }
  | { readonly allowed: false; readonly why: string; readonly tell?: boolean }
)

export type DeliverDeps<M> = WithholdDeps & {
  /** Signature and all claims but expiry. Records the check. */
  readonly verify: (token: string, run: string) => Promise<Result<Grant, { readonly why: string }>>
  /**
   * Whether policy lets this run's answer be read there now. `fresh`: Slack is asked now, or was some seconds ago when nobody waits for it
   * (`background`). Throws a SlackFault.
   */
  readonly placeAllows: (
    grant: Grant,
    to: SlackDestination,
    options: { readonly fresh: boolean; readonly background?: boolean },
  ) => Promise<PlaceAnswer>
  /** What policy says of the CSV of a run's tier. */
  readonly csv: (grant: Grant) => 'attach' | 'direct' | 'none'
  /** Starts the clock after which what the run leaves in Slack is deleted, if policy sets one. */
  readonly startClock: (grant: Grant) => Promise<void>
  readonly objects: Pick<Objects, 'create' | 'read' | 'list' | 'stream' | 'size'>
  /** Undefined when it cannot be told. */
  readonly progress: (run: string) => Promise<Progress | undefined>
  /**
   * Takes a turn under a key that allows one every so many ms, for all processes: 0 when it is taken, else how many ms to wait. Who waits
   * has a place in the line.
   */
  readonly turn: (key: string, everyMs: number, who: string) => Promise<number>
  readonly slack: DeliverySlack<M>
  readonly messages: DeliveryMessages<M>
  readonly audit: Audit
  readonly now: () => Date
  readonly sleep: (ms: number) => Promise<void>
  /** How long to wait before each further look whether the file is shown. */
  readonly fileDelays?: readonly number[]
}

/** What delivery decides about its job. */
export type DeliverOutcome =
  | { readonly kind: 'done'; readonly note?: string }
  | { readonly kind: 'wait'; readonly until: Date }
  | { readonly kind: 'final'; readonly why: string }
