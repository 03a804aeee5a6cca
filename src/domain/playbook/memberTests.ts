import { impliedBy } from '../query/pushdown.ts'
import type { CloudTrailRecord } from '../record.ts'
import { compileMatch, type RecordTest } from '../runbook/evaluate.ts'
import type { Match } from '../runbook/runbook.ts'

/**
 * Compiles several bound matches into one: which of them a record is for, by their places. Each record is held against those alone whose event name,
 * or else source, it can have.
 */
export function memberTests(matches: readonly Match[]): (record: CloudTrailRecord) => readonly number[] {
  const tests = matches.map(compileMatch)
  const byName = new Map<string, number[]>()
  const bySource = new Map<string, number[]>()
  const always: number[] = []
  const all = [...matches.keys()]
  for (const [at, match] of matches.entries()) {
    const names = valuesOf(match, 'EventName')
    const sources = valuesOf(match, 'EventSource')
    if (names !== undefined) for (const name of names) add(byName, name, at)
    else if (sources !== undefined) for (const source of sources) add(bySource, source, at)
    else always.push(at)
  }
  return (record) => {
    const { eventName, eventSource } = record
    // No record of AWS is like that; whoever forged it is told what the matches say of it.
    if (typeof eventName !== 'string' || typeof eventSource !== 'string') return all.filter((at) => tests[at]?.(record))
    const some = [...(byName.get(eventName) ?? NONE), ...(bySource.get(eventSource) ?? NONE), ...always]
    return some.filter((at) => tests[at]?.(record)).sort((a, b) => a - b)
  }
}

const NONE: readonly number[] = []

/** A record is for any of them. */
export function anyMember(members: (record: CloudTrailRecord) => readonly number[]): RecordTest {
  return (record) => members(record).length > 0
}

/** What a match holds a record's name or source to, in any of its ways: one way is as good as another. */
function valuesOf(match: Match, key: 'EventName' | 'EventSource'): readonly string[] | undefined {
  return impliedBy(match).find((selection) => selection.key === key)?.values
}

function add(found: Map<string, number[]>, name: string, at: number): void {
  const known = found.get(name)
  if (known === undefined) found.set(name, [at])
  else known.push(at)
}
