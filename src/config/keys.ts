import { z } from 'zod'
import { type Complain, type Env, type ReadFile, readable, required, url } from './env.ts'

/** Where a worker gets the keys it verifies tokens with: a public JSON Web Key Set as text, or an https address of one. */
export type VerifyingKeys =
  | { readonly kind: 'jwks'; readonly text: string }
  | { readonly kind: 'url'; readonly url: string }

/** RFC 7517 and 7518: only ES256 keys are minted or accepted, each named by its kid. */
const keySet = z.looseObject({
  keys: z
    .array(
      z.looseObject({
        kty: z.literal('EC'),
        crv: z.literal('P-256'),
        kid: z.string().min(1),
        x: z.string().length(43),
        y: z.string().length(43),
        d: z.string().length(43).exactOptional(),
      }),
    )
    .min(1),
})

/** The bot's private key set: CTQ_SIGNING_KEYS is a file's path, or the JSON itself. */
export function signingKeysOf(env: Env, read: ReadFile, complain: Complain): string | undefined {
  const text = keySetText(env, 'CTQ_SIGNING_KEYS', read, complain)
  if (text === undefined) return undefined
  const keys = parsed('CTQ_SIGNING_KEYS', text, complain)
  if (keys === undefined) return undefined
  if (keys.every(({ d }) => d !== undefined)) return text
  complain('CTQ_SIGNING_KEYS holds a public key: the bot needs private ones (ctq keys new)')
  return undefined
}

/** A worker's public keys: CTQ_VERIFYING_KEYS is a file's path, the JSON itself, or an https address. */
export function verifyingKeysOf(env: Env, read: ReadFile, complain: Complain): VerifyingKeys | undefined {
  const value = env['CTQ_VERIFYING_KEYS']?.trim() ?? ''
  if (/^https?:/.test(value)) {
    const address = url('CTQ_VERIFYING_KEYS', value, ['https'], complain)
    return address && { kind: 'url', url: address.href }
  }
  const text = keySetText(env, 'CTQ_VERIFYING_KEYS', read, complain)
  if (text === undefined) return undefined
  const keys = parsed('CTQ_VERIFYING_KEYS', text, complain)
  if (keys === undefined) return undefined
  if (keys.every(({ d }) => d === undefined)) return { kind: 'jwks', text }
  complain('CTQ_VERIFYING_KEYS holds a private key: a worker must not be able to mint (ctq keys list --public)')
  return undefined
}

/** A key set may be given as text, as `/…` or `file:…` like any secret, or as a relative path. */
function keySetText(env: Env, name: string, read: ReadFile, complain: Complain): string | undefined {
  const value = env[name]?.trim() ?? ''
  const isPath = value !== '' && !value.startsWith('{') && !value.startsWith('/') && !value.startsWith('file:')
  return isPath ? readable(name, value, read, complain) : required(env, name, read, complain)
}

/** What is wrong is said by member, never by value: this is the one text that must not be repeated anywhere. */
function parsed(name: string, text: string, complain: Complain): z.output<typeof keySet>['keys'] | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    complain(`${name} is not a JSON Web Key Set: it is no JSON`)
    return undefined
  }
  const checked = keySet.safeParse(value)
  if (!checked.success) {
    const where = [...new Set(checked.error.issues.map((issue) => issue.path.join('.') || 'keys'))]
    complain(`${name} is not a JSON Web Key Set of EC P-256 keys with a kid each: see ${where.slice(0, 5).join(', ')}`)
    return undefined
  }
  const kids = checked.data.keys.map(({ kid }) => kid)
  if (new Set(kids).size === kids.length) return checked.data.keys
  complain(`${name} has two keys with the same kid`)
  return undefined
}
