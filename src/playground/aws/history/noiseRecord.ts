import type { About, ApiCall, Session } from '../organisation/noise/activity.ts'
import { hostOf, recordOf } from '../organisation/records.ts'
import { HEX, letters, pick, random, scramble } from '../random.ts'
import type { CloudTrailRecord } from './fields.ts'
import type { Compiled } from './noiseIndex.ts'

/** A call of an activity and one of its targets, by number. */
export type Chosen = { readonly call: number; readonly target: number }

/** Which call it is, by weight, and which target: the same for the same hash. */
export function choose({ weights, calls }: Compiled, hash: number): Chosen {
  const total = weights.at(-1) ?? 1
  const at = (scramble(hash ^ 0x2545f491) / 0x100000000) * total
  const call = weights.length === 1 ? 0 : weights.findIndex((upTo) => at < upTo)
  const targets = calls[call]?.targets?.length ?? 0
  return { call, target: targets < 2 ? 0 : scramble(hash ^ 0x7ac3d1f5) % targets }
}

export type Moment = {
  readonly activity: Compiled
  readonly chosen: Chosen
  readonly time: number
  readonly hash: number
  /** The session that is given out by the call, or else the caller's. */
  readonly session: Session
  readonly ownSession: Session
  readonly eventId: string
}

/** The whole record of a moment. */
export function render(moment: Moment): CloudTrailRecord {
  const { activity, chosen, time, hash, ownSession, eventId } = moment
  const { actor, account, region } = activity
  const call = activity.calls[chosen.call]
  if (call === undefined) throw new Error(`${actor.name} has no call number ${chosen.call}`)
  const roll = random(hash)
  const [address, agent] = [pick(roll, actor.addresses), pick(roll, actor.agents)]
  const requestId = uuid(scramble(hash ^ 0x1b873593))
  const at: About = {
    account,
    region,
    time,
    target: call.targets?.[chosen.target] ?? '',
    session: moment.session,
    roll,
    requestId,
  }
  const made = parametersOf(call, at)
  return recordOf({
    ...made,
    account,
    region,
    time,
    eventId,
    requestId,
    identity: activity.seenAs ?? actor.identity(ownSession),
    source: call.source,
    name: call.name,
    readOnly: call.readOnly,
    address,
    agent,
    sharedEventId: activity.shared ? uuid(scramble(hash ^ 0x68bc21eb)) : undefined,
    host: address.endsWith('.amazonaws.com') ? undefined : hostOf(call.source, region),
    fromConsole: actor.console === true && call.type === undefined,
    type: call.type ?? 'AwsApiCall',
  })
}

function parametersOf(call: ApiCall, at: About) {
  const error = call.error?.(at)
  return {
    error,
    request: call.request?.(at) ?? null,
    response: error !== undefined && call.type === undefined ? null : (call.response?.(at) ?? null),
    additional: call.additional?.(at),
    resources: call.resources?.(at),
    serviceEventDetails: call.details?.(at),
    apiVersion: call.apiVersion,
  }
}

function uuid(seed: number): string {
  const hex = letters(seed, 32, HEX)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`
}
