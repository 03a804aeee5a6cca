import assert from 'node:assert/strict'
import test from 'node:test'
import { takeOptions } from '../../src/commands/options.ts'
import { questionText } from '../../src/commands/questionText.ts'
import { ctq } from './rig.ts'

test('what the shell kept together stays together in the question', () => {
  const texts: readonly (readonly [readonly string[], string])[] = [
    [
      ['key-activity', 'accessKeyId=AKIAIOSFODNN7EXAMPLE', 'last', '24h'],
      'key-activity accessKeyId=AKIAIOSFODNN7EXAMPLE last 24h',
    ],
    [['key-activity AKIAIOSFODNN7EXAMPLE last 24h'], 'key-activity AKIAIOSFODNN7EXAMPLE last 24h'],
    [['x', 'principal=Jane Doe'], 'x principal="Jane Doe"'],
    [['x', '--principal', 'Jane "D" Doe'], 'x --principal "Jane \\"D\\" Doe"'],
    [['x', '--since', '2026-11-20 14:05'], 'x --since 2026-11-20 14:05'],
    [['x', 'since=2026-11-20 14:05'], 'x since="2026-11-20 14:05"'],
    [['x', 'around', '14:05 30m'], 'x around 14:05 30m'],
    [['x', ''], 'x ""'],
  ]
  for (const [args, text] of texts) assert.equal(questionText(args), text)
})

test("a command's own options are taken out, and words of the question that look alike stay", () => {
  const names = { values: ['format', 'out'], flags: ['help'] }
  assert.deepEqual(takeOptions(['a', '--format', 'csv', '--last', '24h', '--out=x=y', 'format=z', '--help'], names), {
    values: { format: 'csv', out: 'x=y' },
    flags: new Set(['help']),
    rest: ['a', '--last', '24h', 'format=z'],
  })
  assert.equal(takeOptions(['--out'], names), '--out needs a value.')
  assert.equal(takeOptions(['--out='], names), '--out needs a value.')
  assert.equal(takeOptions(['--out', 'a', '--out', 'b'], names), '--out is given twice.')
})

test('a subcommand that there is not gets the nearest that there is', async () => {
  const { code, err } = await ctq(['runn'])
  assert.deepEqual([code, err.split('\n')[0]], [2, 'ctq has no command "runn". Did you mean "ctq run"?'])
})

test('a question without its "run" is told so, to paste', async () => {
  for (const words of [
    ['AKIAIOSFODNN7EXAMPLE', 'last', '24h'],
    ['list'],
    ['find', 'stolen key'],
    ['key-activity', 'principal=Jane Doe'],
  ]) {
    const { code, out, err } = await ctq(words)
    assert.deepEqual([code, out], [2, ''])
    const [first, paste = '', ...rest] = err.split('\n')
    assert.equal(first, `ctq has no command "${words[0]}". What is asked follows "run":`)
    assert.match(paste, /^ {2}node \S+ run /)
    assert.ok(paste.endsWith(` run ${words.map((word) => (word.includes(' ') ? `'${word}'` : word)).join(' ')}`), paste)
    assert.match(rest.join('\n'), /help" lists the commands\.\n$/)
  }
})

test('a word that hides something, or is endless, is not repeated as a command', async () => {
  for (const word of ['\u001b[31mx\u202e', 'x'.repeat(3000)]) {
    const { err } = await ctq([word])
    assert.ok(err.length < 200, err)
    assert.doesNotMatch(err, /[\u001b\u202e]| run /)
  }
})

test('help tells about one command, or about a runbook', async () => {
  for (const [words, says] of [
    [['help', 'run'], /^usage: ctq run <runbook>/],
    [['help', 'diff'], /^usage: ctq last/],
    [['help', 'doctor'], /^usage: ctq doctor/],
    [['help', 'serve'], /^ {2}ctq serve +bot and worker in one process\n$/],
    [['help', 'key-activity'], /^key-activity: What did this access key do\?/],
    [['-h'], /^ctq answers questions[\s\S]* {2}ctq completion /],
  ] as const) {
    const { code, out, err } = await ctq(words)
    assert.deepEqual([code, err], [0, ''], words.join(' '))
    assert.match(out, says)
  }
})
