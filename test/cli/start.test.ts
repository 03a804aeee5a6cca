import assert from 'node:assert/strict'
import test from 'node:test'
import { shellWord } from '../../src/adapters/terminal/shell.ts'
import { packageRoot } from '../../src/commands/root.ts'
import { playgroundWords } from '../../src/commands/start.ts'
import { anAws, MAIN, program } from './rig.ts'

test('the lines for a terminal are pasted as they are, and reach every account of the incident; what is asked next too', async (t) => {
  const aws = await anAws(t)
  const { oncall, worker } = aws.organisation.users
  const words = playgroundWords({
    slack: {
      url: 'http://127.0.0.1:1',
      apiUrl: 'http://127.0.0.1:1/api/',
      botToken: 'b',
      appToken: 'a',
      signingSecret: 's',
    },
    aws: { url: aws.url, oncall, worker },
    redis: { url: 'redis://127.0.0.1:1' },
    pager: { url: 'http://127.0.0.1:1', token: 'p' },
    questions: [`/ctq ${aws.story?.leakedKey} last 24h`, '/ctq logging-tamper last 12h account=@prod'],
  })
  const [keys = '', ask = ''] = words
    .split('\n')
    .filter((line) => /^ {2}(?:export|npm run -s ctq -- run) /.test(line))
    .map((line) => line.trim())
  const npm = 'npm run -s ctq --'
  const ctq = [process.execPath, MAIN].map(shellWord).join(' ')
  const paste = (...lines: readonly string[]) =>
    program('/bin/sh', ['-c', [keys, ...lines].join('\n').replaceAll(npm, ctq)], { cwd: packageRoot() })
  const first = await paste(ask)
  assert.deepEqual([first.code, first.err], [0, ''], first.err)
  assert.match(first.out, /^key-activity · AKIA….{4} · COMPLETE up to /)
  const next = [...first.out.matchAll(/^ {2}(.+ run --config .+)$/gm)].flatMap(([, line]) => line ?? [])
  const follow = next.find((line) => / triage | key-activity /.test(line))
  assert.ok(follow, first.out)
  const followed = await paste(follow)
  assert.equal(followed.code, 0, followed.err)
  const everywhere = await paste(`${npm} run --config src/playground/ctq.yml iam-persistence last 1h account=all`)
  assert.equal(everywhere.err, '')
  assert.match(everywhere.out, / accounts /)
})
