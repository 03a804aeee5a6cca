import type { GroupRow } from './answer.ts'
import type { Diff, OneSided } from './diff.ts'
import { shortQuestion, standingOf } from './headline.ts'
import { counted, joined, type Phrase, type Span, say, value } from './phrase.ts'
import { shortValue } from './shortValue.ts'
import { spanOf } from './time.ts'

/** What only one of two answers has, in words; absent when it has nothing of its own. */
export type SideWords = {
  readonly title: 'New' | 'Gone'
  readonly calls: Phrase
  /** The most telling calls, one each. */
  readonly told: readonly Phrase[]
  /** The groups that only this answer has, all in one; empty where there are none. */
  readonly groups: Phrase
}

/** What differs between two answers, as Slack and a terminal say it. */
export type DiffWords = {
  readonly counts: Phrase
  readonly question: Phrase
  readonly runs: Phrase
  readonly windows: Phrase
  /** Why the difference may be none; empty when both were read to their end. */
  readonly caution: Phrase
  readonly sides: readonly SideWords[]
}

const GROUPS = 6

/** Puts what is new and what is gone into words: how many calls, the most telling of them, and the groups that came and went. */
export function diffWords({ before, after, both, added, gone, groups }: Diff): DiffWords {
  const window = ({ coverage }: Diff['before']): string =>
    spanOf(coverage.window.since, coverage.window.until, after.finishedAt)
  const open = [before, after].filter((answer) => standingOf(answer) !== 'complete')
  const names = joined(
    open.map(({ run }): Phrase => [shortRun(run)]),
    ' and ',
  )
  return {
    counts: say`${added.calls} new, ${gone.calls} gone, ${both} in both`,
    question: shortQuestion(after),
    runs: say`From run ${shortRun(before.run)} to ${shortRun(after.run)}`,
    windows: say`${window(before)} to ${window(after)}`,
    caution:
      open.length === 0 ? [] : say`Not all of ${names} was read: what looks new or gone may only not have been read.`,
    sides: [...sideWords('New', added, groups.added), ...sideWords('Gone', gone, groups.gone)],
  }
}

function sideWords(title: SideWords['title'], side: OneSided, groups: readonly GroupRow[]): readonly SideWords[] {
  if (side.calls === 0) return []
  const outside = side.outside === 0 ? [] : say` (${side.outside} at times that the other did not ask about)`
  const shown = groups.slice(0, GROUPS).map((group): Phrase => {
    const values = group.values.map((one): Phrase => [value(shortValue(String(one)))])
    return say`${joined(values, ' ')} ×${group.count}`
  })
  return [
    { title, calls: say`${counted(side.calls, 'call')}${outside}`, told: side.told, groups: joined(shown, ' · ') },
  ]
}

/** A run's id as people see and type it. */
function shortRun(run: string): Span {
  return value(run.slice(0, 8))
}
