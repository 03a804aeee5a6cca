import type { Result } from '../domain/outcome.ts'
import { decide } from '../domain/policy/decide.ts'
import { type Grant, placeOf } from '../domain/policy/grant.ts'
import { isOpen } from '../domain/policy/investigation.ts'
import type { Ask } from '../domain/policy/weigh.ts'
import { type Objects, terminalKey } from '../domain/result/objects.ts'
import type { Runbook } from '../domain/runbook/runbook.ts'
import type { Allowed } from './allowed.ts'
import { type ReadApprovalDeps, readApproval } from './approvalLog.ts'
import { stillGranted } from './approvedRun.ts'
import type { TokenRefusal } from './authority.ts'
import { readInvestigation } from './investigationLog.ts'
import { mint } from './mint.ts'
import type { RequestDeps } from './requestRun.ts'
import { underInvestigation } from './underInvestigation.ts'

export type RenewDeps = Pick<
  RequestDeps,
  'personFacts' | 'placeFacts' | 'policy' | 'inventory' | 'sign' | 'newId' | 'now' | 'audit' | 'times'
> &
  ReadApprovalDeps & {
    readonly objects: Pick<Objects, 'size' | 'read'>
    /** As workers check it. */
    readonly basisFault: (grant: Grant) => Promise<string | undefined>
    /** The bot's own check of its own token: everything but expiry. */
    readonly verifyExpired: (token: string) => Promise<Result<Grant, TokenRefusal>>
    readonly allowed: (grant: Grant) => Promise<Allowed | undefined>
  }

/**
 * Decides a run anew and mints its query again under a new `jti`. Undefined, with an audit step, when the token is not ours, the run is
 * over or too old, or the person may no longer ask this here.
 */
export async function renewGrant(token: string, deps: RenewDeps): Promise<string | undefined> {
  const checked = await deps.verifyExpired(token)
  if (!checked.ok) return await refuse(undefined, checked.error.why, deps)
  const grant = checked.value
  if (deps.now().getTime() / 1000 >= grant.askedAt + deps.times.run)
    return await refuse(grant, 'the run is too old', deps)
  if ((await deps.objects.size(terminalKey(grant.run))) !== undefined)
    return await refuse(grant, 'the run has ended', deps)
  const allowed = await deps.allowed(grant)
  if (allowed === undefined) return await refuse(grant, 'no such runbook', deps)
  const person = await deps.personFacts(grant.person)
  const asked = placeOf(grant)
  if (asked === undefined) return await refuse(grant, 'the place it was asked in is not known', deps)
  const place = await deps.placeFacts(asked, grant.person)
  const { query, run, to, askedAt, follows } = grant
  const asks = { person, place, query, runbook: allowed.runbook, inventory: deps.inventory() }
  if (grant.basis.kind === 'investigation') return await renewUnder(grant, grant.basis.id, asks, deps)
  if (grant.basis.kind !== 'policy') return await renewApproved(grant, allowed.runbook, deps)
  const decision = decide(asks, deps.policy)
  if (decision.outcome !== 'allow') return await refuse(grant, 'the decision is no longer to allow', deps)
  const { role, tier, policy } = decision
  const same = { run, person: grant.person, query, to, askedAt, ...(follows === undefined ? {} : { follows }) }
  return (await mint({ ...same, role, tier, policy }, 'renewed', decision.checks, deps)).token
}

/** A run under an investigation goes on while that does and its bounds, as they are now, still hold it. */
async function renewUnder(grant: Grant, id: string, asks: Ask, deps: RenewDeps): Promise<string | undefined> {
  const found = (await readInvestigation(id, deps))?.investigation
  const open = found !== undefined && isOpen(found, deps.now().getTime() / 1000)
  const under = open ? underInvestigation(asks, [found], deps.policy) : undefined
  if (under === undefined) return await refuse(grant, 'its investigation no longer holds it', deps)
  const { role, tier, policy, basis, checks } = under
  const { run, person, query, to, askedAt } = grant
  return (await mint({ run, person, query, to, askedAt, role, tier, policy, basis }, 'renewed', checks, deps)).token
}

/** A run that others approved goes on while the approval stands and the rules would grant it by it. */
async function renewApproved(grant: Grant, runbook: Runbook, deps: RenewDeps): Promise<string | undefined> {
  const fault = await deps.basisFault(grant)
  if (fault !== undefined) return await refuse(grant, fault, deps)
  const approval = (await readApproval(grant.run, deps))?.approval
  if (approval === undefined) return await refuse(grant, 'its basis cannot be renewed', deps)
  const still = await stillGranted(approval, runbook, deps)
  if (!still.ok) return await refuse(grant, `its approval no longer holds: ${still.error.why}`, deps)
  const { role, tier, policy, basis, checks } = still.value
  const { run, person, query, to, askedAt } = grant
  return (await mint({ run, person, query, to, askedAt, role, tier, policy, basis }, 'renewed', checks, deps)).token
}

async function refuse(grant: Grant | undefined, why: string, deps: RenewDeps): Promise<undefined> {
  await deps.audit({
    step: 'renewed',
    outcome: 'deny',
    at: deps.now().toISOString(),
    ...(grant === undefined ? {} : { run: grant.run, jti: grant.jti, person: grant.person }),
    checks: [{ check: 'renewal', passed: false, detail: why }],
  })
  return undefined
}
