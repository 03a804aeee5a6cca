import { sha256 } from '../canonical.ts'
import { SETTLING_SECONDS } from '../query/cover.ts'
import type { FrozenWindow } from '../query/query.ts'
import type { Answer } from './answer.ts'
import { shownCount, standingOf } from './headline.ts'
import { minutesAfter } from './time.ts'

/** The minutes of an answer that AWS had not settled, and the moment from which they are (ISO times). */
export type Unsettled = FrozenWindow & { readonly at: string }

/**
 * What of an answer is to be asked again. Undefined: all is settled, or the question was ended before it was read, or it was cut within
 * these minutes, so that what comes late could not be told from what was cut off.
 */
export function unsettledOf({
  coverage,
  cut,
  first,
}: Pick<Answer, 'coverage' | 'cut' | 'first'>): Unsettled | undefined {
  const { window, settledUntil, verdict, ended } = coverage
  if (settledUntil >= window.until || verdict === 'failed' || ended !== undefined) return undefined
  const since = settledUntil > window.since ? settledUntil : window.since
  if (cut && (first ?? window.until) > since) return undefined
  return { since, until: window.until, at: minutesAfter(window.until, SETTLING_SECONDS / 60) }
}

/** The id of the run that asks a run's unsettled minutes again: always the same one, so that they are never asked twice (RFC 9562: UUIDv8). */
export function lateRunOf(run: string): string {
  const hex = sha256(`late ${run}`)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

/** The answer once its last minutes were read again and nothing more was in them. */
export function settledAnswer<A extends Pick<Answer, 'coverage'>>(answer: A): A {
  return { ...answer, coverage: { ...answer.coverage, settledUntil: answer.coverage.window.until } }
}

/** An answer together with what its last minutes gave when they were asked again: new calls alone. Settled where all of it was read. */
export function withLate(answer: Answer, late: Answer): Answer {
  const { settledUntil, window } = late.coverage
  const whole = standingOf(late) === 'complete' && settledUntil >= window.until
  const rows = [...answer.timeline.rows, ...late.timeline.rows].toSorted(
    (a, b) => Date.parse(a.time) - Date.parse(b.time),
  )
  const all = { ...answer, timeline: { rows, more: answer.timeline.more + late.timeline.more } }
  const found = { ...all, counts: { ...all.counts, matched: all.counts.matched + shownCount(late) } }
  return whole && standingOf(answer) !== 'failed' ? settledAnswer(found) : found
}
