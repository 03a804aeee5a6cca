import { setTimeout as delay } from 'node:timers/promises'
import { isAwsFault } from './domain/fault.ts'

/** Tries of a call that is not part of reading pages, such as listing Regions. */
const TRIES = 5
const FIRST_PAUSE_MS = 500

/** Repeats a call to AWS that failed in a way that may pass, a few times with growing pauses. */
export async function retried<T>(
  call: () => Promise<T>,
  sleep: (ms: number) => Promise<unknown> = (ms) => delay(ms),
): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await call()
    } catch (error) {
      if (!isAwsFault(error) || (error.code !== 'transient' && error.code !== 'throttled') || tries >= TRIES)
        throw error
      await sleep(FIRST_PAUSE_MS * 2 ** (tries - 1) * Math.random())
    }
  }
}
