import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import test from 'node:test'
import { isPlaybook } from '../../src/domain/playbook/parsePlaybook.ts'
import { readCatalogue } from '../../src/domain/runbook/catalogue.ts'
import { parseFixtures } from '../../src/domain/runbook/fixtures.ts'
import { libraryOf } from '../../src/domain/runbook/library.ts'
import { lintRunbook } from '../../src/domain/runbook/lint.ts'
import { parseRunbook } from '../../src/domain/runbook/parse.ts'
import { shapesOf } from '../../src/domain/runbook/shapes.ts'

const FIXTURES = '.fixtures.yaml'
const NAMES = readdirSync('runbooks')
  .filter((file) => file.endsWith(FIXTURES))
  .map((file) => file.slice(0, -FIXTURES.length))
  .toSorted()

const loaded = NAMES.map((name) => parseRunbook(readFileSync(`runbooks/${name}.yaml`, 'utf8'), `${name}.yaml`))
const fixturesOf = (name: string) =>
  parseFixtures(readFileSync(`runbooks/${name}${FIXTURES}`, 'utf8'), `${name}${FIXTURES}`)
const KNOWLEDGE = {
  catalogue: readCatalogue(readFileSync('data/event-names.json', 'utf8')),
  shapes: shapesOf(NAMES.flatMap((name) => fixturesOf(name).fixtures ?? [])),
}
const runbooks = loaded.flatMap(({ runbook }) => (runbook === undefined ? [] : [runbook]))

test('every runbook that ships has fixtures beside it', () => {
  const files = readdirSync('runbooks').filter(
    (file) => !file.endsWith(FIXTURES) && !isPlaybook(readFileSync(`runbooks/${file}`, 'utf8')),
  )
  assert.deepEqual(
    files.toSorted(),
    NAMES.map((name) => `${name}.yaml`),
  )
  assert.ok(NAMES.length >= 13)
})

for (const [index, name] of NAMES.entries())
  test(`${name} loads without a problem, under its file's name`, () => {
    assert.deepEqual(loaded[index]?.problems, [])
    assert.equal(loaded[index]?.runbook?.name, name)
  })

for (const runbook of runbooks)
  test(`${runbook.name} passes its lint and matches its fixtures and none of their near misses`, () => {
    const { fixtures, problems } = fixturesOf(runbook.name)
    assert.deepEqual(problems, [])
    assert.deepEqual(lintRunbook(runbook, fixtures, KNOWLEDGE), [])
  })

test('together they are a library: no name means two, and every question that leads on can be asked', () => {
  const library = libraryOf(runbooks)
  assert.ok(library.ok, JSON.stringify(library))
  assert.equal(library.value.all.length, NAMES.length)
  assert.equal(library.value.find('KEY')?.name, 'key-activity')
  assert.equal(library.value.find('Backdoor')?.name, 'iam-persistence')
  assert.equal(library.value.find('nothing'), undefined)
})
