import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import test from 'node:test'
import fc from 'fast-check'
import { harmlessLabel, shellWord, shellWords } from '../../src/adapters/terminal/shell.ts'
import { notInstalled } from '../support/programs.ts'

/** Values that would do something in one shell or another if they were not quoted. */
const HOSTILE = [
  ...["it's", '$(touch x)', '`touch x`', 'a;b', 'a|b', 'a&b', 'a>b', '<(b)', '~', '*', '?', '[a]', '{a,b}', '!!', '#a'],
  ...[
    '=ls',
    '\\',
    "\\'",
    "a\\'; echo b #",
    "'\\''",
    '"',
    '$HOME',
    '$' + '{x}',
    '(a)',
    '%self',
    'a\\\\',
    'é 東京 😀',
    '-n',
    '',
  ],
  ...["x\\\\'; echo b", '^a^b', '&&', '\t'],
]

/** What a shell makes of words: each on a line of its own. */
function read(shell: string, words: readonly string[]): readonly string[] {
  const lines = words.map((word) => `printf '%s\\n' ${shellWord(word)}`)
  const { stdout, status, stderr } = spawnSync(shell, ['-c', lines.join('\n')], { encoding: 'utf8' })
  assert.equal(status, 0, stderr)
  return stdout.split('\n').slice(0, -1)
}

for (const shell of ['sh', 'bash', 'zsh', 'fish'])
  test(`${shell} takes every word literally`, { skip: notInstalled(shell) }, () => {
    assert.deepEqual(read(shell, HOSTILE), HOSTILE)
    const words = fc.array(
      fc.array(fc.constantFrom(...HOSTILE, ' '), { maxLength: 5 }).map((parts) => parts.join('')),
      {
        minLength: 20,
        maxLength: 60,
      },
    )
    fc.assert(
      fc.property(words, (given) => assert.deepEqual(read(shell, given), given)),
      { numRuns: 20 },
    )
  })

test('a question goes through as it is where no shell minds it, else as one word; what hides is not pasted', () => {
  assert.equal(shellWords('denied-calls last 2h account=111122223333'), 'denied-calls last 2h account=111122223333')
  assert.equal(shellWords('key-activity accessKeyId="a b"'), `'key-activity accessKeyId="a b"'`)
  assert.equal(shellWords('logins principal=~root'), "'logins principal=~root'")
  assert.equal(shellWords('logins principal=a\u202eb'), undefined)
  assert.equal(shellWords('logins principal=a\u001bb'), undefined)
})

test('a label that is pasted by mistake does nothing', () => {
  assert.equal(harmlessLabel('Follow x$(rm -rf ~);`a`'), 'Follow x__rm -rf ____a_')
  assert.equal(harmlessLabel('History of arn:aws:s3:::b/c'), 'History of arn:aws:s3:::b/c')
  assert.equal(harmlessLabel('a\nb'), 'a_nb')
})
