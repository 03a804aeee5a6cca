import type { CloudTrailRecord } from '../../history/fields.ts'
import { fieldsOf } from '../../history/fields.ts'
import type { Kept } from '../../history/shelf.ts'
import { HEX, hash32, letters } from '../../random.ts'
import { hostOf, type RecordParts, recordOf } from '../records.ts'
import type { Hand } from './cast.ts'
import type { Phase, Step } from './story.ts'

/** One call of the attack. `at` is in seconds after the main attack begins. */
export type Act = Pick<
  RecordParts,
  'request' | 'response' | 'additional' | 'resources' | 'error' | 'type' | 'apiVersion'
> & {
  readonly at: number
  readonly phase: Phase
  readonly what: string
  readonly hand: Hand
  /** Service and event name, as in `iam:CreateAccessKey`. */
  readonly call: string
  readonly region: string
  readonly readOnly?: boolean
  readonly fromConsole?: boolean
  /** The other side of a call across accounts: where it is written too, and as whom the caller is seen there. */
  readonly twin?: { readonly account: string; readonly identity: CloudTrailRecord }
}

/** The records of an act, and what they are: two of each when the call goes across accounts. */
export function perform(act: Act, begins: number, at: number): { record: Kept; step: Step }[] {
  const shared = act.twin === undefined ? undefined : uuid(at, act.call, 'shared')
  const time = begins + act.at
  const own = written(act, at, time, act.hand.account, act.hand.identity(time), shared)
  if (act.twin === undefined) return [own]
  return [own, written(act, at, time, act.twin.account, act.twin.identity, shared)]
}

function written(
  act: Act,
  at: number,
  time: number,
  account: string,
  identity: CloudTrailRecord,
  sharedEventId: string | undefined,
): { record: Kept; step: Step } {
  const [service, name = ''] = act.call.split(':')
  const source = `${service}.amazonaws.com`
  const eventId = uuid(at, act.call, account)
  const { region, hand, error, phase, what } = act
  const record = recordOf({
    ...act,
    account,
    region,
    time,
    eventId,
    requestId: uuid(at, act.call, 'request'),
    identity,
    source,
    name,
    readOnly: act.readOnly ?? /^(Get|List|Describe|AssumeRole)/.test(name),
    address: hand.address,
    agent: hand.agent,
    sharedEventId,
    host: hostOf(source, region),
  })
  const text = JSON.stringify(record)
  return {
    record: { account, region, time, fields: fieldsOf(record), text: () => text, visibleAt: time * 1000 },
    step: {
      eventId,
      account,
      region,
      time,
      eventName: name,
      phase,
      what,
      accessKeyId: hand.accessKeyId,
      sourceIPAddress: hand.address,
      errorCode: error?.code,
      sharedEventId,
    },
  }
}

/** The same in each run, so that a story can be told twice. */
function uuid(...parts: readonly (string | number)[]): string {
  const hex = letters(hash32('incident', ...parts), 32, HEX)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`
}
