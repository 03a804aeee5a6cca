import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { chmod, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import test from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { fileObjects } from '../../src/adapters/resultStore/file.ts'
import { shellWord } from '../../src/adapters/terminal/shell.ts'
import { COMMANDS } from '../../src/commands/commands.ts'
import { SHELLS, type Shell } from '../../src/commands/completionScripts.ts'
import { OPTIONS } from '../../src/commands/completions.ts'
import { noteAsked } from '../../src/usecases/runsHere.ts'
import { scratch } from '../support/here.ts'
import { notInstalled } from '../support/programs.ts'
import { aConfig, ctq, MAIN } from './rig.ts'

const PROMPT = 'READY> '
/** The prompt is typed in two pieces, so that what is typed is not taken for it. */
const TYPED = "'READ''Y> '"

const PROGRAM: { readonly [shell in Shell]: string } = {
  bash: 'bash --norc --noprofile -i',
  zsh: 'zsh -f -i',
  fish: 'fish --no-config -i',
}
const SETUP: { readonly [shell in Shell]: string } = {
  bash: `PS1=${TYPED}; source <(ctq completion bash)`,
  zsh: `PS1=${TYPED}; autoload -Uz compinit; compinit -D -u; source <(ctq completion zsh)`,
  fish: `function fish_prompt; echo -n ${TYPED}; end; ctq completion fish | source`,
}

/** A folder with a `ctq` that completes as ours does and otherwise prints the words that it was given. */
async function aCtq(t: test.TestContext): Promise<string> {
  const folder = await scratch(t)
  const file = join(folder, 'ctq')
  const real = [process.execPath, MAIN].map(shellWord).join(' ')
  const text = `#!/bin/sh
if [ "$1" = completion ]; then exec ${real} "$@"; fi
printf RAN
for word in "$@"; do printf '<%s>' "$word"; done
echo
`
  await writeFile(file, text)
  await chmod(file, 0o755)
  return folder
}

/** A folder with two runs. */
async function someKept(t: test.TestContext): Promise<string> {
  const folder = await scratch(t)
  for (const run of ['0a1b2c3d-0000-4000-8000-000000000001', '1f0c9a2e-0000-4000-8000-000000000002'])
    await noteAsked({ version: 1, run, echo: 'logins last 1h', askedAt: '2026-11-20T14:08:00Z' }, fileObjects(folder))
  return folder
}

/** Types into a shell on a terminal of its own, a line at a time, and gives the words that each ran `ctq` with. */
async function typed(t: test.TestContext, shell: Shell, lines: readonly string[]): Promise<readonly string[]> {
  const folder = await aCtq(t)
  const env = {
    PATH: `${folder}${delimiter}${process.env['PATH'] ?? ''}`,
    TERM: 'xterm',
    HOME: folder,
    CTQ_CONFIG: await aConfig(t),
    CTQ_KEEP: await someKept(t),
    // Only a simulated AWS takes that ctq.yml's pace; nobody calls it.
    AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
  }
  const child = spawn('script', ['-qec', PROGRAM[shell], '/dev/null'], { env, cwd: folder })
  t.after(() => child.kill())
  let heard = ''
  child.stdout.on('data', (data: Buffer) => (heard += data.toString('utf8')))
  const until = async (wanted: RegExp): Promise<string> => {
    for (let tries = 0; tries < 600; tries += 1) {
      const found = wanted.exec(heard)
      if (found !== null) {
        heard = heard.slice(found.index + found[0].length)
        return found[1] ?? ''
      }
      await delay(50)
    }
    throw new Error(`${shell} did not say ${wanted}: ${JSON.stringify(heard.slice(-500))}`)
  }
  const say = (text: string): boolean => child.stdin.write(text)
  await delay(300)
  say(`${SETUP[shell]}\n`)
  await until(new RegExp(PROMPT))
  const ran: string[] = []
  for (const line of lines) {
    say(`${line}\n`)
    ran.push(await until(/RAN((?:<[^\r\n]*>)+)\r?\n/))
    await until(new RegExp(PROMPT))
  }
  const over = new Promise((resolve) => child.once('close', resolve))
  say('exit\n')
  child.stdin.end()
  // A shell writes its history as it ends: its home may not go before.
  await Promise.race([over, delay(10_000)])
  return ran
}

/** What is typed, and what is run then. */
const TRIED: readonly (readonly [string, string])[] = [
  ['ctq run key-act\t', '<run><key-activity>'],
  ['ctq run key-activity acce\tX', '<run><key-activity><accessKeyId=X>'],
  ['ctq run logins account=prod-p\t', '<run><logins><account=prod-payments>'],
  ['ctq run logins account=@pr\t', '<run><logins><account=@prod>'],
  ['ctq run logins account=prod-payments,prod-w\t', '<run><logins><account=prod-payments,prod-web>'],
  ['ctq run logins --region eu-west-2\t', '<run><logins><--region><eu-west-2>'],
  ['ctq run logins region=us-east-1,eu-central-2\t', '<run><logins><region=us-east-1,eu-central-2>'],
  ['ctq runb\tlis\t', '<runbooks><list>'],
  ['ctq run logins --form\tjs\t', '<run><logins><--format><json>'],
  ['ctq run --config ct\t logins', '<run><--config><ctq><logins>'],
  ['ctq run logins --te\t', '<run><logins><--text>'],
  ['ctq show 0a1b\t--csv', '<show><0a1b2c3d><--csv>'],
  ['ctq diff 0a1b\t1f0\t', '<diff><0a1b2c3d><1f0c9a2e>'],
]

for (const shell of SHELLS) {
  const skip = process.platform === 'linux' ? notInstalled(shell) || notInstalled('script') : 'script(1) differs here'
  test(`a real ${shell} completes commands, options, runbooks, parameters, accounts, Regions and files`, {
    skip,
  }, async (t) => {
    const ran = await typed(
      t,
      shell,
      TRIED.map(([line]) => line),
    )
    assert.deepEqual(
      ran,
      TRIED.map(([, words]) => words),
    )
  })
}

/** The words of the question that have a form with dashes too: those of the grammar. */
const GRAMMAR = ['last', 'since', 'until', 'account', 'region']

test('the options that are completed are those that each command explains', async () => {
  for (const { name, usage } of COMMANDS)
    if (/\[options\]|^.+\|/.test(usage) && name !== 'playground') assert.ok(Object.hasOwn(OPTIONS, name), name)
  for (const [command, options] of Object.entries(OPTIONS)) {
    const { out, err } = await ctq(command === 'keys' ? [command] : [command, '--help'])
    const explained = [...`${out}${err}`.matchAll(/--([a-z-]+)/g)].map(([, name]) => name ?? '')
    const given = Object.keys(options).filter((name) => name !== 'help')
    assert.deepEqual(
      new Set(explained.filter((name) => !GRAMMAR.includes(name) && name !== 'help')),
      new Set(given),
      command,
    )
  }
})

test('a shell that is not known gets the usage, and a completion never complains', async () => {
  const wrong = await ctq(['completion', 'tcsh'])
  assert.equal(wrong.code, 2)
  assert.match(wrong.err, /^usage: ctq completion bash\|zsh\|fish/)
  const place = { env: { CTQ_CONFIG: '/nowhere', CTQ_RUNBOOKS: '/nowhere' } }
  const none = await ctq(['completion', 'candidates', '--', 'run', 'logins', 'acc'], place)
  assert.deepEqual([none.code, none.err], [0, ''])
  assert.match(none.out, /^words\naccount=\t/)
})
