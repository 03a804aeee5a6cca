import type { Answer } from './answer.ts'
import { IN_THE_CSV } from './facetWords.ts'
import { shownCount, verdictPhrase } from './headline.ts'
import { keyOf } from './kept.ts'
import { withLate } from './late.ts'
import { counted, plainText } from './phrase.ts'
import { visible } from './safe.ts'
import { questionPhrase, scopePhrase } from './scopeWords.ts'
import { secondOf } from './time.ts'
import { type Moment, NO_ROUTINE } from './timeline.ts'

/** What stands where the link will be, until it is known. */
export const PERMALINK = '<link to the answer>'

/**
 * An answer as a timeline in UTC to paste into an incident's document: plain lines, oldest first, each with its eventID; what it covers
 * first, the run and the link last. At most 200 calls, the most telling, with how many were left out between them. `most`: bounds the calls further.
 * `late`: what asking the answer's last minutes again gave. `rest`: where the calls stand that have no room.
 */
export function timelineText(
  first: Answer,
  permalink = PERMALINK,
  most = Number.POSITIVE_INFINITY,
  late?: Answer,
  rest = IN_THE_CSV,
): string {
  const answer = late === undefined ? first : withLate(first, late)
  // It will be read on any day: every time has its date.
  const dated = { ...answer, finishedAt: '' }
  const { rows, more: beyond } = answer.timeline
  const lines = alike(rows)
  const kept = chosen(lines, most)
  const more = beyond + rows.length - [...kept].reduce((sum, { count }) => sum + count, 0)
  return [
    plainText(questionPhrase(answer.runbook.name, answer.parameters)),
    `${plainText(verdictPhrase(dated))} · ${plainText(scopePhrase(dated))}`,
    '',
    ...toldLines(lines, kept),
    ...(more > 0 ? [`+${counted(more, 'more call')} ${rest}`] : []),
    '',
    `Times in UTC. Run ${visible(answer.run)}, asked ${secondOf(answer.askedAt)}, CSV SHA-256 ${answer.csv.sha256}`,
    ...(late === undefined ? [] : [lateLine(late)]),
    visible(permalink),
    '',
  ].join('\n')
}

function lateLine(late: Answer): string {
  const { verdict, window } = late.coverage
  const minutes = `${secondOf(window.since)} to ${secondOf(window.until)}`
  const came = verdict === 'failed' ? 'nothing could be read' : `+${counted(shownCount(late), 'late call')}`
  const open = verdict === 'partial' ? ', not all of it could be read' : ''
  return `Asked again ${secondOf(late.askedAt)} for ${minutes}: ${came}${open}. Run ${visible(late.run)}`
}

type Repeated = { readonly first: Moment; readonly last: Moment; readonly count: number }

/** Lines of routine that are told where there is no room for all. */
const ROUTINE_MAX = 10

/** The most telling lines, the rarest of their kind first, and always the first and the last. */
function chosen(lines: readonly Repeated[], most: number): ReadonlySet<Repeated> {
  if (lines.length <= most) return new Set(lines)
  const kinds = new Map<string, number>()
  for (const line of lines) kinds.set(kindOf(line), (kinds.get(kindOf(line)) ?? 0) + 1)
  const rarity = (line: Repeated): number => kinds.get(kindOf(line)) ?? 0
  const ends = new Set([lines[0], lines.at(-1)])
  const rank = (line: Repeated): number => (ends.has(line) ? Number.POSITIVE_INFINITY : (line.first.telling ?? 0))
  const sorted = lines.toSorted((a, b) => (rank(a) === rank(b) ? rarity(a) - rarity(b) : rank(b) - rank(a)))
  const telling = sorted.filter((line) => rank(line) >= NO_ROUTINE).length
  return new Set(sorted.slice(0, Math.min(most, Math.max(telling, ROUTINE_MAX))))
}

function kindOf({ first }: Repeated): string {
  return keyOf([first.eventName, first.address, first.outcome])
}

/** The lines in order; where calls are left out between two, how many. */
function toldLines(lines: readonly Repeated[], kept: ReadonlySet<Repeated>): readonly string[] {
  const told: string[] = []
  let out = 0
  for (const line of lines) {
    out += line.first.before ?? 0
    if (!kept.has(line)) {
      out += line.count
      continue
    }
    if (out > 0) told.push(`… ${counted(out, 'more call')} …`)
    told.push(momentLine(line))
    out = 0
  }
  return told
}

/** Neighbours that say the same, with nothing left out between them, are one line. */
function alike(rows: readonly Moment[]): readonly Repeated[] {
  const lines: Repeated[] = []
  for (const moment of rows) {
    const before = lines.at(-1)
    if (before !== undefined && isAlike(before.first, moment) && (moment.before ?? 0) === 0)
      lines[lines.length - 1] = { ...before, last: moment, count: before.count + 1 }
    else lines.push({ first: moment, last: moment, count: 1 })
  }
  return lines
}

const TELLING = [
  'who',
  'person',
  'eventName',
  'target',
  'outcome',
  'errorCode',
  'address',
  'account',
  'region',
] as const

function isAlike(a: Moment, b: Moment): boolean {
  return (
    a.credential === '' && b.credential === '' && a.detail === b.detail && TELLING.every((name) => a[name] === b[name])
  )
}

function momentLine({ first, last, count }: Repeated): string {
  const { who, person, eventName, target, detail, credential, outcome, errorCode, address, account, region } = first
  const what = [
    eventName,
    ...(target === '' ? [] : [target]),
    ...(credential === '' ? [] : [`→ ${credential}`]),
    ...(detail === '' ? [] : [`(${detail})`]),
  ].join(' ')
  const ended = outcome === 'done' ? 'done' : `${outcome.toUpperCase()}${errorCode === '' ? '' : ` ${errorCode}`}`
  const times = count === 1 ? secondOf(first.time) : `${secondOf(first.time)} to ${secondOf(last.time)}, ${count} times`
  const by = person === undefined ? who : `${person} as ${who}`
  return [times, by, what, ended, address, `${account} ${region}`, first.eventId].map(visible).join(' | ')
}
