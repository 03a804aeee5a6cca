import type { ScopeWord } from '../request/command.ts'
import type { AnswerRules } from './answers.ts'
import type { Person, Tier } from './person.ts'

/**
 * Whom a role is given to. Groups are Slack user groups' ids; e-mails count only where the policy says so; `onCall` names schedules.
 * An e-mail, or a group that the identity provider does not manage, gives at most `duty`.
 */
export type Members = {
  readonly persons: readonly Person[]
  readonly groups: readonly string[]
  readonly emails: readonly string[]
  readonly onCall: readonly string[]
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
  /** Highest tier at all: between the two somebody else must approve. */
  readonly ceiling: Tier
  /** Channel ids, `direct`, `private`, `public`, `shared`, or `*`. */
  readonly places: readonly string[]
  /** May cancel what others started. */
  readonly cancel: boolean
  /** May keep what others' runs left in Slack from being deleted, and release it. */
  readonly hold?: boolean
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

/** People who may approve, under a name that is shown. An ordinary Slack group is none of them. */
export type ApproverSet = {
  readonly name: string
  /** How people are told of it. */
  readonly title: string
  readonly persons: readonly Person[]
  /** Groups that the identity provider manages; any other is passed over. */
  readonly groups: readonly string[]
  /** Names of schedules. */
  readonly onCall: readonly string[]
}

/** So many different people, each in one of the sets. The sets are asked in their order; anybody in any of them may approve at once. */
export type Seat = { readonly by: readonly string[]; readonly count: number }

/** Who must approve some questions. For each account the first rule that covers it holds. */
export type ApprovalRule = {
  readonly name: string
  /** Roles of who asks, or `*`. */
  readonly roles: readonly string[]
  readonly runbooks: readonly string[]
  readonly accounts: readonly ScopeWord[]
  /** Highest tier that this rule covers. */
  readonly tier: Tier
  readonly seats: readonly Seat[]
  /** Runbooks that somebody on call may run without a second person. */
  readonly onCallAlone: readonly string[]
  /** Runbooks for which who asks may fill a seat. */
  readonly selfApproval: readonly string[]
  /** Channels where it is asked, or `direct`. */
  readonly places: readonly string[]
  /** Seconds after asking. */
  readonly times: ApprovalTimes
  /** Least length of the typed reason. */
  readonly reason: number
}

/** How long an investigation is open at most, and the longest window of a question under one that does not say its own; seconds. */
export type InvestigationRules = { readonly longest: number; readonly window: number }

/** Who may ask at once what would need approval, and who looks at it afterwards. Lengths are seconds. */
export type BreakGlassRules = {
  /** By id, on call, or in a group that the identity provider manages. */
  readonly members: Pick<Members, 'persons' | 'groups' | 'onCall'>
  /** Least length of the typed reason. */
  readonly reason: number
  /** Highest tier. */
  readonly tier: 'duty' | 'elevated'
  /** Names of the approvers who may close a review; none: those of the approval that was skipped. */
  readonly reviewers: readonly string[]
  /** Where reviews are shown, beside where the approval would have been asked: channels, or `direct`. */
  readonly places: readonly string[]
  /** A review that is open for longer suspends break-glass for whoever used it. */
  readonly within: number
  readonly remind: number
  /** Channels that are told of the second use in a day, and of each after it; none: where the reviews are shown. */
  readonly alarmIn: readonly string[]
}

/** When an approval expires, is reminded of, and is taken to the next set; seconds after it was asked. */
export type ApprovalTimes = {
  readonly expires: number
  readonly remind: readonly number[]
  readonly escalate: number
}

/** Who is on call, from PagerDuty or a list. Pager users are people only where this says so: never by name or e-mail. */
export type Schedule = {
  readonly name: string
  /** How many escalation levels count, from the first. */
  readonly levels: number
  readonly source: PagerDutySource | ShiftsSource
  /** Who may approve while the schedule cannot be read. */
  readonly fallback: { readonly persons: readonly Person[]; readonly groups: readonly string[] }
}

export type PagerDutySource = {
  readonly kind: 'pagerduty'
  readonly schedules: readonly string[]
  /** Slack people by PagerDuty user id. */
  readonly people: { readonly [pagerUser: string]: Person }
}

export type ShiftsSource = {
  readonly kind: 'shifts'
  readonly shifts: readonly {
    /** Seconds since 1970; the end is not part of it. */
    readonly from: number
    readonly until: number
    readonly level: number
    readonly persons: readonly Person[]
  }[]
}

/** What is said of a Slack user group: `managed` where its members come from the identity provider, not from whoever may edit groups. */
export type GroupRule = { readonly group: string; readonly name: string; readonly managed: boolean }

/** Who may ask what, where, and who may approve. Deny by default; `deny` wins over every role. */
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
  /** What becomes of answers in Slack, by tier. */
  readonly answers?: AnswerRules
  readonly groups: readonly GroupRule[]
  /** A membership counts once it has been seen for so long, seconds. */
  readonly settleFor: number
  readonly approvers: readonly ApproverSet[]
  readonly approvals: readonly ApprovalRule[]
  readonly onCall: readonly Schedule[]
  /** How far investigations may go; absent: none is opened. */
  readonly investigations?: InvestigationRules
  /** Absent: nobody may break the glass. */
  readonly breakGlass?: BreakGlassRules
  /** Channels where changes of the policy and of its groups are announced. */
  readonly announceIn: readonly string[]
  /** Whom to ask for a role, in words. Decides nothing. */
  readonly contact?: string
}
