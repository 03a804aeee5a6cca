import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { exportJWK, generateKeyPair, importJWK, type JWK, SignJWT, UnsecuredJWT } from 'jose'
import { z } from 'zod'
import { type KeySet, newKey, publicKeys, type StoredKey } from '../../src/adapters/jose/keys.ts'
import {
  expiryOf,
  ISSUER,
  localKeys,
  remoteKeys,
  signer,
  type TokenKind,
  verify,
} from '../../src/adapters/jose/tokens.ts'

const NOW = new Date('2026-11-20T12:00:00Z')
const SECONDS = NOW.getTime() / 1000

const schema = z.strictObject({
  iss: z.string(),
  aud: z.string(),
  sub: z.string(),
  jti: z.string(),
  iat: z.number(),
  nbf: z.number(),
  exp: z.number(),
  run: z.string(),
})
type Claims = z.infer<typeof schema>
const KIND: TokenKind<Claims> = { typ: 'ctq-test+jwt', audience: 'tests', schema }

function claims(changes: Partial<Claims> = {}): Claims {
  return {
    iss: ISSUER,
    aud: 'tests',
    sub: 'T1.U1',
    jti: 'j1',
    iat: SECONDS,
    nbf: SECONDS,
    exp: SECONDS + 600,
    run: 'r1',
    ...changes,
  }
}

async function aSet(): Promise<KeySet & { readonly keys: readonly StoredKey[] }> {
  return { keys: [await newKey(NOW)] }
}

async function signed(set: KeySet, header: object, payload: object): Promise<string> {
  const jwk = set.keys[0] as JWK
  const key = await importJWK(jwk, 'ES256')
  return await new SignJWT({ ...payload })
    .setProtectedHeader({ alg: 'ES256', typ: KIND.typ, kid: jwk.kid ?? '', ...header })
    .sign(key)
}

test('what was signed is read back, every claim of it', async () => {
  const set = await aSet()
  const token = await (await signer(set))(KIND, claims())
  assert.deepEqual(await verify(localKeys(set), KIND, token, NOW), { ok: true, value: claims() })
  const [header] = token.split('.')
  assert.deepEqual(JSON.parse(Buffer.from(header ?? '', 'base64url').toString()), {
    alg: 'ES256',
    typ: KIND.typ,
    kid: set.keys[0]?.kid,
  })
})

const WRONG: readonly (readonly [what: string, token: (set: KeySet) => Promise<string>, why: string])[] = [
  ['nothing', async () => '', 'no token'],
  ['no token at all', async () => 'hello', 'not a token'],
  ['an altered payload', async (set) => altered(await (await signer(set))(KIND, claims())), 'signature'],
  [
    'a signature of zeros',
    async (set) => `${(await signed(set, {}, claims())).split('.').slice(0, 2).join('.')}.${'A'.repeat(86)}`,
    'signature',
  ],
  [
    'a signature by another key under this name',
    async (set) => await signedByAnother(set, set.keys[0]?.kid ?? ''),
    'signature',
  ],
  ['a key that nobody knows', async (set) => await signedByAnother(set, 'other'), 'unknown key'],
  ['no algorithm', async () => new UnsecuredJWT(claims()).encode(), 'algorithm'],
  ['the public key used as a secret (HS256)', hmacOfPublicKey, 'algorithm'],
  [
    'another type',
    async (set) => await signed(set, { typ: 'ctq-ask+jwt' }, claims()),
    'issuer, audience, type or time',
  ],
  [
    'another audience',
    async (set) => await signed(set, {}, claims({ aud: 'others' })),
    'issuer, audience, type or time',
  ],
  ['another issuer', async (set) => await signed(set, {}, claims({ iss: 'evil' })), 'issuer, audience, type or time'],
  [
    'a time that is not yet',
    async (set) => await signed(set, {}, claims({ nbf: SECONDS + 60 })),
    'issuer, audience, type or time',
  ],
  [
    'a claim left out',
    async (set) => await signed(set, {}, { ...claims(), jti: undefined }),
    'issuer, audience, type or time',
  ],
  ['a claim too many', async (set) => await signed(set, {}, { ...claims(), admin: true }), 'claims of the wrong shape'],
  [
    'a claim of the wrong kind',
    async (set) => await signed(set, {}, { ...claims(), run: 7 }),
    'claims of the wrong shape',
  ],
  [
    'a list of audiences',
    async (set) => await signed(set, {}, { ...claims(), aud: ['tests', 'others'] }),
    'claims of the wrong shape',
  ],
]

function altered(token: string): string {
  const [header, payload, signature] = token.split('.')
  const more = { ...JSON.parse(Buffer.from(payload ?? '', 'base64url').toString()), run: 'r2' }
  return [header, Buffer.from(JSON.stringify(more)).toString('base64url'), signature].join('.')
}

async function signedByAnother(_: KeySet, kid: string): Promise<string> {
  const { privateKey } = await generateKeyPair('ES256')
  return await new SignJWT(claims()).setProtectedHeader({ alg: 'ES256', typ: KIND.typ, kid }).sign(privateKey)
}

async function hmacOfPublicKey(set: KeySet): Promise<string> {
  const secret = Buffer.from(JSON.stringify(publicKeys(set).keys[0]))
  return await new SignJWT(claims())
    .setProtectedHeader({ alg: 'HS256', typ: KIND.typ, kid: set.keys[0]?.kid ?? '' })
    .sign(secret)
}

for (const [what, make, why] of WRONG)
  test(`a token with ${what} is refused: ${why}`, async () => {
    const set = await aSet()
    const token = await make(set)
    for (const expiry of ['check', 'ignore'] as const)
      assert.deepEqual(await verify(localKeys(set), KIND, token, NOW, expiry), {
        ok: false,
        error: { code: 'invalid', why },
      })
  })

for (const [what, changes] of [
  ['for encrypting', { use: 'enc' }],
  ['of another algorithm', { alg: 'ES384' }],
] as const)
  test(`a key ${what} verifies nothing, though it is the one that signed`, async () => {
    const set = await aSet()
    const token = await signed(set, {}, claims())
    const published = { keys: set.keys.map((key) => ({ ...key, ...changes })) }
    const refused = { ok: false, error: { code: 'invalid', why: 'unknown key' } }
    assert.deepEqual(await verify(localKeys(published), KIND, token, NOW), refused)
  })

test('an expired token is said to be that, and only then', async () => {
  const set = await aSet()
  const token = await (await signer(set))(KIND, claims())
  const at = (seconds: number): Date => new Date((SECONDS + seconds) * 1000)
  assert.equal((await verify(localKeys(set), KIND, token, at(604))).ok, true, 'clocks may differ by a little')
  assert.deepEqual(await verify(localKeys(set), KIND, token, at(605)), {
    ok: false,
    error: { code: 'expired', why: 'expired' },
  })
  assert.equal((await verify(localKeys(set), KIND, token, at(86_400), 'ignore')).ok, true)
  const forged = altered(token)
  assert.deepEqual(await verify(localKeys(set), KIND, forged, at(86_400)), {
    ok: false,
    error: { code: 'invalid', why: 'signature' },
  })
})

test('a token that a clock a little ahead has made is good', async () => {
  const set = await aSet()
  const token = await (await signer(set))(KIND, claims())
  const at = (seconds: number): Date => new Date((SECONDS + seconds) * 1000)
  for (const expiry of ['check', 'ignore'] as const) {
    assert.equal((await verify(localKeys(set), KIND, token, at(-5), expiry)).ok, true)
    assert.equal((await verify(localKeys(set), KIND, token, at(-6), expiry)).ok, false)
  }
})

for (const exp of ['soon', 1e300, -1e300, null])
  test(`a token that ends at ${JSON.stringify(exp)} is refused, not an error`, async () => {
    const set = await aSet()
    const token = await signed(set, {}, { ...claims(), exp })
    for (const expiry of ['check', 'ignore'] as const) {
      const { ok } = await verify(localKeys(set), KIND, token, NOW, expiry)
      assert.equal(ok, exp === 1e300, expiry)
    }
  })

test('older keys of a set verify beside the one that signs, and keys that were dropped do not', async () => {
  const [old, fresh] = [await newKey(NOW), await newKey(NOW)]
  const token = await (await signer({ keys: [old] }))(KIND, claims())
  assert.equal((await verify(localKeys({ keys: [old, fresh] }), KIND, token, NOW)).ok, true)
  const dropped = await verify(localKeys({ keys: [fresh] }), KIND, token, NOW)
  assert.deepEqual(dropped, { ok: false, error: { code: 'invalid', why: 'unknown key' } })
})

/** An address that publishes keys, and how often it was asked. */
async function publishing(t: TestContext, first: KeySet) {
  const published = { set: publicKeys(first), fetched: 0 }
  const server = createServer((_, response) => {
    published.fetched += 1
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(published.set))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => server.close())
  return { published, url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`) }
}

test('keys are fetched from an address, once for many tokens', async (t) => {
  const old = await newKey(NOW)
  const { published, url } = await publishing(t, { keys: [old] })
  const keys = remoteKeys(url)
  const token = await (await signer({ keys: [old] }))(KIND, claims())
  assert.equal((await verify(keys, KIND, token, NOW)).ok, true)
  assert.equal((await verify(keys, KIND, token, NOW)).ok, true)
  assert.equal(published.fetched, 1)
})

test('a key that signs since the last fetch is no refusal but a fault: the job is tried again, and then it is fetched', async (t) => {
  const [old, fresh] = [await newKey(NOW), await newKey(NOW)]
  const { published, url } = await publishing(t, { keys: [old] })
  t.mock.timers.enable({ apis: ['Date'], now: NOW })
  const keys = remoteKeys(url)
  assert.equal((await verify(keys, KIND, await (await signer({ keys: [old] }))(KIND, claims()), NOW)).ok, true)
  published.set = publicKeys({ keys: [old, fresh] })
  const next = await (await signer({ keys: [old, fresh] }))(KIND, claims())
  const tries: string[] = []
  for (const waitedMs of [1_000, 2_000, 4_000, 8_000, 16_000]) {
    t.mock.timers.tick(waitedMs)
    tries.push(await verify(keys, KIND, next, NOW).then(({ ok }) => (ok ? 'good' : 'refused'), String))
    // A flood of kids must not become a flood of requests.
    assert.equal(published.fetched, tries.at(-1) === 'good' ? 2 : 1)
  }
  assert.match(tries[0] ?? '', /may be newer/)
  assert.equal(tries.at(-1), 'good')
})

test('a kid that is in no set fetched since it was first seen is refused, also while others are being looked for', async (t) => {
  const [old, forged, other] = [await newKey(NOW), await newKey(NOW), await newKey(NOW)]
  const { published, url } = await publishing(t, { keys: [old] })
  t.mock.timers.enable({ apis: ['Date'], now: NOW })
  const keys = remoteKeys(url)
  const [good, bad, worse] = await Promise.all(
    [old, forged, other].map(async (key) => (await signer({ keys: [key] }))(KIND, claims())),
  )
  assert.ok(good && bad && worse)
  assert.equal((await verify(keys, KIND, good, NOW)).ok, true)
  t.mock.timers.tick(5_000)
  await assert.rejects(verify(keys, KIND, bad, NOW), /may be newer/)
  t.mock.timers.tick(26_000)
  const refused = { ok: false, error: { code: 'invalid', why: 'unknown key' } }
  assert.deepEqual(await verify(keys, KIND, worse, NOW), refused)
  assert.equal(published.fetched, 2)
  t.mock.timers.tick(1_000)
  assert.deepEqual(await verify(keys, KIND, bad, NOW), refused)
  assert.equal(published.fetched, 2)
})

test('when keys cannot be fetched it is a fault, not a refusal: the job is tried again', async () => {
  const token = await (await signer(await aSet()))(KIND, claims())
  await assert.rejects(verify(remoteKeys(new URL('http://127.0.0.1:9/')), KIND, token, NOW))
})

for (const [what, status, body] of [
  ['an error', 503, 'busy'],
  ['a page that is no JSON', 200, '<html>'],
  ['JSON that is no key set', 200, '{"error":"later"}'],
] as const)
  test(`when the address of the keys answers with ${what} it is a fault too, and no verdict on the token`, async (t) => {
    const server = createServer((_, response) => response.writeHead(status).end(body))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    t.after(() => server.close())
    const token = await (await signer(await aSet()))(KIND, claims())
    const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
    await assert.rejects(verify(remoteKeys(url), KIND, token, NOW))
  })

test('a private key never leaves through the keys that verify', async () => {
  const { publicKey } = await generateKeyPair('ES256', { extractable: true })
  assert.equal((await exportJWK(publicKey)).d, undefined)
  const set = await aSet()
  const resolved = await localKeys(set)({ alg: 'ES256', kid: set.keys[0]?.kid ?? '' }, { payload: '', signature: '' })
  assert.equal('type' in resolved && resolved.type, 'public')
})

test('the end of a token is read without checking it; of nonsense it is the beginning of time', async () => {
  const token = await (await signer(await aSet()))(KIND, claims())
  assert.equal(expiryOf(token), SECONDS + 600)
  for (const text of ['', 'hello', 'a.b.c', altered(token).slice(0, 40)]) assert.equal(expiryOf(text), 0, text)
})
