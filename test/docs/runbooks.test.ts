import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { parsePlaybook } from '../../src/domain/playbook/parsePlaybook.ts'
import { bindMembers } from '../../src/domain/playbook/playbook.ts'
import { rawPlaybook } from '../../src/domain/playbook/playbookSchema.ts'
import { readingsFor } from '../../src/domain/playbook/readings.ts'
import { parseCommand } from '../../src/domain/request/parse.ts'
import { shapesOf } from '../../src/domain/request/shape.ts'
import { COMPUTED_COLUMNS } from '../../src/domain/runbook/columns.ts'
import { parseFixtures } from '../../src/domain/runbook/fixtures.ts'
import { libraryOf } from '../../src/domain/runbook/library.ts'
import { lintRunbook } from '../../src/domain/runbook/lint.ts'
import { ALLOWED_WARNINGS } from '../../src/domain/runbook/lintRule.ts'
import { parseRunbook } from '../../src/domain/runbook/parse.ts'
import { PARAMETER_TYPES, SHAPES } from '../../src/domain/runbook/runbook.ts'
import { runFixtures } from '../../src/domain/runbook/runFixtures.ts'
import { CLAUSE_FORMS, OPERATOR_NAMES, rawRunbook } from '../../src/domain/runbook/schema.ts'
import { STAGE_KINDS } from '../../src/domain/runbook/stages.ts'
import { readLibrary } from '../../src/library.ts'
import { blocks, table } from './blocks.ts'

const GUIDE = 'docs/write-a-runbook.md'
const only = (info: string): string => {
  const [block, ...more] = blocks([GUIDE]).filter((one) => one.info === info)
  assert.ok(block !== undefined && more.length === 0, `${GUIDE} has one block of ${info}`)
  return block.text
}
const NAME = 'secret-values'

const example = parseRunbook(only('yaml runbook'), `${NAME}.yaml`)
const fixtures = parseFixtures(only('yaml fixtures'), `${NAME}.fixtures.yaml`)

test("the guide's runbook and its fixtures are in order", () => {
  assert.deepEqual(example.problems, [])
  assert.deepEqual(fixtures.problems, [])
  assert.ok(example.runbook)
  assert.deepEqual(lintRunbook(example.runbook, fixtures.fixtures), [])
})

test("the guide's runbook fits beside those that ship, and its question is understood", async () => {
  const shipped = await readLibrary('runbooks')
  assert.ok(example.runbook)
  const library = libraryOf([...shipped.all, example.runbook])
  assert.ok(library.ok, JSON.stringify(library))
  const asked = only('text').trim().replace('/ctq ', '')
  const command = parseCommand(asked, library.value, { now: new Date('2026-11-20T14:08:00Z'), timeZone: 'UTC' })
  assert.ok(command.ok && command.value.kind === 'run')
  assert.deepEqual(command.value.request.parameters, { secretId: 'prod/db' })
})

test("the guide's stages fit the guide's runbook, one of each kind", () => {
  const { runbook, problems } = parseRunbook(`${only('yaml runbook')}${only('yaml stages')}`, `${NAME}.yaml`)
  assert.deepEqual(problems, [])
  const kinds = runbook?.stages.map(({ kind }) => kind) ?? []
  assert.deepEqual([...kinds, 'follow'].toSorted(), [...STAGE_KINDS].toSorted())
})

test("the guide's tree of credentials finds a key that came out of another", () => {
  const text = readFileSync('runbooks/key-activity.yaml', 'utf8')
  const { runbook, problems } = parseRunbook(`${text}${only('yaml follow')}`, 'key-activity.yaml')
  assert.deepEqual(problems, [])
  const told = parseFixtures(
    `${readFileSync('runbooks/key-activity.fixtures.yaml', 'utf8')}
organisation: ["111122223333", "444455556666"]
findings:
  - name: a role in another account
    records:
      - { like: takes a role in another account }
      - { like: lists the buckets, after: 2h, set: { userIdentity.accessKeyId: ASIAIOSFODNN7EXAMPLE } }
    find:
      - { stage: chain, says: "(OrganizationAccountAccessRole/deploy in 444455556666) by AssumeRole 02:14Z: 1 call, from" }
`,
    'key-activity.fixtures.yaml',
  )
  assert.deepEqual(told.problems, [])
  assert.ok(runbook && told.fixtures)
  assert.deepEqual(runFixtures(runbook, told.fixtures), [])
})

test("what the guide's stages find is what its fixtures say, and is not found in others", () => {
  const { runbook } = parseRunbook(`${only('yaml runbook')}${only('yaml stages')}`, `${NAME}.yaml`)
  const told = parseFixtures(`${only('yaml fixtures')}${only('yaml findings')}`, `${NAME}.fixtures.yaml`)
  assert.deepEqual(told.problems, [])
  assert.ok(runbook && told.fixtures)
  assert.deepEqual(runFixtures(runbook, told.fixtures), [])
  const changed = told.fixtures.stories.map((story) => ({ ...story, find: [{ stage: 'busiest', says: 'never' }] }))
  const faults = runFixtures(runbook, { ...told.fixtures, stories: changed }).map(({ message }) => message)
  for (const { name } of changed) assert.ok(faults.includes(`${name}: busiest must find: never`), name)
})

test("the guide's playbook is in order with the runbooks that ship, reads each thing once, and its keys are explained", async () => {
  const shipped = await readLibrary('runbooks')
  const known = { find: shipped.find, names: shipped.all.map(({ name }) => name) }
  const { playbook, problems } = parsePlaybook(only('yaml playbook'), 'first-look.yaml', known)
  assert.deepEqual(problems, [])
  assert.ok(playbook)
  const explained = table(GUIDE, 'in a playbook').flatMap(([first = '']) => first.replaceAll('`', '').split(', '))
  assert.deepEqual(explained.toSorted(), Object.keys(rawPlaybook.shape).toSorted())
  const read = (parameters: { readonly accessKeyId?: string }): readonly string[] => {
    const members = bindMembers(playbook, parameters, []).flatMap((one) =>
      'bound' in one ? [{ name: one.name, match: one.match, regions: one.runbook.regions }] : [],
    )
    return readingsFor(members).map(({ attribute }) => `${attribute?.key} ${attribute?.value}`)
  }
  const key = 'AKIAIOSFODNN7EXAMPLE'
  assert.deepEqual([...new Set(read({ accessKeyId: key }))], [`AccessKeyId ${key}`])
  assert.ok(read({}).length > 0)
})

/** The names in the first column of a table, which are written as code. */
const names = (heading: string): readonly string[] =>
  table(GUIDE, heading).map(([first = '']) => first.replaceAll('`', ''))

test('the guide explains every key, clause, operator, type and column of the language, and no other', () => {
  // both tables of keys begin the same: the first is the runbook's
  assert.deepEqual(names('key').toSorted(), Object.keys(rawRunbook.shape).toSorted())
  assert.deepEqual(names('clause').toSorted(), [...CLAUSE_FORMS].toSorted())
  assert.deepEqual(names('operator').toSorted(), [...OPERATOR_NAMES].toSorted())
  assert.deepEqual(names('type').toSorted(), [...PARAMETER_TYPES].toSorted())
  assert.deepEqual(names('shape').toSorted(), [...SHAPES].toSorted())
  assert.deepEqual(names('warning').toSorted(), [...ALLOWED_WARNINGS].toSorted())
  assert.deepEqual(names('stage').toSorted(), [...STAGE_KINDS].toSorted())
  assert.deepEqual(names('worked out').toSorted(), [...COMPUTED_COLUMNS].toSorted())
})

test('what the guide gives as a value of a shape is one', () => {
  for (const [shape = '', values = ''] of table(GUIDE, 'shape'))
    for (const [, value = ''] of values.matchAll(/`([^`]+)`/g))
      assert.equal(shapesOf(value)[0]?.kind, shape.replaceAll('`', ''), value)
})
