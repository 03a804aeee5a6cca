import type { Result } from '../domain/outcome.ts'
import type { Grant } from '../domain/policy/grant.ts'
import { type Objects, terminalKey } from '../domain/result/objects.ts'
import type { TokenRefusal } from './authority.ts'
import { type DecideAgainDeps, decideAgain } from './decideAgain.ts'
import { mint } from './mint.ts'
import type { RequestDeps } from './requestRun.ts'
import type { Revocation } from './revokeRun.ts'

export type RenewDeps = DecideAgainDeps &
  Pick<RequestDeps, 'sign' | 'newId' | 'audit' | 'times'> & {
    readonly objects: Pick<Objects, 'size' | 'read'>
    /** The bot's own check of its own token: everything but expiry. */
    readonly verifyExpired: (token: string) => Promise<Result<Grant, TokenRefusal>>
    /** Stops the run of a token everywhere, as its right was taken away. */
    readonly revoke: (grant: Grant, token: string, by: Pick<Revocation, 'by' | 'why'>) => Promise<unknown>
  }

/**
 * Decides a run anew and mints its query again under a new `jti`. Undefined, with an audit step, when the token is not ours, the run is
 * over or too old, or the person may no longer ask this here: then all of the run is stopped.
 */
export async function renewGrant(token: string, deps: RenewDeps): Promise<string | undefined> {
  const checked = await deps.verifyExpired(token)
  if (!checked.ok) return await refuse(undefined, checked.error.why, deps)
  const grant = checked.value
  if (deps.now().getTime() / 1000 >= grant.askedAt + deps.times.run)
    return await refuse(grant, 'the run is too old', deps)
  if ((await deps.objects.size(terminalKey(grant.run))) !== undefined)
    return await refuse(grant, 'the run has ended', deps)
  const again = await decideAgain(grant, deps)
  if (!again.ok) {
    const { by, why } = again.error
    if (by !== undefined) await deps.revoke(grant, token, { by, why })
    return await refuse(grant, why, deps)
  }
  const { checks, basis, ...decided } = again.value
  const { run, person, query, to, askedAt, follows } = grant
  const same = { run, person, query, to, askedAt, ...(follows === undefined ? {} : { follows }) }
  const what = { ...same, ...decided, ...(basis === undefined ? {} : { basis }) }
  return (await mint(what, 'renewed', checks, deps)).token
}

async function refuse(grant: Grant | undefined, why: string, deps: RenewDeps): Promise<undefined> {
  await deps.audit({
    step: 'renewed',
    outcome: 'deny',
    at: deps.now().toISOString(),
    ...(grant === undefined ? {} : { run: grant.run, jti: grant.jti, person: grant.person }),
    checks: [{ check: 'renewal', passed: false, detail: why }],
    detail: { policy: deps.policy.digest },
  })
  return undefined
}
