import {
  CloudTrailClient,
  LookupEventsCommand,
  type LookupEventsCommandInput,
  type LookupEventsCommandOutput,
} from '@aws-sdk/client-cloudtrail'
import type { Person } from '../../domain/policy/person.ts'
import type { Chain } from '../../domain/query/plan.ts'
import { sortFault } from './faults.ts'
import { type Credentials, clientSettings, type Sessions, type Transport } from './sessions.ts'

/** LookupEvents gives at most 50 events a page (API reference). */
const PAGE_SIZE = 50

/** One account and Region, read by one person. */
export type Place = {
  readonly account: string
  readonly region: string
  readonly regions: readonly string[]
  readonly person: Person
}

type Found = {
  readonly events: readonly { readonly eventId: string; readonly eventTime: number; readonly text: string }[]
  readonly nextToken?: string
  readonly requestId?: string
}

/** Clients kept for reuse; the oldest is dropped. Each is small, connections are shared. */
const MOST_CLIENTS = 512

/**
 * One page of LookupEvents for an account and Region. Throws an AwsFault. Credentials that AWS calls expired are fetched anew once,
 * then the same call is made again.
 * `roleOf`: the role that reads an account, for the words of a refusal.
 */
export function lookupEvents(
  sessions: Sessions,
  shared: Transport,
  roleOf: (account: string) => string | undefined = () => undefined,
): (place: Place, ask: Chain, nextToken?: string) => Promise<Found> {
  const clients = new Map<string, { readonly client: CloudTrailClient; readonly credentials: Credentials }>()
  const clientFor = async (place: Place, refresh: boolean): Promise<CloudTrailClient> => {
    const credentials = await sessions({ ...place, action: 'cloudtrail:LookupEvents' }, refresh)
    const key = `${place.region} ${credentials.accessKeyId}`
    const held = clients.get(key)
    if (held !== undefined) return held.client
    // Nothing is ever added to the middleware between two calls: it is put together once a client, not once a page.
    const client = new CloudTrailClient({ ...clientSettings(place.region, shared), credentials, cacheMiddleware: true })
    clients.set(key, { client, credentials })
    for (const oldest of clients.keys()) {
      if (clients.size <= MOST_CLIENTS) break
      clients.delete(oldest)
    }
    return client
  }
  const once = async (place: Place, ask: Chain, nextToken: string | undefined, refresh: boolean): Promise<Found> => {
    const client = await clientFor(place, refresh)
    try {
      return found(await client.send(new LookupEventsCommand(inputOf(ask, nextToken))))
    } catch (error) {
      const role = roleOf(place.account)
      throw sortFault(error, { action: 'cloudtrail:LookupEvents', ...(role === undefined ? {} : { role }) })
    }
  }
  return async (place, ask, nextToken) => {
    try {
      return await once(place, ask, nextToken, false)
    } catch (error) {
      if ((error as { code?: string }).code !== 'expired_credentials') throw error
      return await once(place, ask, nextToken, true)
    }
  }
}

function inputOf(ask: Chain, nextToken: string | undefined): LookupEventsCommandInput {
  return {
    StartTime: new Date(ask.since),
    EndTime: new Date(ask.until),
    MaxResults: PAGE_SIZE,
    ...(ask.attribute === undefined
      ? {}
      : { LookupAttributes: [{ AttributeKey: ask.attribute.key, AttributeValue: ask.attribute.value }] }),
    ...(nextToken === undefined ? {} : { NextToken: nextToken }),
  }
}

/**
 * An event without id, time or text would be one that nothing can be said of, and an answer with neither events nor a token is none: AWS says
 * `"Events": []` where there are none, a proxy's empty 200 does not. Both are broken answers, and thrown as such.
 */
function found(output: LookupEventsCommandOutput): Found {
  // An empty token is none, as it is for the SDK's own paginator.
  const nextToken = output.NextToken || undefined
  if (!Array.isArray(output.Events) && nextToken === undefined)
    throw new Error('LookupEvents answered without a list of events')
  const events = (output.Events ?? []).map((event) => {
    if (!event.EventId || event.EventTime === undefined || event.CloudTrailEvent === undefined)
      throw new Error('LookupEvents answered with an event that has no id, time or record')
    return {
      eventId: event.EventId,
      eventTime: Math.floor(event.EventTime.getTime() / 1000),
      text: event.CloudTrailEvent,
    }
  })
  const { requestId } = output.$metadata
  return {
    events,
    ...(nextToken === undefined ? {} : { nextToken }),
    ...(requestId === undefined ? {} : { requestId }),
  }
}
