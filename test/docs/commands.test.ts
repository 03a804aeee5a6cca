import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { test } from 'node:test'
import { Ajv } from 'ajv'
import { parse } from 'yaml'
import { COMMANDS } from '../../src/commands/commands.ts'
import { orderOf } from '../../src/commands/order.ts'
import { parseSettings } from '../../src/config/settings.ts'
import { parseCommand } from '../../src/domain/request/parse.ts'
import { readLibrary } from '../../src/library.ts'
import { scratch } from '../support/here.ts'
import { blocks, read } from './blocks.ts'

const KINDS: readonly string[] = [
  ...['sh', 'sh run', 'sh jq', 'ctq', 'text', 'text layout', 'hcl'],
  ...[
    'yaml ctq.yml',
    'yaml expectations',
    'yaml manifest',
    'yaml alerts',
    'yaml runbook',
    'yaml fixtures',
    'yaml stages',
    'yaml findings',
    'yaml follow',
    'yaml playbook',
    'text lint',
  ],
  ...['json step', 'json POST faults Slack', 'json POST faults AWS', 'json POST step Slack'],
]
/** Programs that a reader has, beside ctq and npm. */
const PROGRAMS = ['cp', 'mkdir', 'docker', 'find', 'jq']

test('every block of every document is of a kind that is checked', () => {
  for (const { file, line, info } of blocks()) assert.ok(KINDS.includes(info), `${file}:${line}: ${info}`)
})

const lines = blocks().flatMap(({ file, line, info, text }) =>
  info.startsWith('sh')
    ? text
        .trimEnd()
        .split('\n')
        .map((command, at) => ({ place: `${file}:${line + at + 1}`, info, command }))
    : [],
)

/** The words of one command, as a shell would give them: nothing in the documents needs more than this. */
function words(command: string): readonly string[] {
  return (command.match(/'[^']*'|"[^"]*"|\S+/g) ?? []).map((word) => word.replace(/^(['"])(.*)\1$/s, '$2'))
}

/** A `ctq` of the documents, by whichever of its names. */
function ctqArguments(command: string): readonly string[] | undefined {
  const [program, ...rest] = words(command.replace(/ > .*$/, ''))
  if (program === 'ctq') return rest
  return program === 'node' && rest[0] === 'dist/src/main.js' ? rest.slice(1) : undefined
}

for (const { place, command } of lines)
  for (const part of command.split(' && '))
    test(`${place}: ${part} is something that can be run`, () => {
      const ctq = ctqArguments(part)
      if (ctq !== undefined)
        return assert.ok(
          COMMANDS.some(({ name }) => name === ctq[0]),
          ctq[0],
        )
      const [program = '', verb = '', script = ''] = words(part)
      if (program === 'npm') {
        const { scripts } = JSON.parse(read('package.json')) as { readonly scripts: object }
        const name = verb === 'run' ? script : verb
        return assert.ok(name === 'ci' || Object.hasOwn(scripts, name), part)
      }
      assert.ok(PROGRAMS.includes(program), program)
      for (const path of words(part).filter((word) => /^(?:deploy\/compose|ctq\.example)/.test(word)))
        assert.ok(existsSync(path), path)
    })

/** Runs the program in a folder, without any setting of ours in its environment. */
async function ctq(
  args: readonly string[],
  cwd: string,
): Promise<{ readonly code: number | null; readonly said: string }> {
  const child = spawn(process.execPath, [resolve('dist/src/main.js'), ...args], {
    cwd,
    env: { PATH: process.env['PATH'] ?? '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (said += data.toString()))
  const code = await new Promise<number | null>((done) => child.once('close', done))
  return { code, said }
}

for (const { file, line, info, text } of blocks())
  if (info === 'sh run')
    test(`${file}:${line}: the commands do what they say, one after another`, async (t) => {
      const folder = await scratch(t)
      for (const command of text.trimEnd().split('\n')) {
        const { code, said } = await ctq(ctqArguments(command) ?? [], folder)
        assert.equal(code, 0, `${command}: ${said}`)
        assert.notEqual(said, '', command)
      }
    })

test('the questions at a terminal are understood, options and all', async () => {
  const library = await readLibrary('runbooks')
  const asked = lines.filter(({ command }) => command.startsWith('ctq run '))
  assert.ok(asked.length > 3)
  for (const { place, command } of asked) {
    const order = orderOf((ctqArguments(command) ?? []).slice(1), {}, 'ctq')
    assert.ok('text' in order, `${place}: ${JSON.stringify(order)}`)
    const context = { now: new Date('2026-11-20T14:08:00Z'), timeZone: 'UTC', origin: 'terminal' } as const
    const understood = parseCommand(order.text, library, context)
    assert.ok(understood.ok, `${place}: ${JSON.stringify(understood)}`)
  }
})

test('the ctq.yml that is shown is in order', () => {
  for (const { file, line, text } of blocks().filter(({ info }) => info === 'yaml ctq.yml')) {
    const settings = parseSettings(text, 'ctq.yml')
    assert.ok(settings.ok, `${file}:${line}: ${JSON.stringify(settings)}`)
  }
})

type Section = { readonly [name: string]: unknown }

test("the manifest for HTTP is valid by Slack's schema, put over the one for Socket Mode", () => {
  const [change] = blocks(['docs/slack-app.md']).filter(({ info }) => info === 'yaml manifest')
  const own = parse(read('manifest.yml')) as { readonly [section: string]: Section }
  const put = parse(change?.text ?? '') as { readonly [section: string]: Section }
  const sections = Object.entries(put).map(([name, section]) => [name, { ...own[name], ...section }] as const)
  const manifest = { ...own, ...Object.fromEntries(sections) }
  const schema = JSON.parse(read('test/manifest/fixtures/slack-manifest.schema.2.0.0.json')) as object
  const validate = new Ajv({ strict: false, validateFormats: false }).compile(schema)
  assert.ok(validate(manifest), JSON.stringify(validate.errors))
  const subscribed = (from: { readonly [section: string]: Section }): unknown =>
    (from['settings']?.['event_subscriptions'] as Section | undefined)?.['bot_events']
  assert.deepEqual(subscribed(put), subscribed(own))
})

test("the alerts are rules as Prometheus's files have them", () => {
  const [alerts] = blocks(['docs/run-it.md']).filter(({ info }) => info === 'yaml alerts')
  const { groups } = parse(alerts?.text ?? '') as {
    readonly groups: readonly { readonly rules: readonly { readonly alert: string; readonly expr: string }[] }[]
  }
  for (const { alert, expr } of groups.flatMap(({ rules }) => rules)) {
    assert.match(alert, /^Ctq\w+$/)
    assert.equal(expr.split('(').length, expr.split(')').length, expr)
  }
})

test('the settings of Redis are those that the compose file gives Valkey', () => {
  const [settings] = blocks(['docs/run-it.md']).filter(({ info }) => info === 'text')
  const compose = parse(read('deploy/compose.yml'), { merge: true }) as {
    readonly services: { readonly valkey: { readonly command: readonly string[] } }
  }
  const given = compose.services.valkey.command.join(' ')
  for (const line of (settings?.text ?? '').trim().split('\n')) assert.ok(given.includes(`--${line}`), line)
})
