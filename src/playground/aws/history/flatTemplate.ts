import { eventTime } from '../organisation/dates.ts'
import { hash32, scramble } from '../random.ts'
import type { Entry } from './entry.ts'
import { wireOf } from './entry.ts'
import { type CloudTrailRecord, fieldsOf } from './fields.ts'

/** Stand where id, time, and time as a number go: as wide as what replaces them, and nowhere else in a record. */
export const ID_MARK = '@'.repeat(36)
export const TIME_MARK = '#'.repeat(20)
const EPOCH_MARK = 4_102_444_799

/** Orders within a second count down from here, so that record 0 is the newest. */
export const ORDER_TOP = 2 ** 47

/** Text whose ids and times are overwritten in place: the quickest way to many records that are nearly alike. */
type Stencil = {
  readonly bytes: Buffer
  readonly ids: readonly number[]
  readonly times: readonly number[]
  readonly epochs: readonly number[]
}

export type Template = { readonly wire: Stencil; readonly text: Stencil; readonly middle: Buffer }

/** `middle`: what the ids of this account and Region have in common, by `middleOf`. */
export function templateOf(record: CloudTrailRecord, middle: Buffer): Template {
  const text = JSON.stringify(record)
  return { wire: stencil(wireOf(fieldsOf(record), EPOCH_MARK, text)), text: stencil(text), middle }
}

function stencil(text: string): Stencil {
  const bytes = Buffer.from(text)
  const find = (mark: string) => {
    const found: number[] = []
    for (let at = bytes.indexOf(mark); at >= 0; at = bytes.indexOf(mark, at + 1)) found.push(at)
    return found
  }
  return { bytes, ids: find(ID_MARK), times: find(TIME_MARK), epochs: find(String(EPOCH_MARK)) }
}

/** A time in whole seconds, and as records write it. */
export type Clock = { readonly time: number; readonly iso: string }

export function clockAt(time: number): Clock {
  return { time, iso: eventTime(time) }
}

/** The entry of record `at`, filled into its template when it is asked for. */
export function entryFrom({ wire, text, middle }: Template, at: number, clock: Clock): Entry {
  return {
    time: clock.time,
    order: ORDER_TOP - at,
    seq: 0,
    wire: () => ({
      length: wire.bytes.length,
      writeTo: (into, position) => fill(wire, middle, at, clock, into, position),
    }),
    text: () => {
      const bytes = Buffer.allocUnsafe(text.bytes.length)
      fill(text, middle, at, clock, bytes, 0)
      return bytes.toString()
    },
  }
}

function fill(
  { bytes, ids, times, epochs }: Stencil,
  middle: Buffer,
  at: number,
  { time, iso }: Clock,
  into: Buffer,
  from: number,
): void {
  bytes.copy(into, from)
  for (const position of ids) writeId(into, from + position, middle, at)
  for (const position of times) into.write(iso, from + position, 'latin1')
  for (const position of epochs) into.write(String(time), from + position, 'latin1')
}

/** The event id of record `at` of an account and Region. */
export function flatId(account: string, region: string, at: number): string {
  const id = Buffer.allocUnsafe(ID_MARK.length)
  writeId(id, 0, middleOf(account, region), at)
  return id.toString()
}

/** What tells the ids of one account and Region from all others: event ids are unique everywhere. */
export function middleOf(account: string, region: string): Buffer {
  const mark = hash32(account, region).toString(16).padStart(8, '0')
  return Buffer.from(`-${mark.slice(0, 4)}-4${mark.slice(4, 7)}-8${mark.slice(7)}00-`)
}

function writeId(into: Buffer, position: number, middle: Buffer, at: number): void {
  writeHex(into, position, scramble(at), 8)
  middle.copy(into, position + 8)
  const order = ORDER_TOP - at
  writeHex(into, position + 24, Math.floor(order / 0x100000000), 4)
  writeHex(into, position + 28, order % 0x100000000, 8)
}

function writeHex(into: Buffer, position: number, value: number, width: number): void {
  let left = value
  for (let at = position + width - 1; at >= position; at -= 1) {
    into[at] = HEX_CODES[left & 15] ?? 0
    left >>>= 4
  }
}

const HEX_CODES = Buffer.from('0123456789abcdef')
