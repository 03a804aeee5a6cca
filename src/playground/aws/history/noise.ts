import type { Activity, Actor } from '../organisation/noise/activity.ts'
import { sessionStart } from '../organisation/noise/schedule.ts'
import { hash32, scramble } from '../random.ts'
import {
  type Attribute,
  type Entry,
  type HistoryQuery,
  newestFirst,
  type Position,
  type Source,
  valuesOf,
  wired,
  wireOf,
} from './entry.ts'
import { fieldsOf } from './fields.ts'
import { noiseIds, type Place } from './noiseIds.ts'
import { type Candidate, type Compiled, compile, type Life } from './noiseIndex.ts'
import { type Chosen, choose, render } from './noiseRecord.ts'

export type NoiseShape = {
  readonly activities: readonly Activity[]
  readonly seed: number
  /** Multiplies how much happens; 0 for nothing. */
  readonly scale: number
}

const HOUR = 3600

/**
 * The everyday life of the organisation, for all time: each hour of an account and Region is computed when it is asked
 * for, from the seed alone, and nothing is kept. Lookups by an attribute compute only the activities that can match.
 */
export function noiseSource(shape: NoiseShape): Source {
  const life = compile(shape.activities, noiseIds(shape.seed))
  return (query) => (shape.scale === 0 ? nothing() : noise(life, shape, query))
}

function* nothing(): Generator<Entry, undefined> {}

function* noise(life: Life, shape: NoiseShape, query: HistoryQuery): Generator<Entry, undefined> {
  const candidates = life.candidates(query)
  const newest = Math.min(query.end, query.after?.time ?? query.end)
  const last = Math.floor(newest / HOUR)
  for (let hour = last; hour >= Math.floor(query.start / HOUR); hour -= 1) {
    const happened = candidates.flatMap((candidate) => inHour(life, shape, candidate, hour))
    if (happened.length === 0) continue
    happened.sort(newestFirst)
    for (const one of happened) {
      if (one.time > query.end || one.time < query.start) continue
      if (query.after !== undefined && newestFirst(query.after, one) >= 0) continue
      const entry = entryOf(life, one)
      if (query.attribute === undefined || matches(entry, query.attribute)) yield entry
    }
  }
}

/** Something that happened, as far as it must be known to be put in order. */
export type Happening = Position & { readonly activity: Compiled; readonly place: Place; readonly hash: number }

function inHour(life: Life, shape: NoiseShape, candidate: Candidate, hour: number): Happening[] {
  const { activity, from, to, fits } = candidate
  if (hour < from || hour > to) return []
  const hash = mix(shape.seed, activity.origin, hour)
  const offsets = activity.schedule(hour, hash, shape.scale)
  const found: Happening[] = []
  for (let n = 0; n < offsets.length; n += 1) {
    const place = { activity: activity.index, hour, n }
    const own = mix(hash, n, 0x9e3779b9)
    if (fits !== undefined && !fits(choose(activity, own))) continue
    const offset = activity.issues === undefined ? (offsets[n] ?? 0) : HOUR - secondsBefore(activity.issues, hour + 1)
    found.push({ time: hour * HOUR + offset, order: life.ids.order(place), seq: 0, activity, place, hash: own })
  }
  return found
}

/** Numbers in, a number out that looks like chance. */
function mix(a: number, b: number, c: number): number {
  return scramble(scramble(scramble(a) ^ b) ^ c)
}

/** Credentials are given out in the last ten minutes before the hour in which their session begins. */
function secondsBefore(actor: Actor, begins: number): number {
  return 1 + (hash32(actor.account, actor.name, begins) % 599)
}

/** The session that a record belongs to or, for calls that issue credentials, the one they are for. */
function sessionFor(life: Life, { activity, place, time }: Happening) {
  const actor = activity.issues ?? activity.actor
  const index = activity.issues === undefined ? activity.actorIndex : activity.issuesIndex
  if (actor.sessionHours === undefined) return { accessKeyId: actor.key, created: time }
  const hour = activity.issues === undefined ? place.hour : place.hour + 1
  const begins = sessionStart(hour, actor.sessionHours, actor.sessionPhase ?? 0)
  const accessKeyId = life.ids.sessionKey(actor.account, { actor: index, begins })
  return { accessKeyId, created: begins * HOUR - secondsBefore(actor, begins) }
}

type Made = Entry & { readonly values: (key: Attribute['key']) => readonly string[] }

function entryOf(life: Life, happening: Happening): Made {
  const { activity, place, time, order, hash } = happening
  const chosen: Chosen = choose(activity, hash)
  const record = render({
    activity,
    chosen,
    time,
    hash,
    session: sessionFor(life, happening),
    ownSession: ownSession(life, happening),
    eventId: life.ids.eventId(place),
  })
  const fields = fieldsOf(record)
  const text = () => JSON.stringify(record)
  return {
    time,
    order,
    seq: 0,
    text,
    wire: () => wired(wireOf(fields, time, text())),
    values: (key) => valuesOf(fields, key),
  }
}

/** The session of the caller itself, in a call that gives out another. */
function ownSession(life: Life, happening: Happening) {
  const { activity } = happening
  return activity.issues === undefined
    ? sessionFor(life, happening)
    : sessionFor(life, { ...happening, activity: { ...activity, issues: undefined } })
}

function matches(entry: Made, { key, value }: Attribute): boolean {
  return entry.values(key).includes(value)
}
