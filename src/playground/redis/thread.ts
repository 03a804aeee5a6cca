import { Server, type Socket } from 'node:net'
import { parentPort, workerData } from 'node:worker_threads'
import { createRedisServer } from 'js-redis-server'

/**
 * The server itself, in a thread of its own so that its Lua never holds up ctq. js-redis-server listens on every interface and leaves
 * Nagle's delay on (38 ms from add to start, 4 ms without); both are mended here, for this thread's own copy of node:net alone.
 */
const listen = Server.prototype.listen
Server.prototype.listen = function onLoopback(this: Server, ...args: unknown[]): Server {
  this.on('connection', (socket: Socket) => socket.setNoDelay(true))
  return Reflect.apply(listen, this, [{ port: Number(args[0] ?? 0), host: '127.0.0.1' }]) as Server
} as typeof listen

const { port } = workerData as { readonly port: number }
createRedisServer({ port, databaseCount: 1 }).then(
  (server) => parentPort?.postMessage({ port: server.port }),
  (error: unknown) => parentPort?.postMessage({ error: error instanceof Error ? error.message : String(error) }),
)
