/** A person is who Slack says, in which workspace: never an e-mail or a display name. */
export type Person = { readonly team: string; readonly user: string }

/** What Slack says of somebody at the moment of deciding. */
export type PersonFacts = {
  readonly person: Person
  readonly name: string
  readonly timeZone: string
  readonly bot: boolean
  readonly deactivated: boolean
  /** Single- and multi-channel guests. */
  readonly guest: boolean
  /** Belongs to another workspace (Slack Connect). */
  readonly stranger: boolean
  readonly groups: readonly string[]
  readonly email?: string
  /** When these facts were read, seconds since 1970: memberships are as old as they were then. */
  readonly readAt?: number
  /** When each membership was first seen, seconds since 1970. One that is not here was never seen: its age is not known. */
  readonly groupsSince?: { readonly [group: string]: number }
  /** Absent where nobody looked: then nobody is on call. */
  readonly onCall?: OnCallFacts
}

/** What the schedules say of somebody. One that could not be read is neither: it is named as unread, and never means yes. */
export type OnCallFacts = {
  /** Names of schedules that have them on call now, within the levels that count. */
  readonly now: readonly string[]
  readonly unread: readonly string[]
}

/** Where a question is asked and its answer would be read. */
export type PlaceFacts = {
  readonly team: string
  readonly channel: string
  readonly thread?: string
  readonly kind: 'direct' | 'private' | 'public'
  readonly externallyShared: boolean
  readonly holdsGuests: boolean
  readonly archived: boolean
  readonly botIsMember: boolean
}

/** Where an answer goes: never a URL. */
export type Destination =
  | { readonly kind: 'slack'; readonly team: string; readonly channel: string; readonly thread?: string }
  /** `from`: where it was asked, a place that may not have the answer and gets the run's id alone. */
  | {
      readonly kind: 'direct'
      readonly team: string
      readonly user: string
      readonly from?: { readonly channel: string; readonly thread?: string }
    }
  | { readonly kind: 'sink'; readonly name: string }

export type Tier = 'open' | 'duty' | 'elevated' | 'sensitive'
export const TIERS: readonly Tier[] = ['open', 'duty', 'elevated', 'sensitive']
