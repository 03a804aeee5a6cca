import type { Answer } from './answer.ts'
import type { Closing } from './closing.ts'
import { placesPhrase } from './gaps.ts'
import { counted, joined, type Phrase, say, value } from './phrase.ts'
import { clockOf, minutesAfter } from './time.ts'

/** CloudTrail usually delivers within 5 minutes and promises nothing; after 15 ctq takes it as settled (AWS: how CloudTrail works). */
const SETTLING_MINUTES = 15

/** Something that follows an answer by itself. */
export type Followed = {
  /** When the minutes that are not settled are asked again, as ISO time; absent: the reader must. */
  readonly askedAgainAt?: string
  /** When they can be asked again, which needs an approval of its own: one approval is for one run. */
  readonly needsApprovalAt?: string
  /** What became of that, once it is known. */
  readonly late?: Late
  /** What came of asking for its gap again. */
  readonly closing?: Closing
  /** What it closes of the gap of the answer that it was asked for. */
  readonly closes?: Closing
}

/**
 * What asking again gave. `whole`: everything could be read. Refused: whoever asked may no longer ask this. Unapproved: it needs an approval of its
 * own. Times are ISO.
 */
export type Late =
  | { readonly kind: 'read'; readonly at: string; readonly calls: number; readonly whole: boolean }
  | { readonly kind: 'refused' | 'unapproved' | 'failed'; readonly at: string }

/** What an answer does not cover, most important first: nobody may read it as more than it is. */
export function limitPhrases(answer: Answer, followed: Followed = {}): readonly Phrase[] {
  return [unsettled(answer, followed), cut(answer), blind(answer), unseen(answer)].filter((phrase) => phrase.length > 0)
}

/** How an answer came about: whether its last minutes were read again, what was folded away, and what each filtered by. */
export function notePhrases(answer: Answer, { late }: Followed = {}): readonly Phrase[] {
  return [settledLater(answer, late), folded(answer), filtered(answer)].filter((phrase) => phrase.length > 0)
}

function unsettled({ coverage, finishedAt }: Answer, { askedAgainAt, needsApprovalAt, late }: Followed): Phrase {
  const { settledUntil, window } = coverage
  if (settledUntil >= window.until) return []
  const from = settledUntil > window.since ? settledUntil : window.since
  const after = clockOf(from, finishedAt)
  if (late !== undefined) return latePhrase(late, after, finishedAt)
  if (askedAgainAt !== undefined)
    return say`Not settled: after ${after}, asked again at ${clockOf(askedAgainAt, finishedAt)}, posted here.`
  if (needsApprovalAt !== undefined)
    return say`Not settled: after ${after}. ${ofTheirOwn(clockOf(needsApprovalAt, finishedAt))}`
  const settled = clockOf(minutesAfter(window.until, SETTLING_MINUTES), finishedAt)
  return say`Not settled: after ${after}, since AWS delivers late; ask again after ${settled}.`
}

function latePhrase(late: Late, after: string, now: string): Phrase {
  const at = clockOf(late.at, now)
  switch (late.kind) {
    case 'read':
      return say`After ${after}, asked again at ${at}: ${late.calls === 0 ? 'nothing late' : `${counted(late.calls, 'call')} came late, in the thread`}${late.whole ? '' : ', but not all of it could be read; not an all-clear'}.`
    case 'refused':
      return say`Not settled: after ${after}; not asked again at ${at}, since who asked may no longer ask this here.`
    case 'unapproved':
      return say`Not settled: after ${after}. ${ofTheirOwn(at)}`
    case 'failed':
      return say`Not settled: after ${after}; asked again at ${at}, and nothing could be read.`
  }
}

function ofTheirOwn(from: string): Phrase {
  return say`These minutes are not asked again by themselves: one approval is for one run. From ${from} on they can be asked for as a request of their own, below.`
}

function settledLater({ finishedAt }: Answer, late: Late | undefined): Phrase {
  if (late?.kind !== 'read' || !late.whole || late.calls > 0) return []
  return say`Settled: asked again at ${clockOf(late.at, finishedAt)}, nothing late.`
}

function cut(answer: Answer): Phrase {
  if (!answer.cut) return []
  return say`Cut at the row limit: the newest ${counted(answer.csv.rows, 'row')} are here, older ones exist. Narrow the window or ask for an earlier one.`
}

function blind(answer: Answer): Phrase {
  const { coverage } = answer
  const spots = coverage.open.filter(({ status }) => status === 'blind')
  if (coverage.parts.blind === 0) return []
  const where = spots.length === 0 ? [] : say` (${placesPhrase(answer, spots, coverage.parts.blind)})`
  return say`${counted(coverage.parts.blind, 'known blind spot')} could not be read${where}: closed accounts, or Regions that an organisation policy denies.`
}

function folded({ counts }: Answer): Phrase {
  const { ctq, service } = counts.noise
  const kinds = joined(
    [
      service > 0 ? say`${counted(service, 'call')} by AWS services on their own behalf` : [],
      ctq > 0 ? say`${counted(ctq, 'call')} of ctq's own` : [],
    ],
    ' and ',
  )
  return kinds.length === 0 ? [] : say`Folded away as noise: ${kinds}; in the CSV they are marked.`
}

function filtered({ filters, counts }: Answer): Phrase {
  const aws = filters.aws.length === 0 ? say`only the window` : list(filters.aws)
  const local = filters.local.length === 0 ? say`ctq had nothing more to filter` : say`ctq by ${list(filters.local)}`
  return say`AWS filtered by ${aws}; ${local}: ${counted(counts.read, 'record')} read, ${counts.matched} matched.`
}

function list(filters: readonly string[]): Phrase {
  return joined(
    filters.map((filter) => [value(filter)]),
    ', ',
  )
}

function unseen({ coverage }: Answer): Phrase {
  return coverage.unseen.length === 0 ? [] : say`Not visible: ${coverage.unseen.join('; ')}.`
}
