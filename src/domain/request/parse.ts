import type { Failure } from '../failure.ts'
import { nearest } from '../nearest.ts'
import { err, ok, type Result } from '../outcome.ts'
import { findRunbooks, saysNothing } from '../runbook/find.ts'
import type { Library, Runbook } from '../runbook/runbook.ts'
import { readBare } from './bare.ts'
import type { Command } from './command.ts'
import { BREAK_GLASS } from './echo.ts'
import type { Inventory } from './inventory.ts'
import { readInvestigate, readRevoke, withIds } from './investigate.ts'
import type { Clock } from './moment.ts'
import { COMMAND_NAMES } from './names.ts'
import { normalise, type Origin } from './normalise.ts'
import { readQuestion } from './question.ts'
import { questionsOf } from './questions.ts'
import { readReview } from './review.ts'
import { shapesOf } from './shape.ts'
import { windowKeyword } from './span.ts'
import { secretIn } from './typedSecret.ts'
import { isQuoted, quote, splitWords, unquote, type Word } from './words.ts'

/** Longest request: a parameter's value may take all of it, and a token carries at most this much (grant.ts). */
export const TEXT_MAX = 4000

/** Commands that are understood today, for help and for suggestions. */
export const COMMANDS: readonly string[] = [
  ...['help', 'list', 'find', 'status', 'cancel', 'last', 'again', 'diff', 'hold', 'release', 'whoami'],
  ...['approve', 'deny', 'withdraw', 'investigate', 'grants', 'revoke', BREAK_GLASS, 'review'],
]

/** A reason for a denial is signed: longer ones are not (approvalTokens.ts). */
const REASON_MAX = 500

export type ParseContext = {
  readonly now: Date
  /** The asker's IANA time zone, for times without one; one that is not known counts as UTC. */
  readonly timeZone: string
  /** Where the text was typed: Slack escapes it, a terminal does not. Default `slack`. */
  readonly origin?: Origin
  /** The accounts that are known: their names are values too. */
  readonly inventory?: Inventory
}

/** Understands what somebody typed after `/ctq` or `@ctq`, or says what is wrong with it. Pure; never throws. */
export function parseCommand(text: string, library: Library, context: ParseContext): Result<Command, Failure> {
  if (text.length > TEXT_MAX) return err({ code: 'too_long', what: 'The request', limit: TEXT_MAX })
  const words = splitWords(normalise(namesPeople(text) ? withIds(text) : text, context.origin ?? 'slack'))
  if (!words.ok) return words
  const [head, ...rest] = words.value
  if (head === undefined) return ok({ kind: 'menu' })
  if (head.raw.toLowerCase() === 'run' && rest.length > 0)
    return commandOf(rest[0] ?? head, rest.slice(1), library, context)
  return commandOf(head, rest, library, context)
}

/** Whether what is typed begins with a command that names people. */
function namesPeople(text: string): boolean {
  return /^\s*(?:\/ctq\s+)?(?:investigate|revoke)\b/i.test(text)
}

function commandOf(
  head: Word,
  rest: readonly Word[],
  library: Library,
  context: ParseContext,
): Result<Command, Failure> {
  const name = unquote(head.raw)
    .toLowerCase()
    .replace(/^\/ctq$/, 'help')
  const word = name.replace(/^--?(?=[a-z])/, '')
  switch (word) {
    case 'help':
    case 'h':
    case '?':
      return readHelp(rest, library)
    case 'list':
      return alone({ kind: 'list' }, rest)
    case 'whoami':
      return alone({ kind: 'whoami' }, rest)
    case 'find':
      return readFind(rest)
    case 'status':
      return readStatus(rest)
    case 'again':
      return rest.length === 0 ? ok({ kind: 'again' }) : readOne(word, rest)
    case 'cancel':
    case 'hold':
    case 'release':
    case 'approve':
    case 'withdraw':
      return readOne(word, rest)
    case 'last':
      // "last 24h" is a window that lacks its question
      return rest.length === 0 ? ok({ kind: 'last' }) : readRun(head, rest, library, context)
    case 'deny':
      return readDeny(rest)
    case 'diff':
      return readDiff(rest)
    case 'investigate':
      return readInvestigate(rest, library)
    case 'grants':
      return readGrants(rest)
    case 'revoke':
      return readRevokeOf(rest, library)
    case 'review':
      return readReview(rest, runId)
    case BREAK_GLASS:
      return readBreakGlass(rest, library, context)
    default:
      return readRun(head, rest, library, context)
  }
}

function alone(command: Command, rest: readonly Word[]): Result<Command, Failure> {
  const [extra] = rest
  return extra === undefined ? ok(command) : err({ code: 'unexpected_word', input: extra.raw })
}

function readHelp(rest: readonly Word[], library: Library): Result<Command, Failure> {
  const [topic, ...more] = rest
  if (topic === undefined) return ok({ kind: 'help' })
  const name = unquote(topic.raw).toLowerCase()
  if (COMMANDS.includes(name)) return alone({ kind: 'help' }, more)
  const known = library.find(name)?.name
  return known === undefined ? unknownRunbook(name, [], library) : alone({ kind: 'help', topic: known }, more)
}

function readFind(rest: readonly Word[]): Result<Command, Failure> {
  const words = rest.map(({ raw }) => unquote(raw).toLowerCase()).filter((word) => word !== '')
  if (words.length === 0) return missing('find', 'words of a title, a tag or a name', 'stolen key')
  return ok({ kind: 'find', words })
}

function readStatus(rest: readonly Word[]): Result<Command, Failure> {
  const [word, ...more] = rest
  if (word === undefined) return ok({ kind: 'status' })
  const run = runId(word)
  return run === undefined ? err({ code: 'unknown_run', input: word.raw }) : alone({ kind: 'status', run }, more)
}

type OfOneRun = 'cancel' | 'again' | 'hold' | 'release' | 'approve' | 'withdraw'

function readOne(kind: OfOneRun, rest: readonly Word[]): Result<Command, Failure> {
  const [word, ...more] = rest
  if (word === undefined) return missing(kind, 'the run, as its message shows it', '1f0c9a2e')
  const run = runId(word)
  return run === undefined ? err({ code: 'unknown_run', input: word.raw }) : alone({ kind, run }, more)
}

function readDeny(rest: readonly Word[]): Result<Command, Failure> {
  const [word, ...why] = rest
  if (word === undefined)
    return missing('deny', 'the run, as its card shows it, and why', '1f0c9a2e ask the owner first')
  const run = runId(word)
  if (run === undefined) return err({ code: 'unknown_request', input: word.raw })
  const reason = why
    .map(({ raw }) => unquote(raw.replace(/^reason=/i, '')))
    .join(' ')
    .slice(0, REASON_MAX)
  return ok({ kind: 'deny', run, ...(reason !== '' && { reason }) })
}

function readDiff(rest: readonly Word[]): Result<Command, Failure> {
  const [first, second, ...more] = rest
  if (first === undefined || second === undefined)
    return missing('diff', 'two runs, the earlier one first', '1f0c9a2e 2b7d4e10')
  const runs = [runId(first), runId(second)] as const
  if (runs[0] === undefined) return err({ code: 'unknown_run', input: first.raw })
  if (runs[1] === undefined) return err({ code: 'unknown_run', input: second.raw })
  return alone({ kind: 'diff', runs: [runs[0], runs[1]] }, more)
}

/** A question that does not wait for approval: what stands behind it is an ordinary one. */
function readBreakGlass(rest: readonly Word[], library: Library, context: ParseContext): Result<Command, Failure> {
  const [head, ...words] = rest
  const command = head === undefined ? undefined : commandOf(head, words, library, context)
  if (command?.ok === false) return command
  if (command?.value.kind !== 'run')
    return missing(BREAK_GLASS, 'the question', 'iam-persistence last 30d reason="INC-42: nobody answers"')
  return ok({ ...command.value, request: { ...command.value.request, breakGlass: true } })
}

function readGrants(rest: readonly Word[]): Result<Command, Failure> {
  const [word, ...more] = rest
  if (word === undefined) return ok({ kind: 'grants' })
  const id = runId(word)
  return id === undefined ? err({ code: 'unknown_grant', input: word.raw }) : alone({ kind: 'grants', id }, more)
}

function readRevokeOf(rest: readonly Word[], library: Library): Result<Command, Failure> {
  const [word, ...more] = rest
  if (word === undefined) return missing('revoke', 'the investigation, as "grants" shows it', '1f0c9a2e')
  const id = runId(word)
  return id === undefined ? err({ code: 'unknown_grant', input: word.raw }) : readRevoke(id, more, library)
}

/** A run's id or the beginning of one, at least four digits of it. */
function runId(word: Word): string | undefined {
  const id = unquote(word.raw).replace(/^#/, '').toLowerCase()
  return /^[0-9a-f][0-9a-f-]{3,35}$/.test(id) ? id : undefined
}

function missing(command: string, what: string, example: string): Result<never, Failure> {
  return err({ code: 'missing_word', command, what, example })
}

function readRun(head: Word, rest: readonly Word[], library: Library, context: ParseContext): Result<Command, Failure> {
  const secret = [head, ...rest].map(secretIn).find((what) => what !== undefined)
  if (secret !== undefined) return err({ code: 'typed_secret', what: secret })
  const runbook = library.find(unquote(head.raw))
  if (runbook === undefined) return readValue(head, rest, library, context)
  if (rest.length === 1 && /^(?:-{0,2}help|-h|\?)$/i.test(rest[0]?.raw ?? '') && !isQuoted(rest[0]?.raw ?? ''))
    return ok({ kind: 'help', topic: runbook.name })
  const question = readQuestion(runbook, rest, clockOf(context))
  return question.ok ? ok({ kind: 'run', ...question.value }) : question
}

function clockOf({ now, timeZone }: ParseContext): Clock {
  return { now, zone: timeZone }
}

/** Said to ctq as to somebody: nobody asks about a user of that name. */
const COURTESY: readonly string[] = ['hi', 'hello', 'hey', 'thanks', 'thx', 'ok', 'okay']

/** What begins with no name that is known: a bare value, or a slip. */
function readValue(
  head: Word,
  rest: readonly Word[],
  library: Library,
  context: ParseContext,
): Result<Command, Failure> {
  const input = unquote(head.raw)
  const name = input.toLowerCase()
  if (rest.length === 0 && COURTESY.includes(name)) return ok({ kind: 'menu' })
  if (!isQuoted(head.raw) && (COMMAND_NAMES.includes(name) || windowKeyword(name) !== undefined))
    return unknownRunbook(name, rest, library)
  const read = readBare(head, rest, {
    library,
    inventory: context.inventory,
    clock: clockOf(context),
    known: saysNothing(name) ? [] : knownNames(library),
  })
  switch (read?.kind) {
    case 'asked':
      return ok({ kind: 'run', ...read.asked })
    case 'failed':
      return err(read.failure)
    case 'slip':
      return err({
        code: 'unknown_runbook',
        input: name,
        nearest: read.nearest,
        ...(read.asks !== undefined && { asks: read.asks }),
      })
    case undefined:
      return unknownRunbook(name, rest, library)
  }
}

function knownNames(library: Library): readonly string[] {
  return [...COMMANDS, ...library.all.flatMap(({ name, aliases }) => [name, ...aliases])]
}

/** A word that is none: the nearest that is one, else the value behind it, which says by itself what to ask, else a search for the words. */
function unknownRunbook(input: string, rest: readonly Word[], library: Library): Result<never, Failure> {
  // A word of every sentence is no slip of a command's name: `can you …` is not cancel.
  const slip = saysNothing(input)
    ? undefined
    : nearest(
        input,
        knownNames(library).filter((name) => name !== input),
      )
  const meant = slip ?? questionAmong(input, rest, library) ?? searchFor(input, rest, library)
  return err({ code: 'unknown_runbook', input, ...(meant !== undefined && { nearest: meant }) })
}

/** The question about the first word that can only be a value: of those it can be asked, the one that is called most like the other words. */
function questionAmong(input: string, words: readonly Word[], library: Library): string | undefined {
  const said = [input, ...words.map(({ raw }) => raw)].map((word) => word.toLowerCase())
  for (const { raw } of words) {
    const value = unquote(raw)
    const shapes = shapesOf(value)
    if (['user', 'eventName'].includes(shapes[0]?.kind ?? 'user')) continue
    const [first, ...others] = questionsOf(shapes, library)
    const alike = (name: string) => likeness(library.find(name), said)
    const question = others.reduce(
      (best, other) => (best !== undefined && alike(other.runbook) > alike(best.runbook) ? other : best),
      first,
    )
    return question === undefined
      ? value
      : `${question.runbook} ${Object.values(question.parameters).map(quote).join(' ')}`.trim()
  }
  return undefined
}

/** How many of the words a runbook is called by: its name, its aliases, its question. */
function likeness(runbook: Runbook | undefined, said: readonly string[]): number {
  if (runbook === undefined) return 0
  const { name, aliases, title } = runbook
  const called: readonly string[] =
    [name, ...aliases, title]
      .join(' ')
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? []
  return said.filter((word) => !saysNothing(word) && called.includes(word)).length
}

/** A few words that are about a runbook. */
function searchFor(input: string, rest: readonly Word[], library: Library): string | undefined {
  const words = [input, ...rest.map(({ raw }) => raw)]
  const isSentence = words.length > 1 && words.every((word) => /^[\p{L}\p{N}'-]{1,30}[?!.,]?$/u.test(word))
  return isSentence && findRunbooks(library, words).length > 0 ? `find ${words.join(' ')}` : undefined
}
