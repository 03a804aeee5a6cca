import { findingLines } from '../../../domain/playbook/findingWords.ts'
import { reportLines } from '../../../domain/playbook/reportWords.ts'
import { againWords, windowWords } from '../../../domain/result/again.ts'
import type { Answer } from '../../../domain/result/answer.ts'
import { closesPhrase, closingPhrase, isClosed } from '../../../domain/result/closing.ts'
import { shownColumns } from '../../../domain/result/columnsShown.ts'
import { CSV_KEPT_BACK } from '../../../domain/result/facetWords.ts'
import { type Gap, gapPhrase, gapsOf } from '../../../domain/result/gaps.ts'
import {
  foundPhrase,
  leadsWithVerdict,
  type Standing,
  shortQuestion,
  shownCount,
  signOf,
  verdictPhrase,
  whenPhrase,
} from '../../../domain/result/headline.ts'
import { unsettledOf } from '../../../domain/result/late.ts'
import { meaningPhrase } from '../../../domain/result/meaning.ts'
import { namedCells } from '../../../domain/result/namedCells.ts'
import { type News, newsOf } from '../../../domain/result/news.ts'
import { type Followed, limitPhrases, notePhrases } from '../../../domain/result/notes.ts'
import { counted, joined, numberWords, type Phrase, say, value } from '../../../domain/result/phrase.ts'
import type { Pivot } from '../../../domain/result/pivots.ts'
import { code, fenced } from '../../../domain/result/safe.ts'
import { questionPhrase, scopePhrase } from '../../../domain/result/scopeWords.ts'
import { lastingWords, secondOf } from '../../../domain/result/time.ts'
import { toldLines } from '../../../domain/stage/words.ts'
import { formButton } from '../views/view.ts'
import { glassBlocks, glassPhrases } from './badge.ts'
import { bold, mrkdwnOf, sentence } from './markup.ts'
import {
  type Block,
  compose,
  context,
  type Message,
  type Piece,
  section,
  sections,
  shortRun,
  TEXT_MAX,
} from './message.ts'
import { pivotBlocks } from './pivots.ts'
import { type Table, type TableLevel, tableBlocks } from './tables.ts'

/** Up to so many calls are shown one by one instead of in groups. */
const FEW = 10
/** Shown one by one below the groups. */
const NEWEST = 5
const GAPS = 6
const AGAIN_MAX = 500
/** Columns of a call that are shown: more than these nobody reads in a channel. */
const COLUMNS = 8
/** What is told of each facet: as much as fits a phone. */
const FACETS = { items: 4, calls: 3, grave: { calls: 8, characters: 600 }, denied: 3, lines: 5 }
/** Of a playbook. */
const REPORT = { findings: 14, credentials: 5, patterns: 2, moments: 12, rest: 'press Text' }
/** Room that the answer's pieces may take, so that none crowds out the ones after it. `told`: of a playbook, whose findings, patterns and what is told apart from them need more than one section. */
const ROOM = { told: 4_000, report: 2_600, gaps: 2_200, limits: 900, notes: 900, footer: 700, newest: 1_200 }

/** Never a picture alone: the verdict's words follow. */
const SIGN: { readonly [standing in Standing]: string } = { complete: '✅', partial: '⚠️', failed: '❌', unknown: '❔' }

/** What stands under an answer: what may be asked next, and what follows by itself. */
export type AnswerExtras = Followed & {
  readonly pivots?: readonly Pivot[]
  readonly others?: readonly Pivot[]
  /** The investigation that it was asked under, by its id. */
  readonly under?: string
  /** Why it was asked without the approval that it needed. */
  readonly glass?: string
  /** Where policy sends the CSV, when not under the answer. */
  readonly csv?: 'direct' | 'none'
  /** Seconds after which policy has the answer deleted from Slack. */
  readonly keep?: number
}

/**
 * An answer as a Slack message. Its first three lines carry the news: the question and its verdict, how many calls, whom and where. Then
 * what they tell, what is missing, what may be asked next, and the calls.
 */
export function answerMessage(answer: Answer, level: TableLevel, extras: AnswerExtras = {}): Message {
  const changed = newsOf(answer, extras)
  const pieces = {
    news: () => newsBlocks(answer, newsLines(answer, extras, changed)),
    glass: () => glassBlocks(extras.glass),
    report: (room: number) =>
      section(
        reportLines(answer, REPORT).map(({ item, phrase }) => `${item ? '• ' : ''}${mrkdwnOf(phrase, 700)}`),
        Math.min(room, ROOM.report),
      ),
    gaps: (room: number) => gapBlocks(answer, extras, Math.min(room, ROOM.gaps)),
    limits: (room: number) => section(limitLines(answer, extras), Math.min(room, ROOM.limits)),
    again: () => againBlocks(answer, extras),
    pivots: () => pivotBlocks(answer.run, extras.pivots ?? [], extras.others),
    table: (room: number) => tableBlocks(mainTable(answer), level, room),
    newest: (room: number) => newestBlocks(answer, Math.min(room, ROOM.newest)),
    notes: (room: number) =>
      context(
        [changed?.lead === undefined ? whenPhrase(answer) : [], ...notePhrases(answer, extras)]
          .map((note) => mrkdwnOf(note, 600))
          .filter((line) => line !== ''),
        Math.min(room, ROOM.notes),
      ),
    footer: (room: number) => context([footerLine(answer, extras)], Math.min(room, ROOM.footer)),
  } satisfies { readonly [name: string]: Piece }
  const { news, glass, report, gaps, limits, again, pivots, table, newest, notes, footer } = pieces
  const first = [changed?.lead ?? [], changed?.verdict ?? verdictPhrase(answer), ...glassPhrases(extras.glass)]
  const found = changed?.found ?? foundPhrase(answer)
  return {
    text: sentence([say`${joined([...first, shortQuestion(answer), found, scopePhrase(answer)], '. ')}.`], TEXT_MAX),
    blocks: compose(
      [news, glass, report, gaps, limits, again, pivots, table, newest, notes, footer],
      [news, glass, report, gaps, limits, again, pivots, footer, notes, table, newest],
    ),
  }
}

function newsBlocks({ playbook }: Answer, lines: readonly string[]): readonly Block[] {
  return playbook === undefined ? section(lines) : sections(lines, ROOM.told, '')
}

function newsLines(answer: Answer, { closes, csv }: AnswerExtras, changed: News | undefined): readonly string[] {
  const verdict = bold(changed?.verdict ?? verdictPhrase(answer))
  const question = mrkdwnOf(shortQuestion(answer), 600)
  const first = leadsWithVerdict(answer) ? [verdict, question] : [question, verdict]
  const lead = changed?.lead
  const meaning = changed === undefined ? meaningPhrase(answer) : []
  return [
    lead === undefined
      ? `${SIGN[signOf(answer)]} ${first.join(' · ')}`
      : `${SIGN.partial} ${[bold(lead), question, verdict].join(' · ')}`,
    bold(changed?.found ?? foundPhrase(answer)),
    mrkdwnOf(scopePhrase(answer), 800),
    ...(closes === undefined ? [] : [mrkdwnOf(closesPhrase(closes))]),
    ...(meaning.length === 0 ? [] : [mrkdwnOf(meaning)]),
    ...[
      ...findingLines(answer, REPORT),
      ...toldLines(answer, csv === 'none' ? { ...FACETS, rest: CSV_KEPT_BACK } : FACETS),
    ].map(({ item, phrase }) => `${item ? '• ' : ''}${mrkdwnOf(phrase, 600)}`),
  ]
}

/** What was not read, why, and what to do; without buttons also what to type and the statement that mends the first kind of failure. */
function gapBlocks(answer: Answer, { pivots, closing }: AnswerExtras, room: number): readonly Block[] {
  const gaps = gapsOf(answer)
  if (gaps.length === 0) return []
  const hasButtons = pivots !== undefined
  const isOpen = closing === undefined || !isClosed(closing)
  const lines = gaps
    .slice(0, GAPS)
    .flatMap((gap, at) => (isOpen ? gapLines(gap, !hasButtons && at === 0) : [`• ${mrkdwnOf(gap.what, 700)}`]))
  const more = gaps.length > GAPS ? [`• and ${counted(gaps.length - GAPS, 'other kind')} of failure`] : []
  const since = closing === undefined ? [] : [mrkdwnOf(closingPhrase(closing, answer.finishedAt))]
  return section(['*Not read*', ...lines, ...more, ...since, ...(hasButtons ? [] : againLine(answer))], room)
}

function gapLines(gap: Gap, whole: boolean): readonly string[] {
  const { what, next, statement } = gap
  if (statement === undefined || !whole) return [`• ${mrkdwnOf(say`${what}. ${next}`, 700)}`]
  return [`• ${mrkdwnOf(gapPhrase(gap), 700)}`, fenced(statement, 1_000)]
}

/** What to type to ask again. One that would have to be cut is left out: nobody could use it. */
function againLine(answer: Answer): readonly string[] {
  const again = againWords(answer)?.join(' ')
  return again === undefined || again.length > AGAIN_MAX ? [] : [`Ask for these again: ${code(`/ctq ${again}`, 1_000)}`]
}

/** What the answer does not cover, in one line. */
function limitLines(answer: Answer, extras: AnswerExtras): readonly string[] {
  const limits = limitPhrases(answer, extras)
  return limits.length === 0 ? [] : [`⚠ ${mrkdwnOf(joined(limits, ' '), ROOM.limits - 10)}`]
}

/** The minutes that are not settled as a question of their own, where ctq may not ask it by itself. */
function againBlocks(answer: Answer, { needsApprovalAt, late }: Followed): readonly Block[] {
  const unsettled = unsettledOf(answer)
  const own = late === undefined ? needsApprovalAt !== undefined : late.kind === 'unapproved'
  if (!own || unsettled === undefined) return []
  const words = windowWords(answer, unsettled)
  const button = formButton('Ask for the last minutes', shortRun(answer.run), words, `late-${shortRun(answer.run)}`)
  return [{ type: 'actions', elements: [button] }]
}

/** Groups, or the calls themselves when they are few. */
function mainTable(answer: Answer): Table {
  const { groups } = answer
  const few = shownCount(answer) <= FEW && answer.newest.length > 0
  return few || groups.rows.length === 0 ? rowTable(answer, FEW) : groupTable(answer)
}

function rowTable(answer: Answer, most: number): Table {
  const { columns, rows } = shownColumns(answer.columns, answer.newest.slice(0, most), COLUMNS)
  const shown = shownCount(answer)
  const noun = answer.runbook.headline.noun
  const caption = rows.length < shown ? `The newest ${rows.length} of ${counted(shown, noun)}` : counted(shown, noun)
  return { caption: `${caption}, newest first`, headings: columns, rows: namedCells(answer, columns, rows) }
}

function groupTable(answer: Answer): Table {
  const { groups } = answer
  const all = groups.rows.length + groups.more
  const uncounted = groups.uncounted ?? 0
  const beyond = uncounted > 0 ? `; ${counted(uncounted, 'call')} in further groups, too many to count apart` : ''
  const rows = namedCells(
    answer,
    groups.columns,
    groups.rows.map(({ values }) => values),
  )
  return {
    caption: `Calls by ${groups.columns.join(', ')}: the largest of ${counted(all, 'group')}${beyond}`,
    headings: [...groups.columns.slice(0, 16), 'calls', 'failed', 'first', 'last'],
    rows: groups.rows.map(({ count, failed, first, last }, at) => [
      ...(rows[at] ?? []).slice(0, 16),
      count,
      failed,
      secondOf(first),
      secondOf(last),
    ]),
  }
}

/** A few calls below the groups, as text: a message holds one table. */
function newestBlocks(answer: Answer, room: number): readonly Block[] {
  const grouped = shownCount(answer) > FEW && answer.groups.rows.length > 0
  return grouped ? tableBlocks(rowTable(answer, NEWEST), 'plain', room) : []
}

function footerLine(answer: Answer, { csv, keep, under }: AnswerExtras): string {
  const seconds = (Date.parse(answer.finishedAt) - Date.parse(answer.askedAt)) / 1000
  return mrkdwnOf(
    joined(
      [
        say`Asked ${questionPhrase(answer.runbook.name, answer.parameters)} at ${secondOf(answer.askedAt)}`,
        say`run ${value(shortRun(answer.run))}`,
        under === undefined ? [] : say`investigation ${value(shortRun(under))}`,
        answer.csv.rows === 0 ? [] : say`${csvPhrase(answer)}${csv === undefined ? '' : CSV_GOES[csv]}`,
        say`${counted(answer.requests, 'request')} to AWS`,
        say`took ${lastingWords(seconds)}`,
        keep === undefined ? [] : say`deleted here after ${lastingWords(keep)} by policy`,
      ],
      ' · ',
    ),
    ROOM.footer,
  )
}

const CSV_GOES = { direct: ', by direct message to whoever asked', none: ', kept out of Slack by policy' }

function csvPhrase({ csv }: Answer): Phrase {
  return say`CSV: ${counted(csv.rows, 'row')}, ${sizeWords(csv.bytes)}, SHA-256 ${value(csv.sha256.slice(0, 12))}…`
}

function sizeWords(bytes: number): string {
  if (bytes < 1_000) return `${numberWords(bytes)} bytes`
  return bytes < 1_000_000 ? `${Math.round(bytes / 1_000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`
}
