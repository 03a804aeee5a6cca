import type { Check } from '../domain/audit/step.ts'
import { seated } from '../domain/policy/approvers.ts'
import type { Basis } from '../domain/policy/basis.ts'
import { decide, type Granted } from '../domain/policy/decide.ts'
import { type Investigation, outsideOf } from '../domain/policy/investigation.ts'
import { isSame } from '../domain/policy/membership.ts'
import type { Policy } from '../domain/policy/policy.ts'
import type { Ask } from '../domain/policy/weigh.ts'

/** What an investigation grants of a question. */
export type GrantedUnder = Granted & {
  readonly policy: string
  readonly checks: readonly Check[]
  readonly basis: Extract<Basis, { kind: 'investigation' }>
}

/**
 * Whether a question that needs approval has it by an investigation that is open: within its bounds, and approved by those whom the rules
 * want for exactly this question now. The role's ceiling holds as ever, and what nobody can approve, no investigation has approved.
 */
export function underInvestigation(
  ask: Ask,
  investigations: readonly Investigation[],
  policy: Policy,
): GrantedUnder | undefined {
  const { person, place, query, runbook, inventory } = ask
  // Who could approve it now does not matter: it was approved.
  const decision = decide({ person, place, query, runbook, inventory }, policy)
  if (decision.outcome !== 'approve') return undefined
  const { wanted, needs } = decision
  const asked = { ...wanted, person: person.person, channel: place.channel }
  const found = investigations.find((one) => {
    if (outsideOf(one, asked) !== undefined) return false
    const others = one.approvers.filter((approver) => !isSame(approver.person, person.person))
    return seated(needs.seats, others).every((seat) => seat.person !== undefined)
  })
  if (found === undefined) return undefined
  const { id, hash, until, name } = found
  return {
    ...wanted,
    policy: decision.policy,
    checks: [...decision.checks, { check: 'investigation', passed: true, detail: `${name} (${id})` }],
    basis: { kind: 'investigation', policy: decision.policy, id, hash, until },
  }
}
