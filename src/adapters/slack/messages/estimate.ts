import type { Estimate } from '../../../domain/query/estimate.ts'
import { counted, numberWords, type Phrase, plainText, say, value } from '../../../domain/result/phrase.ts'
import { plainForSlack } from '../../../domain/result/safe.ts'
import { lastingWords } from '../../../domain/result/time.ts'
import { formButton } from '../views/view.ts'
import { bold, mrkdwnOf, sentence } from './markup.ts'
import { type Block, compose, context, type Message, section, shortRun, TEXT_MAX } from './message.ts'

export const RUN_ESTIMATED = 'run_estimated'

/** Slack: button object. */
const BUTTON_MAX = 75

/**
 * A question that would take long: what it would take, what that rests on, and buttons to run it or to narrow it in a form, which is filled
 * with its `words`. Nothing is read yet.
 */
export function estimateMessage(
  run: string,
  question: Phrase,
  words: string,
  estimate: Estimate,
  scope: Phrase,
): Message {
  const { seconds, requests, parts, regions, hourly } = estimate
  const takes = say`About ${lastingWords(seconds)}, ${counted(requests, 'request')} to AWS`
  const assumed = say`Taken for this: ${counted(parts, 'account and Region', 'accounts and Regions')} read side by side${regions.assumed ? `, ${regions.count} Regions enabled in each` : ''}, ${numberWords(hourly)} matching ${hourly === 1 ? 'record' : 'records'} an hour in each, nobody else asking there, one worker. It may be quite different.`
  return {
    text: sentence([say`${takes}: ${question}. Nothing is read until somebody presses Run.`], TEXT_MAX),
    blocks: compose([
      () =>
        section([
          `⏱️ ${bold(takes)} · ${mrkdwnOf(question, 600)}`,
          ...(scope.length === 0 ? [] : [mrkdwnOf(scope, 800)]),
          'Nothing is read until you press Run.',
        ]),
      () => [heldButtons(run, plainText(question), words)],
      () =>
        context([
          mrkdwnOf(assumed, 900),
          mrkdwnOf(say`Run ${value(shortRun(run))}. With ${value('run=now')} a question begins without asking.`),
        ]),
    ]),
  }
}

/** Buttons that begin a question that waits, or narrow it in a form. `label`: what the first is called, where it stands beside others. */
export function heldButtons(run: string, question: string, words: string, label = 'Run'): Block {
  return {
    type: 'actions',
    elements: [
      {
        type: 'button',
        action_id: RUN_ESTIMATED,
        value: run,
        style: 'primary',
        text: { type: 'plain_text', text: label, emoji: false },
        // what the button shows comes first: who speaks to a computer says what they see
        accessibility_label: plainForSlack(`Run ${shortRun(run)}: ${question}`, BUTTON_MAX),
      },
      formButton('Narrow', `${shortRun(run)}: ${question}`, words, shortRun(run)),
    ],
  }
}
