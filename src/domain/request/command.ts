/** What somebody typed, understood: nobody looks at the text again. */
export type Command =
  | { readonly kind: 'menu' }
  /** `topic` is a runbook's name, or a command's. */
  | { readonly kind: 'help'; readonly topic?: string }
  | { readonly kind: 'list' }
  | { readonly kind: 'find'; readonly words: readonly string[] }
  /** `run` is as people see it: the id or its beginning, lower case. */
  | { readonly kind: 'status'; readonly run?: string }
  | { readonly kind: 'cancel'; readonly run: string }
  | { readonly kind: 'whoami' }
  /** The answer given last; a run asked again, or without one what the last answer could not read; what differs between two; what keeps a run from being deleted. */
  | { readonly kind: 'last' }
  | { readonly kind: 'again'; readonly run?: string }
  | { readonly kind: 'hold' | 'release'; readonly run: string }
  | { readonly kind: 'diff'; readonly runs: readonly [string, string] }
  /** Answers to a request for approval: by those who may, and by whoever asked. */
  | { readonly kind: 'approve' | 'withdraw'; readonly run: string }
  | { readonly kind: 'deny'; readonly run: string; readonly reason?: string }
  /** A wider grant for named people (Slack's user ids), for so many seconds from its approval on. What is not named has a default. */
  | ({
      readonly kind: 'investigate'
      readonly name: string
      readonly seconds: number
      readonly regions?: 'enabled' | readonly string[]
      readonly reason?: string
    } & GrantWords)
  /** Those that are open, or what was asked under one of them. */
  | { readonly kind: 'grants'; readonly id?: string }
  /** Takes away what is named, or all of it. */
  | ({ readonly kind: 'revoke'; readonly id: string } & GrantWords)
  /** What somebody found in the review of a run that did not wait for approval. */
  | { readonly kind: 'review'; readonly run: string; readonly verdict: Verdict; readonly note: string }
  /** `notes` say how something ambiguous was read, such as a time that a clock showed twice. */
  | { readonly kind: 'run'; readonly request: Request; readonly notes: readonly string[] }

/** What a review of break-glass comes to. */
export type Verdict = 'justified' | 'not_justified'

/** Parts of an investigation, as they are named. */
export type GrantWords = {
  readonly people: readonly string[]
  readonly accounts: readonly ScopeWord[]
  readonly runbooks: readonly string[]
  readonly tier?: 'duty' | 'elevated'
  /** Seconds. */
  readonly window?: number
}

/** Times are seconds since 1970. */
export type Span = {
  readonly since: number
  /** Absent: up to the moment the run starts. */
  readonly until?: number
  /** How it reads for a person, in UTC, and can be typed again: `last 24h`, `since 2026-11-20 13:35Z until 2026-11-20 14:35Z`. */
  readonly words: string
}

/** One account word as typed; `resolveScope` finds the accounts it means. */
export type ScopeWord =
  | { readonly kind: 'id'; readonly id: string }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'group'; readonly name: string }
  | { readonly kind: 'unit'; readonly name: string }
  | { readonly kind: 'all' }

/** A question as asked: runbook and parameters checked against the library, accounts and Regions still words. */
export type Request = {
  /** The runbook's name, never an alias. */
  readonly runbook: string
  readonly parameters: { readonly [name: string]: string }
  /** Absent: the runbook's default window. */
  readonly span?: Span
  /** Empty: what the parameters say, else the place's or role's default. */
  readonly accounts: readonly ScopeWord[]
  /** Absent: as the runbook or the ARN says. The word `global` stands for the partition's own Region. */
  readonly regions?: 'enabled' | readonly string[]
  readonly reason?: string
  /** It begins at once, however long it is expected to take. */
  readonly now?: true
  /** It does not wait for approval. */
  readonly breakGlass?: true
}
