import type { Progress } from './answer.ts'
import { counted, joined, numberWords, type Phrase, say } from './phrase.ts'
import { lastingWords } from './time.ts'

/** How far a run is, in one line: what is read of what is known, what was found, how long the rest takes, and what it waits for. */
export function progressPhrase(progress: Progress): Phrase {
  const { matched, parts, waiting } = progress
  return joined(
    [
      parts.total > 0
        ? say`${parts.done} of ${counted(parts.total, 'account and Region', 'accounts and Regions')} read`
        : [],
      pagesPhrase(progress),
      matched === 0 ? say`nothing found yet` : say`${counted(matched, 'call')} found so far`,
      leftPhrase(progress),
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

/** Each sequence that goes on has one more page at least; how many more, CloudTrail says of none. */
function pagesPhrase({ pages, knownPages = 0 }: Progress): Phrase {
  if (knownPages > pages) return say`${numberWords(pages)} of at least ${counted(knownPages, 'page')}`
  return say`${counted(pages, 'page')}`
}

function leftPhrase({ parts, secondsLeft }: Progress): Phrase {
  if (parts.done === parts.total) return parts.total === 0 ? [] : say`putting the answer together`
  if (secondsLeft === undefined) return say`how long it takes is not known yet`
  return say`about ${lastingWords(secondsLeft)} left`
}
