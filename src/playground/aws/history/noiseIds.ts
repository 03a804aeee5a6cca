import { keyId, readKeyId } from '../keyId.ts'
import { hash32, scramble, unscramble } from '../random.ts'

/** Which record of the noise: the n-th of an activity in an hour since 1970. */
export type Place = { readonly activity: number; readonly hour: number; readonly n: number }

/** Which session: of an actor, by the hour since 1970 in which it begins. */
export type SessionPlace = { readonly actor: number; readonly begins: number }

/**
 * Ids that look like chance and carry where their record or session is found, so that a lookup by id or key needs no
 * index of what was never stored. Twenty bits of hours last until 2089.
 */
export type NoiseIds = {
  readonly eventId: (place: Place) => string
  /** The order within a second that `orderOf` gives for the id of that place. */
  readonly order: (place: Place) => number
  readonly placeOf: (eventId: string) => Place | undefined
  readonly sessionKey: (account: string, place: SessionPlace) => string
  readonly sessionOf: (accessKeyId: string) => SessionPlace | undefined
}

/** Event ids are mixed in three rounds that can be gone backwards (a Feistel network); session keys in one. */
export function noiseIds(seed: number): NoiseIds {
  const [first, second, third] = [hash32(seed, 'event'), hash32(seed, 'activity'), hash32(seed, 'session')]
  const round = (value: number, key: number) => scramble(value ^ key)
  const mixed = ({ activity, hour, n }: Place) => {
    const left = ((hour << 12) | n) >>> 0
    const right = ((activity << 16) ^ round(left, first)) >>> 0
    const a = (left ^ round(right, second)) >>> 0
    return { a, b: (right ^ round(a, first)) >>> 0 }
  }
  const eventId = (place: Place) => {
    const { a, b } = mixed(place)
    const middle = hex(scramble(a ^ ~b), 8)
    return `${hex(a, 8)}-${middle.slice(0, 4)}-4${middle.slice(4, 7)}-9${middle.slice(5, 8)}-${hex(b, 8)}${hex(check(b), 4)}`
  }
  const sessionKey = (account: string, { actor, begins }: SessionPlace) => {
    const own = scramble(((actor << 20) | begins) ^ third)
    return keyId('ASIA', account, hash32(own, account), own)
  }
  return {
    eventId,
    order: (place) => {
      const { b } = mixed(place)
      return b * 0x10000 + check(b)
    },
    placeOf: (id) => {
      const [a, b] = [Number.parseInt(id.slice(0, 8), 16), Number.parseInt(id.slice(24, 32), 16)]
      const right = b ^ round(a, first)
      const left = a ^ round(right, second)
      const place = { activity: (right ^ round(left, first)) >>> 16, hour: left >>> 12, n: left & 0xfff }
      return eventId(place) === id ? place : undefined
    },
    sessionKey,
    sessionOf: (id) => {
      const read = readKeyId(id)
      if (read === undefined) return undefined
      const packed = unscramble(read.low32) ^ third
      const place = { actor: packed >>> 20, begins: packed & 0xfffff }
      return sessionKey(read.account, place) === id ? place : undefined
    },
  }
}

function check(value: number): number {
  return scramble(value ^ 0x5bd1e995) & 0xffff
}

function hex(value: number, width: number): string {
  return (value >>> 0).toString(16).padStart(width, '0')
}
