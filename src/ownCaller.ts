import { callerIdentity } from './adapters/aws/accounts.ts'
import type { Transport } from './adapters/aws/sessions.ts'
import type { OwnCaller } from './domain/runbook/ownCalls.ts'

/**
 * Who this process is for AWS, asked once. Undefined while AWS does not say: then its calls are shown like anybody's, and it is asked again
 * the next time.
 */
export function ownCaller(region: string, readerRole: string, shared: Transport): () => Promise<OwnCaller | undefined> {
  let asked: Promise<OwnCaller | undefined> | undefined
  return async () => {
    asked ??= callerIdentity(region, shared).then(
      ({ arn }) => ({ arn, readerRole }),
      () => {
        asked = undefined
        return undefined
      },
    )
    return await asked
  }
}
