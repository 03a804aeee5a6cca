import type { Queues } from './adapters/bullmq/queues.ts'
import { expiryOf } from './adapters/jose/tokens.ts'
import type { AuthorityDeps } from './usecases/authority.ts'

/** Tokens that were renewed lately, so that the many parts of one run ask the bot once and not each for itself. */
const RENEWED_KEPT = 256
const STILL_FRESH_S = 120

/** Renews a run's token: by the one that another of its parts was given a moment ago, else by asking the bot. */
export function renewals(queues: Queues): AuthorityDeps['renew'] {
  const latest = new Map<string, string>()
  return async (token, run) => {
    const known = latest.get(run)
    if (known !== undefined && known !== token && expiryOf(known) - Date.now() / 1000 > STILL_FRESH_S)
      return { kind: 'renewed', token: known }
    const renewed = await queues.renew(token)
    if (renewed.kind !== 'renewed') return renewed
    latest.delete(run)
    latest.set(run, renewed.token)
    for (const oldest of latest.keys()) {
      if (latest.size <= RENEWED_KEPT) break
      latest.delete(oldest)
    }
    return renewed
  }
}
