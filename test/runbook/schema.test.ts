import assert from 'node:assert/strict'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import test from 'node:test'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { parse } from 'yaml'
import { isPlaybook } from '../../src/domain/playbook/parsePlaybook.ts'
import { jsonSchemaText, toJsonSchema } from '../../src/domain/runbook/schema.ts'
import { textWith } from './builders.ts'

const FILE = 'schema/runbook.json'
const acceptsPlaybook = new Ajv2020({ strict: false }).compile(JSON.parse(readFileSync('schema/playbook.json', 'utf8')))
const accepts = new Ajv2020({ strict: false }).compile(toJsonSchema())

test('the schema that is published is what the code says; UPDATE_GOLDEN=1 rewrites it', () => {
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(FILE, jsonSchemaText())
  assert.equal(readFileSync(FILE, 'utf8'), jsonSchemaText())
})

for (const file of readdirSync('runbooks').filter((name) => !name.endsWith('.fixtures.yaml')))
  test(`an editor finds nothing wrong with ${file}`, () => {
    const text = readFileSync(`runbooks/${file}`, 'utf8')
    const schema = isPlaybook(text) ? acceptsPlaybook : accepts
    schema(parse(text))
    assert.deepEqual(schema.errors, null)
  })

for (const [what, lines] of [
  ['an unknown key', { colour: 'red' }],
  ['an unknown operator', { match: '{ field: a, equal: b }' }],
  ['two operators', { match: '{ field: eventName, prefix: a, suffix: b }' }],
  ['a test that compares with nothing', { match: '{ field: eventName }' }],
  ['a clause that is two', { match: '{ principal: a, resource: b }' }],
  ['a group inside that is empty', { match: '{ all: [{ any: [] }] }' }],
  ['an unknown tier', { tier: 'secret' }],
] as const)
  test(`an editor marks ${what}`, () => assert.equal(accepts(parse(textWith(lines))), false))
