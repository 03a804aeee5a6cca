import { nameOf } from './facetWords.ts'
import { joined, type Phrase, say, value } from './phrase.ts'
import { bounded } from './safe.ts'
import { shortValue } from './shortValue.ts'
import { dayOf } from './time.ts'
import type { Moment } from './timeline.ts'

/** Of what a change says beyond its target, such as a policy's widest statement. */
const DETAIL_MAX = 90

/** One call in a line: when, what, on what, by whom, from where, and whether it was only tried. `now`: the reader's day needs no date. */
export function momentPhrase(moment: Moment, now: string): Phrase {
  const { time, who, person, eventName, target, detail, credential, outcome, errorCode, address } = moment
  const day = dayOf(time, now)
  const what: readonly Phrase[] = [
    [nameOf(eventName)],
    target === '' ? [] : [value(shortValue(target))],
    credential === '' ? [] : say`→ ${value(shortValue(credential))}`,
    detail === '' ? [] : say`(${value(bounded(detail, DETAIL_MAX))})`,
  ]
  return joined(
    [
      say`${day === '' ? '' : `${day} `}${time.slice(11, 19)}Z ${joined(what, ' ')}`,
      say`by ${value(shortValue(person ?? who))}`,
      address === '' ? [] : say`from ${value(shortValue(address))}`,
      outcome === 'done' ? [] : say`${outcome}${errorCode === '' ? [] : say` (${value(shortValue(errorCode))})`}`,
    ],
    ', ',
  )
}
