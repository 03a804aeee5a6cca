import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { chooseSelection, formsOfResource } from '../../src/domain/query/pushdown.ts'
import { compileMatch } from '../../src/domain/runbook/evaluate.ts'
import type { Match } from '../../src/domain/runbook/runbook.ts'
import { aMatch, aRecord } from './records.ts'

test('no record that a match takes is lost by what AWS is asked', () => {
  let judged = 0
  fc.assert(
    fc.property(aMatch, fc.array(aRecord, { minLength: 5, maxLength: 10 }), (match, records) => {
      const selection = chooseSelection(match)
      if (selection === undefined) return
      const matches = compileMatch(match)
      for (const { record, index } of records) {
        if (!matches(record)) continue
        judged += 1
        const found = index[selection.key]?.some((value) => selection.values.includes(value))
        assert.ok(found, `${JSON.stringify(selection)} does not find ${JSON.stringify(record)}`)
      }
    }),
    { numRuns: 5000 },
  )
  assert.ok(judged > 1000, `only ${judged} records were judged: the property proves nothing`)
})

const key: Match = { field: 'userIdentity.accessKeyId', equals: 'AKIA1' }
const source: Match = { field: 'eventSource', equals: 'iam.amazonaws.com' }
const writes: Match = { field: 'readOnly', equals: false }
const named = (...names: readonly string[]): Match => ({ field: 'eventName', in: names })

const CHOSEN: readonly (readonly [says: string, match: Match, chosen: ReturnType<typeof chooseSelection>])[] = [
  [
    'an id comes before everything',
    { all: [key, { field: 'eventID', equals: 'e' }] },
    { key: 'EventId', values: ['e'] },
  ],
  ['a key comes before a user', { all: [{ principal: 'user/a' }, key] }, { key: 'AccessKeyId', values: ['AKIA1'] }],
  [
    'a resource comes before a user',
    { all: [{ principal: 'user/a' }, { resource: 'b' }] },
    { key: 'ResourceName', values: ['b'] },
  ],
  ['a user comes before a name', { all: [named('A'), { principal: 'user/a' }] }, { key: 'Username', values: ['a'] }],
  ['a name comes before its source', { all: [source, named('A', 'B')] }, { key: 'EventName', values: ['A', 'B'] }],
  ['a source comes before the kind', { all: [writes, source] }, { key: 'EventSource', values: ['iam.amazonaws.com'] }],
  ['the kind is better than nothing', writes, { key: 'ReadOnly', values: ['false'] }],
  [
    'of two tests of one field, the narrower',
    { all: [named('A', 'B'), named('A')] },
    { key: 'EventName', values: ['A'] },
  ],
  [
    'five names are asked one by one',
    { all: [source, named('A', 'B', 'C', 'D', 'E')] },
    { key: 'EventName', values: ['A', 'B', 'C', 'D', 'E'] },
  ],
  [
    'beyond five, their source is asked instead',
    { all: [source, named('A', 'B', 'C', 'D', 'E', 'F')] },
    { key: 'EventSource', values: ['iam.amazonaws.com'] },
  ],
  [
    'beyond five, without a source, one by one',
    named('A', 'B', 'C', 'D', 'E', 'F'),
    { key: 'EventName', values: ['A', 'B', 'C', 'D', 'E', 'F'] },
  ],
  ['a value given twice is asked once', named('A', 'A'), { key: 'EventName', values: ['A'] }],
  ['what is negated is not asked', { not: key }, undefined],
  ['what ignores case is not asked', { field: 'eventName', equals: 'a', ignoreCase: true }, undefined],
  ['a part of a name is not asked', { field: 'eventName', prefix: 'Create' }, undefined],
  [
    'branches that agree on a field are united',
    { any: [named('A'), { all: [named('B'), writes] }] },
    { key: 'EventName', values: ['A', 'B'] },
  ],
  ['branches that do not agree are not asked', { any: [named('A'), source] }, undefined],
  ['a choice of nothing is not asked', { any: [] }, undefined],
  ['a list of nothing is not asked', { all: [named(), source] }, { key: 'EventSource', values: ['iam.amazonaws.com'] }],
  ['an empty value is not asked', { field: 'userIdentity.accessKeyId', equals: '' }, undefined],
  ['a value too long for AWS is not asked', named('A'.repeat(2001)), undefined],
  ['blanks count double for AWS', named(' '.repeat(1001)), undefined],
  ['a value just short enough is asked', named(' '.repeat(1000)), { key: 'EventName', values: [' '.repeat(1000)] }],
  [
    'another key that the call is about is not the caller’s',
    { field: 'requestParameters.accessKeyId', equals: 'A' },
    undefined,
  ],
  ['a bare name may be a role’s', { principal: 'alice' }, undefined],
  ['a role’s calls are not found by its name', { principal: 'role/Admin' }, undefined],
  ['root’s records may carry the alias of the account', { principal: 'arn:aws:iam::111122223333:root' }, undefined],
  ['a user', { principal: 'user/alice' }, { key: 'Username', values: ['alice'] }],
  [
    'a user by ARN, with a path',
    { principal: 'arn:aws:iam::111122223333:user/ops/alice' },
    { key: 'Username', values: ['alice'] },
  ],
  ['a session', { principal: 'session/ci' }, { key: 'Username', values: ['ci'] }],
  ['a role’s session, as answers show it', { principal: 'Admin/ci' }, { key: 'Username', values: ['ci'] }],
  [
    'a session by ARN',
    { principal: 'arn:aws:sts::111122223333:assumed-role/Admin/ci' },
    { key: 'Username', values: ['ci'] },
  ],
  ['what Username holds for federated users is not documented', { principal: 'federated-user/fed' }, undefined],
]

for (const [says, match, chosen] of CHOSEN)
  test(`what AWS is asked: ${says}`, () => {
    assert.deepEqual(chooseSelection(match), chosen)
  })

test('a resource is asked for in every form AWS may list it by, in at most five lookups', () => {
  assert.deepEqual(formsOfResource('billing'), ['billing'])
  assert.deepEqual(formsOfResource('arn:aws:s3:::billing'), ['arn:aws:s3:::billing', 'billing'])
  const secret = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:db/password-a1B2c3'
  assert.deepEqual(formsOfResource(secret), [secret, 'secret:db/password-a1B2c3', 'db/password-a1B2c3', 'db/password'])
  const user = 'arn:aws:iam::111122223333:user/ops/alice'
  assert.deepEqual(formsOfResource(user), [user, 'user/ops/alice', 'ops/alice', 'alice'])
})
