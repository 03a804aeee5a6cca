import assert from 'node:assert/strict'
import test from 'node:test'
import { parseFixtures } from '../../src/domain/runbook/fixtures.ts'
import { lintRunbook } from '../../src/domain/runbook/lint.ts'
import { runFixtures } from '../../src/domain/runbook/runFixtures.ts'
import { runbookOf } from './builders.ts'

const RECORD = `
      eventVersion: "1.11"
      userIdentity: { type: IAMUser, userName: alice }
      eventTime: "2026-11-18T03:10:05Z"
      eventSource: cloudtrail.amazonaws.com
      eventName: StopLogging
      awsRegion: eu-west-1
      sourceIPAddress: 203.0.113.66
      eventID: a0163ed2-2253-469d-a5ee-cbc6651f1601
      readOnly: false
      eventType: AwsApiCall
      managementEvent: true
      recipientAccountId: "111122223333"
      eventCategory: Management
      requestParameters: { name: trail, list: [{ a: 1 }, { a: 2 }] }`

const fixturesText = (
  more = '',
  misses = '  - { like: stopped, set: { eventName: StartLogging }, because: it was started }\n',
) => `matches:\n  - name: stopped\n    record:${RECORD}\n    row: { who: alice }\n${more}misses:\n${misses}`

/** Reads fixtures and tries them on a runbook; what is wrong, as text. */
function faults(text: string, lines: { readonly [key: string]: string } = {}): readonly string[] {
  const { fixtures, problems } = parseFixtures(text, 'x.fixtures.yaml')
  const found = fixtures === undefined ? problems : runFixtures(runbookOf(lines), fixtures)
  return found.map((p) => `${p.line}: ${p.message}${p.suggestion === undefined ? '' : ` ${p.suggestion}`}`)
}

test('fixtures that hold are silent', () => assert.deepEqual(faults(fixturesText()), []))

for (const [what, text, expected] of [
  [
    'a record that must match and does not',
    fixturesText('  - { like: stopped, set: { eventName: X } }\n'),
    '19: matches 2: it does not match, and must.',
  ],
  [
    'a near miss that matches',
    fixturesText('', '  - { like: stopped, set: { readOnly: true }, because: it is a read }\n'),
    '20: misses 1: it matches, and must not, because it is a read.',
  ],
  [
    'another cell',
    fixturesText('  - { like: stopped, row: { who: bob } }\n'),
    '19: matches 2: who is "alice", not "bob".',
  ],
  [
    'a cell of no column',
    fixturesText('  - { like: stopped, row: { whoo: bob } }\n'),
    '19: matches 2: whoo is no column. Did you mean who?',
  ],
  [
    'noise that is none',
    fixturesText('  - { like: stopped, noise: service }\n'),
    '19: matches 2: it is noise of kind none, not service.',
  ],
  [
    'an unknown parameter',
    `parameters: { x: y }\n${fixturesText()}`,
    '3: stopped: there is no parameter x. There are none here.',
  ],
  ['a record like none', fixturesText('  - { like: stoped }\n'), '19: No record above is named stoped.'],
  ['no record at all', fixturesText('  - { name: a }\n'), '19: There is no record here.'],
  ['a near miss without a reason', fixturesText('', '  - { like: stopped }\n'), '20: because is missing.'],
  [
    'a misspelt key',
    fixturesText('  - { like: stopped, sett: {} }\n'),
    '19: sett is not known here. Did you mean set?',
  ],
  [
    'leaving out what is not there',
    fixturesText('  - { like: stopped, unset: [errorCode] }\n'),
    '19: The record has no errorCode.',
  ],
  [
    'a record that CloudTrail cannot have written',
    fixturesText('  - { like: stopped, unset: [eventID] }\n'),
    '19: CloudTrail records always have eventID.',
  ],
  [
    'a time that is none',
    fixturesText('  - { like: stopped, set: { eventTime: yesterday } }\n'),
    '19: yesterday is no eventTime.',
  ],
] as const)
  test(`${what} is a problem, where it stands`, () => {
    const [found = ''] = faults(text)
    if (typeof expected === 'string') assert.equal(found, expected)
    else assert.match(found, expected)
  })

test('a change reaches into lists and leaves the record it is made from alone', () => {
  const change =
    '  - { like: stopped, set: { requestParameters.list.1.a: 9, requestParameters.new.er: 1 }, unset: [requestParameters.name] }\n'
  const { fixtures } = parseFixtures(fixturesText(change), 'x')
  assert.deepEqual(fixtures?.matches[1]?.record['requestParameters'], { list: [{ a: 1 }, { a: 9 }], new: { er: 1 } })
  assert.deepEqual(fixtures?.matches[0]?.record['requestParameters'], { name: 'trail', list: [{ a: 1 }, { a: 2 }] })
})

test('parameters of fixtures are checked as typed ones are', () => {
  const lines = {
    parameters: '{ key: { type: accessKeyId, example: AKIAIOSFODNN7EXAMPLE, help: x } }',
    match: '{ field: userIdentity.accessKeyId, equals: $key }',
  }
  assert.match(faults(fixturesText(), lines)[0] ?? '', /parameter key is missing/)
  assert.match(faults(`parameters: { key: nonsense }\n${fixturesText()}`, lines)[0] ?? '', /key would be refused/)
  assert.match(
    faults(`parameters: { key: akiaiosfodnn7example }\n${fixturesText()}`, lines)[0] ?? '',
    /Write AKIAIOSFODNN7EXAMPLE/,
  )
})

/** What the lint says beside the want of fixtures. */
const lint = (lines: { readonly [key: string]: string }) =>
  lintRunbook(runbookOf({ window: '{ default: 1h, max: 1d }', ...lines }), undefined)
    .filter((problem) => !problem.message.endsWith('has no fixtures.'))
    .map((p) => `${p.severity} ${p.line}:${p.column} ${p.message} ${p.suggestion ?? ''}`.trim())

test('a runbook without fixtures, or with too few, is an error', () => {
  assert.match(lintRunbook(runbookOf(), undefined)[0]?.message ?? '', /has no fixtures/)
  const { fixtures } = parseFixtures(fixturesText(), 'x')
  assert.deepEqual(
    lintRunbook(runbookOf(), fixtures).map((problem) => problem.message),
    [
      'The fixtures of some-question need at least 5 records.',
      'The fixtures of some-question need at least 3 near misses.',
    ],
  )
})

for (const [what, lines, expected] of [
  ['a title that asks nothing', { title: 'Things' }, /^warning 3:8 A title is the question/],
  [
    'a long window over unindexed fields',
    {
      match: '{ field: errorCode, exists: true }',
      window: '{ default: 7d }',
      lint: '[{ allow: hopeless-plan, because: Only the default is looked at. }]',
    },
    /^warning 6:20 Without its optional parameters nothing/,
  ],
  [
    'a window that only an optional parameter bounds',
    {
      parameters: '{ key: { type: accessKeyId, example: AKIAIOSFODNN7EXAMPLE, help: x, optional: true } }',
      match: '{ field: userIdentity.accessKeyId, equals: $key }',
      window: '{ default: 7d }',
    },
    /nothing in match is indexed/,
  ],
  [
    'a regional service asked for in one Region',
    { match: '{ field: eventSource, equals: ec2.amazonaws.com }', regions: 'global' },
    /^error 9:10 ec2.amazonaws.com records events in every Region/,
  ],
  [
    'a global service asked for everywhere',
    { match: '{ field: eventSource, equals: iam.amazonaws.com }' },
    /Write regions: global.$/,
  ],
  [
    'calls that failed left out',
    { match: '{ all: [{ field: eventName, equals: A }, { field: errorCode, exists: false }] }' },
    /Calls that failed are left out/,
  ],
  [
    'calls that failed left out by not',
    { match: '{ all: [{ field: eventName, equals: A }, { not: { field: errorCode, exists: true } }] }' },
    /Calls that failed are left out/,
  ],
] as const)
  test(`${what}: the lint says so`, () => {
    const found = lint(lines)
    assert.equal(found.length, 1, found.join('\n'))
    assert.match(found[0] ?? '', expected)
  })

for (const [what, lines] of [
  [
    'an index that every branch fixes',
    { match: '{ any: [{ field: eventName, equals: A }, { field: eventName, in: [B] }] }', window: '{ default: 30d }' },
  ],
  ['a prefix of a dated name', { match: '{ field: eventName, prefix: CreateFunction }' }],
  ['only failed calls', { match: '{ all: [{ field: eventName, equals: A }, { field: errorCode, exists: true }] }' }],
  ['a global service among others', { match: '{ field: eventSource, in: [iam.amazonaws.com, ec2.amazonaws.com] }' }],
] as const)
  test(`${what}: nothing to say`, () => assert.deepEqual(lint(lines), []))
