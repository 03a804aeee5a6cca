import { Redis } from 'ioredis'

/** What a server says of itself. */
export type RedisFacts = {
  readonly server: 'Redis' | 'Valkey'
  readonly version: string
  /** What it does when its memory is full; undefined when it does not say. */
  readonly evicts?: string
  /** Whether every write is kept in a file; undefined when it does not say. */
  readonly appendOnly?: boolean
}

const ANSWERS_WITHIN_MS = 3_000

/** Connects once and asks (Redis: INFO). Throws an Error whose message is the server's or the system's, without the address's password. */
export async function inspectRedis(url: string): Promise<RedisFacts> {
  const redis = new Redis(url, {
    lazyConnect: true,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
    connectTimeout: ANSWERS_WITHIN_MS,
    commandTimeout: ANSWERS_WITHIN_MS,
  })
  let why: Error | undefined
  redis.on('error', (error) => {
    why ??= error
  })
  try {
    await redis.connect()
    return factsOf(await redis.info())
  } catch (error) {
    throw why ?? error
  } finally {
    redis.disconnect()
  }
}

function factsOf(info: string): RedisFacts {
  const of = (name: string): string | undefined => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1]
  const valkey = of('valkey_version')
  const evicts = of('maxmemory_policy')
  const kept = of('aof_enabled')
  return {
    server: valkey === undefined ? 'Redis' : 'Valkey',
    version: valkey ?? of('redis_version') ?? '0',
    ...(evicts !== undefined && { evicts }),
    ...(kept !== undefined && { appendOnly: kept === '1' }),
  }
}
