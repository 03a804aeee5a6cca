import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Command } from '../../src/domain/request/command.ts'
import { echo, withoutGlass } from '../../src/domain/request/echo.ts'
import { parseCommand } from '../../src/domain/request/parse.ts'
import { LIBRARY } from '../support/askRunbooks.ts'
import { SHIPPED } from '../support/stories.ts'

const CONTEXT = { now: new Date('2026-11-20T14:00:00Z'), timeZone: 'UTC' }
const read = (text: string): Command | string => {
  const command = parseCommand(text, LIBRARY, CONTEXT)
  return command.ok ? command.value : command.error.code
}
const RUN = '1f0c9a2e'

test('what stands behind break-glass is an ordinary question, which does not wait', () => {
  const plain = read('iam-persistence last 30d account=prod reason="nobody answers"')
  for (const typed of ['break-glass', 'Break-Glass', '--break-glass', 'run break-glass']) {
    const broken = read(`${typed} iam-persistence last 30d account=prod reason="nobody answers"`)
    assert.ok(typeof plain === 'object' && plain.kind === 'run' && typeof broken === 'object' && broken.kind === 'run')
    assert.deepEqual(broken.request, { ...plain.request, breakGlass: true })
  }
})

test('a value alone is asked so too', () => {
  const typed = 'break-glass AKIAIOSFODNN7EXAMPLE reason="nobody answers"'
  const broken = parseCommand(typed, SHIPPED, CONTEXT)
  assert.ok(broken.ok && broken.value.kind === 'run')
  assert.deepEqual([broken.value.request.runbook, broken.value.request.breakGlass], ['key-activity', true])
})

test('it is echoed as it is typed, and once taken off it is gone', () => {
  const broken = read('break-glass iam-persistence last 30d reason="nobody answers"')
  assert.ok(typeof broken === 'object' && broken.kind === 'run')
  assert.match(echo(broken.request), /^break-glass iam-persistence last 30d/)
  assert.deepEqual(read(echo(broken.request)), broken)
  assert.match(echo(withoutGlass(broken.request)), /^iam-persistence last 30d/)
})

const WRONG: readonly (readonly [text: string, code: string])[] = [
  ['break-glass', 'missing_word'],
  ['break-glass list', 'missing_word'],
  ['break-glass approve 1f0c9a2e', 'missing_word'],
  ['break-glass break-glass', 'missing_word'],
  ['break-glass key-activity last 3h', 'missing_parameter'],
  ['review', 'missing_word'],
  ['review 1f0c9a2e', 'missing_word'],
  ['review 1f0c9a2e fine', 'missing_word'],
  ['review xyz justified why', 'unknown_review'],
]
for (const [text, code] of WRONG) test(`${text} is told as ${code}`, () => assert.equal(read(text), code))

const REVIEWS: readonly (readonly [text: string, command: Command])[] = [
  [
    'review 1f0c9a2e justified nobody was awake',
    { kind: 'review', run: RUN, verdict: 'justified', note: 'nobody was awake' },
  ],
  [
    'review #1F0C9A2E not-justified "ask first"',
    { kind: 'review', run: RUN, verdict: 'not_justified', note: 'ask first' },
  ],
  [
    'review 1f0c9a2e unjustified note="ask first"',
    { kind: 'review', run: RUN, verdict: 'not_justified', note: 'ask first' },
  ],
  ['review 1f0c9a2e justified', { kind: 'review', run: RUN, verdict: 'justified', note: '' }],
]
for (const [text, command] of REVIEWS) test(`${text} is understood`, () => assert.deepEqual(read(text), command))

test('a note is signed, so it is no longer than that', () => {
  const command = read(`review 1f0c9a2e justified ${'why '.repeat(400)}`)
  assert.equal(typeof command === 'object' && command.kind === 'review' && command.note.length, 500)
})
