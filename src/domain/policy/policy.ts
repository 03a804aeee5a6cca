import type { ScopeWord } from '../request/command.ts'
import type { Person, Tier } from './person.ts'

/** Whom a role is given to. Groups are Slack user groups' ids; e-mails count only where the policy says so. */
export type Members = {
  readonly persons: readonly Person[]
  readonly groups: readonly string[]
  readonly emails: readonly string[]
}

/** What some people may ask. One role must allow all of a question: roles are not put together. */
export type Role = {
  readonly name: string
  readonly members: Members
  /** Runbooks' names, `tag:…`, or `*`. */
  readonly runbooks: readonly string[]
  readonly accounts: readonly ScopeWord[]
  /** Region names, or `*`. */
  readonly regions: readonly string[]
  /** Longest window, seconds. */
  readonly window: number
  /** Most rows of an answer. */
  readonly rows: number
  /** Highest tier without anybody's approval. */
  readonly tier: Tier
  /** Channel ids, `direct`, `private`, `public`, `shared`, or `*`. */
  readonly places: readonly string[]
  /** May cancel what others started. */
  readonly cancel: boolean
  /** Where this role's questions are asked when they do not say. */
  readonly defaultAccounts: readonly ScopeWord[]
}

/** What is said of one channel by name: where its answers go and where its questions are asked by default. */
export type PlaceRule = {
  readonly channel: string
  /** `here` even where strangers, guests or everybody can read; `direct` always by direct message; `none` no question at all. */
  readonly answers: 'here' | 'direct' | 'none'
  readonly accounts: readonly ScopeWord[]
}

/** Lifts the tier of some questions; nothing lowers one. */
export type Raise = {
  readonly runbooks: readonly string[]
  readonly accounts: readonly ScopeWord[]
  readonly tier: Tier
}

/** Who may ask what, where. Deny by default; `deny` wins over every role. */
export type Policy = {
  /** SHA-256 of what the policy says, named in every decision and token. */
  readonly digest: string
  readonly roles: readonly Role[]
  readonly deny: {
    readonly persons: readonly Person[]
    readonly groups: readonly string[]
    readonly places: readonly string[]
  }
  readonly places: readonly PlaceRule[]
  /** Whether e-mail addresses may give roles. */
  readonly emails: boolean
  readonly raise: readonly Raise[]
}
