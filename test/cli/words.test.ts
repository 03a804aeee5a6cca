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
