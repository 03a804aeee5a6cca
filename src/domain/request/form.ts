import { explain, type Failure } from '../failure.ts'
import type { Library, Runbook } from '../runbook/runbook.ts'
import type { Request } from './command.ts'
import { echo } from './echo.ts'
import { type ParseContext, parseCommand } from './parse.ts'
import { scopeWordText } from './scopeWords.ts'
import { spanBetween } from './span.ts'
import { toQuery } from './toQuery.ts'
import { quote } from './words.ts'

/** What a form for a question holds, as it was filled in: nothing in it is checked. Times are seconds since 1970. */
export type Filled = {
  readonly runbook: string
  readonly parameters: { readonly [name: string]: string }
  readonly since?: number
  readonly until?: number
  /** Account words, as they are typed after `account=`. */
  readonly accounts: readonly string[]
  /** Region names, or `all` alone. */
  readonly regions: readonly string[]
  readonly reason?: string
}

/** A field of the form: one of its own, or `parameter:` and a parameter's name. */
export type Field = 'runbook' | 'since' | 'until' | 'account' | 'region' | 'reason' | `parameter:${string}`

/** What is wrong, and at which field it is said. */
export type FieldError = { readonly field: Field; readonly why: string }

/** What a form remembers of where it was opened from: Slack keeps it with the form and gives it back as it was. */
export type FormMemory = {
  /** Where the answer goes unless another place is chosen, and the thread there. */
  readonly channel: string
  readonly thread?: string
  /** Whether the place can be chosen in the form. */
  readonly choosesPlace: boolean
  /** How often everything in it was replaced: its fields have other ids then, or Slack would keep what they held. */
  readonly turn: number
  /** Questions to choose from, as they can be typed, the best fitting first. */
  readonly offers: readonly string[]
  /** Which of them is filled in, by its place among them. */
  readonly offer?: number
  /** What was found in the message that it was opened under, as written there. */
  readonly found: readonly string[]
}

/** An account, a group of them or all, to choose in the form: how it is typed, and how it is shown. */
export type AccountChoice = { readonly word: string; readonly label: string }

/** A form as it is shown to one person. */
export type Form = {
  readonly filled: Filled
  /** What the person may ask there. */
  readonly runbooks: readonly Runbook[]
  readonly accounts: readonly AccountChoice[]
  readonly regions: readonly string[]
  readonly memory: FormMemory
}

export type FormRead =
  | { readonly ok: true; readonly request: Request; readonly words: string; readonly notes: readonly string[] }
  | { readonly ok: false; readonly errors: readonly FieldError[] }

/** A form that holds nothing but, perhaps, a runbook. */
export function emptyForm(runbook = ''): Filled {
  return { runbook, parameters: {}, accounts: [], regions: [] }
}

/** The runbook of a question in ctq's own words. */
export function runbookOfWords(words: string): string {
  return words.split(' ', 1)[0] ?? ''
}

/** A request as the form that stands for it. */
export function filledFrom(request: Request): Filled {
  const { span, reason, regions } = request
  return {
    runbook: request.runbook,
    parameters: request.parameters,
    ...(span === undefined ? {} : { since: span.since }),
    ...(span?.until === undefined ? {} : { until: span.until }),
    accounts: request.accounts.map(scopeWordText),
    regions: regions === undefined ? [] : regions === 'enabled' ? ['all'] : regions,
    ...(reason === undefined ? {} : { reason }),
  }
}

/** A text may lack so many parameters and still be read for the form. */
const LACKING = 10

/**
 * What somebody typed, as a form: also when a needed parameter is missing, which is left empty then. Undefined when the text is no question or
 * wrong in another way.
 */
export function filledFromWords(text: string, library: Library, context: ParseContext): Filled | undefined {
  const lacking: string[] = []
  let words = text
  for (let turn = 0; turn <= LACKING; turn++) {
    const command = parseCommand(words, library, context)
    if (command.ok) {
      if (command.value.kind !== 'run') return undefined
      const filled = filledFrom(command.value.request)
      const given = Object.entries(filled.parameters).filter(([name]) => !lacking.includes(name))
      return { ...filled, parameters: Object.fromEntries(given) }
    }
    if (command.error.code !== 'missing_parameter') return undefined
    const { parameter, example } = command.error
    lacking.push(parameter)
    words = `${words} ${parameter}=${quote(example)}`
  }
  return undefined
}

/** Reads a form the way typed words are read: what it stands for, in words that can be typed, or what is wrong with which field. */
export function readForm(form: Filled, library: Library, context: Omit<ParseContext, 'origin'>): FormRead {
  const runbook = library.find(form.runbook)
  if (runbook === undefined) return wrong('runbook', { code: 'unknown_runbook', input: form.runbook })
  const now = Math.floor(context.now.getTime() / 1000)
  const bounds = boundErrors(form, now)
  if (bounds.length > 0) return { ok: false, errors: bounds }
  const missing = Object.entries(runbook.parameters).flatMap(([name, { optional, help }]): readonly FieldError[] =>
    optional || given(form.parameters[name]) ? [] : [{ field: `parameter:${name}`, why: `Needed: ${help}.` }],
  )
  if (missing.length > 0) return { ok: false, errors: missing }
  const command = parseCommand(wordsOf(form, runbook, now), library, { ...context, origin: 'terminal' })
  if (!command.ok) return wrong(fieldOf(command.error, runbook), command.error)
  if (command.value.kind !== 'run') return wrong('runbook', { code: 'unknown_runbook', input: form.runbook })
  const { request, notes } = command.value
  const tooFar = windowFailure(request, runbook, context.now)
  if (tooFar !== undefined) return wrong('since', tooFar)
  return { ok: true, request, words: echo(request), notes }
}

function wrong(field: Field, failure: Failure): FormRead {
  return { ok: false, errors: [{ field, why: explain(failure) }] }
}

function given(value: string | undefined): value is string {
  return value !== undefined && value.trim() !== ''
}

function boundErrors({ since, until }: Filled, now: number): readonly FieldError[] {
  if (since !== undefined && since >= now) return [{ field: 'since', why: 'This is not over yet: begin in the past.' }]
  if (since !== undefined && until !== undefined && until <= since)
    return [{ field: 'until', why: 'The end must come after the beginning.' }]
  return []
}

/** A lone end reaches back as far as the runbook does when no window is named. */
function wordsOf(form: Filled, runbook: Runbook, now: number): string {
  const { until } = form
  const since = form.since ?? (until === undefined ? undefined : until - runbook.window.default)
  const parameters = Object.keys(runbook.parameters).flatMap((name) => {
    const value = form.parameters[name]
    return given(value) ? [`${name}=${quote(value.trim())}`] : []
  })
  return [
    runbook.name,
    ...parameters,
    ...(since === undefined ? [] : [spanBetween(since, until, now).words]),
    ...(form.accounts.length === 0 ? [] : [`account=${form.accounts.join(',')}`]),
    ...(form.regions.length === 0 ? [] : [`region=${form.regions.map(quote).join(',')}`]),
    ...(given(form.reason) ? [`reason=${quote(form.reason.trim())}`] : []),
  ].join(' ')
}

function fieldOf(failure: Failure, runbook: Runbook): Field {
  switch (failure.code) {
    case 'missing_parameter':
    case 'bad_parameter':
    case 'duplicate_parameter':
      if (Object.hasOwn(runbook.parameters, failure.parameter)) return `parameter:${failure.parameter}`
      return /^region/.test(failure.parameter) ? 'region' : /^reason/.test(failure.parameter) ? 'reason' : 'account'
    case 'bad_time':
    case 'bad_window':
      return 'since'
    case 'unknown_account':
      return 'account'
    case 'unknown_region':
      return 'region'
    case 'too_long':
      return failure.what.toLowerCase().includes('reason') ? 'reason' : 'runbook'
    default:
      return 'runbook'
  }
}

/** The same bounds that the run will be held to. */
function windowFailure(request: Request, runbook: Runbook, now: Date): Failure | undefined {
  const nowhere = { kind: 'scope', accounts: [], regions: [], words: { accounts: '', regions: '' } } as const
  const query = toQuery(request, nowhere, runbook, 1, now)
  return query.ok ? undefined : query.error
}
