import assert from 'node:assert/strict'
import { test } from 'node:test'
import { calculateJwkThumbprint } from 'jose'
import { type KeySet, newKey, parseKeySet, publicKeys, rotate, signingKey } from '../../src/adapters/jose/keys.ts'

const NOW = new Date('2026-11-20T12:00:00Z')
const HOUR_MS = 3_600_000

function later(hours: number): Date {
  return new Date(NOW.getTime() + hours * HOUR_MS)
}

test('a new key is for ES256 and is named by its thumbprint', async () => {
  const key = await newKey(NOW)
  assert.deepEqual([key.kty, key.crv, key.alg, key.use, key.iat], ['EC', 'P-256', 'ES256', 'sig', NOW.getTime() / 1000])
  assert.equal(key.kid, await calculateJwkThumbprint(key))
  assert.equal(typeof key.d, 'string')
  assert.notEqual((await newKey(NOW)).kid, key.kid)
})

test('the newest key signs', async () => {
  const keys = [await newKey(NOW), await newKey(later(1))]
  assert.equal((await signingKey({ keys })).kid, keys[1]?.kid)
  await assert.rejects(signingKey({ keys: [] }), /the key set is empty/)
})

test('what is published holds no private member', async () => {
  const { keys } = publicKeys({ keys: [await newKey(NOW), await newKey(NOW)] })
  for (const key of keys) assert.deepEqual(Object.keys(key).toSorted(), ['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y'])
})

test('rotation adds a key that signs and keeps the old ones for as long as a token of theirs may be good', async () => {
  const first = await newKey(NOW)
  const second = await rotate({ keys: [first] }, later(24), 3600)
  assert.equal(second.keys.length, 2)
  assert.equal(second.keys[0]?.kid, first.kid, 'it signed until a moment ago')
  const soon = await rotate(second, later(24.5), 3600)
  assert.deepEqual(
    soon.keys.map(({ kid }) => kid).slice(0, 2),
    second.keys.map(({ kid }) => kid),
  )
  const late = await rotate(second, later(25.5), 3600)
  assert.deepEqual(late.keys.length, 2)
  assert.equal(late.keys[0]?.kid, second.keys[1]?.kid, 'the first one stopped signing more than an hour before')
})

test('the key that signs is never dropped by rotation, however old it is', async () => {
  const old = await newKey(NOW)
  const { keys } = await rotate({ keys: [old] }, later(24 * 365), 3600)
  assert.equal(keys[0]?.kid, old.kid)
})

test('a key set is read as it is written', async () => {
  const set: KeySet = { keys: [await newKey(NOW)] }
  assert.deepEqual(parseKeySet(JSON.stringify(set), 'private'), set)
  assert.deepEqual(parseKeySet(JSON.stringify(publicKeys(set)), 'public'), publicKeys(set))
})

const GOOD = { kty: 'EC', crv: 'P-256', kid: 'k1', x: 'x', y: 'y', d: 'hunter2' }
const WRONG: readonly (readonly [text: string, kind: 'private' | 'public', message: RegExp])[] = [
  ['hunter2', 'private', /not JSON/],
  ['null', 'private', /no "keys"/],
  ['{}', 'private', /no "keys"/],
  ['{"keys":[]}', 'private', /no "keys"/],
  [JSON.stringify({ keys: [{ ...GOOD, kty: 'RSA' }] }), 'private', /EC, P-256/],
  [JSON.stringify({ keys: [{ ...GOOD, crv: 'P-384' }] }), 'private', /EC, P-256/],
  [JSON.stringify({ keys: [{ ...GOOD, kid: undefined }] }), 'private', /must have a kid/],
  [JSON.stringify({ keys: [{ ...GOOD, d: undefined }] }), 'private', /k1 is not a private key/],
  [JSON.stringify({ keys: [GOOD] }), 'public', /k1 is a private key: a worker must not be able to mint/],
]

for (const [text, kind, message] of WRONG)
  test(`a ${kind} key set is refused with: ${message.source}`, () => {
    assert.throws(
      () => parseKeySet(text, kind),
      (error: Error) => {
        assert.ok(error instanceof TypeError)
        assert.match(error.message, message)
        assert.doesNotMatch(error.message, /hunter2/, 'the text is not repeated')
        return true
      },
    )
  })
