import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import test from 'node:test'
import { sha256 } from '../../src/domain/canonical.ts'
import { asRunbook } from '../../src/domain/playbook/asRunbook.ts'
import { isPlaybook, type Known, parsePlaybook, readBundle } from '../../src/domain/playbook/parsePlaybook.ts'
import { bindMembers, type Playbook } from '../../src/domain/playbook/playbook.ts'
import { playbookSchemaText } from '../../src/domain/playbook/playbookSchema.ts'
import type { Raise } from '../../src/domain/policy/policy.ts'
import { leastTier, tierOf } from '../../src/domain/policy/tier.ts'
import type { Runbook } from '../../src/domain/runbook/runbook.ts'
import { runbookOf } from '../runbook/builders.ts'
import { aQuery, INVENTORY, PAYMENTS, STAGING } from '../support/askFacts.ts'

const KEY = '{ accessKeyId: { type: accessKeyId, example: AKIAIOSFODNN7EXAMPLE, help: a key } }'
const WHO = '{ principal: { type: principal, optional: true, example: alice, help: who } }'
const then = '[{ name: chain, finds: Keys, follow: { parameter: accessKeyId } }]'
const RUNBOOKS: readonly Runbook[] = [
  runbookOf({
    name: 'key-use',
    parameters: KEY,
    match: '{ field: userIdentity.accessKeyId, equals: $accessKeyId }',
    tier: 'duty',
    then,
  }),
  runbookOf({
    name: 'tamper',
    parameters: WHO,
    match: '{ all: [{ field: eventName, equals: StopLogging }, { principal: $principal }] }',
  }),
  runbookOf({ name: 'short', window: '{ default: 1h, max: 1d }', tier: 'elevated' }),
]
const known: Known = {
  find: (name) => RUNBOOKS.find((runbook) => runbook.name === name),
  names: RUNBOOKS.map(({ name }) => name),
}

const TEXT = `language: 1
kind: playbook
name: first-look
title: What happened here?
about: The first look.
parameters:
  key: { type: accessKeyId, optional: true, example: AKIAIOSFODNN7EXAMPLE, help: a key }
  who: { type: principal, optional: true, example: alice, help: who }
window: { default: 24h, max: 7d }
only: { field: userIdentity.accessKeyId, equals: $key }
members:
  - { runbook: key-use, with: { accessKeyId: $key } }
  - { runbook: tamper, with: { principal: $who } }
`

function playbookOf(text = TEXT): Playbook {
  const { playbook, problems } = parsePlaybook(text, 'first-look.yaml', known)
  if (playbook === undefined) throw new Error(JSON.stringify(problems))
  return playbook
}

test('a playbook is complete when it is loaded, and as sensitive as its most sensitive member', () => {
  const playbook = playbookOf()
  assert.equal(playbook.tier, 'duty')
  assert.equal(playbook.within, 600)
  assert.deepEqual(playbook.window, { default: 86_400, max: 7 * 86_400 })
  assert.deepEqual(
    playbook.members.map(({ runbook }) => runbook.name),
    ['key-use', 'tamper'],
  )
  assert.deepEqual([isPlaybook(TEXT), isPlaybook('language: 1\nname: a\n')], [true, false])
})

test('what ctq.yml raises a member to, the playbook that asks it is raised to: asked together a question is no less than asked alone', () => {
  const runbook = asRunbook(playbookOf())
  const raised = (...runbooks: readonly string[]): readonly Raise[] => [
    { runbooks, accounts: [{ kind: 'group', name: 'prod' }], tier: 'elevated' },
  ]
  const key = { key: 'AKIAIOSFODNN7EXAMPLE' }
  const tierAt = (raises: readonly Raise[], account = PAYMENTS, parameters = {}): string =>
    tierOf(aQuery(runbook, { accounts: [account], parameters }), runbook, raises, INVENTORY).tier
  assert.equal(tierAt([]), 'duty')
  assert.equal(tierAt(raised('tamper')), 'elevated')
  assert.equal(tierAt(raised('tamper'), STAGING), 'duty', 'in another account')
  assert.equal(tierAt(raised('key-use')), 'duty', 'without a key that member is not asked')
  assert.equal(tierAt(raised('key-use'), PAYMENTS, key), 'elevated')
  assert.equal(leastTier(runbook, PAYMENTS, raised('tamper'), INVENTORY), 'elevated')
  assert.equal(leastTier(runbook, PAYMENTS, raised('key-use'), INVENTORY), 'duty')
})

test('its digest is of its members’ texts too, and it can be read back from what the digest is of', () => {
  const playbook = playbookOf()
  assert.equal(playbook.digest, sha256(playbook.text))
  assert.deepEqual(readBundle(playbook.text), playbook)
  const changed = playbook.text.replace('equals: StopLogging', 'equals: StopLogger')
  assert.notEqual(readBundle(changed)?.digest, playbook.digest)
  for (const text of [
    '',
    '{}',
    '[]',
    '{"playbook":7,"members":[]}',
    '{"playbook":"x","members":[{"name":"a","text":"b"}]}',
  ])
    assert.equal(readBundle(text), undefined)
})

const bound = (parameters: { readonly key?: string; readonly who?: string }) =>
  bindMembers(playbookOf(), parameters, []).map((member) =>
    'bound' in member ? [member.name, member.match] : [member.name, member.notAsked],
  )
const KEY_ID = 'AKIAIOSFODNN7EXAMPLE'
const ofKey = { field: 'userIdentity.accessKeyId', equals: KEY_ID }
const stops = { field: 'eventName', equals: 'StopLogging' }

test('members are asked with the playbook’s values, narrowed to what it is only about', () => {
  assert.deepEqual(bound({ key: KEY_ID, who: 'bob' }), [
    ['key-use', { all: [ofKey, ofKey] }],
    ['tamper', { all: [ofKey, { all: [stops, { principal: 'bob' }] }] }],
  ])
})

test('a member that needs what is not given is not asked, and the narrowing is left out', () => {
  assert.deepEqual(bound({}), [
    ['key-use', 'it needs key'],
    ['tamper', { all: [stops] }],
  ])
})

test('a member does not follow credentials within a playbook', () => {
  const [first] = bindMembers(playbookOf(), { key: KEY_ID }, [])
  assert.deepEqual(first !== undefined && 'bound' in first && first.bound.stages, [])
})

for (const [what, from, to, expected] of [
  ['a misspelt key', 'members:', 'member:', 'member is not known here. Did you mean members?'],
  [
    'a misspelt key of a member',
    'with: { principal',
    'width: { principal',
    'width is not known here. Did you mean with?',
  ],
  ['a runbook that is none', 'runbook: tamper', 'runbook: tampr', 'There is no runbook tampr. Did you mean tamper?'],
  [
    'a parameter that a member has not',
    'principal: $who',
    'principle: $who',
    'tamper has no parameter principle. Did you mean principal?',
  ],
  [
    'a parameter that the playbook has not',
    '$who',
    '$whom',
    '$whom is no parameter of this playbook. Known: $key, $who.',
  ],
  ['a value of another type', 'principal: $who', 'principal: $key', '$key is not of the type of principal, principal.'],
  ['a value that is none', 'accessKeyId: $key', 'accessKeyId: hello', /^accessKeyId is not an access key id/],
  ['a member without what it needs', ', with: { accessKeyId: $key }', '', 'key-use needs accessKeyId.'],
  [
    'a member that may not look back so far',
    'runbook: tamper, with: { principal: $who }',
    'runbook: short',
    'short may not be asked about so long a window. Make max at most 1d.',
  ],
  [
    'the same member twice',
    'runbook: tamper, with: { principal: $who }',
    'runbook: key-use, with: { accessKeyId: $key }',
    'key-use is a member already.',
  ],
  [
    'a parameter that nobody uses',
    'principal: $who',
    'principal: bob',
    'No member uses $who, nor does only. Use it, or leave it out.',
  ],
  [
    'a time that is none',
    'window:',
    'within: soon\nwindow:',
    'soon is no length of time that reading may take. Such as 10m; at most 24h.',
  ],
  ['a field that is none', 'field: userIdentity', 'field: userIdentty', /Did you mean userIdentity\?/],
  [
    'an example that is none',
    'example: AKIAIOSFODNN7EXAMPLE',
    'example: hello',
    /^The example is not an access key id/,
  ],
  ['no YAML', 'language: 1', '&a', /./],
] as const)
  test(`${what} is reported`, () => {
    const { playbook, problems } = parsePlaybook(TEXT.replace(from, to), 'x.yaml', known)
    const found = problems.map(({ message, suggestion = '' }) => `${message} ${suggestion}`.trim())
    assert.equal(playbook, undefined)
    assert.ok(
      found.some((text) => (typeof expected === 'string' ? text === expected : expected.test(text))),
      found.join('\n'),
    )
    assert.ok(problems.every(({ line, column }) => line >= 1 && column >= 1))
  })

test('the schema that is published is what the code says; UPDATE_GOLDEN=1 rewrites it', () => {
  const file = 'schema/playbook.json'
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(file, playbookSchemaText())
  assert.equal(readFileSync(file, 'utf8'), playbookSchemaText())
})
