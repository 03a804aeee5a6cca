import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { COMMANDS } from '../../src/commands/commands.ts'
import { completionsFor, type Known } from '../../src/commands/completions.ts'
import { parseCommand } from '../../src/domain/request/parse.ts'
import { INVENTORY, NOW } from '../support/askFacts.ts'
import { SHIPPED } from '../support/stories.ts'

const KNOWN: Known = { commands: COMMANDS, library: SHIPPED, inventory: INVENTORY }

/** The words that may stand at the end of a line. */
function after(line: string, known = KNOWN): readonly string[] {
  const found = completionsFor(line.split(' ').slice(1), known)
  return found.kind === 'words' ? found.candidates.map(({ word }) => word) : [`(${found.kind})`]
}

test('every command is there, with what it does', () => {
  assert.deepEqual(after('ctq '), [...COMMANDS.map(({ name }) => name), 'help', '--version'])
  assert.deepEqual(after('ctq do'), ['doctor'])
  assert.deepEqual(after('ctq doctor '), ['bot', 'worker', 'serve'])
  assert.deepEqual(after('ctq completion '), ['bash', 'zsh', 'fish'])
  assert.deepEqual(after('ctq nothing '), [])
})

test('a question begins with a runbook, by its name or an alias', () => {
  const words = after('ctq run ')
  for (const { name, aliases } of SHIPPED.all)
    for (const word of [name, ...aliases]) assert.ok(words.includes(word), word)
  assert.ok(words.includes('list'))
  assert.deepEqual(after('ctq run help key-activ'), ['key-activity'])
  assert.deepEqual(after('ctq runbooks show key-activ'), ['key-activity'])
})

test('then come the parameters that are not given yet, where and when', () => {
  assert.ok(after('ctq run denied-calls ').includes('principal='))
  assert.ok(!after('ctq run denied-calls principal=alice ').includes('principal='))
  assert.ok(!after('ctq run denied-calls --principal alice ').includes('principal='))
  assert.deepEqual(after('ctq run key-activity acc'), ['accessKeyId=', 'account='])
  assert.deepEqual(after('ctq run key-activity --acc'), ['--accessKeyId', '--account'])
  assert.deepEqual(after('ctq run key-activity --form'), ['--format'])
  assert.deepEqual(after('ctq run key-activity --format n'), ['ndjson'])
  // Behind a value the runbook may follow: `203.0.113.9 denied-calls`.
  assert.deepEqual(after('ctq run 203.0.113.9 acco'), ['account=', 'account-changes', 'account-writes'])
})

test('accounts are completed by name, group and unit, several in one word; by id where digits are typed', () => {
  const [first] = INVENTORY.accounts
  assert.ok(first)
  for (const begun of ['account=', '--account ', 'accounts=', '--account=']) {
    const words = after(`ctq run denied-calls ${begun}`)
    const wanted = begun.endsWith(' ') ? first.name : `${begun}${first.name}`
    assert.ok(words.includes(wanted), `${begun}: ${words}`)
  }
  const more = after(`ctq run denied-calls account=${first.name},`)
  assert.ok(more.length > 0 && !more.includes(`account=${first.name},${first.name}`))
  assert.deepEqual(after(`ctq run denied-calls account=${first.id.slice(0, 11)}`), [`account=${first.id}`])
})

test('a name that needs quotes is given as its id, and one that hides something not at all', () => {
  const [first] = INVENTORY.accounts
  assert.ok(first)
  const accounts = [
    { ...first, id: '100000000001', name: 'my prod', groups: ['a"b', 'x\u202ey'], unit: '' },
    { ...first, id: '100000000002', name: 'a\u001bb', groups: [], unit: '' },
  ]
  const known = { ...KNOWN, inventory: { ...INVENTORY, accounts } }
  assert.deepEqual(after('ctq run denied-calls account=', known), ['account=100000000001', 'account=all'])
})

test('Regions, lengths of time up to what the runbook takes, files and folders', () => {
  assert.deepEqual(
    after('ctq run denied-calls region=eu-west-'),
    ['eu-west-1', 'eu-west-2', 'eu-west-3'].map((name) => `region=${name}`),
  )
  assert.deepEqual(after('ctq run denied-calls --region glo'), ['global'])
  const longest = SHIPPED.find('denied-calls')?.window.max ?? 0
  assert.equal(after('ctq run denied-calls last ').includes('90d'), longest >= 90 * 86_400)
  assert.ok(after('ctq run key-activity last=').includes('last=24h'))
  assert.deepEqual(after('ctq run denied-calls --out '), ['(files)'])
  assert.deepEqual(after('ctq run denied-calls --keep '), ['(folders)'])
  assert.deepEqual(after('ctq runbooks lint '), ['(files)'])
})

test('what is completed is understood', () => {
  for (const { name, parameters } of SHIPPED.all)
    for (const line of [`ctq run ${name} `, `ctq run ${name} account=`, `ctq run ${name} region=`])
      for (const word of after(line)) {
        const example = parameters[word.replace(/=$/, '')]?.example
        if (word.endsWith('=') && example === undefined) continue
        const asked = { now: NOW, timeZone: 'UTC', origin: 'terminal', inventory: INVENTORY } as const
        const required = Object.entries(parameters).filter(
          ([one, { optional }]) => !optional && !word.startsWith(`${one}=`),
        )
        const given = required.map(([one, { example: value }]) => `${one}="${value}"`).join(' ')
        if (['last', 'since', 'until', 'around', 'before'].includes(word)) continue
        const parsed = parseCommand(
          `${name} ${given} ${word}${example === undefined ? '' : `"${example}"`}`,
          SHIPPED,
          asked,
        )
        assert.ok(parsed.ok, `${name} ${word}: ${JSON.stringify(parsed)}`)
      }
})

test('no words make it fail, and it never gives a word with anything hidden in it', () => {
  const word = fc.oneof(
    fc.constantFrom(
      'run',
      'runbooks',
      'key-activity',
      'account=',
      'region=eu,',
      '--',
      '--format',
      'last',
      '__proto__',
      '=',
      'toString',
    ),
    fc.string({ unit: 'binary', maxLength: 20 }),
  )
  fc.assert(
    fc.property(fc.array(word, { maxLength: 6 }), (words) => {
      const found = completionsFor(words, KNOWN)
      if (found.kind === 'words')
        for (const one of found.candidates) assert.doesNotMatch(`${one.word}${one.about}`, /[\p{Cc}\p{Cf}\p{Cs}]/u)
    }),
    { numRuns: 500 },
  )
})
