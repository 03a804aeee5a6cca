import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

/**
 * An opaque token that carries a place and is worth something only with the same question: who made it can tell
 * whether either was altered.
 */
export function sealToken(secret: Buffer, place: unknown, question: string): string {
  const payload = Buffer.from(JSON.stringify({ at: place, of: digest(question) }))
  return Buffer.concat([mac(secret, payload), payload]).toString('base64')
}

/** The place in a token; undefined when it is not ours, was altered, or belongs to another question. */
export function openToken(secret: Buffer, token: string, question: string): unknown {
  const bytes = Buffer.from(token, 'base64')
  const payload = bytes.subarray(MAC_BYTES)
  if (bytes.length <= MAC_BYTES || !timingSafeEqual(bytes.subarray(0, MAC_BYTES), mac(secret, payload)))
    return undefined
  const { at, of }: { at?: unknown; of?: unknown } = JSON.parse(payload.toString())
  return of === digest(question) ? at : undefined
}

const MAC_BYTES = 32

function mac(secret: Buffer, payload: Buffer): Buffer {
  return createHmac('sha256', secret).update(payload).digest()
}

function digest(question: string): string {
  return createHash('sha256').update(question).digest('base64').slice(0, 22)
}
