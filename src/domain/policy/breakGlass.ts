import { isStrong, memberBy } from './membership.ts'
import type { PersonFacts, Tier } from './person.ts'
import type { Policy } from './policy.ts'
import type { RefuseReason } from './reasons.ts'
import { rank } from './tier.ts'

/** That somebody asks without waiting for approval. */
export type Glass = {
  /** As it was typed. */
  readonly reason: string | undefined
  /** The run whose review nobody has closed in time, if there is one. */
  readonly overdue?: string
  /** Nothing shows whether that review was closed: it is damaged, or the key that signed it is gone. */
  readonly unproven?: true
}

/** A token says why, and never in fewer letters, whatever policy says. */
export const SHORTEST_REASON = 10

/** What nobody sees, or sees only as a space: ignorable characters and the empty Braille pattern. */
const UNSEEN = /[\p{Default_Ignorable_Code_Point}\p{Cf}\u2800]/gu
const REPEATED = /(.)\1{2,}/gu

/** What stands for a secret says nothing (secrets.ts). */
const MASKS = /\[masked: [A-Za-z ]{3,40}\]/g

/** Letters of a reason that say something: spaces at its ends, marks of secrets and what nobody sees do not, nor does one letter more than twice in a row. */
export function reasonLength(reason: string | undefined): number {
  const seen = (reason ?? '').replace(UNSEEN, '').replace(MASKS, '').replace(/\s+/g, ' ').trim()
  return [...seen.replace(REPEATED, '$1$1')].length
}

/** Whether somebody is one of those whom policy lets do without approval. */
export function mayBreakGlass(person: PersonFacts, policy: Policy): boolean {
  const members = policy.breakGlass?.members
  const by = members === undefined ? undefined : memberBy(person, { ...members, emails: [] }, policy)
  return by !== undefined && isStrong(by)
}

/**
 * Why somebody may not do without the approval that a question needs; undefined when they may. Only by id, by the pager or by a group that
 * the identity provider manages: whoever may edit groups in Slack could otherwise give it to themselves.
 */
export function glassRefusal(
  { reason, overdue }: Glass,
  person: PersonFacts,
  tier: Tier,
  policy: Policy,
): RefuseReason | undefined {
  const rules = policy.breakGlass
  if (rules === undefined) return 'glass_switched_off'
  if (!mayBreakGlass(person, policy)) return 'glass_not_theirs'
  if (overdue !== undefined) return 'glass_suspended'
  if (rank(tier) > rank(rules.tier)) return 'glass_tier'
  return reasonLength(reason) < Math.max(rules.reason, SHORTEST_REASON) ? 'glass_reason_short' : undefined
}
