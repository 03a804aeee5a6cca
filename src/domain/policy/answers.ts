import type { PersonFacts, Tier } from './person.ts'
import type { Policy } from './policy.ts'
import { rolesOf } from './roles.ts'

/**
 * What becomes of the answers of one tier in Slack. `keep`: seconds after which ctq deletes its messages and files; absent: never. `revoked`: what becomes
 * of what was read when the right to it is taken away meanwhile; absent: it is given, as partial.
 */
export type AnswerRule = {
  readonly csv: 'attach' | 'direct' | 'none'
  readonly keep?: number
  readonly revoked?: 'partial' | 'withhold'
}

export type AnswerRules = { readonly [tier in Tier]?: AnswerRule }

const UNLESS_TOLD: AnswerRule = { csv: 'attach' }

/** What the policy says of a tier's answers: attached and kept unless told. */
export function answerRule(tier: Tier, { answers }: Pick<Policy, 'answers'>): AnswerRule {
  return answers?.[tier] ?? UNLESS_TOLD
}

/** Whether policy keeps back the answers of a tier whose right was taken away. */
export function withholds({ tier }: { readonly tier: Tier }, policy: Pick<Policy, 'answers'>): boolean {
  return answerRule(tier, policy).revoked === 'withhold'
}

/** Whether somebody may keep a run's messages and files from being deleted, and release them. */
export function mayHold(facts: PersonFacts, policy: Policy): boolean {
  return rolesOf(facts, policy).some(({ hold }) => hold === true)
}
