import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { canonicalJson, digestOf, hasher, sha256 } from '../../src/domain/canonical.ts'
import { type Query, queryHash } from '../../src/domain/query/query.ts'

/** The same value with the members of every object in the opposite order. */
function turned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(turned)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([name, member]) => [name, turned(member)]),
  )
}

test('equal values have one text, whatever the order of their members', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      assert.equal(canonicalJson(turned(value)), canonicalJson(value))
    }),
  )
})

test('the text says the value, all of it: different values have different texts', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      assert.deepEqual(JSON.parse(canonicalJson(value)), JSON.parse(JSON.stringify(value)))
    }),
  )
})

test('members are sorted by their names at every level, and absent ones are left out', () => {
  assert.equal(canonicalJson({ b: [{ d: 1, c: undefined }], a: null }), '{"a":null,"b":[{"d":1}]}')
})

test('a digest is SHA-256 in hexadecimal, of UTF-8', () => {
  assert.equal(sha256('é'), '4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c')
  assert.equal(digestOf({ a: 1 }), sha256('{"a":1}'))
  const hash = hasher()
  hash.update('{"a"')
  hash.update(Buffer.from(':1}'))
  assert.equal(hash.digest(), digestOf({ a: 1 }))
})

const QUERY: Query = {
  runbook: { name: 'key-activity', digest: 'd'.repeat(64) },
  parameters: { accessKeyId: 'AKIA1' },
  accounts: ['111122223333'],
  regions: 'enabled',
  engines: ['lookup'],
  limit: 100,
  window: { since: '2026-11-19T14:00:00Z', until: { atStart: true, notAfter: '2026-11-20T15:00:00Z' } },
}

test('a query’s hash changes with everything that it asks', () => {
  const others: readonly Query[] = [
    QUERY,
    { ...QUERY, runbook: { ...QUERY.runbook, digest: 'e'.repeat(64) } },
    { ...QUERY, parameters: { accessKeyId: 'AKIA2' } },
    { ...QUERY, accounts: ['111122223333', '222233334444'] },
    { ...QUERY, regions: ['eu-west-1'] },
    { ...QUERY, limit: 101 },
    { ...QUERY, window: { ...QUERY.window, until: '2026-11-20T15:00:00Z' } },
    { ...QUERY, window: { ...QUERY.window, since: '2026-11-19T14:00:01Z' } },
  ]
  assert.equal(new Set(others.map(queryHash)).size, others.length)
  assert.equal(queryHash({ ...QUERY }), queryHash(QUERY))
})
