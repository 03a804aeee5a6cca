import { impliedBy, type LookupKey } from '../query/pushdown.ts'
import type { CloudTrailRecord } from '../record.ts'
import { compileMatch, type RecordTest } from '../runbook/evaluate.ts'
import type { Match } from '../runbook/runbook.ts'
import { someValue, textOf } from '../runbook/values.ts'

/** What a record can be sorted by, the most telling first: matches hold these fields to exact values more often than others. */
const FIELDS = [
  ['EventId', ['eventID']],
  ['AccessKeyId', ['userIdentity', 'accessKeyId']],
  ['EventName', ['eventName']],
  ['EventSource', ['eventSource']],
  ['ReadOnly', ['readOnly']],
] as const satisfies readonly (readonly [LookupKey, readonly string[]])[]

/**
 * Compiles several bound matches into one: which of them a record is for, by their places. Each match is put under the values that it holds the most
 * telling field to, and a record is held only against those under its own values, and those that hold no field to anything.
 */
export function memberTests(matches: readonly Match[]): (record: CloudTrailRecord) => readonly number[] {
  const tests = matches.map(compileMatch)
  const always: number[] = []
  const sorted = FIELDS.map(([key, path]) => ({ key, path, under: new Map<string, number[]>() }))
  for (const [at, match] of matches.entries()) {
    const implied = impliedBy(match)
    const field = sorted.find(({ key }) => implied.some((selection) => selection.key === key))
    if (field === undefined) always.push(at)
    for (const value of implied.find((selection) => selection.key === field?.key)?.values ?? [])
      field?.under.set(value, [...(field.under.get(value) ?? []), at])
  }
  const used = sorted.filter(({ under }) => under.size > 0)
  return (record) => {
    const found: number[] = []
    const hold = (members: readonly number[] | undefined): void => {
      if (members !== undefined)
        for (const at of members) if (tests[at]?.(record) && !found.includes(at)) found.push(at)
    }
    hold(always)
    for (const { path, under } of used)
      someValue(record, path, (value) => {
        hold(under.get(textOf(value) ?? ''))
        return false
      })
    return found.length > 1 ? found.sort((a, b) => a - b) : found
  }
}

/** A record is for any of them. */
export function anyMember(members: (record: CloudTrailRecord) => readonly number[]): RecordTest {
  return (record) => members(record).length > 0
}
