import type { Answer } from './answer.ts'
import { isClosed } from './closing.ts'
import { foundPhrase, shownCount, standingOf, verdictPhrase } from './headline.ts'
import type { Followed, Late } from './notes.ts'
import { counted, joined, numberWords, type Phrase, say } from './phrase.ts'
import { clockOf } from './time.ts'

/** What an answer's first lines say once something followed it: nobody may read it as if it had everything. */
export type News = { readonly lead?: Phrase; readonly verdict: Phrase; readonly found: Phrase }

/** The first lines of an answer that something followed; undefined when nothing did that changes them, or that is not known. */
export function newsOf(answer: Answer, { late, closing }: Followed): News | undefined {
  const calls = late?.kind === 'read' ? late.calls : 0
  const closed = closing !== undefined && isClosed(closing) ? closing : undefined
  if (calls === 0 && closed === undefined) return undefined
  const lead = calls === 0 ? {} : { lead: say`+${numberWords(calls)} late: see the thread` }
  if (closed === undefined) return { ...lead, verdict: lateVerdict(answer, late), found: lateFound(answer, calls) }
  // Its own verdict stays: it is another answer that has the rest.
  const at = clockOf(closed.at, answer.finishedAt)
  const verdict = say`${standingWord(answer)} by itself: gap closed at ${at}, see the thread`
  const found = calls === 0 ? ownFound(answer) : lateFound(answer, calls)
  const there = closed.calls === 0 ? say`no call` : say`${counted(closed.calls, 'call')}`
  return { ...lead, verdict, found: joined([found, say`in the gap ${there}`], '; ') }
}

function standingWord(answer: Answer): string {
  return standingOf(answer) === 'failed' ? 'FAILED' : 'PARTIAL'
}

/** An empty answer's own words would say that it is no all-clear because of the gap. */
function ownFound(answer: Answer): Phrase {
  return shownCount(answer) === 0 ? say`nothing found in what was read first` : foundPhrase(answer)
}

function lateFound(answer: Answer, calls: number): Phrase {
  return shownCount(answer) === 0
    ? say`${counted(calls, 'call')}, late: in the thread, not in what is below`
    : say`${foundPhrase(answer)}, and ${numberWords(calls)} more late: in the thread, not in what is below`
}

/** A complete answer is so with its thread alone. */
function lateVerdict(answer: Answer, late: Late | undefined): Phrase {
  const standing = standingOf(answer)
  if (standing !== 'complete' && standing !== 'unknown') return verdictPhrase(answer)
  return late?.kind === 'read' && late.whole ? say`COMPLETE with the thread` : say`PARTIAL: there may be more`
}
