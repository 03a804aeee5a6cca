import {
  createLocalJWKSet,
  createRemoteJWKSet,
  customFetch,
  decodeJwt,
  errors,
  type JSONWebKeySet,
  type JWTVerifyGetKey,
  jwtVerify,
  SignJWT,
} from 'jose'
import type { z } from 'zod'
import { err, ok, type Result } from '../../domain/outcome.ts'
import { ALGORITHM, type KeySet, publicKeys, signingKey } from './keys.ts'

/** Who mints. The same for every token; the audience and the type tell the kinds apart. */
export const ISSUER = 'ctq'

/** A kind of token: one type, one audience, one shape of claims. A token of one kind is good for nothing else. */
export type TokenKind<Claims> = { readonly typ: string; readonly audience: string; readonly schema: z.ZodType<Claims> }

/** `why` is a stable phrase for the audit; it never holds a part of the token. */
export type Refusal = { readonly code: 'expired' | 'invalid'; readonly why: string }

/** Signs claims as a token of one kind. */
export type Sign = <Claims>(kind: TokenKind<Claims>, claims: Claims) => Promise<string>

/** A signer with the newest key of a set. */
export async function signer(set: KeySet): Promise<Sign> {
  const { kid, key } = await signingKey(set)
  return async (kind, claims) =>
    await new SignJWT(claims as Record<string, unknown>)
      .setProtectedHeader({ alg: ALGORITHM, typ: kind.typ, kid })
      .sign(key)
}

/** Keys to verify with, from a set at hand; private members are dropped first. */
export function localKeys(set: KeySet): JWTVerifyGetKey {
  return createLocalJWKSet(publicKeys(set) as JSONWebKeySet)
}

/** Kids that are remembered as missing; of a flood of forged ones the oldest are forgotten. */
const MOST_MISSED = 1_000

/**
 * Keys to verify with from an https address (a bot's published set); fetched when an unknown kid comes, at most every 30 s. A kid that is
 * not in a set fetched before it was first seen may be newer than the set: that is thrown, and no verdict on the token; whoever comes again
 * is told once the set has been fetched since. `now`: milliseconds since 1970.
 */
export function remoteKeys(url: URL, now: () => number = Date.now): JWTVerifyGetKey {
  let fetchedAt = 0
  const keys = createRemoteJWKSet(url, {
    cooldownDuration: 30_000,
    timeoutDuration: 5_000,
    [customFetch]: async (address, options) => {
      const asked = now()
      const response = await fetch(address, options)
      fetchedAt = asked
      return response
    },
  })
  const missed = new Map<string, number>()
  return async (header, token) => {
    const kid = header?.kid ?? ''
    const seen = missed.get(kid) ?? now()
    try {
      return await keys(header, token)
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey) || fetchedAt >= seen) throw error
      missed.set(kid, seen)
      for (const oldest of missed.keys()) if (missed.size > MOST_MISSED) missed.delete(oldest)
      throw new Error('the key of a token may be newer than the keys at hand')
    }
  }
}

/**
 * Checks a token: algorithm, key, signature, type, issuer, audience, times, then the shape of every claim. `expiry: 'ignore'` is for
 * delivery and renewal, which have their own bounds; the signature and all else still count.
 */
export async function verify<Claims>(
  keys: JWTVerifyGetKey,
  kind: TokenKind<Claims>,
  token: string,
  now: Date,
  expiry: 'check' | 'ignore' = 'check',
): Promise<Result<Claims, Refusal>> {
  if (typeof token !== 'string' || token === '') return err({ code: 'invalid', why: 'no token' })
  try {
    const { payload } = await jwtVerify(token, keys, {
      algorithms: [ALGORITHM],
      typ: kind.typ,
      issuer: ISSUER,
      audience: kind.audience,
      requiredClaims: ['exp', 'iat', 'nbf', 'jti', 'sub'],
      currentDate: now,
      clockTolerance: expiry === 'ignore' ? FOR_EVER_S : SKEW_S,
    })
    // jose's tolerance is for both ends. Expiry alone may be ignored: a token that is not good yet is no better for it.
    if ((payload.nbf ?? 0) > now.getTime() / 1000 + SKEW_S) return err({ code: 'invalid', why: WHY_CLAIM })
    const claims = kind.schema.safeParse(payload)
    return claims.success ? ok(claims.data) : err({ code: 'invalid', why: 'claims of the wrong shape' })
  } catch (error) {
    if (error instanceof errors.JWTExpired) return err({ code: 'expired', why: 'expired' })
    if (error instanceof errors.JOSEError && !KEYS_NOT_HAD.includes(error.code))
      return err({ code: 'invalid', why: WHY[error.code] ?? error.code })
    throw error
  }
}

/** The address of the keys is away or answers nonsense, in jose's codes: that says nothing about the token, and passes. */
const KEYS_NOT_HAD: readonly string[] = ['ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID', 'ERR_JOSE_GENERIC']

/** When a token says that it ends, in seconds since 1970; 0 when it cannot be read. Nothing is checked: whoever uses the token does. */
export function expiryOf(token: string): number {
  try {
    const { exp } = decodeJwt(token)
    return typeof exp === 'number' ? exp : 0
  } catch (error) {
    if (error instanceof errors.JOSEError) return 0
    throw error
  }
}

const FOR_EVER_S = 100 * 365 * 86_400
/** Two machines' clocks may differ by so much: a token must not be refused because the bot's clock is a little ahead. */
const SKEW_S = 5

const WHY_CLAIM = 'issuer, audience, type or time'

const WHY: { readonly [code: string]: string } = {
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: 'signature',
  ERR_JWKS_NO_MATCHING_KEY: 'unknown key',
  ERR_JWT_CLAIM_VALIDATION_FAILED: WHY_CLAIM,
  ERR_JOSE_ALG_NOT_ALLOWED: 'algorithm',
  ERR_JWS_INVALID: 'not a token',
  ERR_JWT_INVALID: 'not a token',
}
