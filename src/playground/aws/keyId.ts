import { BASE32, hash32 } from './random.ts'

/**
 * An access key id that names its account as keys made since 2019 do: after the four-letter prefix, base32 of one set
 * bit, 40 bits of account, and 39 bits of its own (published by Aidan Steele and Tal Be'ery).
 */
export function keyId(prefix: 'AKIA' | 'ASIA', account: string, low7: number, low32: number): string {
  const bits = (1n << 79n) | (BigInt(account) << 39n) | (BigInt(low7 & 0x7f) << 32n) | BigInt(low32 >>> 0)
  let text = prefix as string
  for (let shift = 75n; shift >= 0n; shift -= 5n) text += BASE32[Number((bits >> shift) & 31n)]
  return text
}

/** A key id that is always the same for the same account and name. */
export function namedKeyId(prefix: 'AKIA' | 'ASIA', account: string, name: string): string {
  return keyId(prefix, account, hash32(name, account, 'key-a'), hash32(name, account, 'key-b'))
}

/** The account, and the 39 bits of its own, that a key id carries; nothing for keys of the form before 2019. */
export function readKeyId(id: string): { account: string; low7: number; low32: number } | undefined {
  if (!/^(AKIA|ASIA)[Q-Z2-7][A-Z2-7]{15}$/.test(id)) return undefined
  let bits = 0n
  for (const letter of id.slice(4)) bits = (bits << 5n) | BigInt(BASE32.indexOf(letter))
  const account = String((bits >> 39n) & ((1n << 40n) - 1n)).padStart(12, '0')
  return { account, low7: Number((bits >> 32n) & 0x7fn), low32: Number(bits & 0xffffffffn) }
}
