import { randomUUID } from 'node:crypto'
import { printAnswer } from '../adapters/terminal/answer.ts'
import { painter, wantsColour } from '../adapters/terminal/colour.ts'
import { canDraw, type Live, liveView } from '../adapters/terminal/live.ts'
import { answerJson, exitStatus, ndjsonLine, refusalText } from '../adapters/terminal/output.ts'
import { fileSink, forgiving, type Sink, streamSink } from '../adapters/terminal/sink.ts'
import { awsWords } from '../awsWords.ts'
import { isAwsFault } from '../domain/fault.ts'
import type { Query } from '../domain/query/query.ts'
import { echo } from '../domain/request/echo.ts'
import type { Answer } from '../domain/result/answer.ts'
import { csvKey, type Objects } from '../domain/result/objects.ts'
import type { Phrase } from '../domain/result/phrase.ts'
import { type Pivot, pivotsOf } from '../domain/result/pivots.ts'
import { visible } from '../domain/result/safe.ts'
import { soFar } from '../domain/result/soFar.ts'
import type { Runbook } from '../domain/runbook/runbook.ts'
import { type Local, openLocal } from '../local.ts'
import { matchedRecords } from '../usecases/matchedRecords.ts'
import { type Interrupts, interrupts } from './interrupt.ts'
import { type Order, orderOf } from './order.ts'
import { type Asked, type Said, scopeWords, understand, whatToRead } from './question.ts'
import { openStore } from './store.ts'

/** Exit status: see USAGE. */
const FAILED = 1
const WRONG_USE = 2
const PARTIAL = 3

const CHUNK = 64 * 1024

/** `ctq run`: asks one question with the caller's own AWS credentials and prints the answer. */
export async function run(args: readonly string[]): Promise<number> {
  // The SDK's advice about Node versions is for whoever deploys ctq, not for who asks.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true'
  for (const stream of [process.stdout, process.stderr]) forgiving(stream)
  const order = orderOf(args, process.env)
  if ('exit' in order) return said(order)
  const now = new Date()
  const asked = await understand(order, now)
  if ('exit' in asked) return said(asked)
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

function sinkOf({ out }: Order): Sink | Said {
  if (out === undefined) return streamSink(process.stdout)
  try {
    return fileSink(out)
  } catch (error) {
    const code = (error as { code?: string }).code
    const why = code === 'EEXIST' ? 'is there already and is not overwritten' : `cannot be written (${code})`
    return { exit: WRONG_USE, words: `${out} ${why}. Name another file with --out.` }
  }
}

/** Names of accounts that only AWS Organizations knows are values too: the question is read once more when there are any. */
async function understoodWith(local: Local, order: Order, asked: Asked, now: Date): Promise<Asked | Said> {
  return order.settings?.inventory.from === 'organizations' ? await understand(order, now, local.inventory) : asked
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
    try {
      const found = await read(local, what.query, asked.runbook, { objects: store.objects, now, stops })
      const pivots = pivotsOf(found, asked.library, new Date())
      await write(order, { answer: found, pivots, limit: what.query.limit }, store.objects, sink)
      if (order.keep !== undefined) process.stderr.write(`Kept in ${store.folderOf(found.run)}\n`)
      return { exit: found.coverage.ended === 'cancelled' ? PARTIAL : exitStatus(found), answered: true }
    } finally {
      store.close()
    }
  } finally {
    local.close()
  }
}

type Reading = { readonly objects: Objects; readonly now: Date; readonly stops: Interrupts }

async function read(local: Local, query: Query, runbook: Runbook, { objects, now, stops }: Reading): Promise<Answer> {
  const live = liveOn(process.stderr)
  const found = soFar(runbook)
  stops.reading(() => {
    const words = 'Stopping, and putting together what was read. Ctrl-C again leaves at once.'
    if (live === undefined) process.stderr.write(`${words}\n`)
    else live.say(words)
  })
  const told = (most: number): readonly Phrase[] => found.told(most, new Date().toISOString())
  try {
    return await local.read(query, runbook, {
      run: randomUUID(),
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

/** An answer, what may be asked next, and how many rows it was allowed. */
type Shown = { readonly answer: Answer; readonly pivots: readonly Pivot[]; readonly limit: number }

async function write(order: Order, shown: Shown, objects: Objects, sink: Sink): Promise<void> {
  await sink.write(chunksOf(order, shown, objects))
  // Whoever has only rows before them must still be told what they cover.
  if (order.format !== 'table' || order.out !== undefined) process.stderr.write(headOf(shown.answer))
  if (order.out !== undefined) process.stderr.write(`Written to ${order.out}\n`)
}

async function* chunksOf(
  order: Order,
  { answer: found, pivots, limit }: Shown,
  objects: Objects,
): AsyncGenerator<string | Uint8Array> {
  switch (order.format) {
    case 'csv':
      yield* objects.stream(csvKey(found.run))
      return
    case 'json':
      yield answerJson(found, pivots)
      return
    case 'ndjson':
      yield* joined(matchedRecords(found.run, limit, objects), order.out === undefined && process.stdout.isTTY === true)
      return
    case 'table':
      yield printAnswer(found, {
        ...(order.out === undefined ? printing(process.stdout) : { colour: false }),
        pivots,
        command: order.command,
      })
  }
}

async function* joined(texts: AsyncIterable<string>, terminal: boolean): AsyncGenerator<string> {
  let chunk = ''
  for await (const text of texts) {
    chunk += ndjsonLine(text, terminal)
    if (chunk.length < CHUNK) continue
    yield chunk
    chunk = ''
  }
  if (chunk !== '') yield chunk
}

function headOf(found: Answer): string {
  const head = { ...found, newest: [], groups: { ...found.groups, rows: [] } }
  return printAnswer(head, printing(process.stderr))
}

function printing(stream: NodeJS.WriteStream): { readonly colour: boolean; readonly width?: number } {
  const isTerminal = stream.isTTY === true
  return {
    colour: wantsColour(isTerminal, process.env),
    ...(isTerminal && stream.columns > 0 && { width: stream.columns }),
  }
}
