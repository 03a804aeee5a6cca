import { connect, createServer, type Socket } from 'node:net'
import { Redis } from 'ioredis'
import { startInMemory } from '../../src/playground/redis/server.ts'

/** The queue's server behind a door that a test can shut. */
export type RigRedis = {
  /** For ctq: through the door. */
  readonly url: string
  /** For the test: past the door. */
  readonly client: Redis
  /** Nobody gets through, and who was through is cut off. */
  readonly away: () => void
  readonly back: () => void
  readonly close: () => Promise<void>
}

/** REDIS_URL's server, emptied, when that is set; else one in memory. */
export async function aRigRedis(): Promise<RigRedis> {
  const given = process.env['REDIS_URL'] ?? ''
  const server = given === '' ? await startInMemory() : { url: given, close: async () => undefined }
  const client = new Redis(server.url)
  await client.flushdb()
  const door = await aDoor(new URL(server.url))
  const url = new URL(server.url)
  url.host = `127.0.0.1:${door.port}`
  return {
    ...door,
    client,
    url: url.href,
    close: async () => {
      client.disconnect()
      await door.close()
      await server.close()
    },
  }
}

type Door = Pick<RigRedis, 'away' | 'back' | 'close'> & { readonly port: number }

async function aDoor(to: URL): Promise<Door> {
  const through = new Set<Socket>()
  let open = true
  const server = createServer((inside) => {
    if (!open) return void inside.destroy()
    const outside = connect(Number(to.port === '' ? 6379 : to.port), to.hostname)
    for (const socket of [inside, outside]) {
      through.add(socket.setNoDelay(true))
      socket.on('error', () => undefined)
      socket.once('close', () => {
        through.delete(socket)
        inside.destroy()
        outside.destroy()
      })
    }
    inside.pipe(outside).pipe(inside)
  })
  const shut = (): void => {
    open = false
    for (const socket of through) socket.destroy()
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    away: shut,
    back: () => {
      open = true
    },
    close: async () => {
      shut()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}
