import type { CloudTrailRecord, Found } from '../record.ts'
import type { Match } from '../runbook/runbook.ts'
import { member, textOf } from '../runbook/values.ts'
import { chooseSelection, type LookupKey, type Selection } from './pushdown.ts'

/** A record that a lookup by one attribute must find, if ctq's reading of that attribute is AWS's. */
export type Probe = {
  readonly key: LookupKey
  readonly record: Pick<Found, 'eventId' | 'eventTime'>
  /** What a question about this record would send. */
  readonly selection: Selection
}

type Sample = Pick<Found, 'eventId' | 'eventTime' | 'record'>

/** The question that is pushed down by each attribute, about a record that has it. */
const QUESTIONS: { readonly [key in LookupKey]: (record: CloudTrailRecord) => Match | undefined } = {
  EventId: (record) => equal('eventID', textOf(record['eventID'])),
  AccessKeyId: (record) => equal('userIdentity.accessKeyId', textOf(member(record['userIdentity'], 'accessKeyId'))),
  ResourceName: (record) => {
    const [first] = Array.isArray(record['resources']) ? (record['resources'] as readonly unknown[]) : []
    const name = textOf(member(first, 'ARN'))
    return name ? { resource: name } : undefined
  },
  Username: (record) => {
    const arn = textOf(member(record['userIdentity'], 'arn'))
    return arn ? { principal: arn } : undefined
  },
  EventName: (record) => equal('eventName', textOf(record['eventName'])),
  EventSource: (record) => equal('eventSource', textOf(record['eventSource'])),
  ReadOnly: ({ readOnly }) => (typeof readOnly === 'boolean' ? { field: 'readOnly', equals: readOnly } : undefined),
}

/** The attributes that ctq pushes down, most selective first. */
export const PROBED = Object.keys(QUESTIONS) as readonly LookupKey[]

/** One probe for each attribute that a record among the samples has; the newest such record is taken. */
export function probesOf(samples: readonly Sample[]): readonly Probe[] {
  return PROBED.flatMap((key) => {
    for (const { record, eventId, eventTime } of samples) {
      const match = QUESTIONS[key](record)
      const selection = match === undefined ? undefined : chooseSelection(match)
      if (selection?.key === key) return [{ key, selection, record: { eventId, eventTime } }]
    }
    return []
  })
}

function equal(field: string, value: string | undefined): Match | undefined {
  return value ? { field, equals: value } : undefined
}
