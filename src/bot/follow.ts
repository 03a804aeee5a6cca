import { localKeys } from '../adapters/jose/tokens.ts'
import { keepFollowing } from '../follow.ts'
import { grantVerifier } from '../tokens.ts'
import { askLate, type LateDeps } from '../usecases/askLate.ts'
import { renewDeps } from './deps.ts'
import type { Bot } from './parts.ts'

/** Has the minutes that AWS had not settled asked again, once they have. Gives a function that stops it. */
export function followRuns(bot: Bot): () => void {
  const { objects, now, host, board, queues } = bot
  const deps: LateDeps = {
    ...renewDeps(bot),
    objects,
    enqueue: (run, token) => queues.addRun(run, token, 'background'),
    settle: (run, token) => queues.addDelivery(run, token, 'settled', 'background'),
    // Looked at again and again while nothing is due: only what is decided is worth a line in the record.
    verifyExpired: grantVerifier(localKeys(bot.keys), 'ignore', 'follow', { audit: async () => undefined, now }),
  }
  return keepFollowing({
    objects,
    now,
    log: host.log,
    askLate: (run) => askLate(run, deps),
    alone: (work) => board.alone('follow', `${process.pid}`, work),
    age: Math.max(bot.times.run, bot.times.delivery),
  })
}
