import type { Progress } from './answer.ts'
import { counted, joined, type Phrase, say } from './phrase.ts'
import { lastingWords } from './time.ts'

/** How far a run is, in one line: only what is known. */
export function progressPhrase(progress: Progress): Phrase {
  const { records, matched, parts, secondsLeft, waiting } = progress
  return joined(
    [
      say`${pagesPhrase(progress)}, ${counted(records, 'record')} read, ${matched} matched so far`,
      parts.total > 0 ? say`${parts.done} of ${counted(parts.total, 'part')} done` : [],
      parts.done === parts.total
        ? []
        : secondsLeft === undefined
          ? say`not known how much is left`
          : say`about ${lastingWords(secondsLeft)} left`,
      waiting === undefined ? [] : say`${WAITING[waiting]}`,
    ],
    ' · ',
  )
}

const WAITING: { readonly [reason in NonNullable<Progress['waiting']>]: string } = {
  pace: 'waiting its turn at the rate AWS allows',
  queue: 'waiting for a free worker',
  aws: 'waiting for AWS to answer',
}

function pagesPhrase({ pages, knownPages }: Progress): Phrase {
  if (knownPages === undefined || knownPages === 0) return say`${counted(pages, 'page')}`
  const more = knownPages - pages
  return more > 0 ? say`${counted(pages, 'page')}, at least ${more} more` : say`${counted(pages, 'page')}`
}
