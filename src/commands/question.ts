import { shellWords } from '../adapters/terminal/shell.ts'
import { explain, type Failure } from '../domain/failure.ts'
import type { Query } from '../domain/query/query.ts'
import type { Command, Request } from '../domain/request/command.ts'
import type { Inventory } from '../domain/request/inventory.ts'
import { withOutsideQuestions } from '../domain/request/outside.ts'
import { parseCommand } from '../domain/request/parse.ts'
import { type Scope, type ScopeDefault, scopeAccountWords } from '../domain/request/scope.ts'
import { scopeWordText } from '../domain/request/scopeWords.ts'
import { toQuery } from '../domain/request/toQuery.ts'
import { visible, visibleLines } from '../domain/result/safe.ts'
import { findRunbooks } from '../domain/runbook/find.ts'
import type { Library, Runbook } from '../domain/runbook/runbook.ts'
import { readLibrary } from '../library.ts'
import { type Local, whyUnreadable } from '../local.ts'
import { scopeOf } from '../usecases/scopeOf.ts'
import type { AboutKept } from './kept.ts'
import { type Order, USAGE } from './order.ts'
import { describeRunbook, listRunbooks } from './runbookWords.ts'
import { unknownOption } from './unknownOption.ts'

/** What is printed instead of an answer, and the exit status. On stdout when it is what was asked for. */
export type Said = { readonly exit: number; readonly words: string; readonly out?: true }

/** A question that was understood. */
export type Asked = {
  readonly request: Request
  readonly runbook: Runbook
  readonly library: Library
  readonly notes: readonly string[]
}

/** A question about runs that are kept. */
export type OfKept = { readonly kept: AboutKept; readonly library: Library }

const FAILED = 1
const WRONG_USE = 2
const REFUSED = 4

/** Refusals of a question that was understood; every other failure is one of typing. */
const REFUSALS: readonly Failure['code'][] = [
  'foreign_account',
  'unknown_key_account',
  'mixed_partitions',
  'window_too_long',
  'window_too_old',
  'needs_trail',
]

/**
 * Understands the question, or answers it right away when it is about the runbooks. The accounts of `inventory` have names that are
 * values too; unless told, those of ctq.yml count.
 */
export async function understand(
  order: Order,
  now: Date,
  inventory: Inventory | undefined = order.settings?.inventory,
): Promise<Asked | Said | OfKept> {
  const library = await openLibrary(order.runbooks)
  if ('exit' in library) return library
  const stray = unknownOption(order.words, library)
  if (stray !== undefined) return { exit: WRONG_USE, words: stray }
  const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone
  const known = inventory === undefined ? {} : { inventory }
  const command = parseCommand(order.text, library, { now, timeZone, origin: 'terminal', ...known })
  if (!command.ok)
    return command.error.code === 'ambiguous_value' ? choice(command.error, order) : failed(command.error)
  switch (command.value.kind) {
    case 'run': {
      const { request, notes } = command.value
      if (request.breakGlass === true) return { exit: WRONG_USE, words: NO_GLASS }
      const runbook = library.find(request.runbook)
      return runbook === undefined
        ? failed({ code: 'unknown_runbook', input: request.runbook })
        : { request, runbook, library, notes }
    }
    case 'help':
      return help(command.value.topic, library)
    case 'list':
      return { exit: 0, words: listRunbooks(library.all), out: true }
    case 'find':
      return found(findRunbooks(library, command.value.words))
    case 'menu':
      return { exit: WRONG_USE, words: USAGE }
    case 'last':
      return { kept: { kind: 'show' }, library }
    case 'again': {
      const { run } = command.value
      if (run === undefined) return failed(NO_RUN)
      return { kept: { kind: 'again', run }, library }
    }
    case 'status':
    case 'diff':
      return { kept: command.value, library }
    default:
      return { exit: WRONG_USE, words: ONLY_IN_SLACK[command.value.kind] }
  }
}

const NO_RUN: Failure = {
  code: 'missing_word',
  command: 'again',
  what: 'the run, as its message shows it',
  example: '1f0c9a2e',
}

const NO_GLASS =
  'Nothing waits for approval at a terminal: AWS says what you may read. Ask without break-glass, or break it in Slack.'

/** What somebody else, or another process, has to do with. */
const ONLY_IN_SLACK: { readonly [kind in Exclude<Command['kind'], OfTerminal>]: string } = {
  cancel: 'At a terminal Ctrl-C stops a run: what was read until then is printed. Runs of Slack are cancelled there.',
  hold: 'Nothing is deleted of what --keep keeps, so there is nothing to hold. What is in Slack is held there.',
  release: 'Nothing that --keep keeps is held. What is in Slack is released there.',
  whoami:
    'At a terminal you are whom your AWS credentials name (aws sts get-caller-identity), and may read what AWS lets them. Roles of ctq.yml count in Slack only.',
  approve: 'Nothing waits for approval at a terminal: AWS says what you may read. Approvals are given in Slack.',
  deny: 'Nothing waits for approval at a terminal: AWS says what you may read. Approvals are denied in Slack.',
  investigate:
    'At a terminal AWS says what you may read, for as long as your credentials last. Investigations are opened in Slack.',
  grants: 'At a terminal your AWS credentials say what you may read. What is granted for a time is listed in Slack.',
  revoke: 'At a terminal your AWS credentials say what you may read. What is granted for a time is revoked in Slack.',
  review: 'Nothing is done without approval at a terminal: AWS says what you may read. Reviews are closed in Slack.',
  withdraw: 'Nothing waits for approval at a terminal: AWS says what you may read. Requests are withdrawn in Slack.',
}

type OfTerminal = 'run' | 'help' | 'list' | 'find' | 'menu' | 'last' | 'status' | 'again' | 'diff'

/** The runbooks of a folder, or what is wrong with them. */
export async function openLibrary(folder: string): Promise<Library | Said> {
  try {
    return await readLibrary(folder)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (code !== '')
      return { exit: WRONG_USE, words: visibleLines(`The folder of runbooks ${folder} cannot be read (${code}).`) }
    return {
      exit: WRONG_USE,
      words: error instanceof Error ? visibleLines(error.message) : 'The runbooks cannot be read.',
    }
  }
}

function help(topic: string | undefined, library: Library): Said {
  const runbook = topic === undefined ? undefined : library.find(topic)
  return { exit: 0, words: runbook === undefined ? USAGE : describeRunbook(runbook), out: true }
}

function found(runbooks: readonly Runbook[]): Said {
  if (runbooks.length === 0) return { exit: WRONG_USE, words: 'No runbook is about that. "ctq run list" lists them.' }
  return { exit: 0, words: listRunbooks(runbooks), out: true }
}

/** What will be read: accounts and Regions resolved, each known to be readable from here, and the window within bounds. */
export async function whatToRead(
  order: Order,
  asked: Asked,
  local: Local,
  now: Date,
): Promise<{ readonly query: Query; readonly scope: Scope } | Said> {
  const { request, runbook } = asked
  const typed = request.accounts.flatMap((word) => (word.kind === 'id' ? [word.id] : []))
  const unreadable = whyUnreadable(typed, local)
  if (unreadable !== undefined) return { exit: REFUSED, words: unreadable }
  const many = request.accounts.find(({ kind }) => kind === 'all' || kind === 'unit')
  if (many !== undefined && local.unlisted !== undefined) return leavesOut(scopeWordText(many), local.unlisted)
  if (many?.kind === 'all' && local.ownAccountOnly) return ownAlone(local)
  const mine: ScopeDefault = {
    accounts: [{ kind: 'id', id: local.caller.account }],
    words: 'the account of your credentials',
  }
  const inventory = request.accounts.some(({ kind }) => kind === 'all') ? local.all : local.inventory
  const sources = { inventory: () => inventory, accountOfKey: local.accountOfKey }
  const scope = await scopeOf(request, runbook, mine, sources)
  if (!scope.ok) return failedScope(withOutsideQuestions(scope.error, asked.library), local)
  const query = toQuery(request, scope.value, runbook, order.rows, now)
  return query.ok ? { query: query.value, scope: scope.value } : failed(query.error)
}

/** An answer about accounts that are not all known would call itself complete. */
function leavesOut(word: string, why: string): Said {
  return {
    exit: FAILED,
    words: visible(
      `${why}, so account=${word} would leave accounts out. Name the accounts, or use credentials that may list them.`,
    ),
  }
}

/** Without a ctq.yml it is not known which accounts there are besides: an answer about one would be taken for one about all. */
function ownAlone({ caller: { account } }: Local): Said {
  return {
    exit: REFUSED,
    words: `${NO_NAMES}, and account=all would leave every other out. For your own alone: account=${account}. For all, name them and a reader role in ctq.yml (--config FILE).`,
  }
}

const NO_NAMES = 'Without a ctq.yml only the account of your credentials is known'

/** A key or a resource of an account that these credentials do not reach. */
function failedScope(failure: Failure, local: Local): Said {
  if (failure.code === 'unknown_account' && local.ownAccountOnly) {
    const { exit, words } = failed(failure)
    return { exit, words: `${words} ${NO_NAMES}, ${local.caller.account}; --config FILE gives accounts names.` }
  }
  const unreadable = failure.code === 'foreign_account' ? whyUnreadable([failure.account], local) : undefined
  if (failure.code !== 'foreign_account' || unreadable === undefined) return failed(failure)
  const elsewhere = `To look for it in your own account, add account=${local.caller.account}.`
  return {
    exit: REFUSED,
    words: visible(`${failure.of} belongs to account ${failure.account}. ${unreadable} ${elsewhere}`),
  }
}

/** Each reading of a value as a command to paste. */
function choice({ input, readings }: Extract<Failure, { code: 'ambiguous_value' }>, { command }: Order): Said {
  const ways = readings.flatMap(({ what, asks }) => {
    const words = shellWords(asks)
    return words === undefined ? [] : [`As ${what}:`, `  ${command} ${words}`]
  })
  const shown = visible(input.length > SHOWN ? `${input.slice(0, SHOWN)}…` : input)
  const may = readings.map(({ what }) => what).join(', or ')
  return { exit: WRONG_USE, words: [`"${shown}" may be ${may}: which is meant?`, ...ways].join('\n') }
}

/** Of what was typed so much is repeated. */
const SHOWN = 80

function failed(failure: Failure): Said {
  return { exit: REFUSALS.includes(failure.code) ? REFUSED : WRONG_USE, words: visibleLines(explain(failure)) }
}

/** Where is read, in words. */
export function scopeWords(scope: Scope, inventory: Inventory): string {
  const regions = scope.regions === 'enabled' ? '' : `${scope.regions.join(', ')}, `
  return `${scopeAccountWords(scope, inventory)} · ${regions}${scope.words.regions}`
}
