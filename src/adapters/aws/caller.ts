import { STSClient } from '@aws-sdk/client-sts'
import { type Credentials, clientSettings, type Transport } from './sessions.ts'

/** The credentials that the SDK's default chain finds: environment, profile, SSO, container, instance. It renews them by itself. */
export type CallerKeys = {
  /** Where the caller works: the environment's or the profile's Region, or undefined when neither says. */
  readonly region: () => Promise<string | undefined>
  readonly credentials: () => Promise<Credentials>
}

/** The caller's own keys and Region. Nothing is looked up before it is asked for. */
export function callerKeys(shared: Transport, fallbackRegion: string): CallerKeys {
  const { credentials } = new STSClient(clientSettings(fallbackRegion, shared)).config
  return {
    credentials: async () => await credentials(),
    region: async () => {
      try {
        return await new STSClient({ requestHandler: shared }).config.region()
      } catch {
        // Neither AWS_REGION nor the profile names one.
        return undefined
      }
    },
  }
}
