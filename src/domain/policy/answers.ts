import type { PersonFacts, Tier } from './person.ts'
import type { Policy } from './policy.ts'
import { rolesOf } from './roles.ts'

/** What becomes of the answers of one tier in Slack. `keep`: seconds after which ctq deletes its messages and files; absent: never. */
export type AnswerRule = { readonly csv: 'attach' | 'direct' | 'none'; readonly keep?: number }

export type AnswerRules = { readonly [tier in Tier]?: AnswerRule }

const UNLESS_TOLD: AnswerRule = { csv: 'attach' }

/** What the policy says of a tier's answers: attached and kept unless told. */
export function answerRule(tier: Tier, { answers }: Pick<Policy, 'answers'>): AnswerRule {
  return answers?.[tier] ?? UNLESS_TOLD
}

/** Whether somebody may keep a run's messages and files from being deleted, and release them. */
export function mayHold(facts: PersonFacts, policy: Policy): boolean {
  return rolesOf(facts, policy).some(({ hold }) => hold === true)
}
