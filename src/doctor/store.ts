import { randomUUID } from 'node:crypto'
import { access, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { inspectRedis } from '../adapters/redis/inspect.ts'
import { fileObjects } from '../adapters/resultStore/file.ts'
import { plain } from '../domain/result/safe.ts'
import { bad, type Finding, good, note } from './finding.ts'
import { codeOf } from './settings.ts'

/** BullMQ 6 needs Redis 6.2 (docs.bullmq.io); every Valkey is newer. */
const OLDEST: readonly [number, number] = [6, 2]
const NEEDED = `ctq needs Redis ${OLDEST.join('.')} or newer, or Valkey.`

/** The queue's server: its version and the settings that decide whether a job can be lost. */
export async function* redisFindings(url: string | undefined): AsyncGenerator<Finding> {
  if (url === undefined) {
    yield note(
      'server',
      'REDIS_URL is not set: ctq serve brings its own',
      'Several processes need one Redis or Valkey.',
    )
    return
  }
  try {
    const { server, version, evicts, appendOnly } = await inspectRedis(url)
    const named = `${server} ${plain(version, 20)}`
    if (isOld(server, version)) yield bad('server', `${named} is too old`, NEEDED)
    else yield good('server', named)
    yield evictsFinding(evicts)
    yield appendOnlyFinding(appendOnly)
  } catch (error) {
    const why = error instanceof Error ? plain(error.message, 200) : 'unknown'
    // HELLO, which the client begins with, came with Redis 6.
    const isAncient = /unknown command.*hello/i.test(why)
    const mend = isAncient ? NEEDED : 'REDIS_URL is redis://host:6379, or rediss:// with TLS.'
    yield bad('server', `cannot be used: ${why}`, mend)
  }
}

function isOld(server: string, version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return server === 'Redis' && (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]))
}

function evictsFinding(evicts: string | undefined): Finding {
  const what = 'maxmemory-policy'
  if (evicts === 'noeviction') return good(what, 'noeviction')
  if (evicts === undefined) return note(what, 'the server does not say', 'It must be noeviction.')
  return bad(what, `${plain(evicts, 40)}: a full server would drop jobs`, 'CONFIG SET maxmemory-policy noeviction')
}

function appendOnlyFinding(appendOnly: boolean | undefined): Finding {
  if (appendOnly === true) return good('appendonly', 'yes')
  const says = appendOnly === false ? 'no' : 'the server does not say'
  return note(
    'appendonly',
    `${says}: a restart forgets the questions under way`,
    'CONFIG SET appendonly yes, or replicas.',
  )
}

/** The result store: an object appears whole, once, and can be read back. What is written is taken away. */
export async function* resultFindings(path: string): AsyncGenerator<Finding> {
  const folder = `doctor.${randomUUID()}`
  let made = false
  try {
    // Not made here: a folder made by whoever runs this might not be writable for who runs ctq.
    if (!(await exists(path))) {
      yield note('folder', `${path} is not there yet`, 'The first question makes it, if its process may.')
      return
    }
    const objects = fileObjects(path)
    made = true
    const first = await objects.create(`${folder}/probe`, 'first')
    const second = await objects.create(`${folder}/probe`, 'second')
    const read = (await objects.read(`${folder}/probe`))?.toString('utf8')
    if (first && !second && read === 'first') yield good('write and read', path)
    else
      yield bad(
        'write and read',
        `${path} does not keep the first writer's object`,
        'It must be a file system with hard links.',
      )
  } catch (error) {
    yield bad(
      'write and read',
      `${path} cannot be used (${codeOf(error)})`,
      'Every process must be able to write there, with hard links.',
    )
  } finally {
    if (made) await rm(join(path, folder), { recursive: true, force: true })
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path)
    return true
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false
    throw error
  }
}
