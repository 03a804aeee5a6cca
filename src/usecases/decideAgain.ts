import type { Check } from '../domain/audit/step.ts'
import { err, ok, type Result } from '../domain/outcome.ts'
import type { Basis } from '../domain/policy/basis.ts'
import { decide } from '../domain/policy/decide.ts'
import { type Grant, placeOf } from '../domain/policy/grant.ts'
import { isOpen } from '../domain/policy/investigation.ts'
import type { Ask } from '../domain/policy/weigh.ts'
import { queryHash } from '../domain/query/query.ts'
import type { Runbook } from '../domain/runbook/runbook.ts'
import type { Allowed } from './allowed.ts'
import { type ReadApprovalDeps, readApproval } from './approvalLog.ts'
import { stillGranted } from './approvedRun.ts'
import { readInvestigation } from './investigationLog.ts'
import type { Mint } from './mint.ts'
import type { RequestDeps } from './requestRun.ts'
import type { RevokedBy } from './revokeRun.ts'
import { underInvestigation } from './underInvestigation.ts'

export type DecideAgainDeps = Pick<
  RequestDeps,
  'personFacts' | 'placeFacts' | 'policy' | 'inventory' | 'now' | 'glass'
> &
  ReadApprovalDeps & {
    /** As workers check it. */
    readonly basisFault: (grant: Grant) => Promise<string | undefined>
    readonly allowed: (grant: Grant) => Promise<Allowed | undefined>
  }

/** By what a run that goes on is allowed now. */
export type AllowedAgain = Pick<Mint, 'role' | 'tier' | 'policy' | 'basis'> & { readonly checks: readonly Check[] }

/** Why it is allowed no more. `by`: what was taken away; absent where something else is the reason. `why`: for the record. */
export type NotAgain = { readonly by?: RevokedBy; readonly why: string }

/**
 * Decides about a run that was allowed, with its basis, for the person, the place and the policy as they are now. Throws when one of them cannot be
 * read: then nothing is known, and nothing is taken away.
 */
export async function decideAgain(grant: Grant, deps: DecideAgainDeps): Promise<Result<AllowedAgain, NotAgain>> {
  const allowed = await deps.allowed(grant)
  if (allowed === undefined) return err({ why: 'no such runbook' })
  const asked = placeOf(grant)
  if (asked === undefined) return err({ why: 'the place it was asked in is not known' })
  if (grant.basis.kind === 'approval') return await approvedAgain(grant, allowed.runbook, deps)
  const [person, place] = await Promise.all([deps.personFacts(grant.person), deps.placeFacts(asked, grant.person)])
  const asks = { person, place, query: grant.query, runbook: allowed.runbook, inventory: deps.inventory() }
  if (grant.basis.kind === 'investigation') return await underAgain(grant.basis.id, asks, deps)
  if (grant.basis.kind === 'break_glass') return await brokenAgain(grant, grant.basis, asks, deps)
  const decision = decide(asks, deps.policy)
  if (decision.outcome !== 'allow') return err({ by: 'policy', why: 'the decision is no longer to allow' })
  const { role, tier, policy, checks } = decision
  return ok({ role, tier, policy, checks })
}

/** A run that broke the glass goes on while nobody has stopped it and whoever asked may still break it, for exactly this. */
async function brokenAgain(
  grant: Grant,
  basis: Extract<Basis, { kind: 'break_glass' }>,
  asks: Ask,
  deps: DecideAgainDeps,
): Promise<Result<AllowedAgain, NotAgain>> {
  const fault = await deps.basisFault(grant)
  if (fault !== undefined) return err({ by: 'break_glass', why: fault })
  const decision = decide({ ...asks, glass: await deps.glass(grant.person, basis.reason) }, deps.policy)
  if (decision.outcome !== 'allow') return err({ by: 'policy', why: `break-glass no longer holds: ${decision.reason}` })
  const { role, tier, policy, checks } = decision
  if (queryHash(decision.query) !== queryHash(grant.query) || tier !== grant.tier)
    return err({ by: 'policy', why: 'break-glass would allow something else by now' })
  return ok({ role, tier, policy, basis: { ...basis, policy }, checks })
}

/** A run under an investigation goes on while that does and its bounds, as they are now, still hold it. */
async function underAgain(id: string, asks: Ask, deps: DecideAgainDeps): Promise<Result<AllowedAgain, NotAgain>> {
  const found = (await readInvestigation(id, deps))?.investigation
  const open = found !== undefined && isOpen(found, deps.now().getTime() / 1000)
  const under = open ? underInvestigation(asks, [found], deps.policy) : undefined
  if (under === undefined) return err({ by: 'investigation', why: 'its investigation no longer holds it' })
  const { role, tier, policy, basis, checks } = under
  return ok({ role, tier, policy, basis, checks })
}

/** A run that others approved goes on while the approval stands and the rules would grant it by it. */
async function approvedAgain(
  grant: Grant,
  runbook: Runbook,
  deps: DecideAgainDeps,
): Promise<Result<AllowedAgain, NotAgain>> {
  const fault = await deps.basisFault(grant)
  if (fault !== undefined) return err({ by: 'approval', why: fault })
  const approval = (await readApproval(grant.run, deps))?.approval
  if (approval === undefined) return err({ by: 'approval', why: 'its basis cannot be renewed' })
  const still = await stillGranted(approval, runbook, deps)
  if (!still.ok) {
    const by = still.error.why === 'refused' ? 'policy' : 'approval'
    return err({ by, why: `its approval no longer holds: ${still.error.why}` })
  }
  const { role, tier, policy, basis, checks } = still.value
  return ok({ role, tier, policy, basis, checks })
}
