import type { Answer } from './answer.ts'
import { verdictPhrase } from './headline.ts'
import { counted, plainText } from './phrase.ts'
import { visible } from './safe.ts'
import { questionPhrase, scopePhrase } from './scopeWords.ts'
import { secondOf } from './time.ts'
import type { Moment } from './timeline.ts'

/** What stands where the link will be, until it is known. */
export const PERMALINK = '<link to the answer>'

/**
 * An answer as a timeline in UTC to paste into an incident's document: plain lines, oldest first, each with its eventID; what it covers
 * first, the run and the link last. At most 200 calls, then how many more are in the CSV. `most`: bounds the lines further.
 */
export function timelineText(answer: Answer, permalink = PERMALINK, most = Number.POSITIVE_INFINITY): string {
  // It will be read on any day: every time has its date.
  const dated = { ...answer, finishedAt: '' }
  const lines = alike(answer.timeline.rows)
  const kept = lines.slice(0, most)
  const more = answer.timeline.more + lines.slice(kept.length).reduce((sum, { count }) => sum + count, 0)
  return [
    plainText(questionPhrase(answer.runbook.name, answer.parameters)),
    `${plainText(verdictPhrase(dated))} · ${plainText(scopePhrase(dated))}`,
    '',
    ...kept.map(momentLine),
    ...(more > 0 ? [`+${counted(more, 'more call')} in the CSV`] : []),
    '',
    `Times in UTC. Run ${visible(answer.run)}, asked ${secondOf(answer.askedAt)}, CSV SHA-256 ${answer.csv.sha256}`,
    visible(permalink),
    '',
  ].join('\n')
}

type Repeated = { readonly first: Moment; readonly last: Moment; readonly count: number }

/** Neighbours that say the same are one line. */
function alike(rows: readonly Moment[]): readonly Repeated[] {
  const lines: Repeated[] = []
  for (const moment of rows) {
    const before = lines.at(-1)
    if (before !== undefined && isAlike(before.first, moment))
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
