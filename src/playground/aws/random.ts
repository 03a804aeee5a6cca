/** 32-bit hash of the parts (FNV-1a with a murmur finaliser): what the simulation's life is derived from. */
export function hash32(...parts: readonly (string | number)[]): number {
  let hash = 0x811c9dc5
  for (const part of parts) hash = typeof part === 'number' ? mixNumber(hash, part) : mixText(hash, part)
  return scramble(hash)
}

function mixText(seed: number, text: string): number {
  let hash = seed
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return Math.imul(hash ^ 0xff, 0x01000193)
}

function mixNumber(seed: number, value: number): number {
  const low = Math.imul(seed ^ (value | 0), 0x85ebca6b)
  return Math.imul((low ^ (low >>> 13) ^ Math.floor(value / 0x100000000)) | 0, 0xc2b2ae35)
}

/** The finaliser of murmur3: each bit of the input moves half the bits of the output. */
export function scramble(value: number): number {
  let mixed = value | 0
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}

/** Undoes `scramble`, so that an id can carry where its record is found. */
export function unscramble(value: number): number {
  let mixed = value | 0
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x7ed1b41d)
  mixed = Math.imul(mixed ^ (mixed >>> 13) ^ (mixed >>> 26), 0xa5cb9243)
  return (mixed ^ (mixed >>> 16)) >>> 0
}

/** A stream of numbers in [0, 1) from a seed (mulberry32). Small and quick; nothing here is a secret. */
export type Random = () => number

export function random(seed: number): Random {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x100000000
  }
}

/** An element of a list that is not empty. */
export function pick<T>(roll: Random, list: readonly T[]): T {
  const found = list[Math.floor(roll() * list.length)]
  if (found === undefined) throw new Error('nothing to pick from')
  return found
}

/** `length` characters of an alphabet, the same for the same seed. */
export function letters(seed: number, length: number, alphabet: string): string {
  const roll = random(seed)
  let text = ''
  for (let at = 0; at < length; at += 1) text += alphabet[Math.floor(roll() * alphabet.length)]
  return text
}

export const HEX = '0123456789abcdef'
export const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
