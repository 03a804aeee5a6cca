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
