import type { Answer } from './answer.ts'
import { placesPhrase } from './gaps.ts'
import { standingOf } from './headline.ts'
import { counted, joined, type Phrase, say, value } from './phrase.ts'
import { minuteOf, minutesAfter } from './time.ts'

/** CloudTrail usually delivers within 5 minutes and promises nothing; after 15 ctq takes it as settled (AWS: how CloudTrail works). */
const SETTLING_MINUTES = 15

/** What a reader must know to use an answer rightly, most important first: each a sentence. */
export function notePhrases(answer: Answer): readonly Phrase[] {
  return [
    unsettled(answer),
    cut(answer),
    blind(answer),
    meaning(answer),
    folded(answer),
    filtered(answer),
    unseen(answer),
  ].filter((phrase) => phrase.length > 0)
}

function unsettled({ coverage }: Answer): Phrase {
  const { settledUntil, window } = coverage
  if (settledUntil >= window.until) return []
  const from = settledUntil > window.since ? settledUntil : window.since
  return say`Not yet known: after ${minuteOf(from)}. AWS delivers late; ask again after ${minuteOf(minutesAfter(window.until, SETTLING_MINUTES))}.`
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

/** What "none" means, in the runbook's words: only where "none" is said. */
function meaning(answer: Answer): Phrase {
  const { empty } = answer.runbook
  const none = answer.counts.matched === 0 && standingOf(answer) === 'complete'
  return none && empty !== undefined && empty !== '' ? say`${empty}` : []
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
  return coverage.unseen.length === 0 ? [] : say`Not visible here: ${coverage.unseen.join('; ')}.`
}
