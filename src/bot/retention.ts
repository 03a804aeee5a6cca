import { localKeys } from '../adapters/jose/tokens.ts'
import { EXPIRIES, type Objects } from '../domain/result/objects.ts'
import { approvalReaders, grantVerifier } from '../tokens.ts'
import { type ForgetDeps, forgetRun } from '../usecases/forgetRun.ts'
import type { Bot } from './parts.ts'

/** How often the store is looked through for runs whose time in Slack is over. */
const LOOK_EVERY_MS = 20_000
/** chat.delete and files.delete are tier 3, about 50 a minute (Slack: rate limits): a run has two or three things to delete. */
const MOST_AT_ONCE = 10

/** Deletes what runs left in Slack once policy's time for it is over. The clock is in the store. Gives a function that stops it. */
export function keepRetention(bot: Bot): () => void {
  const { objects, now, host, board, posting } = bot
  const deps: ForgetDeps = {
    objects,
    now,
    audit: host.audit,
    slack: posting,
    ...approvalReaders(localKeys(bot.keys), now),
    verifyExpired: grantVerifier(localKeys(bot.keys), 'ignore', 'retention', { audit: async () => undefined, now }),
  }
  const over = new Set<string>()
  let looking = false
  const look = async (): Promise<void> => {
    if (looking) return
    looking = true
    try {
      await board.alone('retention', `${process.pid}`, () => forgetExpired(deps, over))
    } catch (error) {
      // Slack, Redis or the store is away: nothing is forgotten, the next look comes.
      host.log.warn({ message: error instanceof Error ? error.message : 'unknown' }, 'could not delete what is over')
    } finally {
      looking = false
    }
  }
  const timer = setInterval(() => void look(), LOOK_EVERY_MS).unref()
  void look()
  return () => clearInterval(timer)
}

async function forgetExpired(deps: ForgetDeps, over: Set<string>): Promise<void> {
  let deleted = 0
  for (const run of await expiring(deps.objects, deps.now())) {
    if (deleted >= MOST_AT_ONCE) return
    if (over.has(run)) continue
    const outcome = await forgetRun(run, deps)
    if (outcome !== 'later') over.add(run)
    if (outcome === 'deleted') deleted += 1
  }
}

async function expiring(objects: Objects, now: Date): Promise<readonly string[]> {
  const today = now.toISOString().slice(0, 10)
  const days = (await objects.list(EXPIRIES)).filter((day) => day <= today)
  return (await Promise.all(days.map((day) => objects.list(`${EXPIRIES}/${day}`)))).flat()
}
