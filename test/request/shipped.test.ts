import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { tierOf } from '../../src/domain/policy/tier.ts'
import { echo } from '../../src/domain/request/echo.ts'
import { COMMAND_NAMES, SCOPE_NAMES } from '../../src/domain/request/names.ts'
import { parseCommand } from '../../src/domain/request/parse.ts'
import { windowKeyword } from '../../src/domain/request/span.ts'
import { quote } from '../../src/domain/request/words.ts'
import type { Runbook } from '../../src/domain/runbook/runbook.ts'
import { readLibrary } from '../../src/library.ts'
import { aQuery, INVENTORY, NOW } from '../support/askFacts.ts'

const ROOT = join(import.meta.dirname.replace(/([\\/])dist([\\/]test[\\/]request)$/, '$1test$1request'), '..', '..')
const LIBRARY = await readLibrary(join(ROOT, 'runbooks'))
const CONTEXT = { now: NOW, timeZone: 'Europe/Berlin' }

function requestOf(text: string) {
  const parsed = parseCommand(text, LIBRARY, CONTEXT)
  assert.ok(parsed.ok && parsed.value.kind === 'run', JSON.stringify(parsed))
  return parsed.value.request
}

/** A runbook with its examples: the required parameters, or all of them. */
function asked(runbook: Runbook, all: boolean): string {
  const given = Object.entries(runbook.parameters).filter(([, { optional }]) => all || !optional)
  return [runbook.name, ...given.map(([name, { example }]) => `${name}=${quote(example)}`)].join(' ')
}

const KEY = 'AKIAIOSFODNN7EXAMPLE'

test('what is said around a key says which question about it is meant', () => {
  assert.equal(requestOf(`minted ${KEY}`).runbook, 'key-owner')
  assert.equal(requestOf(`chain ${KEY}`).runbook, 'credential-chain')
  const asked = parseCommand(`who minted ${KEY}`, LIBRARY, CONTEXT)
  assert.ok(!asked.ok && asked.error.code === 'unknown_runbook')
  assert.equal(asked.error.nearest, `key-owner ${KEY}`)
})

test('two keys at once are asked about one at a time, with the two questions', () => {
  const asks = [`key-activity ${KEY}`, 'key-activity ASIAIOSFODNN7EXAMPLE']
  for (const text of [`${KEY} ASIAIOSFODNN7EXAMPLE`, `key ${KEY}, and ASIAIOSFODNN7EXAMPLE`])
    assert.deepEqual(parseCommand(text, LIBRARY, CONTEXT), { ok: false, error: { code: 'several_keys', asks } })
})

for (const runbook of LIBRARY.all) {
  test(`${runbook.name} is understood with its own examples, and its echo the same again`, () => {
    for (const all of [false, true]) {
      const request = requestOf(`${asked(runbook, all)} last 2h account=prod`)
      assert.deepEqual(requestOf(echo(request)), request)
    }
  })

  test(`${runbook.name} has no name that the grammar keeps for itself`, () => {
    for (const name of [runbook.name, ...runbook.aliases]) assert.ok(!COMMAND_NAMES.includes(name), name)
    for (const name of Object.keys(runbook.parameters))
      assert.ok(!SCOPE_NAMES.includes(name.toLowerCase()) && windowKeyword(name) === undefined, name)
  })
}

const BARE: readonly (readonly [string, string])[] = [
  ['logins alice', 'console-logins principal=alice'],
  ['logins 203.0.113.0/24', 'console-logins sourceIPAddress=203.0.113.0/24'],
  ['network sg-0a1b2c3d4e5f60718', 'network-opened groupId=sg-0a1b2c3d4e5f60718'],
  ['denied AKIAIOSFODNN7EXAMPLE', 'denied-calls accessKeyId=AKIAIOSFODNN7EXAMPLE'],
  ['key AKIAIOSFODNN7EXAMPLE', 'key-activity accessKeyId=AKIAIOSFODNN7EXAMPLE'],
  ['history my-bucket', 'resource-history resourceName=my-bucket'],
  ['logins ip=203.0.113.7 user=alice', 'console-logins principal=alice sourceIPAddress=203.0.113.7'],
  ['network sg=sg-0a1b2c3d4e5f60718', 'network-opened groupId=sg-0a1b2c3d4e5f60718'],
  [
    'denied key=AKIAIOSFODNN7EXAMPLE service=s3',
    'denied-calls accessKeyId=AKIAIOSFODNN7EXAMPLE eventSource=s3.amazonaws.com',
  ],
]
for (const [text, echoed] of BARE)
  test(`"${text}" asks ${echoed}`, () => {
    assert.equal(echo(requestOf(text)), echoed)
  })

const TIERS: readonly (readonly [string, number, string])[] = [
  ['key AKIAIOSFODNN7EXAMPLE', 90, 'duty'],
  ['history my-bucket', 1, 'open'],
  ['network sg-0a1b2c3d4e5f60718', 90, 'duty'],
  ['network', 30, 'elevated'],
  ['denied', 1, 'open'],
  ['0f3c0f57-31d4-4cbb-8f0b-8f3f9a2a1101', 90, 'duty'],
  ['203.0.113.9', 1, 'open'],
  ['ip-changes 203.0.113.9', 7, 'duty'],
  ['111122223333', 7, 'duty'],
  ['DeleteTrail', 1, 'open'],
  ['GetSecretValue', 1, 'duty'],
  ['AKIAIOSFODNN7EXAMPLE', 90, 'duty'],
  ['denied AKIAIOSFODNN7EXAMPLE', 30, 'duty'],
  ['writes alice', 1, 'duty'],
  ['writes alice', 30, 'elevated'],
  ['writes admin/alice', 30, 'duty'],
]
for (const [text, days, tier] of TIERS)
  test(`"${text}" over ${days} d in one account is ${tier}`, () => {
    const { runbook: name, parameters } = requestOf(text)
    const runbook = LIBRARY.find(name) ?? assert.fail()
    assert.equal(tierOf(aQuery(runbook, { parameters, days }), runbook, [], INVENTORY).tier, tier)
  })
