import type { Person } from '../../../domain/policy/person.ts'
import type { Answer } from '../../../domain/result/answer.ts'
import { gapsOf } from '../../../domain/result/gaps.ts'
import { shortQuestion, shownCount } from '../../../domain/result/headline.ts'
import { momentPhrase } from '../../../domain/result/momentWords.ts'
import { counted, joined, numberWords, say, value } from '../../../domain/result/phrase.ts'
import { clockOf, spanOf } from '../../../domain/result/time.ts'
import { bold, mrkdwnOf, sentence } from './markup.ts'
import { compose, context, type Message, section, shortRun, TEXT_MAX } from './message.ts'
import { mention } from './people.ts'

/** Calls shown; the rest are in the CSV. */
const SHOWN = 10
const GAPS = 3

/**
 * What came late to an answer, for its thread: how many calls, in which minutes, the newest of them. `late` holds new records alone. Whoever
 * asked is called to it, and nobody else: the answer that they read did not have it.
 */
export function lateMessage(late: Answer, first: Pick<Answer, 'run'>, asker: Person): Message {
  const { window } = late.coverage
  const calls = shownCount(late)
  const count = say`+${numberWords(calls)} late`
  const when = say`${spanOf(window.since, window.until, late.finishedAt)}, asked again at ${clockOf(late.askedAt, late.finishedAt)}`
  const newest = late.timeline.rows.toReversed().slice(0, SHOWN)
  const more = calls - newest.length
  const gaps = gapsOf(late).slice(0, GAPS)
  return {
    text: `${sentence([say`${joined([count, shortQuestion(late), when], '. ')}.`], TEXT_MAX - 40)} ${mention(asker)}`,
    blocks: compose([
      () =>
        section([
          [mention(asker), bold(count), mrkdwnOf(shortQuestion(late), 600), mrkdwnOf(when)].join(' · '),
          ...newest.map((moment) => `• ${mrkdwnOf(momentPhrase(moment, late.finishedAt), 600)}`),
          ...(more > 0 ? [`• +${counted(more, 'more call')} in the CSV`] : []),
        ]),
      () =>
        gaps.length === 0
          ? []
          : section([
              '*Not read again; not an all-clear*',
              ...gaps.map(({ what, next }) => `• ${mrkdwnOf(say`${what}. ${next}`, 700)}`),
            ]),
      () => context([mrkdwnOf(say`Run ${value(shortRun(late.run))}, following run ${value(shortRun(first.run))}`)]),
    ]),
  }
}
