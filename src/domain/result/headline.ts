import { ENDED_WORDS } from '../query/coverage.ts'
import type { HeadlineCount } from '../runbook/runbook.ts'
import type { Answer } from './answer.ts'
import { counted, joined, numberWords, type Phrase, say, value } from './phrase.ts'
import { shortValue } from './shortValue.ts'
import { clockOf, secondOf } from './time.ts'

/** How an answer stands, for a person. `unknown`: nothing went wrong, and still nothing can be said. */
export type Standing = 'complete' | 'partial' | 'failed' | 'unknown'

/** Matched calls that are shown: those folded away as noise are not among them. */
export function shownCount({ counts }: Pick<Answer, 'counts'>): number {
  return Math.max(0, counts.matched - counts.noise.ctq - counts.noise.service)
}

const BLIND = say`nothing could be read: every account and Region asked is a known blind spot`

/**
 * The verdict as it may be said. A complete answer in which every part is a blind spot, or whose whole window is newer than what AWS
 * has settled, says nothing about what happened: it is `unknown` unless something was found.
 */
export function standingOf(answer: Answer): Standing {
  const { verdict } = answer.coverage
  if (verdict !== 'complete') return verdict
  if (answer.cut) return 'partial'
  return shownCount(answer) === 0 && (isBlind(answer) || isUnsettled(answer)) ? 'unknown' : 'complete'
}

/** Every part that was asked is a known blind spot: nothing was read. */
function isBlind({ coverage }: Answer): boolean {
  const { asked, blind } = coverage.parts
  return blind > 0 && blind === asked
}

/** The whole window is later than what AWS has surely delivered. */
function isUnsettled({ coverage }: Answer): boolean {
  return coverage.settledUntil <= coverage.window.since
}

/** A playbook that found nothing: its questions are never all that could be asked. */
export function isQuiet({ playbook }: Pick<Answer, 'playbook'>): boolean {
  return playbook !== undefined && playbook.findings.length === 0
}

/** A default window so short says nothing of an alert from earlier that day. Seconds. */
const SHORT_S = 6 * 3_600

/** Nothing in a short window that nobody chose, read to its end: that is no all-clear. Its length in seconds; undefined for any other answer. */
export function shortNone(answer: Answer): number | undefined {
  const { asked, coverage } = answer
  if (asked.usualWindow !== true || shownCount(answer) > 0 || standingOf(answer) !== 'complete') return undefined
  const length = (Date.parse(coverage.window.until) - Date.parse(coverage.window.since)) / 1000
  return length <= SHORT_S ? length : undefined
}

/** The sign that an answer's first line bears. */
export function signOf(answer: Answer): Standing {
  return isQuiet(answer) || shortNone(answer) !== undefined ? 'unknown' : standingOf(answer)
}

/** Whether an answer's verdict comes before everything: it found nothing, and that is no all-clear. */
export function leadsWithVerdict(answer: Answer): boolean {
  return (
    isQuiet(answer) ||
    shortNone(answer) !== undefined ||
    (standingOf(answer) !== 'complete' && shownCount(answer) === 0)
  )
}

/** What an answer may be taken for. */
export function verdictPhrase(answer: Answer): Phrase {
  const standing = standingOf(answer)
  const short = shortNone(answer)
  if (isQuiet(answer) && (standing === 'complete' || standing === 'partial'))
    return say`NO FINDING up to ${settledClock(answer)}: NOT AN ALL-CLEAR${standing === 'partial' ? say`, PARTIAL` : []}`
  switch (standing) {
    case 'complete':
      if (short !== undefined) return say`COMPLETE FOR THE ${lastWords(short).toUpperCase()} ONLY: NOT AN ALL-CLEAR`
      return isUnsettled(answer) ? say`COMPLETE as far as delivered` : say`COMPLETE up to ${settledClock(answer)}`
    case 'partial':
      return shownCount(answer) === 0 ? say`PARTIAL: NOT AN ALL-CLEAR` : say`PARTIAL: ${whyPartial(answer)}`
    case 'failed':
      return shownCount(answer) === 0 ? say`FAILED: NOT AN ALL-CLEAR` : say`FAILED: ${whyPartial(answer)}`
    case 'unknown':
      return say`NOT KNOWN: NOT AN ALL-CLEAR`
  }
}

function whyPartial({ coverage, cut }: Answer): string {
  if (coverage.ended !== undefined) return `${ENDED_WORDS[coverage.ended]} before the end`
  return cut ? 'cut at the row limit, older calls exist' : 'there may be more'
}

function endedWords({ coverage: { ended } }: Answer): string {
  return ended === undefined ? '' : `: ${ENDED_WORDS[ended]}`
}

/** What was found, or what "nothing" means here; tried and done are told apart. */
export function foundPhrase(answer: Answer): Phrase {
  const shown = shownCount(answer)
  if (shown > 0) return say`${findingsPhrase(answer)}${callsPhrase(answer, shown)}`
  const short = shortNone(answer)
  const folded = answer.counts.noise.ctq + answer.counts.noise.service
  const besides = folded > 0 ? `, besides ${numberWords(folded)} folded away` : ''
  switch (standingOf(answer)) {
    case 'complete':
      if (short !== undefined)
        return say`none in the ${lastWords(short)}, up to ${settledClock(answer)}${besides}; before that was not asked`
      return say`none up to ${settledClock(answer)}${besides}`
    case 'partial':
      return say`nothing found in what was read${besides}; not an all-clear`
    case 'failed':
      return isBlind(answer) ? BLIND : say`nothing could be read${besides}${endedWords(answer)}; not an all-clear`
    case 'unknown':
      return isBlind(answer) ? BLIND : say`not yet known: the whole window is newer than what AWS has surely delivered`
  }
}

/** What the runbook's stages found comes before the calls in which they did; habits are no findings. Empty without stages. */
function findingsPhrase({ stages = [], playbook }: Answer): Phrase {
  if (playbook !== undefined) {
    const all = playbook.findings.length + playbook.more
    return all === 0 ? say`no finding in ` : say`${counted(all, 'finding')} in `
  }
  if (stages.length === 0) return []
  const found = stages.reduce(
    (sum, { findings, more }) => sum + findings.filter(({ usual }) => !usual).length + more,
    0,
  )
  return found === 0 ? say`no finding in ` : say`${counted(found, 'finding')} in `
}

/** The number of calls, told apart as the runbook has it; what it does not name are `others`. */
function callsPhrase({ counts, runbook }: Answer, shown: number): Phrase {
  const { noun, counts: told } = runbook.headline
  const all = counted(shown, noun)
  const tried = Math.min(counts.failed, shown)
  const denied = Math.min(counts.denied ?? 0, tried)
  const done = shown - tried
  const changes = Math.min(counts.changes, done)
  const amounts = { done, changes, reads: done - changes, denied, failed: tried - denied }
  if (done === shown && told.includes('done')) return say`${all}, ${shown === 1 ? 'done' : 'all done'}`
  const others = told.reduce((left, name) => left - amounts[name], shown)
  return say`${all}: ${joined(
    [...told.map((name) => amountPhrase(name, amounts[name])), others > 0 ? say`${counted(others, 'other')}` : []],
    ' · ',
  )}`
}

/** That nothing was done, or changed, is news; that nothing was denied goes without saying. */
function amountPhrase(name: HeadlineCount, amount: number): Phrase {
  switch (name) {
    case 'done':
      return amount === 0 ? say`none done` : say`${amount} done`
    case 'changes':
      return amount === 0 ? say`nothing changed` : say`${counted(amount, 'change')} done`
    case 'reads':
      return amount === 0 ? [] : say`${counted(amount, 'read')} done`
    case 'denied':
    case 'failed':
      return amount === 0 ? [] : say`${amount} ${name}`
  }
}

/** When: first and last of what was found. An answer that did not read everything cannot say "first". Empty when nothing was found. */
export function whenPhrase(answer: Answer): Phrase {
  const { first, last } = answer
  if (first === undefined || last === undefined) return []
  const whole = standingOf(answer) === 'complete'
  if (first === last) return say`${whole ? 'At' : 'Read at'} ${secondOf(first)}`
  return say`${whole ? 'First' : 'Oldest read'} ${secondOf(first)} · ${whole ? 'last' : 'newest read'} ${secondOf(last)}`
}

/** The question in a few words: the runbook and its values, shortened. */
export function shortQuestion({ runbook, parameters }: Pick<Answer, 'runbook' | 'parameters'>): Phrase {
  const given = Object.entries(parameters)
  const values = given.map(([name, text]): Phrase => {
    const short = value(shortValue(text))
    return given.length === 1 ? [short] : say`${name}=${short}`
  })
  return joined([say`${runbook.name}`, ...values], ' · ')
}

/** A window that ends now. */
function lastWords(seconds: number): string {
  const hours = Math.round(seconds / 3_600)
  if (hours === 0) return `last ${Math.round(seconds / 60)} minutes`
  return hours === 1 ? 'last hour' : `last ${hours} hours`
}

function settledClock({ coverage, finishedAt }: Answer): string {
  return clockOf(coverage.settledUntil, finishedAt)
}
