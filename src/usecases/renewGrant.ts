import type { Result } from '../domain/outcome.ts'
import { decide } from '../domain/policy/decide.ts'
import { type Grant, placeOf } from '../domain/policy/grant.ts'
import { type Objects, terminalKey } from '../domain/result/objects.ts'
import type { Allowed } from './allowed.ts'
import type { TokenRefusal } from './authority.ts'
import { mint } from './mint.ts'
import type { RequestDeps } from './requestRun.ts'

export type RenewDeps = Pick<
  RequestDeps,
  'personFacts' | 'placeFacts' | 'policy' | 'inventory' | 'sign' | 'newId' | 'now' | 'audit' | 'times'
> & {
  readonly objects: Pick<Objects, 'size'>
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
  const decision = decide({ person, place, query, runbook: allowed.runbook, inventory: deps.inventory() }, deps.policy)
  if (decision.outcome !== 'allow') return await refuse(grant, 'the decision is no longer to allow', deps)
  const { role, tier, policy } = decision
  const same = { run, person: grant.person, query, to, askedAt, ...(follows === undefined ? {} : { follows }) }
  return (await mint({ ...same, role, tier, policy }, 'renewed', decision.checks, deps)).token
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
