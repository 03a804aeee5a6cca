import { randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { type FileHandle, link, mkdir, open, readdir, readFile, stat, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Objects } from '../../domain/result/objects.ts'

export type FileStoreOptions = {
  /** False for a folder that goes with its process: an object's bytes need not be on the disk before its name is. */
  readonly outlastsPowerLoss?: boolean
}

/**
 * The result store in a directory, for one machine or a shared file system. An object is written beside its place and linked into it:
 * link() fails when the name exists, so an object appears whole, once, whoever is killed when. Its bytes reach the disk before its name
 * does: a kill needs no such thing, but after a power loss an empty page would be taken for a damaged store.
 */
export function fileObjects(root: string, { outlastsPowerLoss = true }: FileStoreOptions = {}): Objects {
  const path = (key: string): string => join(root, ...key.split('/'))
  const createFrom = async (key: string, chunks: AsyncIterable<string | Uint8Array>): Promise<boolean> => {
    const target = path(key)
    const draft = `${target}.${randomUUID()}.draft`
    const handle = await openIn(dirname(target), draft)
    try {
      await writeAll(handle, chunks, outlastsPowerLoss)
      return await linkOnce(draft, target)
    } finally {
      await unlink(draft)
    }
  }
  return {
    create: (key, body) => createFrom(key, once(body)),
    createFrom,
    read: (key) => orUndefined(readFile(path(key))),
    readRange: (key, start, length) => readRange(path(key), start, length),
    size: async (key) => {
      const found = await orUndefined(stat(path(key)))
      return found?.isFile() === true ? found.size : undefined
    },
    list: async (prefix) =>
      ((await orUndefined(readdir(path(prefix)))) ?? []).filter((name) => !name.endsWith('.draft')).sort(),
    stream: (key) => createReadStream(path(key)),
  }
}

async function* once(body: string | Uint8Array): AsyncGenerator<string | Uint8Array> {
  yield body
}

/** Opens a new file; its folder is made when there is none yet, which is seldom: a chain's pages lie in one folder. */
async function openIn(folder: string, file: string): Promise<FileHandle> {
  const opened = await orUndefined(open(file, 'wx', 0o600))
  if (opened !== undefined) return opened
  await makeFolder(folder)
  return await open(file, 'wx', 0o600)
}

/**
 * Makes a folder and those above it, for their owner alone. Not Node's `recursive`: where nothing can be made, such as below /proc, that
 * goes round for ever (seen with Node 20.20).
 */
async function makeFolder(folder: string): Promise<void> {
  if (await madeOrThere(folder)) return
  const above = dirname(folder)
  if (above !== folder) await makeFolder(above)
  if (!(await madeOrThere(folder))) throw Object.assign(new Error(`${folder} cannot be made`), { code: 'ENOENT' })
}

/** False when the folder above is missing. */
async function madeOrThere(folder: string): Promise<boolean> {
  try {
    await mkdir(folder, { mode: 0o700 })
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return true
    if (codeOf(error) === 'ENOENT') return false
    throw error
  }
}

/** Why objects cannot be kept in a folder, in words; undefined when they can. It is made when it is not there yet, and left empty. */
export async function whyUnusable(root: string): Promise<string | undefined> {
  const probe = join(root, `${randomUUID()}.draft`)
  try {
    const handle = await openIn(root, probe)
    await handle.close()
    await link(probe, `${probe}.link`)
    await unlink(`${probe}.link`)
    await unlink(probe)
    return undefined
  } catch (error) {
    return `${root} cannot be written to (${String(codeOf(error) ?? 'unknown')}): it must be a folder that can be made and written to, with hard links`
  }
}

async function writeAll(handle: FileHandle, chunks: AsyncIterable<string | Uint8Array>, sync: boolean): Promise<void> {
  try {
    for await (const chunk of chunks) await handle.writeFile(chunk)
    if (sync) await handle.datasync()
  } finally {
    await handle.close()
  }
}

async function linkOnce(draft: string, target: string): Promise<boolean> {
  try {
    await link(draft, target)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

async function readRange(file: string, start: number, length: number): Promise<Buffer> {
  const handle = await open(file, 'r')
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(length), 0, length, start)
    return buffer.subarray(0, bytesRead)
  } finally {
    await handle.close()
  }
}

/** No such name; a folder where an object was asked for; an object where a folder was. */
const NOTHING = ['ENOENT', 'EISDIR', 'ENOTDIR']

async function orUndefined<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading
  } catch (error) {
    if (NOTHING.includes(String(codeOf(error)))) return undefined
    throw error
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
