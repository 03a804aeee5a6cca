import { againWords } from '../../../domain/result/again.ts'
import type { Answer } from '../../../domain/result/answer.ts'
import { shownColumns } from '../../../domain/result/columnsShown.ts'
import { gapsOf } from '../../../domain/result/gaps.ts'
import {
  foundPhrase,
  questionPhrase,
  type Standing,
  scopePhrase,
  shownCount,
  standingOf,
  verdictPhrase,
  whenPhrase,
} from '../../../domain/result/headline.ts'
import { notePhrases } from '../../../domain/result/notes.ts'
import { counted, joined, numberWords, type Phrase, say, value } from '../../../domain/result/phrase.ts'
import { code, fenced } from '../../../domain/result/safe.ts'
import { lastingWords, secondOf } from '../../../domain/result/time.ts'
import { bold, mrkdwnOf, sentence } from './markup.ts'
import { type Block, compose, context, type Message, type Piece, section, shortRun, TEXT_MAX } from './message.ts'
import { type Table, type TableLevel, tableBlocks } from './tables.ts'

/** Up to so many calls are shown one by one instead of in groups. */
const FEW = 10
/** Shown one by one below the groups. */
const NEWEST = 5
const GAPS = 6
const AGAIN_MAX = 500
/** Columns of a call that are shown: more than these nobody reads in a channel. */
const COLUMNS = 8
/** Room that the answer's pieces may take, so that none crowds out the ones after it. */
const ROOM = { gaps: 2_200, notes: 1_800, footer: 500, newest: 1_600 }

/** Never a picture alone: the verdict's words follow. */
const SIGN: { readonly [standing in Standing]: string } = { complete: '✅', partial: '⚠️', failed: '❌', unknown: '❔' }

/** An answer as a Slack message: the verdict and what it covers first, then what is missing, then what was found. */
export function answerMessage(answer: Answer, level: TableLevel): Message {
  const pieces = {
    news: () => section(newsLines(answer)),
    gaps: (room: number) => gapBlocks(answer, Math.min(room, ROOM.gaps)),
    table: (room: number) => tableBlocks(mainTable(answer), level, room),
    newest: (room: number) => newestBlocks(answer, Math.min(room, ROOM.newest)),
    notes: (room: number) =>
      context(
        notePhrases(answer).map((note) => mrkdwnOf(note, 600)),
        Math.min(room, ROOM.notes),
      ),
    footer: (room: number) => context([footerLine(answer)], Math.min(room, ROOM.footer)),
  } satisfies { readonly [name: string]: Piece }
  const { news, gaps, table, newest, notes, footer } = pieces
  return {
    text: sentence(
      [say`${joined([verdictPhrase(answer), question(answer), foundPhrase(answer), scopePhrase(answer)], '. ')}.`],
      TEXT_MAX,
    ),
    blocks: compose([news, gaps, table, newest, notes, footer], [news, gaps, notes, footer, table, newest]),
  }
}

function question({ runbook, parameters }: Answer) {
  return questionPhrase(runbook.name, parameters)
}

function newsLines(answer: Answer): readonly string[] {
  const verdict = `${SIGN[standingOf(answer)]} ${bold(verdictPhrase(answer))} · ${mrkdwnOf(question(answer), 600)}`
  const when = whenPhrase(answer)
  return [
    verdict,
    mrkdwnOf(scopePhrase(answer), 800),
    bold(foundPhrase(answer)),
    ...(when.length === 0 ? [] : [mrkdwnOf(when)]),
  ]
}

/** What was not read, why, and what to do; with the statement to add where one would mend it. */
function gapBlocks(answer: Answer, room: number): readonly Block[] {
  const gaps = gapsOf(answer)
  if (gaps.length === 0) return []
  const lines = gaps
    .slice(0, GAPS)
    .flatMap(({ what, next, statement }) => [
      `• ${mrkdwnOf(say`${what}. ${next}`, 700)}`,
      ...(statement === undefined ? [] : [fenced(statement, 1_000)]),
    ])
  const more = gaps.length > GAPS ? [`• and ${counted(gaps.length - GAPS, 'other kind')} of failure`] : []
  return section(['*Not read*', ...lines, ...more, ...againLine(answer)], room)
}

/** What to type to ask again. One that would have to be cut is left out: nobody could use it. */
function againLine(answer: Answer): readonly string[] {
  const again = againWords(answer)?.join(' ')
  return again === undefined || again.length > AGAIN_MAX ? [] : [`Ask for these again: ${code(`/ctq ${again}`, 1_000)}`]
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
  const caption =
    rows.length < shown ? `The newest ${rows.length} of ${counted(shown, 'call')}` : counted(shown, 'call')
  return { caption: `${caption}, newest first`, headings: columns, rows }
}

function groupTable({ groups }: Answer): Table {
  const all = groups.rows.length + groups.more
  const uncounted = groups.uncounted ?? 0
  const beyond = uncounted > 0 ? `; ${counted(uncounted, 'call')} in further groups, too many to count apart` : ''
  return {
    caption: `Calls by ${groups.columns.join(', ')}: the largest of ${counted(all, 'group')}${beyond}`,
    headings: [...groups.columns.slice(0, 16), 'calls', 'failed', 'first', 'last'],
    rows: groups.rows.map(({ values, count, failed, first, last }) => [
      ...values.slice(0, 16),
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

function footerLine(answer: Answer): string {
  const seconds = (Date.parse(answer.finishedAt) - Date.parse(answer.askedAt)) / 1000
  return mrkdwnOf(
    joined(
      [
        say`Run ${value(shortRun(answer.run))}`,
        answer.csv.rows === 0 ? [] : csvPhrase(answer),
        say`${counted(answer.requests, 'request')} to AWS`,
        say`took ${lastingWords(seconds)}`,
      ],
      ' · ',
    ),
  )
}

function csvPhrase({ csv }: Answer): Phrase {
  return say`CSV: ${counted(csv.rows, 'row')}, ${sizeWords(csv.bytes)}, SHA-256 ${value(csv.sha256.slice(0, 12))}…`
}

function sizeWords(bytes: number): string {
  if (bytes < 1_000) return `${numberWords(bytes)} bytes`
  return bytes < 1_000_000 ? `${Math.round(bytes / 1_000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`
}
