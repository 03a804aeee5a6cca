import { constants, existsSync } from 'node:fs'
import { open, readFile, rename, writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { type KeySet, newKey, parseKeySet, publicKeys, rotate } from '../adapters/jose/keys.ts'

const USAGE = 'usage: ctq keys new|rotate|list [--file ctq-keys.json] [--public] [--keep-hours 24]'

/** `ctq keys`: makes, rotates and lists the keys that sign tokens. The private file is written for its owner alone. */
export async function keys(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      file: { type: 'string', default: 'ctq-keys.json' },
      public: { type: 'boolean', default: false },
      'keep-hours': { type: 'string', default: '24' },
    },
  })
  const hours = Number(values['keep-hours'])
  const [what] = positionals
  if ((what === 'rotate' || what === 'list') && !existsSync(values.file))
    return usage(`There is no file ${values.file}: "ctq keys new" makes it, --file names another.`)
  switch (what) {
    case 'new':
      return await create(values.file)
    case 'rotate':
      if (!(hours >= 1))
        return usage('--keep-hours must be 1 or more: tokens signed with the old key are still under way')
      return await change(values.file, hours)
    case 'list':
      return await list(values.file, values.public)
    default:
      return usage(USAGE)
  }
}

function usage(words: string): number {
  process.stderr.write(`${words}\n`)
  return 2
}

async function create(file: string): Promise<number> {
  const set: KeySet = { keys: [await newKey(new Date())] }
  try {
    const handle = await open(file, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600)
    await handle.writeFile(text(set))
    await handle.close()
  } catch (error) {
    if ((error as { code?: string }).code !== 'EEXIST') throw error
    return usage(`${file} exists: "ctq keys rotate" adds a key to it`)
  }
  process.stdout.write(
    `${file}: key ${set.keys[0]?.kid} (ES256). Give it to the bot; workers get "ctq keys list --public".\n`,
  )
  return 0
}

async function change(file: string, hours: number): Promise<number> {
  const before = parseKeySet(await readFile(file, 'utf8'), 'private')
  const after = await rotate(before, new Date(), hours * 3600)
  const draft = `${file}.new`
  await writeFile(draft, text(after), { mode: 0o600 })
  await rename(draft, file)
  const kept = after.keys.length - 1
  process.stdout.write(
    `${file}: key ${after.keys.at(-1)?.kid} signs from the bot's next start; ${kept} older verify.\nGive workers the new public set before the bot starts with it.\n`,
  )
  return 0
}

async function list(file: string, onlyPublic: boolean): Promise<number> {
  const set = parseKeySet(await readFile(file, 'utf8'), 'private')
  if (onlyPublic) process.stdout.write(text(publicKeys(set)))
  else
    for (const [index, key] of set.keys.entries()) {
      const made = key.iat === undefined ? 'unknown' : new Date(key.iat * 1000).toISOString()
      process.stdout.write(
        `${key.kid}  made ${made}  ${index === set.keys.length - 1 ? 'signs and verifies' : 'verifies'}\n`,
      )
    }
  return 0
}

function text(set: KeySet): string {
  return `${JSON.stringify(set, null, 2)}\n`
}
