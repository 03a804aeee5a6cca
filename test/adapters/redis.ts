import { after, before } from 'node:test'
import type { Redis } from 'ioredis'
import { patientRedis } from '../../src/adapters/redis/connection.ts'
import { type EmbeddedRedis, startInMemory } from '../../src/playground/redis/server.ts'

/**
 * One Redis for a test file: of REDIS_URL's server the database of this number, emptied, so that files that run at once do not meet; without
 * one, a server in memory.
 */
export function sharedRedis(database: number): { readonly redis: () => Redis; readonly url: () => string } {
  let server: Pick<EmbeddedRedis, 'url' | 'close'> | undefined
  let client: Redis | undefined
  before(async () => {
    const given = process.env['REDIS_URL'] ?? ''
    server = given === '' ? await startInMemory() : { url: inDatabase(given, database), close: async () => undefined }
    client = patientRedis(server.url)
    await client.flushdb()
  })
  after(async () => {
    client?.disconnect()
    await server?.close()
  })
  return {
    redis: () => {
      if (client === undefined) throw new Error('Redis is not up')
      return client
    },
    url: () => server?.url ?? '',
  }
}

function inDatabase(given: string, database: number): string {
  const url = new URL(given)
  url.pathname = `/${database}`
  return url.href
}
