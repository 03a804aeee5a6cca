import type { Failure } from '../failure.ts'
import { nearest } from '../nearest.ts'
import { err, type Result } from '../outcome.ts'
import { checkParameter } from '../runbook/parameters.ts'
import type { Library, ParameterType, Runbook, ShapeName } from '../runbook/runbook.ts'
import type { Request } from './command.ts'
import { durationWords } from './duration.ts'
import { echo } from './echo.ts'
import type { Inventory } from './inventory.ts'
import type { Clock } from './moment.ts'
import { type Asked, readQuestion } from './question.ts'
import { type Question, questionsOf } from './questions.ts'
import { isOpen, readingsOf } from './readings.ts'
import { scopeWordText } from './scopeWords.ts'
import { type Shape, shapesOf } from './shape.ts'
import { isQuoted, quote, unquote, type Word } from './words.ts'

/** What a bare value is read with. */
export type BareContext = {
  readonly library: Library
  readonly inventory: Inventory | undefined
  readonly clock: Clock
  /** Names of runbooks and commands: a word that is nearly one of them is a slip, not a name. */
  readonly known: readonly string[]
}

/** `slip`: the word is nearly a known one; `asks` would ask about it all the same. */
export type BareRead =
  | { readonly kind: 'asked'; readonly asked: Asked }
  | { readonly kind: 'failed'; readonly failure: Failure }
  | { readonly kind: 'slip'; readonly nearest: string; readonly asks?: string }

/** `user=alice` says what it is; the names are those of parameters, and their short forms. */
const NAMED: { readonly [name: string]: ShapeName } = {
  key: 'accessKeyId',
  accesskey: 'accessKeyId',
  accesskeyid: 'accessKeyId',
  user: 'user',
  username: 'user',
  who: 'user',
  principal: 'user',
  role: 'role',
  session: 'session',
  instance: 'instance',
  instanceid: 'instance',
  sg: 'securityGroup',
  securitygroup: 'securityGroup',
  groupid: 'securityGroup',
  bucket: 'bucket',
  bucketname: 'bucket',
  resource: 'resource',
  resourcename: 'resource',
  arn: 'resource',
  ip: 'address',
  address: 'address',
  sourceipaddress: 'address',
  account: 'account',
  event: 'eventName',
  eventname: 'eventName',
  call: 'eventName',
  eventid: 'eventId',
}

/** Reads a request that begins with a value instead of a runbook's name; undefined when its first word is none. */
export function readBare(head: Word, rest: readonly Word[], context: BareContext): BareRead | undefined {
  if (head.raw.startsWith('-')) return undefined
  const value = unquote(head.value ?? head.raw)
  const shapes = head.name === undefined ? plainShapes(head, value, context) : namedShapes(head.name, value, context)
  const isWord = head.name === undefined && !isQuoted(head.raw) && isPlainWord(shapes[0], value)
  const isKey = NAMED[head.name?.toLowerCase() ?? ''] === 'accessKeyId'
  const malformed = (head.name === undefined || isKey) && !isQuoted(head.raw) ? almost(value) : undefined
  if (malformed !== undefined) return { kind: 'failed', failure: malformed }
  const behind = questionBehind(rest, shapes, context.library)
  const asked =
    behind === undefined
      ? ask(isAnswered(shapes, context.library) ? questionsOf(shapes, context.library) : [], rest, context)
      : ask([behind], rest.slice(1), context)
  if (asked === undefined) return undefined
  const slip = isWord && behind === undefined ? slipOf(value, context) : undefined
  if (slip !== undefined) return { kind: 'slip', nearest: slip, ...(asked.ok && { asks: `user=${quote(value)}` }) }
  // Words behind a word are a sentence or a mistyped runbook with its value: not a question about somebody of that name.
  const choice =
    asked.ok && behind === undefined && head.name === undefined ? choiceOf(shapes, value, rest, context) : undefined
  if (choice !== undefined) return { kind: 'failed', failure: choice }
  if (asked.ok && behind === undefined && head.name === undefined)
    return {
      kind: 'asked',
      asked: { ...asked.value, notes: [...asked.value.notes, ...otherwise(shapes, value, context)] },
    }
  if (asked.ok || !isWord || !isStray(asked.error)) return result(asked)
  const near = nearest(value, context.known)
  if (near !== undefined) return { kind: 'slip', nearest: near }
  return asked.error.code === 'unexpected_word' ? undefined : result(asked)
}

function result(asked: Result<Asked, Failure>): BareRead {
  return asked.ok ? { kind: 'asked', asked: asked.value } : { kind: 'failed', failure: asked.error }
}

function isStray({ code }: Failure): boolean {
  return code === 'unexpected_word' || code === 'unknown_parameter' || code === 'duplicate_parameter'
}

/** In quotes anything can be a resource's name. */
function plainShapes(head: Word, value: string, { inventory }: BareContext): readonly Shape[] {
  const found = shapesOf(value, inventory)
  return found.length === 0 && isQuoted(head.raw) && value.trim() !== '' ? [{ kind: 'resource', value }] : found
}

function namedShapes(name: string, value: string, { inventory }: BareContext): readonly Shape[] {
  const kind = NAMED[name.toLowerCase()]
  if (kind === undefined || !Object.hasOwn(NAMED, name.toLowerCase())) return []
  const found = shapesOf(value, inventory)
  const same = found.filter((shape) => shape.kind === kind || (kind === 'resource' && value.startsWith('arn:')))
  if (same.length > 0) return same
  if (kind === 'eventName' && found[0]?.kind === 'eventId') return found
  return [{ kind, value }]
}

/** What a word was taken for, when it could as well be something else, and how to ask about that. */
function otherwise(shapes: readonly Shape[], value: string, { library }: BareContext): readonly string[] {
  const [taken, ...others] = readingsOf(shapes).filter(({ shape }) => isAnswered([shape], library))
  if (taken === undefined || taken.shape !== shapes[0] || taken.shape.value !== value) return []
  const ways = others
    .filter(({ shape }) => shape.value === value)
    .map(({ what, name }) => `for ${what}, ask ${name}=${quote(value)}`)
  return ways.length === 0 ? [] : [`"${value}" is taken for ${taken.what}; ${ways.join('; ')}.`]
}

/** Each way to read a value that may be several things, as a question; undefined when it is clear which, or only one can be asked. */
function choiceOf(
  shapes: readonly Shape[],
  value: string,
  rest: readonly Word[],
  context: BareContext,
): Extract<Failure, { code: 'ambiguous_value' }> | undefined {
  if (!isOpen(shapes)) return undefined
  const readings = readingsOf(shapes).flatMap(({ what, shape }) => {
    const asked = isAnswered([shape], context.library)
      ? ask(questionsOf([shape], context.library), rest, context)
      : undefined
    return asked?.ok === true ? [{ what, asks: echo(asked.value.request) }] : []
  })
  return readings.length < 2 ? undefined : { code: 'ambiguous_value', input: value, readings }
}

function isAnswered(shapes: readonly Shape[], library: Library): boolean {
  return library.all.some(({ answers }) => shapes.some(({ kind }) => answers.includes(kind)))
}

/** A word that has no form of its own: it could be a slip of the fingers as well as a name. */
function isPlainWord(shape: Shape | undefined, value: string): boolean {
  return shape === undefined || (shape.kind === 'user' && value !== 'root' && !/[/:]/.test(value))
}

/** Of the letters of a name this share may be wrong before it is taken for a name of its own. */
const SLIP = 1 / 4

/** The word that was meant: an account's name counts too. Less is forgiven here than where nothing else could be meant. */
function slipOf(value: string, { known, inventory }: BareContext): string | undefined {
  const accounts = inventory?.accounts.map(({ name }) => name).filter((name) => name !== '') ?? []
  return nearest(value, [...known, ...accounts], SLIP)
}

/** Longer questions are not repeated in a refusal. */
const LONGEST_SHOWN = 300

/** Asks the first question. For a window that is too long for it, the refusal names what can be asked over it. */
function ask(
  [first, ...others]: readonly Question[],
  words: readonly Word[],
  context: BareContext,
): Result<Asked, Failure> | undefined {
  if (first === undefined) return undefined
  const asked = readAbout(first, words, context)
  if (asked.ok || asked.error.code !== 'window_too_long') return asked
  for (const question of others) {
    const read = readAbout(question, words, context)
    const instead = read.ok ? echo(read.value.request) : ''
    if (read.ok && instead.length <= LONGEST_SHOWN) return err({ ...asked.error, instead })
  }
  return asked
}

/** `alice logins` is `logins alice`: the runbook may stand behind the value. */
function questionBehind([next]: readonly Word[], shapes: readonly Shape[], library: Library): Question | undefined {
  const runbook = next === undefined || next.name !== undefined ? undefined : library.find(next.raw)
  return runbook && questionsOf(shapes, library).find((question) => question.runbook === runbook.name)
}

/** Reads what follows with the value put in as if it had been typed with its name; accounts and Regions that were typed count instead of its own. */
function readAbout(question: Question, rest: readonly Word[], { library, clock }: BareContext): Result<Asked, Failure> {
  const runbook: Runbook | undefined = library.find(question.runbook)
  if (runbook === undefined) return err({ code: 'unknown_runbook', input: question.runbook })
  const isTyped = (name: string) => rest.some((word) => word.name?.toLowerCase().startsWith(name))
  const own = Object.keys(question.parameters).length === 0
  const words: Word[] = Object.entries(question.parameters).map(([name, value]) => word(name, quote(value)))
  if (question.accounts.length > 0 && (own || !isTyped('account')))
    words.push(word('account', question.accounts.map(scopeWordText).join(',')))
  if (question.regions !== undefined && !isTyped('region')) words.push(word('region', question.regions.join(',')))
  const read = readQuestion(runbook, [...words, ...rest], clock)
  if (!read.ok) return read
  const length = lengthOf(read.value.request, clock)
  if (length <= runbook.window.max) return read
  return err({
    code: 'window_too_long',
    asked: durationWords(length),
    limit: durationWords(runbook.window.max),
    runbook: runbook.name,
  })
}

/** Seconds that a request's window is long. */
function lengthOf({ span }: Request, { now }: Clock): number {
  if (span === undefined) return 0
  return (span.until ?? Math.floor(now.getTime() / 1000)) - span.since
}

function word(name: string, value: string): Word {
  return { raw: `${name}=${value}`, name, value }
}

/** What a value almost is, with the type that says why it is not: better refused than taken for somebody's name. */
const ALMOST: readonly (readonly [RegExp, ParameterType, string])[] = [
  [/^A[KS]IA(?:[A-Z0-9]{0,20}|[A-Z0-9]{0,16}(?:…|\.\.\.|\*+).*)$/, 'accessKeyId', 'AKIAIOSFODNN7EXAMPLE'],
  [/^m?i-[0-9a-f]+$/i, 'instance', 'i-0a1b2c3d4e5f60718'],
  [/^sg-[0-9a-f]+$/i, 'securityGroup', 'sg-0a1b2c3d4e5f60718'],
  [/^[0-9a-f]{6,10}(?:-[0-9a-f]{2,6}){3}-[0-9a-f]{8,16}$/i, 'eventId', '0f3c0f57-31d4-4cbb-8f0b-8f3f9a2a1101'],
  [/^\d{1,3}(?:\.\d{1,3}){2,5}(?:\/\d{0,3})?$/, 'address', '203.0.113.9'],
  [/^\d{10,14}$/, 'account', '111122223333'],
]

function almost(value: string): Failure | undefined {
  for (const [looks, type, example] of ALMOST) {
    const checked = looks.test(value) ? checkParameter(type, type, example, value) : undefined
    if (checked !== undefined && !checked.ok) return checked.error
  }
  if (!/^arn:/i.test(value) || shapesOf(value).length > 0) return undefined
  const [expected, example] = ['an ARN such as arn:aws:iam::111122223333:user/alice', 'arn:aws:s3:::customer-exports']
  return { code: 'bad_parameter', parameter: 'arn', input: value, expected, example }
}
