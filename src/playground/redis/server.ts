import { type ChildProcess, spawn } from 'node:child_process'
import { access, constants, mkdir } from 'node:fs/promises'
import { connect } from 'node:net'
import { delimiter, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'

/** A queue server to run against when none is given. */
export type EmbeddedRedis = {
  /** For ioredis: `redis://…`, or the path of a socket. */
  readonly url: string
  readonly kind: 'adopted' | 'spawned' | 'in memory'
  /** What it means for whoever starts ctq, in a sentence. */
  readonly words: string
  readonly close: () => Promise<void>
}

/** Looked for in this order. Valkey is Redis's successor under a free licence. */
const BINARIES = ['valkey-server', 'redis-server']
const STARTS_WITHIN_MS = 5_000

/**
 * A server on a private socket in `folder`, kept on disk by its append-only file: one that runs there already is adopted, else one from the
 * PATH is started; it outlives ctq, so that a killed ctq finds its jobs again. Without one on the PATH, a server in memory.
 */
export async function startEmbedded(folder: string, path: string): Promise<EmbeddedRedis> {
  const socket = join(folder, 'redis.sock')
  if (await answers(socket))
    return {
      url: socket,
      kind: 'adopted',
      words: 'the queue is a server left running by an earlier start; its jobs go on',
      close: async () => undefined,
    }
  const binary = await findBinary(path)
  if (binary === undefined) return await startInMemory()
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const child = spawn(binary, settings(folder, socket), { detached: true, stdio: 'ignore' })
  await untilAnswering(socket, child, binary)
  child.unref()
  return {
    url: socket,
    kind: 'spawned',
    words: `the queue is ${binary}, kept on disk, and goes on when ctq stops`,
    close: async () => undefined,
  }
}

/** A server in memory in this process: nothing to install, nothing kept. For the playground and for trying things. */
export async function startInMemory(port = 0): Promise<EmbeddedRedis> {
  const file = import.meta.url.endsWith('.ts') ? './thread.ts' : './thread.js'
  const worker = new Worker(new URL(file, import.meta.url), { workerData: { port } })
  const started = await new Promise<{ port?: number; error?: string }>((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
  })
  if (started.port === undefined) {
    await worker.terminate()
    throw new Error(`the embedded queue did not start: ${started.error ?? 'no reason given'}`)
  }
  return {
    url: `redis://127.0.0.1:${started.port}`,
    kind: 'in memory',
    words: `the queue is in memory: jobs that wait are lost when it stops. ${INSTALL}`,
    close: async () => {
      await worker.terminate()
    },
  }
}

/** How to get a lasting one, by system. */
export const INSTALL =
  'For one that lasts, install Valkey or Redis (Debian, Ubuntu: apt-get install redis-server; Fedora: dnf install valkey; Alpine: apk add valkey; macOS: brew install valkey) or set REDIS_URL.'

function settings(folder: string, socket: string): readonly string[] {
  const pairs = [
    ['--port', '0'],
    ['--unixsocket', socket],
    ['--unixsocketperm', '700'],
    ['--dir', folder],
    ['--appendonly', 'yes'],
    ['--appendfsync', 'everysec'],
    ['--save', ''],
    ['--maxmemory-policy', 'noeviction'],
    ['--daemonize', 'no'],
  ]
  return pairs.flat()
}

async function findBinary(path: string): Promise<string | undefined> {
  for (const name of BINARIES)
    for (const folder of path.split(delimiter).filter((entry) => entry !== ''))
      if (await isExecutable(join(folder, name))) return join(folder, name)
  return undefined
}

async function isExecutable(file: string): Promise<boolean> {
  return await access(file, constants.X_OK).then(
    () => true,
    () => false,
  )
}

async function untilAnswering(socket: string, child: ChildProcess, binary: string): Promise<void> {
  const died = new Promise<'died'>((resolve) =>
    child.once('exit', () => resolve('died')).once('error', () => resolve('died')),
  )
  const deadline = Date.now() + STARTS_WITHIN_MS
  while (Date.now() < deadline) {
    if (await answers(socket)) return
    if ((await Promise.race([died, delay(25)])) === 'died') break
  }
  throw new Error(`${binary} did not start on ${socket}; set REDIS_URL, or take it off the PATH`)
}

/** Whether a Redis says PONG on a socket. */
async function answers(socket: string): Promise<boolean> {
  return await new Promise((resolve) => {
    const connection = connect(socket)
    const settle = (answer: boolean): void => {
      connection.destroy()
      resolve(answer)
    }
    connection.setTimeout(500, () => settle(false))
    connection.once('error', () => settle(false))
    connection.once('connect', () => connection.write('PING\r\n'))
    connection.once('data', (data) => settle(data.toString('latin1').startsWith('+PONG')))
  })
}
