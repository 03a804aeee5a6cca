import { isAboutEvents, sourceTest } from '../runbook/eventScope.ts'
import type { Match, Operand, Test } from '../runbook/runbook.ts'
import { isOnlyData } from './dataEvents.ts'

/** What of a match the event history can have, and the names that it never has. */
export type InHistory = { readonly match: Match; readonly never: readonly string[] }

/**
 * A match without the names of data events: no record of the event history has them, so that looking them up costs requests for nothing. It takes
 * the same records of the event history as the whole match; what others have (a trail's data events) only the whole match takes.
 */
export function inHistory(match: Match): InHistory {
  const never = new Set<string>()
  return { match: without(match, [], never), never: [...never].sort() }
}

/** `scope`: what the clauses around say about the event. */
function without(match: Match, scope: readonly Match[], never: Set<string>): Match {
  if ('all' in match) {
    const inside = [...scope, ...match.all.filter(isAboutEvents)]
    return { all: match.all.map((clause) => without(clause, inside, never)) }
  }
  if ('any' in match) return { any: match.any.map((clause) => without(clause, scope, never)) }
  // Of `not` nothing is looked up.
  if (!('field' in match) || match.field !== 'eventName' || match.ignoreCase === true) return match
  return ofNames(match, scope, never)
}

function ofNames(test: Test, scope: readonly Match[], never: Set<string>): Test {
  const isAsked = sourceTest(scope)
  const isSeen = (name: Operand): boolean => {
    const data = isOnlyData(String(name), isAsked)
    if (data) never.add(String(name))
    return !data
  }
  if ('equals' in test) return isSeen(test.equals) ? test : { field: test.field, in: [] }
  return 'in' in test ? { ...test, in: test.in.filter(isSeen) } : test
}
