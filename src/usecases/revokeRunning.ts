import type { Result } from '../domain/outcome.ts'
import type { Grant } from '../domain/policy/grant.ts'
import { cancelledKey, type Objects, terminalKey } from '../domain/result/objects.ts'
import type { TokenRefusal } from './authority.ts'
import { readAsked } from './cancelRun.ts'
import { type DecideAgainDeps, decideAgain } from './decideAgain.ts'
import { recentRuns } from './recoverRuns.ts'
import type { Revocation } from './revokeRun.ts'

export type RevokeRunningDeps = DecideAgainDeps & {
  readonly objects: Objects
  readonly verifyExpired: (token: string) => Promise<Result<Grant, TokenRefusal>>
  readonly revoke: (grant: Grant, token: string, by: Pick<Revocation, 'by' | 'why'>) => Promise<unknown>
  /** Runs asked longer ago are not looked at, in seconds: none goes on for longer. */
  readonly age: number
  /** Hears of a run about which nothing could be decided now: its next renewal decides. */
  readonly onUndecided: (run: string, error: unknown) => void
}

/**
 * Decides anew about the runs that go on, of some people or of everybody, and stops those whose right was taken away: called when the bot has seen
 * something change, so that they need not wait for their next renewal. Gives the runs that were stopped.
 */
export async function revokeRunning(
  users: ReadonlySet<string> | 'everybody',
  deps: RevokeRunningDeps,
): Promise<readonly string[]> {
  const stopped: string[] = []
  for (const run of await recentRuns(deps)) {
    const found = await goingOn(run, deps)
    if (found === undefined || (users !== 'everybody' && !users.has(found.grant.person.user))) continue
    try {
      const again = await decideAgain(found.grant, deps)
      if (again.ok || again.error.by === undefined) continue
      await deps.revoke(found.grant, found.asked.token, { by: again.error.by, why: again.error.why })
      stopped.push(run)
    } catch (error) {
      deps.onUndecided(run, error)
    }
  }
  return stopped
}

async function goingOn(run: string, deps: RevokeRunningDeps): ReturnType<typeof readAsked> {
  const { objects } = deps
  if ((await objects.size(terminalKey(run))) !== undefined) return undefined
  if ((await objects.size(cancelledKey(run))) !== undefined) return undefined
  return await readAsked(run, deps)
}
