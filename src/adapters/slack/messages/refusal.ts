import { type Phrase, say, value } from '../../../domain/result/phrase.ts'
import { mrkdwn, mrkdwnWords } from '../../../domain/result/safe.ts'
import { formButton } from '../views/view.ts'
import { mrkdwnOf, sentence } from './markup.ts'
import { compose, context, type Message, section, shortRun, TEXT_MAX } from './message.ts'

/** A refusal, or a fault, as a message: `explained` says what was wrong, why, and what to do next. */
export function refusalMessage(explained: string, run?: string): Message {
  return {
    text: mrkdwn(explained, TEXT_MAX),
    blocks: compose([
      () => section([`✋ ${mrkdwnWords(explained, 2_000)}`]),
      () => (run === undefined ? [] : context([mrkdwnOf(say`Run ${value(shortRun(run))}`)])),
    ]),
  }
}

/** A question that lacks something, with a button that opens the form with what was typed. */
export function incompleteMessage(explained: string, words: string): Message {
  const { text, blocks } = refusalMessage(explained)
  const button = formButton('Fill in the rest', 'the question as a form', words, 'rest')
  return { text, blocks: [...blocks, { type: 'actions', elements: [button] }] }
}

/** One short sentence, such as that a run was cancelled or joined. */
export function noteMessage(note: Phrase): Message {
  return { text: sentence([note], TEXT_MAX), blocks: compose([() => section([mrkdwnOf(note)])]) }
}

/** A run that ended without an answer. `why` is what its terminal marker says. */
export function failedMessage(run: string, question: Phrase, why: string | undefined): Message {
  const what = say`FAILED: NOT AN ALL-CLEAR`
  const reason = why === undefined ? say`It ended without an answer.` : say`It ended without an answer: ${value(why)}.`
  const next = say`Nothing is known of what was asked. Ask again; if it happens again, give whoever runs ctq the run's id.`
  return {
    text: sentence([say`${what}. ${question}. ${reason} ${next}`], TEXT_MAX),
    blocks: compose([
      () => section([`❌ *FAILED: NOT AN ALL-CLEAR* · ${mrkdwnOf(question, 600)}`, mrkdwnOf(reason), mrkdwnOf(next)]),
      () => context([mrkdwnOf(say`Run ${value(shortRun(run))}`)]),
    ]),
  }
}
