import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import {
  coverageOfMember,
  cutAt,
  type MemberCoverage,
  memberCoverageWords,
  type ReadSoFar,
} from '../../src/domain/playbook/memberCoverage.ts'
import { memberTests } from '../../src/domain/playbook/memberTests.ts'
import { isAboutChanges, type Member, type Reading, readingsFor } from '../../src/domain/playbook/readings.ts'
import { compileMatch } from '../../src/domain/runbook/evaluate.ts'
import type { Match } from '../../src/domain/runbook/runbook.ts'
import { aMatch, aRecord, type Indexed } from '../query/records.ts'

const equals = (field: string, value: string | boolean): Match => ({ field, equals: value })
const event = (source: string, ...names: readonly string[]): Match => ({
  all: [equals('eventSource', `${source}.amazonaws.com`), { field: 'eventName', in: names }],
})
const asked = (name: string, match: Match, regions: Member['regions'] = 'enabled'): Member => ({ name, match, regions })
const wordsOf = ({ attribute, members }: Reading): string =>
  `${attribute === undefined ? 'everything' : `${attribute.key}=${attribute.value}`} for ${members.join(', ')}`

test('what is about one key is read once, for all', () => {
  const key = equals('userIdentity.accessKeyId', 'AKIA0000000000000001')
  const members = ['CreateUser', 'StopLogging', 'GetSecretValue'].map((name) =>
    asked(name, { all: [key, equals('eventName', name)] }),
  )
  assert.deepEqual(readingsFor([...members, asked('all', key)]).map(wordsOf), [
    'AccessKeyId=AKIA0000000000000001 for CreateUser, StopLogging, GetSecretValue, all',
  ])
})

const WRITES: readonly Member[] = [
  asked('persistence', event('iam', 'CreateUser', 'CreateAccessKey', 'PutUserPolicy', 'AttachRolePolicy')),
  asked('tamper', event('cloudtrail', 'StopLogging', 'DeleteTrail', 'UpdateTrail', 'PutEventSelectors')),
  asked('network', event('ec2', 'AuthorizeSecurityGroupIngress', 'CreateNetworkAclEntry', 'CreateRoute')),
  asked('compute', event('ec2', 'RunInstances', 'ModifyFleet', 'CreateFleet')),
  asked('exposure', event('s3', 'PutBucketPolicy', 'PutBucketAcl', 'DeletePublicAccessBlock', 'PutBucketWebsite')),
]

test('questions about changes share the changes of the window; what is indexed comes first', () => {
  const logins = asked('logins', equals('eventName', 'ConsoleLogin'))
  assert.deepEqual(readingsFor([...WRITES, logins]).map(wordsOf), [
    'EventName=ConsoleLogin for logins',
    'ReadOnly=false for persistence, tamper, network, compute, exposure',
  ])
})

test('one question about changes alone is asked by its names', () => {
  assert.deepEqual(readingsFor([asked('one', event('ec2', 'RunInstances'))]).map(wordsOf), [
    'EventName=RunInstances for one',
  ])
})

test('a question that nothing is known of needs everything, and then everything is read for all', () => {
  const anything = asked('address', equals('sourceIPAddress', '203.0.113.9'))
  assert.deepEqual(readingsFor([...WRITES, anything]).map(wordsOf), [
    'everything for persistence, tamper, network, compute, exposure, address',
  ])
})

test('a question of one Region is not read in every Region', () => {
  const [reading] = readingsFor([asked('iam', event('iam', 'CreateUser'), 'global')])
  assert.deepEqual(reading?.regions, 'global')
})

for (const [match, changes] of [
  [equals('readOnly', false), true],
  [equals('readOnly', true), false],
  [equals('eventName', 'CreateUser'), true],
  [equals('eventName', 'Creates'), false],
  [equals('eventName', 'GetUser'), false],
  [equals('eventName', 'AssumeRole'), false],
  [equals('eventName', 'SendEmail'), false],
  [equals('eventName', 'CopySnapshot'), false],
  [equals('eventName', 'BatchUpdateFindings'), false],
  [event('iam', 'CreateUser', 'ListUsers'), false],
  [{ field: 'eventName', in: [] }, false],
  [{ field: 'eventName', prefix: 'CreateFunction' }, true],
  [{ field: 'eventName', prefix: 'Create' }, false],
  [{ field: 'eventName', equals: 'CreateUser', ignoreCase: true }, false],
  [{ any: [equals('eventName', 'CreateUser'), equals('readOnly', false)] }, true],
  [{ any: [equals('eventName', 'CreateUser'), equals('eventName', 'GetUser')] }, false],
  [{ any: [] }, false],
  [{ not: equals('readOnly', true) }, false],
] as const satisfies readonly (readonly [Match, boolean])[])
  test(`${JSON.stringify(match)} is ${changes ? '' : 'not '}about changes alone`, () =>
    assert.equal(isAboutChanges(match), changes))

/** As AWS does: what changes something is not read-only. */
function marked({ record, index }: Indexed): Indexed {
  const readOnly = !/^(?:Create|Delete|Stop|Put)/.test(String(record['eventName']))
  return { record: { ...record, readOnly }, index: { ...index, ReadOnly: [String(readOnly)] } }
}

const someMembers = fc
  .array(aMatch, { minLength: 1, maxLength: 6 })
  .map((matches) => matches.map((match, at) => asked(`m${at}`, match)))

test('every record that a question matches is in one of its readings, whatever the questions', () => {
  fc.assert(
    fc.property(someMembers, fc.array(aRecord.map(marked), { maxLength: 20 }), (members, records) => {
      const readings = readingsFor(members)
      for (const { name, match } of members) {
        const own = readings.filter((reading) => reading.members.includes(name))
        const matches = compileMatch(match)
        for (const { record, index } of records.filter((one) => matches(one.record)))
          assert.ok(
            own.some(({ attribute }) => attribute === undefined || index[attribute.key]?.includes(attribute.value)),
            JSON.stringify({ match, record, own }),
          )
      }
    }),
    { numRuns: 300 },
  )
})

test('together nothing is read twice, and never more things than one by one', () => {
  fc.assert(
    fc.property(someMembers, (members) => {
      const together = readingsFor(members).map(wordsOf)
      assert.equal(new Set(together).size, together.length)
      assert.ok(readingsFor(members).every(({ members: fed }) => fed.length > 0))
    }),
  )
})

test('members are told apart as each would tell by itself', () => {
  fc.assert(
    fc.property(fc.array(aMatch, { maxLength: 8 }), fc.array(aRecord, { maxLength: 10 }), (matches, records) => {
      const members = memberTests(matches)
      const tests = matches.map(compileMatch)
      for (const { record } of records)
        assert.deepEqual(
          members(record),
          [...tests.keys()].filter((at) => tests[at]?.(record)),
        )
    }),
    { numRuns: 300 },
  )
})

test('a record with a list where AWS writes a name is held against every match', () => {
  assert.deepEqual(memberTests([equals('eventName', 'CreateUser')])({ eventName: ['CreateUser'] }), [0])
})

const WINDOW = { since: '2026-11-20T00:00:00Z', until: '2026-11-20T14:00:00Z' }
const at = (time: string): number => Date.parse(`2026-11-20T${time}:00Z`) / 1000
const writes: Reading = { attribute: { key: 'ReadOnly', value: 'false' }, regions: 'enabled', members: ['a', 'b'] }
const logins: Reading = { attribute: { key: 'EventName', value: 'ConsoleLogin' }, regions: 'enabled', members: ['b'] }

for (const [what, ofWrites, ofLogins, expected] of [
  ['all is read', [{ status: 'whole' }], [{ status: 'whole' }], 'read fully'],
  ['one place is a blind spot', [{ status: 'whole' }, { status: 'blind' }], [{ status: 'whole' }], 'read fully'],
  ['every place is a blind spot', [{ status: 'blind' }], [{ status: 'blind' }], 'not asked: only known blind spots'],
  [
    'one place came less far',
    [
      { status: 'part', backTo: at('09:00') },
      { status: 'part', backTo: at('13:05') },
    ],
    [{ status: 'whole' }],
    'read back to 13:05Z',
  ],
  ['one reading was not begun', [{ status: 'whole' }], [{ status: 'none' }], 'not asked: the time was over before'],
] as const satisfies readonly (readonly [string, readonly ReadSoFar[], readonly ReadSoFar[], string])[])
  test(`of a member is said, when ${what}: ${expected}`, () => {
    const soFar = (reading: Reading): readonly ReadSoFar[] => (reading === writes ? ofWrites : ofLogins)
    const coverage = coverageOfMember('b', [writes, logins], soFar, WINDOW)
    assert.equal(
      memberCoverageWords(coverage, (iso) => `${iso.slice(11, 16)}Z`),
      expected,
    )
  })

test('of a member that nothing is read for is said so', () => {
  const coverage = coverageOfMember('c', [writes, logins], () => [{ status: 'whole' }], WINDOW)
  assert.deepEqual(coverage, { kind: 'not asked', why: 'nothing was read for it' })
})

test('of what is left out of an answer no member says that it was read', () => {
  const [cut, newer] = ['2026-11-20T13:05:00Z', '2026-11-20T13:30:00Z']
  const of = (coverage: MemberCoverage): MemberCoverage => cutAt(coverage, Date.parse(cut) / 1000)
  const places = { kind: 'places', unread: 1, of: 3, why: 'denied' } as const
  assert.deepEqual(of({ kind: 'full' }), { kind: 'back', to: cut })
  assert.deepEqual(of({ kind: 'back', to: newer }), { kind: 'back', to: newer })
  assert.deepEqual(of({ kind: 'back', to: '2026-11-20T12:00:00Z' }), { kind: 'back', to: cut })
  assert.deepEqual(of(places), { ...places, to: cut })
  assert.deepEqual(of({ kind: 'not asked', why: 'x' }), { kind: 'not asked', why: 'x' })
})
