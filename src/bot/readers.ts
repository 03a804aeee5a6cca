import { localKeys } from '../adapters/jose/tokens.ts'
import { approvalReaders } from '../tokens.ts'
import type { LeavingOut } from '../usecases/storedLog.ts'
import type { Bot } from './parts.ts'

/** What reading requests, investigations and reviews needs: their signatures, and a line in the log about what a list leaves out. */
export function readersOf({
  keys,
  now,
  host,
}: Pick<Bot, 'keys' | 'now' | 'host'>): ReturnType<typeof approvalReaders> & LeavingOut {
  return {
    ...approvalReaders(localKeys(keys), now),
    leftOut: (run, error) =>
      host.log.error(
        { run, message: error instanceof Error ? error.message : 'unknown' },
        'left out for now: what is kept about it could not be read, or not be dealt with',
      ),
  }
}
