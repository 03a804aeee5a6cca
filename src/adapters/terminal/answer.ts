import { findingLines } from '../../domain/playbook/findingWords.ts'
import { reportLines } from '../../domain/playbook/reportWords.ts'
import { againWords } from '../../domain/result/again.ts'
import type { Answer } from '../../domain/result/answer.ts'
import { gapPhrase, gapsOf } from '../../domain/result/gaps.ts'
import {
  foundPhrase,
  leadsWithVerdict,
  type Standing,
  shortQuestion,
  shownCount,
  signOf,
  verdictPhrase,
  whenPhrase,
} from '../../domain/result/headline.ts'
import { meaningPhrase } from '../../domain/result/meaning.ts'
import { namedCells } from '../../domain/result/namedCells.ts'
import { limitPhrases, notePhrases } from '../../domain/result/notes.ts'
import { counted, type Phrase, plainText, say } from '../../domain/result/phrase.ts'
import type { Pivot } from '../../domain/result/pivots.ts'
import { visible, visibleLines } from '../../domain/result/safe.ts'
import { questionPhrase, scopePhrase } from '../../domain/result/scopeWords.ts'
import { lastingWords, minuteOf, secondOf } from '../../domain/result/time.ts'
import { toldLines } from '../../domain/stage/words.ts'
import { type Colour, type Paint, painter } from './colour.ts'
import { harmlessLabel, shellWord, shellWords } from './shell.ts'
import { folded, tableLines } from './table.ts'

export type PrintOptions = {
  readonly colour: boolean
  /** Cells in a line; absent when it is no terminal: then nothing is cut. */
  readonly width?: number
  /** What may be asked next. */
  readonly pivots?: readonly Pivot[]
  /** What a command to paste begins with: `ctq run`, and the options that it would need again. */
  readonly command?: string
}

const GROUPS = 20
/** Of a playbook. */
const REPORT = { findings: 60, credentials: 30, patterns: 12, moments: 60, rest: '--format json has them' }
/** What is told of each facet. */
const FACETS = { items: 8, calls: 6, grave: { calls: 10, characters: 600 }, denied: 6 }

const STANDING: { readonly [standing in Standing]: Colour } = {
  complete: 'green',
  partial: 'yellow',
  failed: 'red',
  unknown: 'yellow',
}

/** An answer as `ctq run` prints it: the verdict and what it covers first. Nothing in it can command the terminal. */
export function printAnswer(answer: Answer, options: PrintOptions): string {
  const paint = painter(options.colour)
  const { width } = options
  const parts = [
    headLines(answer, options, paint),
    reportLines(answer, REPORT).flatMap((line) => folded(itemText(line), width)),
    gapLines(answer, options, paint),
    limitPhrases(answer).flatMap((limit) => folded(plainText(limit), width).map((line) => paint('yellow', line))),
    groupLines(answer, options, paint),
    rowLines(answer, options, paint),
    nextLines(options, paint),
    [...notePhrases(answer).map(plainText), footer(answer)].flatMap((text) =>
      folded(text, width).map((line) => paint('dim', line)),
    ),
  ]
  return `${parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`
}

function headLines(answer: Answer, { width }: PrintOptions, paint: Paint): readonly string[] {
  const verdict = paint(STANDING[signOf(answer)], plainText(verdictPhrase(answer)))
  const question = plainText(shortQuestion(answer))
  const more = [whenPhrase(answer), meaningPhrase(answer)].map(plainText).filter((line) => line !== '')
  return [
    (leadsWithVerdict(answer) ? [verdict, question] : [question, verdict]).join(' · '),
    ...folded(plainText(foundPhrase(answer)), width).map((line) => paint('bold', line)),
    ...[
      plainText(scopePhrase(answer)),
      ...[...findingLines(answer, REPORT), ...toldLines(answer, FACETS)].map(itemText),
      ...more,
    ].flatMap((line) => folded(line, width)),
  ]
}

function itemText({ item, phrase }: { readonly item: boolean; readonly phrase: Phrase }): string {
  return `${item ? '• ' : ''}${plainText(phrase)}`
}

/** Questions that lead on from this one, as commands to paste. What a command asks is in it: its label only says why. */
function nextLines({ pivots = [], command = 'ctq run' }: PrintOptions, paint: Paint): readonly string[] {
  const asks = pivots.flatMap((pivot) => {
    const words = pivot.kind === 'ask' ? shellWords(pivot.words) : undefined
    return words === undefined ? [] : [{ label: harmlessLabel(pivot.label), words }]
  })
  if (asks.length === 0) return []
  return [
    paint('bold', 'Ask next'),
    ...asks.flatMap(({ label, words }) => [paint('dim', label), `  ${paint('cyan', `${command} ${words}`)}`]),
  ]
}

function gapLines(
  answer: Answer,
  { pivots, command = 'ctq run', width }: PrintOptions,
  paint: Paint,
): readonly string[] {
  const gaps = gapsOf(answer, 'self')
  if (gaps.length === 0) return []
  const again = pivots === undefined ? againCommand(answer, command) : undefined
  return [
    paint('yellow', 'Not read'),
    ...gaps.flatMap((gap) => [
      ...folded(`- ${plainText(gapPhrase(gap))}`, width),
      ...(gap.statement === undefined ? [] : [indented(gap.statement)]),
    ]),
    ...(again === undefined ? [] : [`Ask for these again: ${again}`]),
  ]
}

/** Undefined as well when it cannot be pasted: what hides would be shown as something else. */
function againCommand(answer: Answer, command: string): string | undefined {
  const words = againWords(answer)
  if (words === undefined || words.some((word) => visible(word) !== word)) return undefined
  return `${command} ${words.map(shellWord).join(' ')}`
}

function indented(text: string): string {
  return visibleLines(text.replace(/\r\n?/g, '\n'))
    .split('\n')
    .map((line) => `    ${visible(line)}`)
    .join('\n')
}

function groupLines(answer: Answer, options: PrintOptions, paint: Paint): readonly string[] {
  const { groups } = answer
  if (groups.rows.length < 2) return []
  const rows = groups.rows.slice(0, GROUPS)
  const more = groups.rows.length - rows.length + groups.more
  const columns = [...groups.columns, 'calls', 'failed', 'first', 'last']
  const named = namedCells(
    answer,
    groups.columns,
    rows.map(({ values }) => values),
  )
  const cells = rows.map(({ count, failed, first, last }, at) => [
    ...(named[at] ?? []),
    String(count),
    String(failed),
    minuteOf(first),
    minuteOf(last),
  ])
  return [
    paint('bold', `Calls by ${visible(groups.columns.join(', '))}`),
    ...table(columns, cells, options, paint),
    ...(more > 0 ? [`… and ${counted(more, 'more group')}`] : []),
    ...((groups.uncounted ?? 0) > 0
      ? folded(`… and ${counted(groups.uncounted ?? 0, 'call')} in groups too many to count apart`, options.width)
      : []),
  ]
}

function rowLines(answer: Answer, options: PrintOptions, paint: Paint): readonly string[] {
  if (answer.newest.length === 0) return []
  const shown = shownCount(answer)
  const more = shown - answer.newest.length
  const heading = more > 0 ? `The newest ${answer.newest.length} of ${counted(shown, 'call')}` : counted(shown, 'call')
  return [
    paint('bold', `${heading}, newest first`),
    ...table(answer.columns, namedCells(answer, answer.columns, answer.newest), options, paint),
    ...(more > 0 ? folded(`… and ${counted(more, 'more call')}: --format csv gives all`, options.width) : []),
  ]
}

function table(
  columns: readonly string[],
  rows: readonly (readonly string[])[],
  { width }: PrintOptions,
  paint: Paint,
) {
  const [heading = '', ...lines] = tableLines(columns, rows, width)
  return [paint('dim', heading), ...lines]
}

function footer({ run, runbook, parameters, requests, askedAt, finishedAt }: Answer): string {
  const seconds = (Date.parse(finishedAt) - Date.parse(askedAt)) / 1000
  const asked = plainText(say`Asked ${questionPhrase(runbook.name, parameters)} at ${secondOf(askedAt)}`)
  return `${asked} · run ${visible(run)} · ${counted(requests, 'request')} to AWS · took ${lastingWords(seconds)}`
}
