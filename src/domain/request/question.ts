import type { Failure } from '../failure.ts'
import { nearest } from '../nearest.ts'
import { err, ok, type Result } from '../outcome.ts'
import { checkParameter } from '../runbook/parameters.ts'
import type { Parameter, Runbook } from '../runbook/runbook.ts'
import type { Request, ScopeWord } from './command.ts'
import { readDuration } from './duration.ts'
import { isAccessKeyId } from './key.ts'
import type { Clock } from './moment.ts'
import { nearestName, parameterNamed, parameterShaped, SCOPE_NAMES } from './names.ts'
import { readAccounts, readRegions } from './scopeWords.ts'
import { readWindowPart, spanOf, WINDOW_WORDS, type WindowParts, windowKeyword } from './span.ts'
import { isQuoted, unquote, type Word } from './words.ts'

/** What has been read so far of a question. */
type Draft = {
  readonly parameters: { readonly [name: string]: string }
  readonly window: WindowParts
  readonly accounts?: readonly ScopeWord[]
  readonly regions?: 'enabled' | readonly string[]
  readonly reason?: string
  readonly now?: true
  readonly bare: readonly string[]
}

/** A question that was read, with notes on how something ambiguous was taken. */
export type Asked = { readonly request: Request; readonly notes: readonly string[] }

type Step = Result<{ readonly draft: Draft; readonly used: number }, Failure>

/** Longest reason: it is shown in full wherever a question is approved. */
const REASON_MAX = 500

/** Reads what follows a runbook's name. */
export function readQuestion(runbook: Runbook, typed: readonly Word[], clock: Clock): Result<Asked, Failure> {
  const words = typed.flatMap((word) => windowWords(runbook, word))
  let draft: Draft = { parameters: {}, window: {}, bare: [] }
  for (let at = 0; at < words.length; ) {
    const step = readWord(runbook, words, at, draft, clock)
    if (!step.ok) return step
    draft = step.value.draft
    at += step.value.used
  }
  return finish(runbook, draft, clock)
}

/** `since=2h` and `last="7 days"` are the same as the words apart; `--last` is the same as `last`. */
function windowWords(runbook: Runbook, word: Word): readonly Word[] {
  const keyword = word.name === undefined ? undefined : windowKeyword(word.name)
  if (keyword === undefined || word.value === undefined || parameterNamed(runbook, word.name ?? '') !== undefined)
    return [word]
  const parts = unquote(word.value).split(' ')
  return [keyword, ...parts].filter((part) => part !== '').map((raw) => ({ raw }))
}

function readWord(runbook: Runbook, words: readonly Word[], at: number, draft: Draft, clock: Clock): Step {
  const word = words[at] ?? { raw: '' }
  if (word.name !== undefined && word.value !== undefined) return readNamed(runbook, word.name, word.value, draft, 1)
  if (isQuoted(word.raw)) return ok({ draft: withBare(draft, unquote(word.raw)), used: 1 })
  const plain = word.raw.replace(/^--?(?=[a-z])/i, '')
  const keyword = windowKeyword(plain)
  if (keyword !== undefined) {
    const texts = words.map(({ raw }) => raw)
    const part = readWindowPart(keyword, texts, at + 1, draft.window, clock)
    return part.ok ? ok({ draft: { ...draft, window: part.value.parts }, used: part.value.used + 1 }) : part
  }
  if (isDay(word.raw) && Object.keys(draft.window).length === 0) {
    const texts = words.map(({ raw }) => raw)
    const part = readWindowPart('since', texts, at, draft.window, clock)
    if (part.ok) return ok({ draft: { ...draft, window: part.value.parts }, used: part.value.used })
  }
  const option = plain !== word.raw && isName(runbook, plain) ? words[at + 1] : undefined
  if (option !== undefined) return readNamed(runbook, plain, option.raw, draft, 2)
  // An option that there is not is nobody's name.
  if (/^--[a-z]/.test(word.raw))
    return unexpected(
      word.raw,
      words.slice(at).map(({ raw }) => raw),
    )
  return ok({ draft: withBare(draft, word.raw), used: 1 })
}

/** A day without `since`: nobody asks about a user of that name without quotes. */
function isDay(word: string): boolean {
  return /^(?:yesterday|today)$/i.test(word)
}

function isName(runbook: Runbook, word: string): boolean {
  return SCOPE_NAMES.includes(word.toLowerCase()) || parameterNamed(runbook, word) !== undefined
}

function withBare(draft: Draft, value: string): Draft {
  return { ...draft, bare: [...draft.bare, value] }
}

function readNamed(runbook: Runbook, name: string, raw: string, draft: Draft, used: number): Step {
  if (SCOPE_NAMES.includes(name.toLowerCase())) return readScope(name.toLowerCase(), raw, draft, used)
  const parameter = parameterNamed(runbook, name)
  if (parameter === undefined) return unknownParameter(runbook, name)
  if (Object.hasOwn(draft.parameters, parameter)) return err({ code: 'duplicate_parameter', parameter })
  return ok({ draft: { ...draft, parameters: { ...draft.parameters, [parameter]: unquote(raw) } }, used })
}

function unknownParameter(runbook: Runbook, input: string): Result<never, Failure> {
  const known = [...Object.keys(runbook.parameters), 'account', 'region', 'reason']
  const meant = nearestName(runbook, input)
  const failure = { code: 'unknown_parameter', runbook: runbook.name, input, known } as const
  return err(meant === undefined ? failure : { ...failure, nearest: meant })
}

function readScope(name: string, raw: string, draft: Draft, used: number): Step {
  if (name === 'run') return readNow(unquote(raw).trim().toLowerCase(), draft, used)
  if (name === 'reason') return readReason(unquote(raw).trim(), draft, used)
  if (name.startsWith('region')) {
    const regions = readRegions(raw)
    if (regions.length === 0) return emptyScope('region', 'a Region, several separated by commas, or all', 'eu-west-1')
    return draft.regions === undefined
      ? ok({ draft: { ...draft, regions }, used })
      : err({ code: 'duplicate_parameter', parameter: 'region' })
  }
  const accounts = readAccounts(raw)
  if (accounts.length === 0)
    return emptyScope('account', 'an account id or name, @group, a unit, several separated by commas, or all', 'prod')
  return ok({ draft: { ...draft, accounts: [...(draft.accounts ?? []), ...accounts] }, used })
}

function emptyScope(parameter: string, expected: string, example: string): Result<never, Failure> {
  return err({ code: 'bad_parameter', parameter, input: '', expected, example })
}

function readNow(word: string, draft: Draft, used: number): Step {
  if (draft.now !== undefined) return err({ code: 'duplicate_parameter', parameter: 'run' })
  return word === 'now' ? ok({ draft: { ...draft, now: true }, used }) : emptyScope('run', 'the word now', 'now')
}

function readReason(reason: string, draft: Draft, used: number): Step {
  if (draft.reason !== undefined) return err({ code: 'duplicate_parameter', parameter: 'reason' })
  if (reason === '') return emptyScope('reason', 'a few words in quotes', 'key seen in a public repository')
  if (reason.length > REASON_MAX) return err({ code: 'too_long', what: 'The reason', limit: REASON_MAX })
  return ok({ draft: { ...draft, reason }, used })
}

function finish(runbook: Runbook, draft: Draft, clock: Clock): Result<Asked, Failure> {
  const given = withBareParameter(runbook, draft)
  if (!given.ok) return given
  const parameters = checkAll(runbook, given.value)
  if (!parameters.ok) return parameters
  const span = spanOf(draft.window, clock, runbook.window.default)
  if (!span.ok) return span
  const request: Request = {
    runbook: runbook.name,
    parameters: parameters.value,
    accounts: draft.accounts ?? [],
    ...(span.value.span && { span: span.value.span }),
    ...(draft.regions && { regions: draft.regions }),
    ...(draft.reason && { reason: draft.reason }),
    ...(draft.now && { now: draft.now }),
  }
  return ok({ request, notes: span.value.notes })
}

/** One bare value is the required parameter, or the one whose shape it has. */
function withBareParameter(runbook: Runbook, draft: Draft): Result<Draft['parameters'], Failure> {
  const [value, second] = draft.bare
  if (value === undefined) return ok(draft.parameters)
  const keys = keysIn([...Object.values(draft.parameters), ...draft.bare])
  const takesKey = Object.values(runbook.parameters).some(({ type }) => type === 'accessKeyId')
  if (takesKey && keys.length > 1)
    return err({ code: 'several_keys', asks: keys.map((key) => `${runbook.name} ${key}`) })
  const missing = Object.entries(runbook.parameters).filter(([name]) => !Object.hasOwn(draft.parameters, name))
  const required = missing.filter(([, parameter]) => !parameter.optional)
  const target = parameterShaped(value, required.length > 0 ? required : missing)
  if (target === undefined) return unexpected(value, draft.bare)
  if (second === undefined) return ok({ ...draft.parameters, [target]: value })
  const slip = draft.bare.find((word) => nearest(word, WINDOW_WORDS) !== undefined)
  return unexpected(slip ?? second, draft.bare)
}

/** More keys than this are not repeated. */
const MOST_KEYS = 4

function keysIn(values: readonly string[]): readonly string[] {
  const keys = values.map((value) => value.replace(/[,;]$/, '').toUpperCase()).filter(isAccessKeyId)
  return [...new Set(keys)].slice(0, MOST_KEYS)
}

function unexpected(input: string, bare: readonly string[]): Result<never, Failure> {
  const meant = meantBy(input, bare[bare.indexOf(input) + 1])
  return err({ code: 'unexpected_word', input, ...(meant !== undefined && { nearest: meant }) })
}

function meantBy(input: string, next: string | undefined): string | undefined {
  const plain = input.replace(/^--?(?=[a-z])/i, '')
  if (plain !== input) return meantBy(plain, next)
  const length = /^\d/.test(input) ? readDuration([input], 0) : undefined
  if (length !== undefined) return `last ${length.words}`
  const word = nearest(input, [...WINDOW_WORDS, 'account', 'region', 'reason'])
  if (word === undefined || WINDOW_WORDS.includes(word))
    return next === undefined || word === undefined ? word : `${word} ${next}`
  return `${word}=${next ?? '…'}`
}

function checkAll(
  runbook: Runbook,
  given: { readonly [name: string]: string },
): Result<Request['parameters'], Failure> {
  const checked: { [name: string]: string } = {}
  for (const [name, parameter] of Object.entries(runbook.parameters)) {
    const input = given[name]
    if (input === undefined && !parameter.optional) return missing(runbook, name, parameter)
    if (input === undefined) continue
    const value = checkParameter(parameter.type, name, parameter.example, input.trim())
    if (!value.ok) return value
    checked[name] = value.value
  }
  return ok(checked)
}

function missing(runbook: Runbook, name: string, { help, example }: Parameter): Result<never, Failure> {
  return err({ code: 'missing_parameter', runbook: runbook.name, parameter: name, help, example })
}
