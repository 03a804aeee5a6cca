import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import type { CloudTrailRecord } from '../../src/domain/record.ts'
import { compileMatch } from '../../src/domain/runbook/evaluate.ts'
import type { Match } from '../../src/domain/runbook/runbook.ts'
import { plainMatch } from '../support/plainMatch.ts'

const record: CloudTrailRecord = {
  eventName: 'AuthorizeSecurityGroupIngress',
  readOnly: false,
  errorCode: null,
  sourceIPAddress: '203.0.113.66',
  userAgent: 'aws-cli/2.17\nsecond line',
  recipientAccountId: '012345678901',
  eventTime: '2026-11-18T02:55:40Z',
  userIdentity: { userName: 'alice', accountId: '012345678901', sessionContext: {} },
  requestParameters: {
    userName: 'alice',
    maxResults: 50,
    count: '12',
    tags: [],
    holes: [null],
    ports: [22, 443],
    nested: [[['deep']], 'shallow'],
    ipPermissions: { items: [{ ipRanges: { items: [{ cidrIp: '10.0.0.1' }, { cidrIp: '198.51.100.7' }] } }, {}] },
  },
}

const cases: readonly (readonly [what: string, match: Match, expected: boolean])[] = [
  ['equal text', { field: 'eventName', equals: 'AuthorizeSecurityGroupIngress' }, true],
  ['text in another case', { field: 'eventName', equals: 'authorizesecuritygroupingress' }, false],
  ['case ignored', { field: 'eventName', equals: 'authorizesecuritygroupingress', ignoreCase: true }, true],
  ['a boolean and its word', { field: 'readOnly', equals: 'false' }, true],
  ['a boolean', { field: 'readOnly', equals: false }, true],
  ['a number and its JSON text', { field: 'requestParameters.maxResults', equals: '50' }, true],
  ['a text and the number it reads as', { field: 'requestParameters.count', equals: 12 }, true],
  ['an account that starts with zero', { field: 'recipientAccountId', equals: '012345678901' }, true],
  ['null, which is absent', { field: 'errorCode', equals: 'null' }, false],
  ['one of a list', { field: 'requestParameters.ports', equals: 443 }, true],
  ['none of a list', { field: 'requestParameters.ports', equals: 80 }, false],
  ['a list in a list in a list', { field: 'requestParameters.nested', equals: 'deep' }, true],
  [
    'a field of every element',
    { field: 'requestParameters.ipPermissions.items.ipRanges.items.cidrIp', equals: '198.51.100.7' },
    true,
  ],
  ['an object, which is no text', { field: 'userIdentity', equals: '[object Object]' }, false],
  ['a member that only JavaScript knows', { field: 'userIdentity.constructor', exists: true }, false],
  ['a member of a text', { field: 'eventName.length', exists: true }, false],
  ['in', { field: 'requestParameters.maxResults', in: [1, '50'] }, true],
  ['in nothing', { field: 'eventName', in: [] }, false],
  ['prefix', { field: 'eventName', prefix: 'Authorize' }, true],
  ['prefix, case ignored', { field: 'eventName', prefix: 'AUTHOR', ignoreCase: true }, true],
  ['suffix', { field: 'eventName', suffix: 'Ingress' }, true],
  ['suffix that is none', { field: 'eventName', suffix: 'Egress' }, false],
  ['contains', { field: 'eventName', contains: 'SecurityGroup' }, true],
  ['a pattern anywhere', { field: 'eventName', matches: 'Group[A-Z]' }, true],
  ['an anchored pattern', { field: 'eventName', matches: '^Security' }, false],
  ['a pattern over lines', { field: 'userAgent', matches: 'aws-cli.*second' }, true],
  ['a pattern, case ignored', { field: 'eventName', matches: '^authorize', ignoreCase: true }, true],
  ['a range', { field: 'sourceIPAddress', cidr: '203.0.113.0/24' }, true],
  ['an address as a range', { field: 'sourceIPAddress', cidr: '203.0.113.66' }, true],
  ['another address', { field: 'sourceIPAddress', cidr: '203.0.113.67' }, false],
  ['one of two ranges', { field: 'sourceIPAddress', cidr: ['2001:db8::/32', '203.0.0.0/16'] }, true],
  ['a range of the other family', { field: 'sourceIPAddress', cidr: '::/0' }, false],
  ['a text that is no address', { field: 'eventName', cidr: '0.0.0.0/0' }, false],
  ['a number, which is no address', { field: 'requestParameters.maxResults', cidr: '0.0.0.0/0' }, false],
  ['there', { field: 'requestParameters.maxResults', exists: true }, true],
  ['there though empty', { field: 'requestParameters.tags', exists: true }, true],
  ['null is not there', { field: 'errorCode', exists: true }, false],
  ['not there', { field: 'errorCode', exists: false }, true],
  ['there in some element', { field: 'requestParameters.ipPermissions.items.ipRanges', exists: true }, true],
  ['greater than a number', { field: 'requestParameters.maxResults', greater: 49 }, true],
  ['not greater than itself', { field: 'requestParameters.maxResults', greater: 50 }, false],
  ['a numeric text against a number', { field: 'requestParameters.count', less: 13 }, true],
  ['a text against a number', { field: 'eventName', greater: 0 }, false],
  ['a later time', { field: 'eventTime', greater: '2026-11-18T02:55:39Z' }, true],
  ['an earlier time', { field: 'eventTime', less: '2026-11-18T02:55:40Z' }, false],
  ['the same as another field', { field: 'requestParameters.userName', sameAs: 'userIdentity.userName' }, true],
  ['not the same as another field', { field: 'eventName', sameAs: 'userIdentity.userName' }, false],
  ['the same as an absent field', { field: 'errorCode', sameAs: 'errorMessage' }, false],
  ['an absent field', { field: 'errorMessage', equals: 'x' }, false],
  ['not an absent field', { not: { field: 'errorMessage', equals: 'x' } }, true],
  [
    'all',
    {
      all: [
        { field: 'readOnly', equals: false },
        { field: 'eventName', prefix: 'X' },
      ],
    },
    false,
  ],
  [
    'any',
    {
      any: [
        { field: 'readOnly', equals: false },
        { field: 'eventName', prefix: 'X' },
      ],
    },
    true,
  ],
  ['all of nothing', { all: [] }, true],
  ['any of nothing', { any: [] }, false],
]

for (const [what, match, expected] of cases)
  test(`${what}: ${expected ? 'matches' : 'does not match'}`, () => assert.equal(compileMatch(match)(record), expected))

test('IPv4 written as IPv6 is in an IPv4 range, and shortened IPv4 is no address', () => {
  const inside = compileMatch({ field: 'sourceIPAddress', cidr: '10.0.0.0/8' })
  assert.equal(inside({ sourceIPAddress: '::ffff:10.1.2.3' }), true)
  const mapped = compileMatch({ field: 'sourceIPAddress', cidr: '::ffff:10.0.0.0/104' })
  assert.deepEqual(
    ['10.1.2.3', '::ffff:10.1.2.3', '11.1.2.3', '::1'].map((sourceIPAddress) => mapped({ sourceIPAddress })),
    [true, true, false, false],
  )
  assert.equal(inside({ sourceIPAddress: '10.1' }), false)
  assert.equal(inside({ sourceIPAddress: '167837955' }), false)
})

test('a record nested a hundred thousand deep is tried, not thrown at', () => {
  const deep: unknown = JSON.parse(`${'['.repeat(100_000)}"x"${']'.repeat(100_000)}`)
  assert.equal(compileMatch({ field: 'requestParameters.a', equals: 'x' })({ requestParameters: { a: deep } }), true)
  assert.equal(compileMatch({ resource: 'x' })({ requestParameters: { a: deep } }), true)
})

test('a pattern that would take a backtracking engine for ever has its answer', () => {
  const match = compileMatch({ field: 'userAgent', matches: '^(a+)+$' })
  assert.equal(match({ userAgent: `${'a'.repeat(1000)}b` }), false)
})

const field = fc.constantFrom(
  'eventName',
  'readOnly',
  'userIdentity.userName',
  'requestParameters.a.b',
  'resources.ARN',
  'errorCode',
  '__proto__.a',
  'constructor',
)
const word = fc.constantFrom(
  'a',
  'alice',
  'arn:aws:iam::111122223333:user/alice',
  'root',
  '1',
  'false',
  '10.0.0.1',
  'Ä',
  '__proto__',
)
const leaf: fc.Arbitrary<Match> = fc.oneof(
  fc.record({ field, equals: fc.oneof(word, fc.integer(), fc.boolean()), ignoreCase: fc.boolean() }),
  fc.record({ field, in: fc.array(word) }),
  fc.record({ field, prefix: word }),
  fc.record({ field, suffix: word }),
  fc.record({ field, contains: word, ignoreCase: fc.boolean() }),
  fc.record({ field, matches: fc.constantFrom('^a', 'a|b', '[0-9]+$', '') }),
  fc.record({ field, cidr: fc.constantFrom('10.0.0.0/8', '::/0', '10.0.0.1') }),
  fc.record({ field, exists: fc.boolean() }),
  fc.record({ field, greater: fc.oneof(word, fc.integer()) }),
  fc.record({ field, less: fc.oneof(word, fc.integer()), ignoreCase: fc.boolean() }),
  fc.record({ field, sameAs: field, ignoreCase: fc.boolean() }),
  fc.record({ principal: word }),
  fc.record({ resource: word }),
)
const { match } = fc.letrec<{ match: Match }>((tie) => ({
  match: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc.record({ all: fc.array(tie('match'), { maxLength: 3 }) }),
    fc.record({ any: fc.array(tie('match'), { maxLength: 3 }) }),
    fc.record({ not: tie('match') }),
  ),
}))

/** JSON in the shape of a record, with members that matter often enough to be met, and any JSON below them. */
const value = fc.oneof(word, fc.jsonValue({ maxDepth: 3 }), fc.array(word))
const hostile: fc.Arbitrary<CloudTrailRecord> = fc.record(
  {
    eventName: value,
    readOnly: value,
    errorCode: value,
    userIdentity: fc.oneof(
      value,
      fc.record(
        { type: value, userName: value, arn: value, principalId: value, sessionContext: value },
        { requiredKeys: [] },
      ),
    ),
    requestParameters: fc.oneof(value, fc.record({ a: fc.oneof(value, fc.record({ b: value })) })),
    resources: fc.oneof(value, fc.array(fc.record({ ARN: value }))),
  },
  { requiredKeys: [] },
)

test('a compiled match takes what the language says plainly, the first time and the next', () => {
  fc.assert(
    fc.property(match, fc.array(hostile, { maxLength: 6 }), (m, records) => {
      const matches = compileMatch(m)
      for (const r of [...records, ...records]) assert.equal(matches(r), plainMatch(m, r))
    }),
    { numRuns: 1500 },
  )
})

test('an answer that was forgotten again is the same', () => {
  const matches = compileMatch({ field: 'userAgent', matches: '7$' })
  const agents = Array.from({ length: 1_200 }, (_, at) => `agent/${at}`)
  for (const userAgent of [...agents, ...agents, 'x'.repeat(600), `${'x'.repeat(600)}7`])
    assert.equal(matches({ userAgent }), userAgent.endsWith('7'), userAgent)
})

test('no record makes any match throw, and asking twice gives the same', () => {
  fc.assert(
    fc.property(match, hostile, (m, r) => {
      const matches = compileMatch(m)
      assert.equal(matches(r), matches(r))
      assert.equal(typeof matches(r), 'boolean')
    }),
    { numRuns: 2000 },
  )
})

test('not inverts, twice is nothing, and De Morgan holds', () => {
  fc.assert(
    fc.property(match, match, hostile, (a, b, r) => {
      const is = (m: Match) => compileMatch(m)(r)
      assert.equal(is({ not: a }), !is(a))
      assert.equal(is({ not: { not: a } }), is(a))
      assert.equal(is({ not: { all: [a, b] } }), is({ any: [{ not: a }, { not: b }] }))
      assert.equal(is({ not: { any: [a, b] } }), is({ all: [{ not: a }, { not: b }] }))
    }),
    { numRuns: 1000 },
  )
})

test('what holds of a value holds of a list with it in', () => {
  fc.assert(
    fc.property(leaf, word, fc.array(fc.jsonValue({ maxDepth: 1 }), { maxLength: 3 }), (m, text, others) => {
      if (!('field' in m) || 'exists' in m || 'sameAs' in m) return
      const test = compileMatch({ ...m, field: 'errorCode' })
      if (test({ errorCode: text })) assert.equal(test({ errorCode: [...others, [text]] }), true)
    }),
  )
})
