import { randomUUID } from 'node:crypto'
import { parseKeySet, publicKeys } from '../adapters/jose/keys.ts'
import { ISSUER, localKeys, remoteKeys, signer, verify } from '../adapters/jose/tokens.ts'
import type { Parts } from '../config.ts'
import { ASK_TOKEN } from '../tokens.ts'
import { bad, type Finding, good } from './finding.ts'

const MEND = 'Give workers the public set (ctq keys list --public) before the bot starts with a new key.'

/** The keys that sign and verify tokens; where both are here, a token is signed with the one and verified with the other. */
export async function* keyFindings({ signingKeys, verifyingKeys }: Parts, now: Date): AsyncGenerator<Finding> {
  if (signingKeys !== undefined) {
    const { keys } = parseKeySet(signingKeys, 'private')
    yield good('signing keys', `${keys.length}; ${keys.at(-1)?.kid} signs`)
  }
  if (verifyingKeys?.kind === 'jwks') {
    const { keys } = parseKeySet(verifyingKeys.text, 'public')
    yield good('verifying keys', `${keys.length}: ${keys.map(({ kid }) => kid).join(', ')}`)
  }
  if (signingKeys !== undefined) yield await roundTrip(signingKeys, verifyingKeys, now)
  else if (verifyingKeys?.kind === 'url') yield await published(new URL(verifyingKeys.url))
}

/** The token is an ask that nobody made, good for half a minute; it never leaves this process. */
async function roundTrip(signing: string, verifying: Parts['verifyingKeys'], now: Date): Promise<Finding> {
  const what = 'sign and verify'
  const set = parseKeySet(signing, 'private')
  const second = Math.floor(now.getTime() / 1000)
  const token = await (await signer(set))(ASK_TOKEN, {
    iss: ISSUER,
    aud: ASK_TOKEN.audience,
    sub: 'doctor',
    jti: randomUUID(),
    iat: second,
    nbf: second,
    exp: second + 30,
    run: randomUUID(),
    text: '',
    person: { team: 'doctor', user: 'doctor' },
    channel: 'doctor',
    entry: 'command',
  })
  try {
    const checked = await verify(publicSide(verifying, set), ASK_TOKEN, token, now)
    return checked.ok ? good(what, 'a token signed here is accepted') : bad(what, `refused: ${checked.error.why}`, MEND)
  } catch (error) {
    return bad(what, `the keys at CTQ_VERIFYING_KEYS cannot be fetched (${nameOf(error)})`, MEND)
  }
}

function publicSide(verifying: Parts['verifyingKeys'], set: ReturnType<typeof parseKeySet>) {
  if (verifying === undefined) return localKeys(publicKeys(set))
  return verifying.kind === 'url'
    ? remoteKeys(new URL(verifying.url))
    : localKeys(parseKeySet(verifying.text, 'public'))
}

async function published(url: URL): Promise<Finding> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(5_000) })
    if (!response.ok) return bad('verifying keys', `${url.host} answers ${response.status}`)
    const { keys } = parseKeySet(await response.text(), 'public')
    return good('verifying keys', `${keys.length} published by ${url.host}`)
  } catch (error) {
    return bad('verifying keys', `cannot be fetched from ${url.host} (${nameOf(error)})`)
  }
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown'
}
