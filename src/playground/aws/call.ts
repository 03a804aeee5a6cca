import type { Source } from './history/entry.ts'
import type { CloudTrailRecord } from './history/fields.ts'
import type { Caller, KeyRing } from './keyring.ts'
import type { Organisation } from './organisation/organisation.ts'

/** What an operation may look at and change. */
export type World = {
  readonly organisation: Organisation
  readonly keys: KeyRing
  /** What is delivered. */
  readonly history: Source
  /** What is not delivered yet, too. */
  readonly everything: Source
  /** Signs NextTokens. */
  readonly secret: Buffer
}

/** A verified call, on its way to an operation. */
export type Call = {
  readonly world: World
  readonly caller: Caller
  readonly region: string
  readonly input: Input
  readonly requestId: string
  readonly now: Date
}

/** Parameters as they came: nothing is known of their types. */
export type Input = { readonly [parameter: string]: unknown }

export type Result = {
  /** The answer's body: JSON or XML text. */
  readonly body: string | Buffer
  readonly responseElements?: CloudTrailRecord
  readonly resources?: readonly { readonly accountId: string; readonly type: string; readonly ARN: string }[]
  /** Another account that gets a record of the same call. */
  readonly twin?: string
}

export type Operation = {
  readonly eventSource: string
  readonly eventName: string
  readonly readOnly: boolean
  /** Global services write their records in one Region, whatever Region signed the call. */
  readonly global: boolean
  /** The parameters as CloudTrail logs them; null when there are none. */
  readonly logged: (input: Input) => CloudTrailRecord | null
  readonly run: (call: Call) => Result
}

export type Service = {
  readonly protocol: 'json' | 'rest-json' | 'query'
  readonly operations: Readonly<Record<string, Operation>>
}
