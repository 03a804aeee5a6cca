import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Command } from '../../src/domain/request/command.ts'
import { investigateWords } from '../../src/domain/request/investigate.ts'
import { parseCommand } from '../../src/domain/request/parse.ts'
import { LIBRARY } from '../support/askRunbooks.ts'

const CONTEXT = { now: new Date('2026-11-20T14:00:00Z'), timeZone: 'UTC' }
const read = (text: string): Command | string => {
  const command = parseCommand(text, LIBRARY, CONTEXT)
  return command.ok ? command.value : command.error.code
}
const NONE = { people: [], accounts: [], runbooks: [] }

const READ: readonly (readonly [text: string, command: Command])[] = [
  ['investigate INC-42 for 4h', { kind: 'investigate', name: 'INC-42', seconds: 14_400, ...NONE }],
  [
    'investigate "the leak" for 90 minutes with <@U0BOB0001|bob>, <@U0CAROL01> and @U0DAVE001 tier elevated reason="who used it?"',
    {
      kind: 'investigate',
      name: 'the leak',
      seconds: 5400,
      ...NONE,
      people: ['U0BOB0001', 'U0CAROL01', 'U0DAVE001'],
      tier: 'elevated',
      reason: 'who used it?',
    },
  ],
  [
    'Investigate INC-42 account=prod,@web region=eu-west-1 runbook=iam-persistence window=30d for 1h',
    {
      kind: 'investigate',
      name: 'INC-42',
      seconds: 3600,
      people: [],
      accounts: [
        { kind: 'name', name: 'prod' },
        { kind: 'group', name: 'web' },
      ],
      runbooks: ['iam-persistence'],
      window: 30 * 86_400,
      regions: ['eu-west-1'],
    },
  ],
  ['grants', { kind: 'grants' }],
  ['grants 9c7a2b1d', { kind: 'grants', id: '9c7a2b1d' }],
  ['revoke 9c7a2b1d', { kind: 'revoke', id: '9c7a2b1d', ...NONE }],
  [
    'revoke 9c7a2b1d <@U0BOB0001|bob> tier elevated',
    { kind: 'revoke', id: '9c7a2b1d', ...NONE, people: ['U0BOB0001'], tier: 'elevated' },
  ],
]
for (const [text, command] of READ) test(`${text} is understood`, () => assert.deepEqual(read(text), command))

const REFUSED: readonly (readonly [text: string, code: string])[] = [
  ['investigate', 'missing_word'],
  ['investigate INC-42', 'missing_word'],
  ['investigate INC-42 for', 'missing_word'],
  ['investigate INC-42 for ever', 'missing_word'],
  ['investigate for 4h', 'unexpected_word'],
  ['investigate INC-42 for 4h with @bob', 'unknown_person'],
  ['investigate INC-42 for 4h tier sensitive', 'missing_word'],
  ['investigate INC-42 for 4h runbook=nothing-such', 'unknown_runbook'],
  ['investigate INC-42 for 4h window=big', 'bad_window'],
  ['investigate INC-42 for 4h colour=red', 'unexpected_word'],
  ['investigate INC-42 for 4h please', 'unexpected_word'],
  ['revoke', 'missing_word'],
  ['revoke everything', 'unknown_grant'],
  ['revoke 9c7a2b1d for 4h', 'unexpected_word'],
  ['grants 9c7a2b1d more', 'unexpected_word'],
]
for (const [text, code] of REFUSED) test(`${text} is refused: ${code}`, () => assert.equal(read(text), code))

test('what is asked for is repeated as it can be typed again', () => {
  const typed =
    'investigate "the \\"leak\\"" for 90m with <@U0BOB0001> tier duty account=prod,@web region=all window=7d reason="why, then"'
  const once = read(typed)
  assert.ok(typeof once === 'object' && once.kind === 'investigate', JSON.stringify(once))
  assert.deepEqual(read(investigateWords(once)), once)
})
