import type { CloudTrailRecord } from '../record.ts'
import { cheapestFirst, compileMatch, type RecordTest } from '../runbook/evaluate.ts'
import type { Match } from '../runbook/runbook.ts'

/** What makes a kind of event. An account has some hundreds of kinds, and most questions are about few of them. */
const KIND: readonly string[] = ['eventSource', 'eventName', 'readOnly']
/** Kinds that are remembered. */
const KINDS = 2_000

/** A match that may take records of a kind, by its place, and what is still to be tested of each of them. */
type Candidate = { readonly at: number; readonly tests: readonly RecordTest[] }

/** A clause that a match holds records to, whole, and as far as the kind of event settles it. */
type Clause = { readonly test: RecordTest; readonly settle: Settle }
type Settle = (kind: CloudTrailRecord) => boolean | undefined

/**
 * Compiles several bound matches into one: which of them a record is for, by their places. What a kind of event settles is settled once, so that a
 * record is held only against matches that may take its kind, and only to those of their clauses that are open.
 */
export function memberTests(matches: readonly Match[]): (record: CloudTrailRecord) => readonly number[] {
  const members = matches.map((match) =>
    cheapestFirst(clausesOf(match)).map((clause): Clause => ({ test: compileMatch(clause), settle: settler(clause) })),
  )
  const everything = candidatesOf(members, () => undefined)
  const known = new Map<string, readonly Candidate[]>()
  const candidates = (record: CloudTrailRecord): readonly Candidate[] => {
    const { eventSource, eventName, readOnly } = record
    // AWS writes nothing else there. Whoever forged it is told what all the matches say of it.
    if (typeof eventSource !== 'string' || typeof eventName !== 'string' || typeof readOnly !== 'boolean')
      return everything
    const key = `${readOnly} ${eventSource.length} ${eventSource}${eventName}`
    const before = known.get(key)
    if (before !== undefined) return before
    if (known.size >= KINDS) known.clear()
    const found = candidatesOf(members, ({ settle }) => settle({ eventSource, eventName, readOnly }))
    known.set(key, found)
    return found
  }
  return (record) => {
    const found: number[] = []
    for (const { at, tests } of candidates(record)) if (passes(record, tests)) found.push(at)
    return found
  }
}

/** A record is for any of them. */
export function anyMember(members: (record: CloudTrailRecord) => readonly number[]): RecordTest {
  return (record) => members(record).length > 0
}

function passes(record: CloudTrailRecord, tests: readonly RecordTest[]): boolean {
  for (const test of tests) if (!test(record)) return false
  return true
}

function candidatesOf(
  members: readonly (readonly Clause[])[],
  settled: (clause: Clause) => boolean | undefined,
): readonly Candidate[] {
  return members.flatMap((clauses, at) => {
    const open = clauses.filter((clause) => settled(clause) !== true)
    return open.some((clause) => settled(clause) === false) ? [] : [{ at, tests: open.map(({ test }) => test) }]
  })
}

function clausesOf(match: Match): readonly Match[] {
  return 'all' in match ? match.all.flatMap(clausesOf) : [match]
}

/** What a kind of event by itself says of a match: undefined when more of the record must be known. */
function settler(match: Match): Settle {
  if ('all' in match) return joined(match.all.map(settler), false)
  if ('any' in match) return joined(match.any.map(settler), true)
  if ('not' in match) {
    const inner = settler(match.not)
    return (kind) => {
      const is = inner(kind)
      return is === undefined ? undefined : !is
    }
  }
  if (!('field' in match) || 'sameAs' in match || !KIND.includes(match.field)) return () => undefined
  return compileMatch(match)
}

/** One clause settles a group one way; only all of them together settle it the other. */
function joined(parts: readonly Settle[], way: boolean): Settle {
  return (kind) => {
    const each = parts.map((part) => part(kind))
    if (each.includes(way)) return way
    return each.includes(undefined) ? undefined : !way
  }
}
