import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { correctionsOf } from '../../src/domain/request/corrections.ts'
import { parseCommand } from '../../src/domain/request/parse.ts'
import { readLibrary } from '../../src/library.ts'
import { INVENTORY, NOW } from '../support/askFacts.ts'

const LIBRARY = await readLibrary('runbooks')
const CONTEXT = { now: NOW, timeZone: 'Europe/Berlin', inventory: INVENTORY }
const KEY = 'AKIAIOSFODNN7EXAMPLE'
const meant = (text: string) => correctionsOf(text, LIBRARY, CONTEXT)

const MEANT: readonly (readonly [string, string])[] = [
  [`key-activty ${KEY} last 3h account=prod-web`, `key-activity ${KEY} last 3h account=prod-web`],
  [`denied-calls principl=alice last 2h`, 'denied-calls principal=alice last 2h'],
  [`denied-clls principl=alice reason="a b"`, 'denied-calls principal=alice reason="a b"'],
  ['break-glass denied-clls last 2h reason="why not"', 'break-glass denied-calls last 2h reason="why not"'],
  ['denied-calls acount=prod-web', 'denied-calls account=prod-web'],
  ['stauts', 'status'],
  ['help key-activty', 'help key-activity'],
  ['key-activty last 3h', 'key-activity last 3h'],
]

for (const [typed, wanted] of MEANT)
  test(`"${typed}" offers "${wanted}" first`, () => {
    assert.equal(meant(typed)[0], wanted)
  })

test('at most three are offered, each once', () => {
  const found = meant('cals DeleteTrail last 7d')
  assert.ok(found.length >= 1 && found.length <= 3, found.join(' | '))
  assert.equal(new Set(found).size, found.length)
})

test('a word that may be a name is offered as one, with what was typed behind it', () => {
  assert.ok(meant('kee last 2h').includes('user=kee last 2h'))
})

test('nothing that stops, decides or keeps anything is offered, nor is what is no slip of a name', () => {
  for (const typed of [
    'cancle 1f0c9a2e',
    'aprove 1f0c9a2e',
    'relase 1f0c9a2e',
    'key-activity AKIA',
    'key-activity "',
    '',
  ])
    assert.deepEqual(meant(typed), [], typed)
})

test('a secret in what was typed is not kept in what is offered', () => {
  const [first] = meant('denied-clls reason="aws_secret_access_key=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"')
  assert.match(first ?? '', /^denied-calls reason=/)
  assert.ok(!first?.includes('bPxRfiCY'))
})

test('whatever is typed, what is offered is understood or lacks only a value', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.constantFrom(
          'key',
          'kye',
          'last',
          '2h',
          'principl=alice',
          KEY,
          '"x',
          'help',
          'run',
          'acount=all',
          '<@U1|x>',
          'zzz',
        ),
        { maxLength: 5 },
      ),
      (words) => {
        for (const offered of meant(words.join(' '))) {
          const command = parseCommand(offered, LIBRARY, { ...CONTEXT, origin: 'terminal' })
          assert.ok(command.ok || command.error.code === 'missing_parameter', offered)
        }
      },
    ),
    { numRuns: 300 },
  )
})
