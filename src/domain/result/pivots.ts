import type { Parameters } from '../query/query.ts'
import { parseArn } from '../request/arn.ts'
import type { Request, Span } from '../request/command.ts'
import { echo } from '../request/echo.ts'
import { accountOfKey } from '../request/key.ts'
import { questionsFor } from '../request/questions.ts'
import { globalRegion, partitionOfRegion } from '../request/regions.ts'
import { isIndexed } from '../runbook/indexed.ts'
import { checkParameter } from '../runbook/parameters.ts'
import type { Library, Runbook } from '../runbook/runbook.ts'
import { againPlaces } from './again.ts'
import type { Answer } from './answer.ts'
import { gapsOf } from './gaps.ts'
import type { Lead } from './leads.ts'
import { counted } from './phrase.ts'
import { isNarrow } from './scopeWords.ts'
import { shortValue } from './shortValue.ts'
import { coveredSpan, reaching, sameSpan, spanFrom, widerSpan } from './spans.ts'

/** What one may do next with an answer, by one press. `id` is good within that answer only. */
export type Pivot = {
  readonly id: string
  /** For a button. Holds a value from a record: hostile text. */
  readonly label: string
} & (
  | {
      readonly kind: 'ask'
      /** The question. Nothing in it is allowed yet: whoever presses is decided about like anybody who types it. */
      readonly request: Request
      /** The question as it can be typed. */
      readonly words: string
    }
  /** The timeline to paste; what would mend what could not be read. */
  | { readonly kind: 'text' | 'fix' }
)

/** Pivots to other questions that are offered. */
const NEXT_MAX = 5
/** Before and after the calls that lead to a question which is not indexed. Seconds. */
const MARGIN_S = 3_600

/**
 * What may be asked next: up to five questions that the rows lead to, each a valid one, then a wider one, the same again, the timeline,
 * and what mends the gaps. `late`: calls that came after it, which the timeline has too. The values come from records; each has passed the check of the parameter that it is for.
 */
export function pivotsOf(answer: Answer, library: Library, now: Date, late = 0): readonly Pivot[] {
  const next = leadPivots(answer, library, now).filter(({ label }, at, all) => at === firstNamed(all, label))
  const hasCalls = answer.timeline.rows.length + late > 0
  const own = ownPivots(answer, library, now).filter(({ kind }) => kind !== 'text' || hasCalls)
  return [...next.slice(0, NEXT_MAX), ...own]
}

function firstNamed(pivots: readonly Pivot[], label: string): number {
  return pivots.findIndex((pivot) => pivot.label === label)
}

/** One pivot of an answer by its id, as a button carries it; undefined when there is none (any more). */
export function pivotById(answer: Answer, id: string, library: Library, now: Date): Pivot | undefined {
  const all = [leadPivots(answer, library, now), ownPivots(answer, library, now), otherPivots(answer, library, now)]
  return all.flat().find((pivot) => pivot.id === id)
}

/**
 * The other questions that fit the one value that was asked about: whatever takes a value of its shape, in the order of `questionsOf`. Over
 * the time of the calls that were found; where none were, over the runbook's own window.
 */
export function otherPivots(answer: Answer, library: Library, now: Date): readonly Pivot[] {
  const [about, another] = Object.values(answer.parameters)
  if (about === undefined || another !== undefined) return []
  const { first, last } = answer
  return questionsFor(about, library).flatMap(({ runbook, parameters }, at) => {
    const target = library.find(runbook)
    const good = target === undefined ? undefined : checked(target, parameters)
    if (target === undefined || good === undefined || runbook === answer.runbook.name) return []
    const lead: Lead = { runbook, parameters: good, count: 0, first: first ?? '', last: last ?? '' }
    const span = first === undefined ? undefined : leadSpan(lead, target, answer, now)
    const accounts = leadAccounts(lead, answer)
    return [ask(`other-${at}`, target.title, { runbook, parameters: good, ...(span && { span }), accounts })]
  })
}

function leadPivots(answer: Answer, library: Library, now: Date): readonly Pivot[] {
  return answer.leads.flatMap((lead, at) => {
    const target = library.find(lead.runbook)
    const parameters = target === undefined ? undefined : checked(target, lead.parameters)
    if (target === undefined || parameters === undefined || isItself(answer, target, parameters)) return []
    if (isKnown(answer, parameters)) return []
    const span = leadSpan(lead, target, answer, now)
    const request: Request = {
      runbook: target.name,
      parameters,
      ...(span === undefined ? {} : { span }),
      accounts: leadAccounts(lead, answer),
    }
    const values = Object.values(parameters).map((text) => shortValue(text))
    return [ask(`next-${at}`, `${lead.label ?? target.name} ${values.join(', ')}`, request)]
  })
}

function ask(id: string, label: string, request: Request): Pivot {
  return { kind: 'ask', id, label, request, words: echo(request) }
}

/** The parameters in their normal form, all of them known and none missing; undefined otherwise. */
function checked(target: Runbook, given: Parameters): Parameters | undefined {
  const found: { [name: string]: string } = {}
  for (const [name, text] of Object.entries(given)) {
    const parameter = Object.hasOwn(target.parameters, name) ? target.parameters[name] : undefined
    const good = parameter === undefined ? undefined : checkParameter(parameter.type, name, parameter.example, text)
    if (good?.ok !== true) return undefined
    found[name] = good.value
  }
  const missing = Object.entries(target.parameters).some(
    ([name, { optional }]) => !optional && !Object.hasOwn(found, name),
  )
  return missing ? undefined : found
}

/** An address with a name of its own leads nowhere: it is ours. */
function isKnown({ facets }: Answer, parameters: Parameters): boolean {
  const known = facets.addresses.rows.filter(({ label }) => label !== undefined).map(({ address }) => address)
  return Object.values(parameters).some((text) => known.includes(text))
}

function isItself({ runbook, parameters }: Answer, target: Runbook, asked: Parameters): boolean {
  const names = Object.keys(asked)
  return (
    target.name === runbook.name &&
    names.length === Object.keys(parameters).length &&
    names.every((name) => parameters[name] === asked[name])
  )
}

/** Undefined: the target's own window reaches the calls that lead there. */
function leadSpan(lead: Lead, target: Runbook, answer: Answer, now: Date): Span | undefined {
  const first = secondsOf(lead.first)
  const at = secondsOf(now.toISOString())
  if (first >= at - target.window.default) return undefined
  if (isIndexed(target.match, target)) return spanFrom(secondsOf(answer.coverage.window.since), target, at)
  return reaching(first - MARGIN_S, secondsOf(lead.last) + MARGIN_S, target, at)
}

function secondsOf(iso: string): number {
  return Math.floor(Date.parse(iso) / 1000)
}

/** What names its account itself is looked for there, anything else where its calls were. */
function leadAccounts({ parameters, account }: Lead, answer: Answer): Request['accounts'] {
  if (Object.values(parameters).some((text) => accountIn(text) !== undefined)) return []
  return account === undefined ? accountsOf(answer) : [{ kind: 'id', id: account }]
}

/** The account that a value names. */
function accountIn(text: string): string | undefined {
  const named = accountOfKey(text) ?? parseArn(text)?.account ?? ''
  return /^\d{12}$/.test(named) ? named : undefined
}

/** The accounts that were asked, all of them by that word; none where the question names its only one by itself. */
function accountsOf({ accounts, asked, parameters }: Answer): Request['accounts'] {
  const [only, another] = accounts
  if (another === undefined && Object.values(parameters).some((text) => accountIn(text) === only?.id)) return []
  if (another !== undefined && asked.others === 0) return [{ kind: 'all' }]
  return accounts.map(({ id }) => ({ kind: 'id', id }))
}

/** The Regions that were asked; undefined where the question means them by itself. */
function regionsOf({ asked, parameters }: Answer, runbook: Runbook): Request['regions'] {
  const { regions } = asked
  if (Object.values(parameters).some((text) => (parseArn(text)?.region ?? '') !== '')) return regions
  if (runbook.regions === 'enabled') return regions === 'enabled' ? undefined : regions
  if (runbook.regions !== 'global' || regions === 'enabled') return regions
  const [only = '', another] = regions
  return another === undefined && globalRegion(partitionOfRegion(only)) === only ? undefined : regions
}

/** What leads on from any answer. */
function ownPivots(answer: Answer, library: Library, now: Date): readonly Pivot[] {
  const runbook = library.find(answer.runbook.name)
  const parameters = runbook === undefined ? undefined : checked(runbook, answer.parameters)
  const questions =
    runbook === undefined || parameters === undefined ? [] : ownQuestions(answer, runbook, parameters, now)
  const mendable = gapsOf(answer).some(({ statement }) => statement !== undefined)
  const fix: readonly Pivot[] = mendable ? [{ kind: 'fix', id: 'fix', label: `How to fix ${whereOf(answer)}` }] : []
  const text: Pivot = { kind: 'text', id: 'text', label: 'Text' }
  // What was not read comes first: nobody goes wider before that.
  const [again, further] =
    againPlaces(answer) === undefined ? [[], questions] : [questions.slice(-1), questions.slice(0, -1)]
  return [...again, ...fix, ...playbookPivots(answer, library, now), ...further, text]
}

/** The playbook that this question is one of, about the same: where something was found, the rest is asked next. */
function playbookPivots(answer: Answer, library: Library, now: Date): readonly Pivot[] {
  const { runbook, first, last } = answer
  const target = library.all.find(({ playbook }) => playbook?.members.some((one) => one.runbook.name === runbook.name))
  if (target === undefined || first === undefined || last === undefined) return []
  const label = `${target.name.charAt(0).toUpperCase()}${target.name.slice(1)}`
  const [about, another] = Object.values(answer.parameters)
  if (another !== undefined) return []
  const parameters =
    about === undefined ? {} : questionsFor(about, library).find((one) => one.runbook === target.name)?.parameters
  const good = parameters && checked(target, parameters)
  if (good === undefined) return []
  const lead: Lead = { runbook: target.name, parameters: good, count: 0, first, last }
  const span = leadSpan(lead, target, answer, now)
  const accounts = leadAccounts(lead, answer)
  return [ask('playbook', label, { runbook: target.name, parameters: good, ...(span && { span }), accounts })]
}

/** Whether a pivot asks once more for what an answer could not read. */
export function isGapAgain({ id }: Pick<Pivot, 'id'>, answer: Answer): boolean {
  return id === 'again' && againPlaces(answer) !== undefined
}

function whereOf({ coverage }: Answer): string {
  const places = coverage.open.filter(({ status, fault }) => status !== 'blind' && fault?.statement !== undefined)
  const [only, another] = places
  if (only === undefined || another !== undefined) return counted(places.length, 'place')
  return only.region === '*' ? only.account : only.region
}

function ownQuestions(answer: Answer, runbook: Runbook, parameters: Parameters, now: Date): readonly Pivot[] {
  const at = secondsOf(now.toISOString())
  const regions = regionsOf(answer, runbook)
  const same: Request = {
    runbook: runbook.name,
    parameters,
    accounts: accountsOf(answer),
    ...(regions === undefined ? {} : { regions }),
  }
  const open = againPlaces(answer)
  const again = sameSpan(answer, runbook, at)
  const all = isNarrow(answer) && !answer.cut
  return [
    ...furtherQuestions(answer, runbook, same, at),
    ...(all ? [ask('all', 'All accounts', { ...same, accounts: [{ kind: 'all' }], span: again })] : []),
    open === undefined
      ? ask('again', 'Again', { ...same, span: again })
      : ask('again', `Ask ${open.parts === 1 ? 'this one' : `these ${open.parts}`} again`, {
          ...same,
          span: coveredSpan(answer, runbook, at),
          accounts: open.accounts.map((id) => ({ kind: 'id', id })),
          regions: open.regions,
        }),
  ]
}

/** The older calls that the limit cut off; else every Region, when only some were asked; else a longer window, while there is one. */
function furtherQuestions(answer: Answer, runbook: Runbook, same: Request, at: number): readonly Pivot[] {
  if (answer.cut) {
    if (answer.first === undefined) return []
    const span = reaching(secondsOf(answer.coverage.window.since), secondsOf(answer.first), runbook, at)
    return [ask('older', 'Older calls', { ...same, span })]
  }
  if (runbook.regions === 'enabled' && answer.asked.regions !== 'enabled')
    return [ask('wider', 'All Regions', { ...same, regions: 'enabled', span: sameSpan(answer, runbook, at) })]
  const wider = widerSpan(answer, runbook, at)
  return wider === undefined ? [] : [ask('wider', `Wider: ${wider.label}`, { ...same, span: wider.span })]
}
