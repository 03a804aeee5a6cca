import type { Runbook } from '../runbook/runbook.ts'
import { callPhrase } from './facetWords.ts'
import { type Phrase, say, value } from './phrase.ts'
import type { Row } from './row.ts'
import { isServiceAddress } from './serviceAddress.ts'
import { shortValue } from './shortValue.ts'
import { isFolded } from './summary.ts'
import { isoOf } from './time.ts'
import { callWeight } from './weight.ts'

/** Calls that were met while reading goes on: pages come in any order, and the same call may come twice. */
export type SoFar = {
  readonly add: (row: Row) => void
  /** The most telling calls, of those alike the newest, in words for whoever reads them at `now`. */
  readonly told: (most: number, now: string) => readonly Phrase[]
  /** The same with what it takes to put them beside those that others met. */
  readonly best: (most: number, now: string) => readonly Told[]
}

/** A call that was met, in words, and how much it tells. */
export type Told = {
  readonly eventId: string
  readonly eventTime: number
  readonly weight: number
  readonly phrase: Phrase
}

/** Calls kept; of more, the least telling are forgotten. */
const KEPT = 20

/** What several processes met, as if one had: the most telling first, each call once. */
export function toldTogether(many: readonly (readonly Told[])[], most: number): readonly Phrase[] {
  const seen = new Set<string>()
  return many
    .flat()
    .toSorted((a, b) => b.weight - a.weight || b.eventTime - a.eventTime)
    .filter(({ eventId }) => !seen.has(eventId) && seen.add(eventId))
    .slice(0, most)
    .map(({ phrase }) => phrase)
}

type Met = { readonly row: Row; readonly weight: number }

/**
 * Keeps the calls that tell most, in memory that does not grow. What the runbook folds as noise is left out; of a playbook, what it tells apart from
 * findings at first sight too: services, and addresses that `labelOf` has a name for.
 */
export function soFar(
  runbook: Pick<Runbook, 'fold' | 'playbook'>,
  labelOf: (address: string) => string | undefined = () => undefined,
): SoFar {
  const met: Met[] = []
  return {
    add: (row) => {
      if (isFolded(row, runbook) || (runbook.playbook !== undefined && isBystander(row, labelOf))) return
      if (met.some((one) => one.row.eventId === row.eventId)) return
      const one = { row, weight: callWeight(row) }
      const at = met.findIndex((other) => tellsMore(one, other))
      met.splice(at < 0 ? met.length : at, 0, one)
      met.length = Math.min(met.length, KEPT)
    },
    told: (most, now) => met.slice(0, most).map(({ row }) => metPhrase(row, now)),
    best: (most, now) =>
      met.slice(0, most).map(({ row, weight }) => {
        const { eventId, eventTime } = row
        return { eventId, eventTime, weight, phrase: metPhrase(row, now) }
      }),
  }
}

function isBystander({ telling }: Row, labelOf: (address: string) => string | undefined): boolean {
  const { kind, address } = telling
  return kind === 'service' || isServiceAddress(address) || labelOf(address) !== undefined
}

function tellsMore(a: Met, b: Met): boolean {
  return a.weight > b.weight || (a.weight === b.weight && a.row.eventTime > b.row.eventTime)
}

function metPhrase({ eventTime, eventName, outcome, telling }: Row, now: string): Phrase {
  const { who, person, credential, address, about } = telling
  const call = { ...about(), eventName, credential, who, count: 1, last: isoOf(eventTime), ...(person && { person }) }
  const from: Phrase = address === '' ? [] : say` from ${value(shortValue(address))}`
  return say`${callPhrase(call, now, true)}${from}${outcome === 'done' ? '' : ` (${outcome})`}`
}
