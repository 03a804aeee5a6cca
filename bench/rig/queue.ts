import { access, constants, mkdir } from 'node:fs/promises'
import { createServer } from 'node:net'
import { delimiter, join } from 'node:path'
import { CTQ } from './files.ts'
import type { Stage } from './stage.ts'

/** A queue server of a benchmark's own, and what it is. */
export type QueueServer = { readonly url: string; readonly words: string }

/** A binary from the PATH, with the settings that `ctq serve` starts one with, else the one in memory. */
export async function startQueue(stage: Stage, name = 'queue'): Promise<QueueServer> {
  const binary = await binaryOnPath()
  if (binary === undefined) {
    const started = stage.node(CTQ, ['playground', 'redis'], {})
    const { redis } = JSON.parse(await started.line((line) => line.startsWith('{"redis"'))) as {
      redis: { url: string }
    }
    return { url: redis.url, words: 'the in-memory queue in JavaScript (no valkey-server or redis-server on the PATH)' }
  }
  const folder = join(stage.folder, name)
  await mkdir(folder)
  const port = await freePort()
  const settings = `--port ${port} --bind 127.0.0.1 --dir ${folder} --appendonly yes --appendfsync everysec --maxmemory-policy noeviction`
  const started = stage.program(binary, [...settings.split(' '), '--save', ''])
  await started.line((line) => line.includes('Ready to accept connections'))
  return {
    url: `redis://127.0.0.1:${port}`,
    words: `${binary.split('/').at(-1)} with an append-only file, fsync every second`,
  }
}

async function binaryOnPath(): Promise<string | undefined> {
  for (const name of ['valkey-server', 'redis-server'])
    for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
      const file = join(folder, name)
      if (folder !== '' && (await isExecutable(file))) return file
    }
  return undefined
}

async function isExecutable(file: string): Promise<boolean> {
  return await access(file, constants.X_OK).then(
    () => true,
    () => false,
  )
}

async function freePort(): Promise<number> {
  return await new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      const port = typeof address === 'object' && address !== null ? address.port : 0
      probe.close(() => resolve(port))
    })
  })
}
