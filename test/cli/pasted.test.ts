import assert from 'node:assert/strict'
import { chmod, mkdir, symlink } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import test from 'node:test'
import { type Call, calledAs, typedIn } from '../../src/commands/calledAs.ts'
import { packageRoot } from '../../src/commands/root.ts'
import { scratch } from '../support/here.ts'
import { notInstalled } from '../support/programs.ts'
import { anAws, keysOf, MAIN, program } from './rig.ts'

const ROOT = '/home/me/ctq'
const aCall = (call: Partial<Call>): Call => ({
  program: `${ROOT}/dist/src/main.js`,
  env: {},
  cwd: ROOT,
  root: ROOT,
  exists: () => false,
  ...call,
})
const NPM = { npm_lifecycle_event: 'ctq', npm_package_name: 'ctq' }

test('a command begins as it can be pasted where the person is', () => {
  const calls: readonly (readonly [Partial<Call>, string])[] = [
    [{ env: { ...NPM, INIT_CWD: ROOT } }, 'npm run -s ctq --'],
    [{ env: { ...NPM, INIT_CWD: `${ROOT}/docs` } }, 'npm run -s ctq --'],
    [{ env: { ...NPM, INIT_CWD: '/home/me' } }, `npm --prefix ${ROOT} run -s ctq --`],
    [{ env: { ...NPM, INIT_CWD: '/home/me/ctq-notes' } }, `npm --prefix ${ROOT} run -s ctq --`],
    [{ env: { npm_lifecycle_event: 'npx', npm_command: 'exec' }, program: `${ROOT}/node_modules/.bin/ctq` }, 'npx ctq'],
    [{ env: { npm_lifecycle_event: 'start', npm_package_name: 'ctq' } }, 'node dist/src/main.js'],
    [{}, 'node dist/src/main.js'],
    [{ cwd: `${ROOT}/dist/src` }, 'node ./main.js'],
    [{ cwd: '/tmp' }, `node ${ROOT}/dist/src/main.js`],
    [{ cwd: '/tmp', program: '/home/me/my ctq/main.js' }, "node '/home/me/my ctq/main.js'"],
    [
      {
        program: '/usr/local/bin/ctq',
        env: { PATH: '/usr/bin:/usr/local/bin' },
        exists: (path) => path === '/usr/local/bin/ctq',
      },
      'ctq',
    ],
    [{ program: '/opt/x/ctq', env: { PATH: '/usr/bin' } }, '/opt/x/ctq'],
    [{ program: '/opt/x/ctq', cwd: '/opt/x' }, './ctq'],
  ]
  for (const [call, words] of calls) assert.equal(calledAs(aCall(call)), words)
  assert.equal(typedIn({ env: { ...NPM, INIT_CWD: '/home/me' }, cwd: ROOT }), '/home/me')
  assert.equal(typedIn({ env: { INIT_CWD: '/home/me' }, cwd: ROOT }), ROOT)
})

/** The commands under `Ask next`. */
const commandsIn = (out: string): readonly string[] =>
  [...(/\nAsk next\n([\s\S]*?)\n\n/.exec(out)?.[1] ?? '').matchAll(/^ {2}(\S.*)$/gm)].map(([, line]) => line ?? '')

test('what is printed to ask next is pasted into a shell where the person is, and asks just that', {
  skip: notInstalled('bash') || notInstalled('npm'),
}, async (t) => {
  const aws = await anAws(t)
  const home = await scratch(t)
  const bin = join(home, 'bin')
  await mkdir(bin)
  await chmod(MAIN, 0o755)
  await symlink(MAIN, join(bin, 'ctq'))
  const env = {
    ...keysOf(aws),
    HOME: home,
    PATH: `${process.env['PATH'] ?? ''}${delimiter}${bin}`,
    npm_config_update_notifier: 'false',
  }
  const places: readonly (readonly [string, string])[] = [
    ['npm run -s ctq --', join(packageRoot(), 'docs')],
    [`npm --prefix ${packageRoot()} run -s ctq --`, home],
    ['node dist/src/main.js', packageRoot()],
    ['bin/ctq', home],
  ]
  for (const [called, cwd] of places) {
    const paste = (line: string) => program('bash', ['-c', line], { env, cwd })
    const first = await paste(`${called} run principal-writes ci-deploy last 1d --region us-east-1`)
    assert.equal(first.code, 0, first.err)
    const next = commandsIn(first.out)
    const again = next.find((line) => line.includes('principal-writes') && line.includes('region=us-east-1')) ?? ''
    const begins = called === 'bin/ctq' ? 'ctq run ' : `${called} run `
    assert.ok(again.startsWith(begins), `${called}: ${next.join('\n')}`)
    const second = await paste(again)
    assert.equal(second.code, 0, `${again}: ${second.err}`)
    assert.match(second.out, /^principal-writes · ci-deploy · COMPLETE/)
  }
})

test('quotes, spaces and signs of a question go through npm as they are', { skip: notInstalled('npm') }, async () => {
  const words = `'resource-history resource="it'\\''s \\ $(x) %y" last 1h region=mars'`
  const env = { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent', npm_config_update_notifier: 'false' }
  const named = async (line: string) => (await program('bash', ['-c', line], { env, cwd: packageRoot() })).err
  assert.equal(await named(`npm run -s ctq -- run ${words}`), await named(`node ${MAIN} run ${words}`))
})
