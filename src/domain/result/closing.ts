import type { PartCoverage } from '../query/coverage.ts'
import type { Answer } from './answer.ts'
import { shownCount } from './headline.ts'
import { counted, joined, type Phrase, say, value } from './phrase.ts'
import { clockOf } from './time.ts'

/**
 * What asking for an answer's gap again has read of it: `read` of its `of` places, with so many calls in the newer answer. `first` and
 * `again` are the two runs. Times are ISO. `places`: which of the gap's, by their number in it; absent in what older versions wrote. `others`: the
 * earlier runs that read the rest of it.
 */
export type Closing = {
  readonly first: string
  readonly again: string
  readonly at: string
  readonly read: number
  readonly of: number
  readonly calls: number
  readonly places?: readonly number[]
  readonly others?: readonly string[]
}

type Side = Pick<Answer, 'run' | 'runbook' | 'parameters' | 'asked' | 'accounts' | 'coverage' | 'counts' | 'askedAt'>

/** The Region of a part whose account's Regions could not be listed. */
const EVERY_REGION = '*'

/**
 * What of an answer's gap a later answer has read to its end. Undefined: there was no gap, or the later one is not the same question over all
 * of the first one's window.
 */
export function closingOf(first: Side, again: Side): Closing | undefined {
  const gap = first.coverage.open.filter(({ status }) => status !== 'blind')
  if (gap.length === 0 || !isSameQuestion(first, again)) return undefined
  const places = gap.flatMap((place, at) => (isRead(place, again) ? [at] : []))
  const calls = shownCount(again)
  return { first: first.run, again: again.run, at: again.askedAt, read: places.length, of: gap.length, calls, places }
}

/**
 * What several that asked for one gap again have read of it together: the one that read most, and each other that read more of it. Undefined for
 * none. Calls of places that two of them read are counted twice.
 */
export function unionOf(closings: readonly Closing[]): Closing | undefined {
  const [best, ...rest] = closings.toSorted((a, b) => b.read - a.read || (a.at < b.at ? -1 : 1))
  if (best?.places === undefined) return best
  const places = new Set(best.places)
  const used = [best]
  for (const one of rest) {
    const more = (one.places ?? []).filter((place) => !places.has(place))
    if (more.length === 0) continue
    for (const place of more) places.add(place)
    used.push(one)
  }
  const [last = best, ...others] = used.toSorted((a, b) => (a.at < b.at ? 1 : -1))
  if (others.length === 0) return best
  const calls = used.reduce((sum, one) => sum + one.calls, 0)
  return { ...last, read: places.size, calls, places: [...places], others: others.map(({ again }) => again).reverse() }
}

function isSameQuestion(first: Side, again: Side): boolean {
  const window = again.coverage.window
  return (
    first.runbook.name === again.runbook.name &&
    first.runbook.digest === again.runbook.digest &&
    same(first.parameters, again.parameters) &&
    window.since <= first.coverage.window.since &&
    window.until >= first.coverage.window.until
  )
}

function same(one: Answer['parameters'], other: Answer['parameters']): boolean {
  const sorted = (of: Answer['parameters']): string => JSON.stringify(Object.entries(of).toSorted())
  return sorted(one) === sorted(other)
}

/** Whether a place was asked again and read to its end. */
function isRead({ account, region }: PartCoverage, { asked, accounts, coverage }: Side): boolean {
  if (!accounts.some(({ id }) => id === account)) return false
  const open = coverage.open.filter((place) => place.account === account)
  // A place that is every Region of an account wants all of them, but for those that are known to be blind.
  if (region === EVERY_REGION) return asked.regions === 'enabled' && open.every(({ status }) => status === 'blind')
  if (asked.regions !== 'enabled' && !asked.regions.includes(region)) return false
  return open.every((place) => place.region !== region && place.region !== EVERY_REGION)
}

/** Whether nothing of the gap is left. */
export function isClosed({ read, of }: Closing): boolean {
  return read === of
}

/** Eight digits tell runs apart for people. */
const SHORT = 8

const runValue = (run: string): Phrase => [value(run.slice(0, SHORT))]

function allOf(of: number, one: string): string {
  return of === 1 ? one : of === 2 ? 'both' : `all ${of}`
}

/** In an answer with a gap: what came of asking for it again. `now` is ISO. */
export function closingPhrase(closing: Closing, now: string): Phrase {
  const { again, at, read, of, calls, others = [] } = closing
  const found = calls === 0 ? 'no call there' : `${counted(calls, 'call')} there`
  const when = clockOf(at, now)
  const runs = joined([...others, again].map(runValue), ' and ')
  const see = say`See ${others.length === 0 ? 'run' : 'runs'} ${runs} in the thread.`
  if (isClosed(closing)) {
    const then = others.length === 0 ? 'then' : 'by then'
    return say`Gap closed at ${when}: ${allOf(of, 'it')} ${of === 1 ? 'was' : 'were'} read ${then}, ${found}. ${see}`
  }
  return say`Asked again at ${when}: ${read} of ${of} could be read${others.length === 0 ? '' : ' by now'}, ${found}. ${see}`
}

/** In the answer that came of asking for another's gap again: what it closes of it, with the others that did. */
export function closesPhrase(closing: Closing): Phrase {
  const { first, read, of, others = [] } = closing
  if (isClosed(closing) && others.length > 0)
    return say`Closes what was left of the gap of run ${runValue(first)}: ${allOf(of, 'the place')} that it could not read are read, here and in ${others.length === 1 ? 'run' : 'runs'} ${joined(others.map(runValue), ' and ')}.`
  if (isClosed(closing))
    return say`Closes the gap of run ${runValue(first)}: ${allOf(of, 'the place')} that it could not read ${of === 1 ? 'is' : 'are'} read here.`
  if (others.length > 0)
    return say`With ${others.length === 1 ? 'run' : 'runs'} ${joined(others.map(runValue), ' and ')} this closes ${read} of the ${counted(of, 'place')} that run ${runValue(first)} could not read; the gap was still open then.`
  if (read === 0) return say`The gap of run ${runValue(first)} was still open then: nothing of it could be read.`
  return say`Closes ${read} of the ${counted(of, 'place')} that run ${runValue(first)} could not read; the gap was still open then.`
}
