import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { sha256 } from '../../src/domain/canonical.ts'
import { parseRunbook } from '../../src/domain/runbook/parse.ts'
import { textWith as text } from './builders.ts'

const first = (source: string) => {
  const [problem] = parseRunbook(source, 'x.yaml').problems
  return problem && `${problem.line}:${problem.column} ${problem.message} ${problem.suggestion ?? ''}`.trim()
}

test('a runbook is complete when it is loaded: defaults, seconds, columns and digest', () => {
  const source = text({ columns: '[eventTime, who, { name: target, field: requestParameters.userName }]' })
  const { runbook, problems } = parseRunbook(source, 'x.yaml')
  assert.deepEqual(problems, [])
  assert.deepEqual(runbook?.window, { default: 86_400, max: 7_776_000 })
  assert.equal(runbook?.regions, 'enabled')
  assert.deepEqual(runbook?.fold, ['ctq', 'service'])
  assert.deepEqual(runbook?.columns, [
    { name: 'eventTime', field: 'eventTime' },
    { name: 'who', field: 'who' },
    { name: 'target', field: 'requestParameters.userName' },
  ])
  assert.equal(runbook?.digest, sha256(source))
  assert.equal(runbook?.text, source)
})

for (const [what, parts, expected] of [
  ['a misspelt key', { teir: 'open' }, '9:1 teir is not known here. Did you mean tier?'],
  [
    'a text that a comma cuts in two',
    { parameters: '{ a: { type: text, example: b, help: a name, or an ARN } }', match: '{ resource: $a }' },
    '9:58 or an ARN is not known here. Inside { } a comma ends a value: put the whole text in quotes.',
  ],
  ['a missing tier', { tier: '' }, '5:7 tier is not one of its values. One of: open, duty, elevated, sensitive.'],
  [
    'a misspelt operator',
    { match: '{ field: eventName, equal: x }' },
    '7:28 equal is not known here. Did you mean equals?',
  ],
  [
    'a misspelt field',
    { match: '{ field: eventname, equals: x }' },
    '7:17 CloudTrail records have no field eventname. Did you mean eventName?',
  ],
  [
    'two operators in one test',
    { match: '{ field: eventName, prefix: a, suffix: b }' },
    '7:8 A test has one operator, not prefix and suffix. Join two tests with all: or any:.',
  ],
  ['a clause that is two', { match: '{ principal: a, resource: b }' }, /not principal and resource/],
  ['a clause of nothing', { match: '{}' }, /A clause is one of: all, any, not/],
  ['an operator without a field', { match: '{ equals: x }' }, /equals compares a field, which is missing/],
  ['a test without an operator', { match: '{ field: eventName }' }, /does not say what to compare/],
  ['an operator beside a group', { match: '{ resource: x, ignoreCase: true }' }, /ignoreCase belongs to a test/],
  ['an unknown parameter', { match: '{ field: eventName, equals: $eventNam }' }, /7:36 \$eventNam is no parameter/],
  ['look-around in a pattern', { match: '{ field: userAgent, matches: "(?=a)" }' }, /7:37 The pattern cannot be read/],
  [
    'a parameter as a pattern',
    {
      parameters: '{ a: { type: text, example: b, help: c } }',
      match: '{ any: [{ resource: $a }, { field: userAgent, matches: $a }] }',
    },
    /7:63 A parameter is text, never a pattern. Use contains/,
  ],
  ['a range that is none', { match: '{ field: sourceIPAddress, cidr: 10.0.0.0/40 }' }, /is no address or range/],
  ['the organisation where one value is meant', { match: '{ principal: $organisation }' }, /is a list/],
  ['an unknown column', { columns: '[evenTime]' }, '8:11 evenTime is no column. Did you mean eventTime?'],
  [
    'a bare path as a column',
    { columns: '[requestParameters.name]' },
    /Write \{ name: name, field: requestParameters.name \}/,
  ],
  ['the same column twice', { columns: '[who, who]' }, '8:16 There are two columns named who.'],
  ['a group that is no column', { group: '[wh]' }, '9:9 wh is no column of this runbook. Did you mean who?'],
  ['a length that is none', { window: '{ default: 1y }' }, /6:20 1y is no length of time/],
  ['a window longer than CloudTrail keeps', { window: '{ default: 1d, max: 91d }' }, /longer than CloudTrail keeps/],
  ['a default over the maximum', { window: '{ default: 2d, max: 1d }' }, /2d is longer than the longest/],
  ['another language', { language: '2' }, '1:11 language is not one of its values. One of: 1.'],
  ['an anchor', { title: '&a x' }, /YAML anchors are not allowed/],
  ['an alias', { title: '&a x', about: '*a' }, /not allowed/],
  ['a tag', { title: '!!js/function x' }, /tag/i],
  ['a key given twice', { tags: '[a]\ntags: [b]' }, /Map keys must be unique/],
  [
    'an account that loses its zero',
    { match: '{ field: recipientAccountId, equals: 012345678901 }' },
    /quotes: "012345678901"/,
  ],
  ['an unfit next', { next: '[{ runbook: a, with: { x: usrIdentity.arn } }]' }, /Did you mean userIdentity\?/],
  [
    'a parameter that nothing uses',
    { parameters: '{ user: { type: userName, example: a, help: b } }' },
    /Nothing in match uses \$user/,
  ],
  [
    'a parameter named like a word of requests',
    { parameters: '{ region: { type: text, example: a, help: b } }' },
    /region has a meaning of its own/,
  ],
  [
    'an example that would be refused',
    {
      parameters: '{ key: { type: accessKeyId, example: AKIA, help: b } }',
      match: '{ field: userIdentity.accessKeyId, equals: $key }',
    },
    /The example is not an access key id/,
  ],
  ['an unknown shape', { answers: '[addres]' }, '9:11 answers is not one of its values. Did you mean address?'],
  [
    'a shape with nowhere to go',
    { answers: '[address]' },
    '9:11 address cannot be all that is given. It needs a parameter that takes it, and no other may be required.',
  ],
  [
    'a shape that is not enough by itself',
    {
      parameters: '{ a: { type: address, example: 203.0.113.9, help: b }, c: { type: text, example: d, help: e } }',
      match: '{ any: [{ field: sourceIPAddress, cidr: $a }, { resource: $c }] }',
      answers: '[address]',
    },
    /address cannot be all that is given/,
  ],
  [
    'a shape for which an optional resource is the only place',
    {
      parameters: '{ a: { type: resource, optional: true, example: b, help: c } }',
      match: '{ resource: $a }',
      answers: '[bucket]',
    },
    /bucket cannot be all that is given/,
  ],
  ['a shape that is there twice', { answers: '[account, account]' }, '9:20 account is there twice.'],
] as const)
  test(`${what} is refused where it stands`, () => {
    const found = first(text(parts))
    if (typeof expected === 'string') assert.equal(found, expected)
    else assert.match(found ?? '', expected)
  })

test('all problems of a text are told at once, in the order of its lines', () => {
  const { runbook, problems } = parseRunbook(text({ tier: 'opne', columns: '[whoo]', colour: 'red' }), 'x.yaml')
  assert.equal(runbook, undefined)
  assert.deepEqual(
    problems.map((problem) => problem.line),
    [5, 8, 9],
  )
})

for (const [what, bomb] of [
  ['deep block sequences, which would kill the process', '- '.repeat(30_000)],
  ['deep flow sequences', '['.repeat(60_000)],
  ['deep flow maps', '{a: '.repeat(15_000)],
  ['a text beyond the limit', 'a'.repeat(70_000)],
  ['billion laughs', 'a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n'],
  ['another YAML version', '%YAML 1.1\n---\na: yes\n'],
  ['nothing', ''],
] as const)
  test(`${what}: refused, not read`, () => {
    const { runbook, problems } = parseRunbook(bomb, 'x.yaml')
    assert.equal(runbook, undefined)
    assert.ok(problems.length > 0)
  })

test('no text makes the parser throw', () => {
  const yamlish = fc.array(
    fc.constantFrom(
      ...'{}[],:-?&*!|>%@`"\'#$\n\t ab',
      'all',
      'any',
      'not',
      'match: ',
      'field',
      '\n  ',
      'columns: ',
      '0x1',
      '~',
    ),
  )
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        yamlish.map((words) => words.join('')),
      ),
      (source) => {
        const { runbook, problems } = parseRunbook(source, 'x.yaml')
        assert.ok(runbook === undefined && problems.length > 0)
      },
    ),
    { numRuns: 500 },
  )
})

test('no JSON value in the place of any key makes the parser throw', () => {
  const keys = ['match', 'columns', 'parameters', 'window', 'next', 'group', 'regions', 'tier']
  fc.assert(
    fc.property(fc.constantFrom(...keys), fc.jsonValue({ maxDepth: 4 }), (key, value) => {
      const { runbook, problems } = parseRunbook(text({ [key]: JSON.stringify(value) }), 'x.yaml')
      assert.ok(runbook !== undefined || problems.length > 0)
    }),
    { numRuns: 500 },
  )
})

test('the example that explains the language is a runbook', () => {
  const { runbook, problems } = parseRunbook(
    `language: 1
name: iam-persistence
aliases: [persistence, backdoor]
title: Were identities, keys or logins created or changed?
about: >-
  Ways to stay in an account: new users, keys, console passwords, policies, trust. Attempts (an error code) apart from changes.
tags: [intrusion, iam]
tier: open
parameters:
  principal: { type: principal, optional: true, example: alice, help: "an IAM user, role, session name, or ARN" }
window: { default: 24h, max: 90d }
regions: global
match:
  all:
    - { field: eventSource, equals: iam.amazonaws.com }
    - { field: readOnly, equals: false }
    - { field: eventName, in: [CreateUser, CreateAccessKey] }
    - { principal: $principal }
columns: [eventTime, who, eventName, { name: target, field: requestParameters.userName }, sourceIPAddress, errorCode]
group: [who, eventName]
next:
  - { runbook: key-activity, with: { accessKeyId: userIdentity.accessKeyId } }
`,
    'iam-persistence.yaml',
  )
  assert.deepEqual(problems, [])
  assert.equal(runbook?.regions, 'global')
})

for (const text of ['{'.repeat(100_000), '{a: '.repeat(3_000), '[{'.repeat(40_000), '{\n  ['.repeat(200)])
  test(`brackets without end (${JSON.stringify(text.slice(0, 6))}…) are refused before anything is built of them`, () => {
    assert.match(first(text) ?? '', /brackets are open here|longer than/)
  })

test('as many brackets as anybody closes again are no harm', () => {
  assert.doesNotMatch(first(`${'[{ a: b }]\n'.repeat(400)}`) ?? '', /brackets are open/)
})
