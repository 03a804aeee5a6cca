import type { Playbook } from '../playbook/playbook.ts'
import type { Tier } from '../policy/person.ts'
import type { Stage } from './stages.ts'

/** What a parameter's value must look like. Each has a checker and a normal form in parameters.ts. */
export const PARAMETER_TYPES = [
  'accessKeyId',
  'eventId',
  'principal',
  'userName',
  'resource',
  'eventName',
  'eventSource',
  'address',
  'instance',
  'securityGroup',
  'bucket',
  'role',
  'account',
  'text',
] as const
export type ParameterType = (typeof PARAMETER_TYPES)[number]

/** What a bare value can be. A runbook names those that it is the first answer to; request/shape.ts tells which a value is. */
export const SHAPES = [
  'accessKeyId',
  'eventId',
  'user',
  'role',
  'session',
  'instance',
  'securityGroup',
  'bucket',
  'resource',
  'address',
  'account',
  'eventName',
] as const
export type ShapeName = (typeof SHAPES)[number]

export type Parameter = {
  readonly type: ParameterType
  readonly optional: boolean
  readonly example: string
  readonly help: string
}

/** A value in a match: a literal, or a parameter's name written `$name` (resolved by `bind`). */
export type Operand = string | number | boolean

/** One test of one field. A comparison with an absent field is false; an array matches when an element does. */
export type Test = { readonly field: string; readonly ignoreCase?: boolean } & (
  | { readonly equals: Operand }
  | { readonly in: readonly Operand[] }
  | { readonly prefix: string }
  | { readonly suffix: string }
  | { readonly contains: string }
  | { readonly matches: string }
  | { readonly cidr: string | readonly string[] }
  | { readonly exists: boolean }
  | { readonly greater: number | string }
  | { readonly less: number | string }
  | { readonly sameAs: string }
)

/** Which records a runbook is about. `principal` and `resource` stand for every form CloudTrail writes them in. */
export type Match =
  | { readonly all: readonly Match[] }
  | { readonly any: readonly Match[] }
  | { readonly not: Match }
  | { readonly principal: string }
  | { readonly resource: string }
  | Test

export type Column = { readonly name: string; readonly field: string }

/** A question that leads on from this one; each parameter is filled from a column's field of a row. `label` heads its button. */
export type Next = {
  readonly runbook: string
  readonly label?: string
  readonly with: { readonly [parameter: string]: string }
}

/** What a headline may tell apart. `others` is not among them: it is what is left. */
export const HEADLINE_COUNTS = ['changes', 'reads', 'done', 'denied', 'failed'] as const
export type HeadlineCount = (typeof HEADLINE_COUNTS)[number]

/** What a headline may tell of the calls beyond their number. */
export const HEADLINE_FACETS = [
  'making',
  'principals',
  'addresses',
  'changes',
  'credentials',
  'denied',
  'regions',
] as const
export type HeadlineFacet = (typeof HEADLINE_FACETS)[number]

/** How an answer to this question begins. */
export type Headline = {
  /** The column that says whom or what the question is about, when its parameters do not. */
  readonly subject?: string
  /** One of what is counted, such as `sign-in`. */
  readonly noun: string
  readonly counts: readonly HeadlineCount[]
  readonly show: readonly HeadlineFacet[]
}

/** Categories of CloudTrail's events. The event history has management events only (AWS: CloudTrail user guide, event history). */
export const RECORD_KINDS = ['management', 'data', 'network'] as const
export type RecordKind = (typeof RECORD_KINDS)[number]

/** A runbook as loaded: complete, checked, immutable. */
export type Runbook = {
  readonly language: 1
  readonly name: string
  readonly aliases: readonly string[]
  readonly title: string
  readonly about: string
  readonly tags: readonly string[]
  readonly tier: Tier
  readonly parameters: { readonly [name: string]: Parameter }
  /** The shapes of a bare value that this runbook is asked for first; no two runbooks share one. */
  readonly answers: readonly ShapeName[]
  /** Seconds. */
  readonly window: { readonly default: number; readonly max: number }
  readonly regions: 'enabled' | 'global' | readonly string[]
  /** Which kinds of events it is about. */
  readonly records: readonly RecordKind[]
  readonly match: Match
  /** What is looked for among the matched records, in this order. */
  readonly stages: readonly Stage[]
  readonly columns: readonly Column[]
  /** Names of columns to count by. */
  readonly group: readonly string[]
  /** Which noise is folded away in the summary: ctq's own reads always are. */
  readonly fold: readonly ('ctq' | 'service')[]
  readonly headline: Headline
  readonly next: readonly Next[]
  /** What an empty, complete answer means, for a person. */
  readonly empty: string
  /** Warnings of the lint that its author knows about, each with the reason. */
  readonly lint: readonly { readonly allow: string; readonly because: string }[]
  /** SHA-256 of the text. */
  readonly digest: string
  readonly text: string
  /** Of a question that is several at once: `match` is not what is asked then. */
  readonly playbook?: Playbook
}

/** Something wrong in a runbook's text, where, and what to do. Lines and columns count from 1. */
export type Problem = {
  readonly severity: 'error' | 'warning'
  readonly file: string
  readonly line: number
  readonly column: number
  readonly message: string
  readonly suggestion?: string
  /** The name of a warning that a runbook may excuse. */
  readonly rule?: string
}

/** The runbooks at hand, found by name or alias. */
export type Library = {
  readonly all: readonly Runbook[]
  readonly find: (nameOrAlias: string) => Runbook | undefined
}
