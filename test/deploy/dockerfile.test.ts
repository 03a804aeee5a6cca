import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { COMMANDS } from '../../src/commands/commands.ts'

type Instruction = { readonly word: string; readonly rest: string }

/** The instructions of the Dockerfile, continued lines joined, comments left out. */
function instructions(): readonly Instruction[] {
  const text = readFileSync('Dockerfile', 'utf8').replace(/^\s*#.*\n/gm, '')
  return text
    .replace(/\\\n\s*/g, '')
    .split('\n')
    .flatMap((line) => {
      const [, word, rest] = /^([A-Z]+) (.+)$/.exec(line) ?? []
      return word === undefined || rest === undefined ? [] : [{ word, rest }]
    })
}

const all = (word: string): readonly string[] => instructions().flatMap((one) => (one.word === word ? [one.rest] : []))
const json = (text: string | undefined): readonly string[] => JSON.parse(text ?? '[]') as readonly string[]

/** What is copied out of the project, not out of another stage. */
function copied(): readonly string[] {
  return all('COPY')
    .filter((rest) => !rest.startsWith('--from='))
    .flatMap((rest) => rest.split(' ').slice(0, -1))
}

test('everything the image copies exists and is let through by .dockerignore', () => {
  const allowed = readFileSync('.dockerignore', 'utf8').split('\n')
  assert.equal(
    allowed.find((line) => line !== '' && !line.startsWith('#')),
    '*',
  )
  assert.ok(copied().length > 4)
  for (const source of copied()) {
    assert.ok(existsSync(source), `${source} is copied and does not exist`)
    assert.ok(allowed.includes(`!${source}`), `${source} is copied and ignored`)
  }
})

test('nothing else is let through', () => {
  const allowed = readFileSync('.dockerignore', 'utf8').matchAll(/^!(.+)$/gm)
  assert.deepEqual([...allowed].map(([, name = '']) => name).toSorted(), [...new Set(copied())].toSorted())
})

test('the image starts the program that package.json names, with a subcommand that exists', () => {
  const { bin } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly bin: { readonly ctq: string } }
  assert.equal(json(all('ENTRYPOINT').at(-1)).at(-1), bin.ctq)
  const [command] = json(all('CMD').at(-1))
  assert.ok(
    COMMANDS.some(({ name }) => name === command),
    command,
  )
})

test('it runs as somebody who is not root, in every stage from one base', () => {
  assert.equal(all('USER').at(-1), 'node')
  assert.ok(all('FROM').every((rest) => /^\$\{NODE_IMAGE\}( AS |$)/.test(rest)))
  assert.match(all('ARG').join(), /^NODE_IMAGE=node:24-slim$/)
})

test('development packages stay out, and no install script of a package is run', () => {
  const installs = all('RUN').filter((rest) => rest.startsWith('npm '))
  assert.ok(installs.every((rest) => rest.startsWith('npm ci ') && rest.includes('--ignore-scripts')))
  const [, last] = readFileSync('Dockerfile', 'utf8').split('AS dependencies')
  assert.match(last ?? '', /npm ci --omit=dev/)
})

/** Runs the image's health check against a port. */
async function health(port: number): Promise<number | null> {
  const [program = '', ...args] = json(/CMD (\[.+\])$/.exec(all('HEALTHCHECK').at(-1) ?? '')?.[1])
  assert.equal(program, 'node')
  const child = spawn(process.execPath, args, { env: { PORT: String(port) } })
  const [code] = (await once(child, 'exit')) as [number | null]
  return code
}

async function answering(t: TestContext, status: number): Promise<number> {
  const server = createServer((request, response) =>
    response.writeHead(request.url === '/healthz' ? status : 404).end(),
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  return (server.address() as AddressInfo).port
}

test('its health check takes 200 of /healthz for alive, and neither 503 nor silence', async (t) => {
  assert.equal(await health(await answering(t, 200)), 0)
  assert.equal(await health(await answering(t, 503)), 1)
  assert.equal(await health(1), 1)
})
