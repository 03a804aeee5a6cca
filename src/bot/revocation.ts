import { localKeys } from '../adapters/jose/tokens.ts'
import { grantVerifier } from '../tokens.ts'
import { revokeRunning } from '../usecases/revokeRunning.ts'
import { renewDeps } from './deps.ts'
import type { Bot } from './parts.ts'

/**
 * Gives a function that decides anew about the runs of some people, or of everybody, and stops those whose right was taken away. It never throws: a
 * run that cannot be decided about now is decided about at its next renewal.
 */
export function revoker(bot: Bot): (users: ReadonlySet<string> | 'everybody') => Promise<void> {
  const { objects, now, host, times } = bot
  const warn = (run: string | undefined, error: unknown): void =>
    host.log.warn(
      { ...(run === undefined ? {} : { run }), message: error instanceof Error ? error.message : 'unknown' },
      'could not decide anew about a run that goes on: its next renewal does',
    )
  const deps = {
    ...renewDeps(bot),
    objects,
    age: times.run,
    // Looked at often: only what is decided is worth a line in the record.
    verifyExpired: grantVerifier(localKeys(bot.keys), 'ignore', 'look up', { audit: async () => undefined, now }),
    onUndecided: warn,
  }
  return async (users) => {
    try {
      const stopped = await revokeRunning(users, deps)
      if (stopped.length > 0) host.log.info({ stopped }, 'runs whose right was taken away are being stopped')
    } catch (error) {
      warn(undefined, error)
    }
  }
}
