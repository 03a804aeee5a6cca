import { type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose'

/** A JSON Web Key Set as stored: private keys, newest last; the last signs, all verify. */
export type StoredKey = JWK & { readonly iat?: number }
export type KeySet = { readonly keys: readonly StoredKey[] }

/** Only this algorithm is minted or accepted: P-256, 64-byte signatures, known to AWS STS too. */
export const ALGORITHM = 'ES256'

/** Makes a signing key. Its `kid` is the key's RFC 7638 thumbprint, so equal keys have equal names. */
export async function newKey(now: Date): Promise<StoredKey> {
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true })
  const jwk = await exportJWK(privateKey)
  return {
    ...jwk,
    kid: await calculateJwkThumbprint(jwk),
    alg: ALGORITHM,
    use: 'sig',
    iat: Math.floor(now.getTime() / 1000),
  }
}

/** Adds a key that signs from now on; older ones only verify, and are dropped once no token of theirs can be good any more. */
export async function rotate(set: KeySet, now: Date, keepSeconds: number): Promise<KeySet> {
  const fresh = await newKey(now)
  const replacedAt = (index: number): number => Number(set.keys[index + 1]?.iat ?? now.getTime() / 1000)
  const kept = set.keys.filter((_, index) => replacedAt(index) > now.getTime() / 1000 - keepSeconds)
  return { keys: [...kept, fresh] }
}

/** What the worker gets, and what is published: no private member leaves. */
export function publicKeys(set: KeySet): KeySet {
  return { keys: set.keys.map(({ kty, crv, x, y, kid, alg, use }) => ({ kty, crv, x, y, kid, alg, use }) as JWK) }
}

/** Reads a key set from JSON. Throws a TypeError that says what is missing and never quotes the text. */
export function parseKeySet(text: string, kind: 'private' | 'public'): KeySet {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    throw new TypeError('the key set is not JSON')
  }
  const keys = (parsed as { keys?: unknown } | null)?.keys
  if (!Array.isArray(keys) || keys.length === 0) throw new TypeError('the key set has no "keys"')
  for (const key of keys as readonly StoredKey[]) checkKey(key, kind)
  return { keys: keys as readonly StoredKey[] }
}

function checkKey(key: JWK, kind: 'private' | 'public'): void {
  if (key.kty !== 'EC' || key.crv !== 'P-256') throw new TypeError('every key must be EC, P-256 (ES256)')
  if (typeof key.kid !== 'string' || key.kid === '') throw new TypeError('every key must have a kid')
  if (kind === 'private' && typeof key.d !== 'string') throw new TypeError(`key ${key.kid} is not a private key`)
  if (kind === 'public' && key.d !== undefined)
    throw new TypeError(`key ${key.kid} is a private key: a worker must not be able to mint`)
}

/** The key that signs, ready for use. */
export async function signingKey(set: KeySet): Promise<{ readonly kid: string; readonly key: CryptoKey }> {
  const jwk = set.keys.at(-1)
  if (jwk?.kid === undefined) throw new TypeError('the key set is empty')
  return { kid: jwk.kid, key: (await importJWK(jwk, ALGORITHM)) as CryptoKey }
}
