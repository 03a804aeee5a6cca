import { randomUUID } from 'node:crypto'
import { painter, wantsColour } from '../adapters/terminal/colour.ts'
import { canDraw, type Live, liveView } from '../adapters/terminal/live.ts'
import { exitStatus, refusalText } from '../adapters/terminal/output.ts'
import { forgiving, type Sink } from '../adapters/terminal/sink.ts'
import { awsWords } from '../awsWords.ts'
import { isAwsFault } from '../domain/fault.ts'
import type { Query } from '../domain/query/query.ts'
import type { Request } from '../domain/request/command.ts'
import { echo } from '../domain/request/echo.ts'
import type { Scope } from '../domain/request/scope.ts'
import type { Answer } from '../domain/result/answer.ts'
import type { Objects } from '../domain/result/objects.ts'
import type { Phrase } from '../domain/result/phrase.ts'
import { pivotsOf } from '../domain/result/pivots.ts'
import { visible } from '../domain/result/safe.ts'
import { soFar } from '../domain/result/soFar.ts'
import type { Runbook } from '../domain/runbook/runbook.ts'
import { type Local, openLocal } from '../local.ts'
import { noteAsked } from '../usecases/runsHere.ts'
import { calledAs, thisCall } from './calledAs.ts'
import { type Interrupts, interrupts } from './interrupt.ts'
import { aboutKept, KEPT_USAGE } from './kept.ts'
import { type Order, orderOf } from './order.ts'
import { type Asked, openLibrary, type Said, scopeWords, understand, whatToRead } from './question.ts'
import { openStore } from './store.ts'
import { sinkOf, writeAnswer } from './writeAnswer.ts'

/** Exit status: see USAGE. */
const FAILED = 1
const WRONG_USE = 2

/** `ctq run`: asks one question with the caller's own AWS credentials and prints the answer. */
export async function run(args: readonly string[]): Promise<number> {
  quiet()
  const order = orderOf(args, process.env, calledAs(thisCall()))
  if ('exit' in order) return said(order)
  const now = new Date()
  const asked = await understand(order, now)
  if ('exit' in asked) return said(asked)
  if (!('kept' in asked)) return await ask(order, asked, now)
  const told = await aboutKept(asked.kept, order, asked.library, now)
  if (typeof told === 'number') return told
  if ('exit' in told) return said(told)
  const again = { ...order, text: told.ask }
  const anew = await understand(again, now)
  if ('exit' in anew) return said(anew)
  return 'kept' in anew ? WRONG_USE : await ask(again, anew, now)
}

/** `ctq last`, `show`, `text`, `status`, `again` and `diff`: about the runs that are kept. */
export async function kept(word: KeptWord, args: readonly string[]): Promise<number> {
  if (args.some((arg) => arg === '--help' || arg === '-h')) return said({ exit: 0, words: KEPT_USAGE, out: true })
  if (word !== 'show' && word !== 'text') return await run([word, ...args])
  quiet()
  const order = orderOf([word, ...args], process.env, calledAs(thisCall()))
  if ('exit' in order) return said(order)
  const [, id, more] = order.words
  if (more !== undefined || (word === 'show' && id === undefined)) return said({ exit: WRONG_USE, words: KEPT_USAGE })
  const library = await openLibrary(order.runbooks)
  if ('exit' in library) return said(library)
  const about = { kind: 'show' as const, ...(id !== undefined && { run: id }) }
  const shown = word === 'text' && order.format === 'table' ? { ...order, format: 'text' as const } : order
  const told = await aboutKept(about, shown, library, new Date())
  return typeof told === 'number' ? told : 'exit' in told ? said(told) : WRONG_USE
}

export type KeptWord = 'last' | 'show' | 'text' | 'status' | 'again' | 'diff'

function quiet(): void {
  // The SDK's advice about Node versions is for whoever deploys ctq, not for who asks.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true'
  for (const stream of [process.stdout, process.stderr]) forgiving(stream)
}

/** Reads AWS for a question that was understood, and prints the answer. */
async function ask(order: Order, asked: Asked, now: Date): Promise<number> {
  const sink = sinkOf(order)
  if ('exit' in sink) return said(sink)
  const stops = interrupts()
  // Whatever ends the process before all is written, no half of an answer stays behind.
  process.once('exit', sink.discard)
  try {
    const { exit, answered } = await answer(order, asked, now, sink, stops)
    if (answered) process.off('exit', sink.discard)
    return exit
  } catch (error) {
    if (!isAwsFault(error)) throw error
    return said({ exit: FAILED, words: awsWords(error) })
  } finally {
    stops.close()
  }
}

function said({ exit, words, out }: Said): number {
  ;(out === true ? process.stdout : process.stderr).write(refusalText(words))
  return exit
}

/** Names of accounts that only AWS Organizations knows are values too: the question is read once more when there are any. */
async function understoodWith(local: Local, order: Order, asked: Asked, now: Date): Promise<Asked | Said> {
  if (order.settings?.inventory.from !== 'organizations') return asked
  const anew = await understand(order, now, local.inventory)
  return 'kept' in anew ? asked : anew
}

async function answer(
  order: Order,
  first: Asked,
  now: Date,
  sink: Sink,
  stops: Interrupts,
): Promise<{ readonly exit: number; readonly answered: boolean }> {
  const local = await openLocal(order.settings, process.env)
  try {
    const asked = await understoodWith(local, order, first, now)
    if ('exit' in asked) return { exit: said(asked), answered: false }
    const what = await whatToRead(order, asked, local, now)
    if ('exit' in what) return { exit: said(what), answered: false }
    const unlisted = local.unlisted === undefined ? [] : [`${local.unlisted}; only those in ctq.yml are known.`]
    for (const note of [...asked.notes, ...unlisted]) process.stderr.write(`${visible(note)}\n`)
    if (process.stderr.isTTY)
      process.stderr.write(`${visible(echo(asked.request))} · ${visible(scopeWords(what.scope, local.inventory))}\n`)
    const store = openStore(order.keep)
    const id = randomUUID()
    try {
      if (order.keep !== undefined)
        await noteAsked(
          { version: 1, run: id, echo: pinned(asked.request, what.scope), askedAt: now.toISOString() },
          store.objects,
        )
      const found = await read(local, what.query, asked.runbook, { run: id, objects: store.objects, now, stops })
      const pivots = pivotsOf(found, asked.library, new Date())
      const keptIn = order.keep === undefined ? undefined : store.folderOf(found.run)
      await writeAnswer(order, { answer: found, pivots, kept: keptIn }, store.objects, sink)
      if (keptIn !== undefined) process.stderr.write(`Kept in ${keptIn}\n`)
      return { exit: exitStatus(found), answered: true }
    } finally {
      store.close()
    }
  } finally {
    local.close()
  }
}

/** As it can be typed again with other credentials too: without an account a question is about that of the credentials. */
function pinned(request: Request, { accounts }: Scope): string {
  const { accounts: typed } = request
  return echo({ ...request, accounts: typed.length > 0 ? typed : accounts.map((id) => ({ kind: 'id', id })) })
}

type Reading = { readonly run: string; readonly objects: Objects; readonly now: Date; readonly stops: Interrupts }

async function read(
  local: Local,
  query: Query,
  runbook: Runbook,
  { run: id, objects, now, stops }: Reading,
): Promise<Answer> {
  const live = liveOn(process.stderr)
  const found = soFar(runbook, local.addressLabel)
  stops.reading(() => {
    const words = 'Stopping, and putting together what was read. Ctrl-C again leaves at once.'
    if (live === undefined) process.stderr.write(`${words}\n`)
    else live.say(words)
  })
  const told = (most: number): readonly Phrase[] => found.told(most, new Date().toISOString())
  try {
    return await local.read(query, runbook, {
      run: id,
      askedAt: now,
      objects,
      cancelled: stops.signal,
      progress: (progress) => live?.show({ progress, told }),
      ...(live !== undefined && { met: found.add }),
    })
  } finally {
    stops.done()
    live?.clear()
  }
}

/** The view of a run that goes on; none where nothing can be drawn in place. */
function liveOn(stream: NodeJS.WriteStream): Live | undefined {
  if (!canDraw(stream, process.env)) return undefined
  return liveView(stream, painter(wantsColour(true, process.env)), () => performance.now())
}
