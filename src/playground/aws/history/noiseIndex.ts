import type { Activity, Actor, ApiCall } from '../organisation/noise/activity.ts'
import { ATTRIBUTES, type Attribute, type HistoryQuery, valuesOf } from './entry.ts'
import type { CloudTrailRecord } from './fields.ts'
import { fieldsOf } from './fields.ts'
import type { NoiseIds } from './noiseIds.ts'
import { type Chosen, render } from './noiseRecord.ts'

/** An activity with what its records need to be found again. */
export type Compiled = Omit<Activity, 'issues' | 'twin'> & {
  readonly index: number
  /** The activity it has its times and parameters from: another one's, when it is that one's twin. */
  readonly origin: number
  readonly actorIndex: number
  readonly issues: Actor | undefined
  readonly issuesIndex: number
  /** Sums of the calls' weights. */
  readonly weights: readonly number[]
  readonly shared: boolean
  readonly seenAs: CloudTrailRecord | undefined
}

/** An activity that may have records a query asks for: in which hours, and by which of its calls. */
export type Candidate = {
  readonly activity: Compiled
  readonly from: number
  readonly to: number
  readonly fits: ((chosen: Chosen) => boolean) | undefined
}

export type Life = {
  readonly ids: NoiseIds
  readonly candidates: (query: HistoryQuery) => readonly Candidate[]
}

/** Numbers the activities and makes, for each account and Region when first asked, the index of what they can be found by. */
export function compile(activities: readonly Activity[], ids: NoiseIds): Life {
  const compiled = numbered(activities)
  const groups = new Map<string, Compiled[]>()
  for (const activity of compiled) {
    const group = groups.get(placeOf(activity)) ?? []
    group.push(activity)
    groups.set(placeOf(activity), group)
  }
  const indexes = new Map<string, Index>()
  const indexOf = (place: string) => {
    const made = indexes.get(place) ?? index(groups.get(place) ?? [])
    indexes.set(place, made)
    return made
  }
  return { ids, candidates: (query) => candidates(groups.get(placeOf(query)) ?? [], indexOf, ids, query) }
}

function placeOf({ account, region }: { readonly account: string; readonly region: string }): string {
  return `${account} ${region}`
}

function numbered(activities: readonly Activity[]): readonly Compiled[] {
  const actors = new Map<Actor, number>()
  const numberOf = (actor: Actor) => {
    const known = actors.get(actor) ?? actors.size
    actors.set(actor, known)
    return known
  }
  const compiled: Compiled[] = []
  for (const { twin, issues, ...activity } of activities) {
    const own: Compiled = {
      ...activity,
      index: compiled.length,
      origin: compiled.length,
      actorIndex: numberOf(activity.actor),
      issues,
      issuesIndex: issues === undefined ? -1 : numberOf(issues),
      weights: sums(activity.calls),
      shared: twin !== undefined,
      seenAs: undefined,
    }
    compiled.push(own)
    if (twin !== undefined)
      compiled.push({ ...own, index: compiled.length, account: twin.account, seenAs: twin.identity })
  }
  return compiled
}

function sums(calls: readonly ApiCall[]): readonly number[] {
  let sum = 0
  return calls.map(({ weight }) => {
    sum += weight ?? 1
    return sum
  })
}

/** Attribute and value → activity → the calls and targets, as `call target`, that have it. */
type Index = ReadonlyMap<string, ReadonlyMap<Compiled, ReadonlySet<string>>>

/** Each call is made once with each of its targets to see what CloudTrail would index. */
function index(group: readonly Compiled[]): Index {
  const found = new Map<string, Map<Compiled, Set<string>>>()
  for (const activity of group)
    for (const [call, { targets }] of activity.calls.entries())
      for (let target = 0; target < Math.max(1, targets?.length ?? 0); target += 1) {
        const fields = fieldsOf(sample(activity, { call, target }))
        for (const key of ATTRIBUTES)
          for (const value of valuesOf(fields, key)) {
            const name = `${key}=${value}`
            const byActivity = found.get(name) ?? new Map<Compiled, Set<string>>()
            found.set(name, byActivity)
            byActivity.set(activity, (byActivity.get(activity) ?? new Set()).add(`${call} ${target}`))
          }
      }
  return found
}

/** Stands for the key that a call gives out: each time another, found by what it says itself. */
const SOME_KEY = 'ASIAQQQQQQQQQQQQQQQQ'

function sample(activity: Compiled, chosen: Chosen): CloudTrailRecord {
  const ownSession = { accessKeyId: activity.actor.key, created: 0 }
  const session = activity.issues === undefined ? ownSession : { accessKeyId: SOME_KEY, created: 0 }
  return render({ activity, chosen, time: 0, hash: 0, session, ownSession, eventId: '' })
}

function candidates(
  group: readonly Compiled[],
  indexOf: (place: string) => Index,
  ids: NoiseIds,
  query: HistoryQuery,
): readonly Candidate[] {
  const always = { from: 0, to: Number.POSITIVE_INFINITY, fits: undefined }
  if (query.attribute === undefined) return group.map((activity) => ({ activity, ...always }))
  return [...byId(group, ids, query.attribute), ...byIndex(indexOf(placeOf(query)), query.attribute)]
}

function byIndex(known: Index, { key, value }: Attribute): readonly Candidate[] {
  return [...(known.get(`${key}=${value}`) ?? [])].map(([activity, choices]) => ({
    activity,
    from: 0,
    to: Number.POSITIVE_INFINITY,
    fits: ({ call, target }) => choices.has(`${call} ${target}`),
  }))
}

/** Event ids and session keys say themselves which activities and hours they belong to. */
function byId(group: readonly Compiled[], ids: NoiseIds, { key, value }: Attribute): readonly Candidate[] {
  if (key === 'EventId') {
    const place = ids.placeOf(value)
    const activity = group.find((one) => one.index === place?.activity)
    if (place === undefined || activity === undefined) return []
    return [{ activity, from: place.hour, to: place.hour, fits: undefined }]
  }
  const session = key === 'AccessKeyId' || key === 'ResourceName' ? ids.sessionOf(value) : undefined
  if (session === undefined) return []
  const { actor, begins } = session
  if (key === 'ResourceName')
    return group
      .filter(({ issuesIndex }) => issuesIndex === actor)
      .map((activity) => ({ activity, from: begins - 1, to: begins - 1, fits: undefined }))
  return group
    .filter(({ actorIndex, seenAs }) => actorIndex === actor && seenAs === undefined)
    .map((activity) => {
      const to = begins + (activity.actor.sessionHours ?? 1) - 1
      return { activity, from: begins, to, fits: undefined }
    })
}
