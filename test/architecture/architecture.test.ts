import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { test } from 'node:test'
import { importsOf, type SourceFile } from './imports.ts'
import { RULES } from './rules.ts'

async function sources(): Promise<readonly SourceFile[]> {
  const names = await readdir('src', { recursive: true })
  const code = names.filter((name) => /\.[jt]s$/.test(name)).map((name) => join('src', name))
  return await Promise.all(
    code.map(async (name) => ({ path: name.split(sep).join('/'), text: await readFile(name, 'utf8') })),
  )
}

for (const { says, faults } of Object.values(RULES))
  test(`in src, ${says}`, async () => {
    const files = await sources()
    assert.ok(files.length > 200, `only ${files.length} files were found`)
    assert.deepEqual(files.flatMap(faults), [])
  })

test('every file that imports anything is read so that its imports are found', async () => {
  for (const file of await sources()) {
    const words = file.text.match(/^import /gm)?.length ?? 0
    assert.ok(importsOf(file).length >= words, `${file.path}: ${words} import statements, fewer were read`)
  }
})

type Planted = {
  readonly rule: keyof typeof RULES
  readonly path: string
  readonly text: string
  /** What is found, without the path; absent: nothing is. */
  readonly found?: string
}

const PLANTED: readonly Planted[] = [
  { rule: 'domain', path: 'src/domain/query/x.ts', text: "import { z } from 'zod'\nimport { a } from '../a.ts'\n" },
  { rule: 'domain', path: 'src/domain/x.ts', text: "import { createHash } from 'node:crypto'\n" },
  {
    rule: 'domain',
    path: 'src/domain/x.ts',
    text: "import { createHash, randomUUID } from 'node:crypto'\n",
    found: 'imports node:crypto',
  },
  {
    rule: 'domain',
    path: 'src/domain/x.ts',
    text: "import { readFile } from 'node:fs/promises'",
    found: 'imports node:fs/promises',
  },
  {
    rule: 'domain',
    path: 'src/domain/x.ts',
    text: "import {\n  a,\n  b,\n} from '../usecases/y.ts'",
    found: 'imports src/usecases/y.ts',
  },
  { rule: 'domain', path: 'src/domain/x.ts', text: "import type { Redis } from 'ioredis'", found: 'imports ioredis' },
  {
    rule: 'domain',
    path: 'src/domain/x.ts',
    text: "export * from '../adapters/jose/keys.ts'",
    found: 'imports src/adapters/jose/keys.ts',
  },
  { rule: 'domain', path: 'src/domain/x.ts', text: "import 'node:fs'", found: 'imports node:fs' },
  { rule: 'domain', path: 'src/domain/x.ts', text: "const fs = await import('node:fs')", found: 'imports node:fs' },
  { rule: 'domain', path: 'src/domain/x.ts', text: 'const any = await import(name)', found: 'imports ?' },
  { rule: 'domain', path: 'src/domain/x.ts', text: "// import { a } from 'pino'\n/*\nimport 'pino'\n*/" },
  {
    rule: 'adapters',
    path: 'src/adapters/aws/x.ts',
    text: "import { S } from '@aws-sdk/client-sts'\nimport 'node:http'",
  },
  {
    rule: 'adapters',
    path: 'src/adapters/aws/x.ts',
    text: "import { a } from '../slack/y.ts'",
    found: 'imports src/adapters/slack/y.ts',
  },
  {
    rule: 'adapters',
    path: 'src/adapters/aws/x.ts',
    text: "import type { A } from '../../usecases/y.ts'",
    found: 'imports src/usecases/y.ts',
  },
  {
    rule: 'adapters',
    path: 'src/adapters/aws/x.ts',
    text: "import { A } from '../../config.ts'",
    found: 'imports src/config.ts',
  },
  {
    rule: 'adapters',
    path: 'src/adapters/slack/x.ts',
    text: "import { Redis } from 'ioredis'",
    found: 'imports ioredis',
  },
  { rule: 'adapters', path: 'src/adapters/pagers/x.ts', text: "import { p } from 'pagers'", found: 'imports pagers' },
  {
    rule: 'usecases',
    path: 'src/usecases/x.ts',
    text: "import { a } from './y.ts'\nimport { b } from '../domain/b.ts'",
  },
  {
    rule: 'usecases',
    path: 'src/usecases/x.ts',
    text: "import { a } from '../adapters/aws/y.ts'",
    found: 'imports src/adapters/aws/y.ts',
  },
  { rule: 'usecases', path: 'src/usecases/x.ts', text: "import type { Job } from 'bullmq'", found: 'imports bullmq' },
  {
    rule: 'usecases',
    path: 'src/usecases/x.ts',
    text: "import { createHash } from 'node:crypto'",
    found: 'imports node:crypto',
  },
  { rule: 'processes', path: 'src/commands/x.ts', text: "import { startBot } from '../bot.ts'" },
  { rule: 'processes', path: 'src/bot/x.ts', text: "import { a } from './y.ts'" },
  {
    rule: 'processes',
    path: 'src/worker.ts',
    text: "import { a } from './bot/y.ts'",
    found: 'imports src/bot/y.ts',
  },
  {
    rule: 'processes',
    path: 'src/bot.ts',
    text: "import type { Host } from './worker.ts'",
    found: 'imports src/worker.ts',
  },
  {
    rule: 'processes',
    path: 'src/tokens.ts',
    text: "import { startBot } from './bot.ts'",
    found: 'imports src/bot.ts',
  },
  {
    rule: 'processes',
    path: 'src/commands/x.ts',
    text: "import { main } from '../main.ts'",
    found: 'imports src/main.ts',
  },
  {
    rule: 'processes',
    path: 'src/worker.ts',
    text: "import { x } from './commands/x.ts'",
    found: 'imports src/commands/x.ts',
  },
  { rule: 'playground', path: 'src/commands/x.ts', text: "import { p } from '../playground/p.ts'" },
  {
    rule: 'playground',
    path: 'src/playground/aws/x.ts',
    text: "import { b } from '../../domain/b.ts'",
    found: 'imports src/domain/b.ts',
  },
  { rule: 'playground', path: 'src/playground/aws/x.ts', text: "import { W } from 'ws'", found: 'imports ws' },
  {
    rule: 'playground',
    path: 'src/bot.ts',
    text: "import { p } from './playground/p.ts'",
    found: 'imports src/playground/p.ts',
  },
  {
    rule: 'playground',
    path: 'src/domain/x.ts',
    text: "import { p } from '../playground/p.ts'",
    found: 'imports src/playground/p.ts',
  },
  { rule: 'config', path: 'src/config/x.ts', text: "import { readFileSync } from 'node:fs'", found: 'imports node:fs' },
  {
    rule: 'config',
    path: 'src/config.ts',
    text: "import { a } from './adapters/jose/keys.ts'",
    found: 'imports src/adapters/jose/keys.ts',
  },
  {
    rule: 'wiring',
    path: 'src/tokens.ts',
    text: "import { type A, type B } from 'jose'\nimport type { C } from 'pino'",
  },
  { rule: 'wiring', path: 'src/tokens.ts', text: "import { type A, jwtVerify } from 'jose'", found: 'imports jose' },
  {
    rule: 'wiring',
    path: 'src/commands/x.ts',
    text: "import { STSClient } from '@aws-sdk/client-sts'",
    found: 'imports @aws-sdk/client-sts',
  },
  { rule: 'size', path: 'src/x.ts', text: 'x\n'.repeat(400) },
  { rule: 'size', path: 'src/x.ts', text: 'x\n'.repeat(401), found: 'has 401 lines' },
  { rule: 'exportsByName', path: 'src/x.ts', text: 'export default function x() {}', found: 'has a default export' },
  { rule: 'exportsByName', path: 'src/x.ts', text: 'export { x as default }', found: 'has a default export' },
  { rule: 'noModuleState', path: 'src/x.ts', text: 'const a = 1\nlet b = 2\n', found: 'has a variable of its own' },
  { rule: 'noModuleState', path: 'src/x.ts', text: 'function a() {\n  let b = 2\n}\n' },
  { rule: 'environment', path: 'src/commands/x.ts', text: 'process.env' },
  {
    rule: 'environment',
    path: 'src/adapters/aws/x.ts',
    text: "const a = process.env['A']",
    found: 'reads process.env',
  },
  { rule: 'environment', path: 'src/bot.ts', text: 'const { A } = process.env', found: 'reads process.env' },
  { rule: 'pure', path: 'src/domain/x.ts', text: 'new Date(0)\nnew Date(time)\n// Date.now()\n' },
  ...[
    'Date.now()',
    'Math.random()',
    'new Date()',
    'DateTime.now()',
    'DateTime.utc()',
    'setTimeout(f, 1)',
    'fetch(url)',
  ].map(
    (text): Planted => ({
      rule: 'pure',
      path: 'src/domain/x.ts',
      text: `const a = ${text}`,
      found: 'takes something from its surroundings',
    }),
  ),
  { rule: 'pure', path: 'src/usecases/x.ts', text: 'Date.now()', found: 'takes something from its surroundings' },
]

for (const { rule, path, text, found } of PLANTED)
  test(`the rule on ${rule} ${found === undefined ? 'lets pass' : 'finds'} ${JSON.stringify(text.slice(0, 80))} in ${path}`, () => {
    assert.deepEqual(RULES[rule].faults({ path, text }), found === undefined ? [] : [`${path} ${found}`])
  })

test('only files that hold nothing but types are left out of coverage', async () => {
  const { exclude, include } = JSON.parse(await readFile('.c8rc.json', 'utf8')) as {
    readonly exclude: readonly string[]
    readonly include: readonly string[]
  }
  assert.deepEqual(include, ['src/domain/**', 'src/usecases/**'])
  const files = (await sources()).filter(({ path }) => /^src\/(domain|usecases)\//.test(path))
  const typesAlone = files.filter(({ text }) => !/^\s*(export )?(async )?(const|let|function|class)\b/m.test(text))
  assert.deepEqual(exclude, typesAlone.map(({ path }) => path).toSorted())
})
