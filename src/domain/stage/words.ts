import type { Answer } from '../result/answer.ts'
import { amountsPhrase, type FacetLine, type FacetRoom, facetLines } from '../result/facetWords.ts'
import { standingOf } from '../result/headline.ts'
import { counted, joined, type Phrase, say, value } from '../result/phrase.ts'
import { principalPhrase } from '../result/scopeWords.ts'
import { shortValue } from '../result/shortValue.ts'
import { clockOf, lastingWords, spanOf } from '../result/time.ts'
import type { StageAnswer, StageFinding, Tells } from './finding.ts'

type Kind<K extends Tells['kind']> = Extract<Tells, { kind: K }>

/** What telling a finding takes of its answer: when it is read, and what is counted. */
type Telling = Pick<Answer, 'finishedAt'> & {
  readonly runbook: { readonly headline: Pick<Answer['runbook']['headline'], 'noun' | 'counts'> }
}

/** All that an answer tells of its calls: what the runbook's stages found, then the rest. */
export function toldLines(answer: Answer, room: FacetRoom): readonly FacetLine[] {
  const found = stageLines(answer, room)
  const rest = facetLines(answer, room)
  // Without a heading the first of them would seem to belong to the last stage.
  const heading = found.length > 0 && rest[0]?.item === true ? [{ item: false, phrase: say`All calls:` }] : []
  return [...found, ...heading, ...rest]
}

/** What the runbook's stages found, and after it what they looked for and did not find. */
export function stageLines(answer: Answer, room: FacetRoom): readonly FacetLine[] {
  const stages = answer.stages ?? []
  const some = stages.filter(({ findings }) => findings.length > 0)
  const none = stages.filter(({ findings }) => findings.length === 0)
  return [...some, ...none].flatMap((stage) => linesOf(stage, answer, room))
}

function linesOf(stage: StageAnswer, answer: Answer, room: FacetRoom): readonly FacetLine[] {
  const { findings, uncounted } = stage
  const shown = findings.slice(0, room.items)
  const rest = findings.length - shown.length + stage.more
  const beyond = uncounted > 0 ? [say`${counted(uncounted, 'call')} too many to be told apart`] : []
  if (shown.length === 0)
    return [{ item: false, phrase: say`${stage.finds}: ${joined([nonePhrase(stage, answer), ...beyond], '; ')}` }]
  const more = [...(rest > 0 ? [say`${counted(rest, 'more finding')}`] : []), ...beyond]
  return [
    { item: false, phrase: say`${stage.finds}:` },
    ...shown.map((finding) => ({ item: true, phrase: findingPhrase(finding, stage, answer) })),
    ...(more.length > 0 ? [{ item: true, phrase: joined(more, '; ') }] : []),
  ]
}

/** Nothing found is no all-clear where something was not read, and nothing is new where the time before was not. */
function nonePhrase({ kind }: StageAnswer, answer: Answer): Phrase {
  const whole = standingOf(answer) === 'complete'
  if (kind === 'firstSeen' && !whole) return say`not known, since not everything before was read`
  return whole ? say`none` : say`none in what was read`
}

/** One finding: who, from where, what, tried or done, when. */
export function findingPhrase(finding: StageFinding, stage: StageAnswer, answer: Telling): Phrase {
  const { calls, first, last, usual, tells } = finding
  if (tells.kind === 'follow') return nodePhrase(finding, tells, answer)
  const told = [
    ...tellsPhrases(finding, stage, answer),
    amountsPhrase({ ...finding, count: calls }, answer),
    say`${spanOf(first, last, answer.finishedAt)}`,
    usual ? say`as on most days` : [],
  ]
  return say`${subjectOf(finding)}: ${joined(told, ', ')}`
}

/** Why nobody looked for the calls of a credential. */
export const NOT_FOLLOWED: { readonly [why in NonNullable<Kind<'follow'>['notFollowed']>]: string } = {
  account: 'its account was not asked',
  unread: 'its account could not be read',
  depth: 'deeper than this question follows',
  keys: 'more keys than this question follows',
  ended: 'the run ended before',
}

/** One credential of a tree: deeper ones stand below the one that they came out of, further in. */
function nodePhrase(finding: StageFinding, tells: Kind<'follow'>, answer: Telling): Phrase {
  const { by, calls, addresses, first, last } = finding
  const { depth, of, mint, account, notFollowed } = tells
  const where = account === undefined ? [] : say`in ${account}`
  const whose = joined([of === '' ? [] : [value(shortValue(of))], where], ' ')
  const came = say`${'↳ '.repeat(depth)}${value(shortValue(by[0] ?? ''))}${whose.length === 0 ? [] : say` (${whose})`} by ${value(mint.eventName)} ${clockOf(mint.time, answer.finishedAt)}`
  if (notFollowed !== undefined) return say`${came}: not followed, ${NOT_FOLLOWED[notFollowed]}`
  if (calls === 0) return say`${came}: no call with it`
  const from = joined(
    addresses.map((address): Phrase => [value(shortValue(address))]),
    ', ',
  )
  const told = [
    amountsPhrase({ ...finding, count: calls }, answer),
    from.length === 0 ? [] : say`from ${from}`,
    say`${spanOf(first, last, answer.finishedAt)}`,
  ]
  return say`${came}: ${joined(told, ', ')}`
}

/** Who, from where, and what else the finding is about that neither says. */
function subjectOf({ by, callers, addresses, more, tells }: StageFinding): Phrase {
  const who = joined(
    [...callers.map((caller) => principalPhrase(caller)), ...(more.callers ? [say`others`] : [])],
    ', ',
  )
  const where = tells.kind === 'elsewhere' ? [tells.address] : addresses
  const from = joined(
    [...where.map((address): Phrase => [value(shortValue(address))]), ...(more.addresses ? [say`others`] : [])],
    ', ',
  )
  const said = [...callers.flatMap(({ who: name, person = '' }) => [name, person]), ...addresses]
  const beside = by
    .filter((text) => text !== '' && !said.includes(text))
    .map((text): Phrase => [value(shortValue(text))])
  return joined(
    [who.length === 0 ? say`nobody known` : who, from.length === 0 ? [] : say`from ${from}`, ...beside],
    ' ',
  )
}

function tellsPhrases({ by, tells }: StageFinding, stage: StageAnswer, answer: Telling): readonly Phrase[] {
  switch (tells.kind) {
    case 'count':
      return stage.within === undefined
        ? []
        : [say`${counted(tells.most, answer.runbook.headline.noun)} ${withinWords(stage, tells)}`]
    case 'distinct':
      return distinctPhrases(tells, stage)
    case 'sequence':
      return sequencePhrases(tells, stage, answer)
    case 'firstSeen':
      return newPhrases(tells, answer)
    case 'policy':
      return policyPhrases(tells)
    case 'elsewhere':
      return elsewherePhrases(tells, by)
    case 'follow':
      return []
  }
}

function withinWords({ within }: StageAnswer, { bursts }: { readonly bursts: number }): string {
  if (within === undefined) return ''
  return `within ${lastingWords(within)}${bursts > 1 ? `, the most of ${bursts} times` : ''}`
}

function distinctPhrases(tells: Kind<'distinct'>, stage: StageAnswer): readonly Phrase[] {
  const { most, values, of } = tells
  const named = joined(
    values.map((text): Phrase => [value(shortValue(text))]),
    ', ',
  )
  const within = withinWords(stage, tells)
  const rest = most > values.length ? ', …' : ''
  return [say`${most} different ${of}${within === '' ? '' : ` ${within}`} (${named}${rest})`]
}

function sequencePhrases(tells: Kind<'sequence'>, { says }: StageAnswer, answer: Telling): readonly Phrase[] {
  const { before, since, next, times } = tells
  const clock = (time: string): string => clockOf(time, answer.finishedAt)
  const then = say`then ${says?.next ?? ''} ${clock(next.time)}${times > 1 ? ` (×${times} in all)` : ''}`
  return [say`${says?.first ?? ''} ×${before} since ${clock(since)}`, then]
}

function newPhrases({ values, more }: Kind<'firstSeen'>, answer: Telling): readonly Phrase[] {
  const named = values.map(({ value: cells, calls, at }) => {
    const text = joined(
      cells.map((cell): Phrase => [value(shortValue(cell))]),
      ' ',
    )
    return say`${text} (${clockOf(at.time, answer.finishedAt)}${calls > 1 ? `, ×${calls}` : ''})`
  })
  const oldest = values.at(-1)
  const before = oldest === undefined ? '' : `not seen in the ${lengthWords(oldest.after)} before: `
  return [say`${before}${joined([...named, ...(more > 0 ? [say`${counted(more, 'other')}`] : [])], ', ')}`]
}

function policyPhrases({ allows, limits, target }: Kind<'policy'>): readonly Phrase[] {
  const limited = limits.length === 0 ? [] : [say`limited by ${value(limits.join('; '))}`]
  return [say`${target === '' ? [] : say`${value(shortValue(target))} `}${value(allows)}`, ...limited]
}

function elsewherePhrases({ earlier, both }: Kind<'elsewhere'>, by: StageFinding['by']): readonly Phrase[] {
  const own = joined(
    earlier.map(({ address, label }) => say`${value(address)}${label === undefined ? [] : say` (${value(label)})`}`),
    ', ',
  )
  // An AKIA is a lasting key: it has no session.
  const same = by.some((text) => text.startsWith('AKIA')) ? 'key' : 'session'
  return [say`${both ? 'while' : 'after'} the same ${same} called from ${own}`]
}

function lengthWords(seconds: number): string {
  const days = Math.floor(seconds / 86_400)
  return days >= 2 ? `${days} days` : `${Math.floor(seconds / 3_600)} hours`
}
