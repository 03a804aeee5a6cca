import type { Progress } from '../../../domain/result/answer.ts'
import { joined, type Phrase, plainText, say, value } from '../../../domain/result/phrase.ts'
import { progressPhrase } from '../../../domain/result/progressWords.ts'
import { plainForSlack } from '../../../domain/result/safe.ts'
import { glassBlocks, glassPhrases } from './badge.ts'
import { bold, mrkdwnOf, sentence } from './markup.ts'
import { type Block, cancelButton, compose, context, type Message, section, shortRun, TEXT_MAX } from './message.ts'

/** What a run that goes on shows. `question` and `scope` as headline.ts words them; without `progress` it has not begun. */
export type Running = {
  readonly run: string
  readonly question: Phrase
  readonly scope?: Phrase
  readonly progress?: Progress
  /** The most telling calls met until now, in words. */
  readonly soFar?: readonly Phrase[]
  /** Cancelling was asked for; the button is gone. */
  readonly cancelling?: boolean
  /** Why it was asked without the approval that it needed. */
  readonly glass?: string
}

/** A run that goes on, as a Slack message: what is asked, how far it is, and a button to cancel it. */
export function progressMessage(running: Running): Message {
  const { run, question, scope = [], progress, soFar = [], cancelling = false, glass } = running
  const state = cancelling ? say`Cancelling` : progress === undefined ? say`Queued` : say`Reading CloudTrail`
  const lines = [
    `⏳ ${bold(state)} · ${mrkdwnOf(question, 600)}`,
    ...(scope.length === 0 ? [] : [mrkdwnOf(scope, 800)]),
    ...(progress === undefined ? [] : [mrkdwnOf(progressPhrase(progress))]),
  ]
  const far = progress === undefined ? [] : progressPhrase(progress)
  return {
    text: sentence([say`${joined([state, ...glassPhrases(glass), question, far], '. ')}.`], TEXT_MAX),
    blocks: compose([
      () => section(lines),
      () => glassBlocks(glass),
      () => soFarBlocks(soFar),
      () => context([mrkdwnOf(say`Run ${value(shortRun(run))}`)]),
      () => (cancelling ? [] : [cancelButton(run, plainForSlack(plainText(question), 60))]),
    ]),
  }
}

/** What may be read before the end. It is no answer: the heading says so, and nothing of it is counted. */
function soFarBlocks(soFar: readonly Phrase[]): readonly Block[] {
  if (soFar.length === 0) return []
  return section(['*So far*, most telling first:', ...soFar.map((call) => `• ${mrkdwnOf(call, 500)}`)])
}
