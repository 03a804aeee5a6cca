/** What somebody typed, understood: nobody looks at the text again. */
export type Command =
  | { readonly kind: 'menu' }
  | { readonly kind: 'help'; readonly topic?: string }
  | { readonly kind: 'list' }
  | { readonly kind: 'find'; readonly words: readonly string[] }
  | { readonly kind: 'status'; readonly run?: string }
  | { readonly kind: 'cancel'; readonly run: string }
  | { readonly kind: 'whoami' }
  | { readonly kind: 'run'; readonly request: Request }

/** Times are seconds since 1970. */
export type Span = {
  readonly since: number
  /** Absent: up to the moment the run starts. */
  readonly until?: number
  /** How it reads for a person, in UTC: `last 24h`, `2026-11-20 13:35Z to 14:35Z`. */
  readonly words: string
}

/** `key`: taken from the access key; `arn`: from an ARN; `typed`: as asked; `default`: the place's or role's default. */
export type ScopeWord =
  | { readonly kind: 'id'; readonly id: string }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'group'; readonly name: string }
  | { readonly kind: 'unit'; readonly name: string }
  | { readonly kind: 'all' }

/** A question as asked: runbook and parameters checked against the library, accounts and Regions still words. */
export type Request = {
  readonly runbook: string
  readonly parameters: { readonly [name: string]: string }
  /** Absent: the runbook's default window. */
  readonly span?: Span
  readonly accounts: readonly ScopeWord[]
  /** Absent: as the runbook or the ARN says. */
  readonly regions?: 'enabled' | readonly string[]
  readonly reason?: string
}
