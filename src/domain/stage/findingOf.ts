import type { Cell } from '../result/answer.ts'
import { compareTexts, kept } from '../result/kept.ts'
import { isoOf } from '../result/time.ts'
import { type Cast, namesOf, type Witness } from './cast.ts'
import type { Pointer, StageFinding, Tells } from './finding.ts'

/** Characters of a value that a finding keeps. */
const VALUE_MAX = 200

/** A finding about the calls of a cast. */
export function findingOf(by: readonly Cell[], cast: Cast, usual: boolean, tells: Tells): StageFinding {
  return {
    by: by.map((value) => kept(value, VALUE_MAX)),
    callers: [...cast.callers].sort((a, b) => compareTexts(a.who, b.who)),
    addresses: namesOf(cast.addresses),
    places: namesOf(cast.places).map((place) => {
      const [account = '', region = ''] = place.split(' ')
      return { account, region }
    }),
    more: { ...cast.more },
    calls: cast.count,
    changes: cast.changes,
    denied: cast.denied,
    failed: cast.failed,
    first: isoOf(cast.first),
    last: isoOf(cast.last),
    at: pointerOf(cast.oldest),
    usual,
    tells,
  }
}

export function pointerOf({ time, ...witness }: Witness): Pointer {
  return { time: isoOf(time), ...witness }
}
