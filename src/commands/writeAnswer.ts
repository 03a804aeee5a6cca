import { printAnswer } from '../adapters/terminal/answer.ts'
import { wantsColour } from '../adapters/terminal/colour.ts'
import { answerJson, ndjsonLine } from '../adapters/terminal/output.ts'
import { fileSink, type Sink, streamSink } from '../adapters/terminal/sink.ts'
import type { Answer } from '../domain/result/answer.ts'
import { csvKey, type Objects } from '../domain/result/objects.ts'
import type { Pivot } from '../domain/result/pivots.ts'
import { timelineText } from '../domain/result/timelineText.ts'
import { matchedRecords } from '../usecases/matchedRecords.ts'
import type { Order } from './order.ts'
import type { Said } from './question.ts'

const WRONG_USE = 2
const CHUNK = 64 * 1024

/** Where the answer goes; a file is made at once, so that one that cannot be is known before anything is read. */
export function sinkOf({ out }: Pick<Order, 'out'>): Sink | Said {
  if (out === undefined) return streamSink(process.stdout)
  try {
    return fileSink(out)
  } catch (error) {
    const code = (error as { code?: string }).code
    const why = code === 'EEXIST' ? 'is there already and is not overwritten' : `cannot be written (${code})`
    return { exit: WRONG_USE, words: `${out} ${why}. Name another file with --out.` }
  }
}

/** An answer, what may be asked next, and the folder it is kept in, if it is. */
export type Shown = { readonly answer: Answer; readonly pivots: readonly Pivot[]; readonly kept: string | undefined }

/** Writes an answer as it was ordered. */
export async function writeAnswer(order: Order, shown: Shown, objects: Objects, sink: Sink): Promise<void> {
  await sink.write(chunksOf(order, shown, objects))
  // Whoever has only rows before them must still be told what they cover.
  const saysItself = order.format === 'table' || order.format === 'text'
  if (!saysItself || order.out !== undefined) process.stderr.write(headOf(shown.answer))
  if (order.out !== undefined) process.stderr.write(`Written to ${order.out}\n`)
}

async function* chunksOf(
  order: Order,
  { answer, pivots, kept }: Shown,
  objects: Objects,
): AsyncGenerator<string | Uint8Array> {
  switch (order.format) {
    case 'csv':
      yield* objects.stream(csvKey(answer.run))
      return
    case 'json':
      yield answerJson(answer, pivots)
      return
    case 'ndjson':
      yield* joined(
        matchedRecords(answer.run, answer.csv.rows, objects),
        order.out === undefined && process.stdout.isTTY === true,
      )
      return
    case 'text':
      yield timelineText(answer, kept === undefined ? NOT_KEPT : `Kept in ${kept}`)
      return
    case 'table':
      yield printAnswer(answer, {
        ...(order.out === undefined ? printing(process.stdout) : { colour: false }),
        pivots,
        command: order.command,
      })
  }
}

/** In Slack the answer's link stands there. */
const NOT_KEPT = 'Asked at a terminal and not kept (--keep DIR keeps it): there is nothing to link to'

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

/** How a stream is printed to: in colour, and how wide it is. */
export function printing(stream: NodeJS.WriteStream): { readonly colour: boolean; readonly width?: number } {
  const isTerminal = stream.isTTY === true
  return {
    colour: wantsColour(isTerminal, process.env),
    ...(isTerminal && stream.columns > 0 && { width: stream.columns }),
  }
}
