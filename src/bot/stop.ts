import { localKeys } from '../adapters/jose/tokens.ts'
import { grantVerifier } from '../tokens.ts'
import type { StopDeps } from '../usecases/cancelRun.ts'
import type { Bot } from './parts.ts'
import { readersOf } from './readers.ts'

/** Stops a run everywhere: readers before their next page; its answer is put together in a moment, and its message says so. */
export function stopper({ quickBoard, quickQueues }: Bot): (run: string, token: string) => Promise<void> {
  return async (run, token) => {
    await quickBoard.cancel(run)
    await quickQueues.addEnd(run, token)
    await quickQueues.addDelivery(run, token, 'status')
  }
}

/** What stopping runs needs, and reading what they are based on. */
export function stopDeps(bot: Bot): StopDeps & ReturnType<typeof readersOf> {
  const { objects, now, host } = bot
  const keys = localKeys(bot.keys)
  return {
    ...readersOf(bot),
    objects,
    now,
    audit: host.audit,
    verifyExpired: grantVerifier(keys, 'ignore', 'look up', { audit: async () => undefined, now }),
    cancel: stopper(bot),
  }
}
