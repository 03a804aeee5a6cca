import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import test from 'node:test'
import { parseFixtures } from '../../src/domain/runbook/fixtures.ts'
import { libraryOf } from '../../src/domain/runbook/library.ts'
import { lintRunbook } from '../../src/domain/runbook/lint.ts'
import { parseRunbook } from '../../src/domain/runbook/parse.ts'

const NAMES = [
  'account-changes',
  'calls',
  'console-logins',
  'denied-calls',
  'event',
  'iam-persistence',
  'ip-activity',
  'ip-changes',
  'key-activity',
  'logging-tamper',
  'network-opened',
  'principal-writes',
  'resource-history',
]

const loaded = NAMES.map((name) => parseRunbook(readFileSync(`runbooks/${name}.yaml`, 'utf8'), `${name}.yaml`))
const runbooks = loaded.flatMap(({ runbook }) => (runbook === undefined ? [] : [runbook]))

test('the runbooks that ship are these', () => {
  const files = readdirSync('runbooks').filter((file) => !file.endsWith('.fixtures.yaml'))
  assert.deepEqual(
    files.toSorted(),
    NAMES.map((name) => `${name}.yaml`),
  )
})

for (const [index, name] of NAMES.entries())
  test(`${name} loads without a problem, under its file's name`, () => {
    assert.deepEqual(loaded[index]?.problems, [])
    assert.equal(loaded[index]?.runbook?.name, name)
  })

for (const runbook of runbooks)
  test(`${runbook.name} passes its lint and matches its fixtures and none of their near misses`, () => {
    const file = `${runbook.name}.fixtures.yaml`
    assert.ok(existsSync(`runbooks/${file}`))
    const { fixtures, problems } = parseFixtures(readFileSync(`runbooks/${file}`, 'utf8'), file)
    assert.deepEqual(problems, [])
    assert.deepEqual(lintRunbook(runbook, fixtures), [])
  })

test('together they are a library: no name means two, and every question that leads on can be asked', () => {
  const library = libraryOf(runbooks)
  assert.ok(library.ok, JSON.stringify(library))
  assert.equal(library.value.all.length, NAMES.length)
  assert.equal(library.value.find('KEY')?.name, 'key-activity')
  assert.equal(library.value.find('Backdoor')?.name, 'iam-persistence')
  assert.equal(library.value.find('nothing'), undefined)
})
