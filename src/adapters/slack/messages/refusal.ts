import { type Phrase, say, value } from '../../../domain/result/phrase.ts'
import { mrkdwn, mrkdwnWords, plainForSlack } from '../../../domain/result/safe.ts'
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

/** The `action_id` of a button that asks one reading of a value begins so; in one message each is different, as Slack wants it. */
const ASK_AS = 'ask_as'
/** Slack: button object, value. */
const CARRIED_MAX = 2_000
/** Slack: button object, text and accessibility_label. */
const LABEL_MAX = 75
/** Shown on a button; longer ones are cut on a phone. */
const SHOWN_MAX = 60

type Choice = { readonly what: string; readonly asks: string }

/** A value that may be several things, with a button for each: what a press asks is decided about as if it had been typed. */
export function choiceMessage(explained: string, choices: readonly Choice[]): Message {
  return askingMessage(
    explained,
    choices.map(({ what, asks }) => ({ what: `As ${what}`, asks })),
  )
}

/** Something mistyped, with a button for each question that may have been meant. */
export function mistypedMessage(explained: string, asks: readonly string[]): Message {
  return askingMessage(
    explained,
    asks.map((each) => ({ what: plainForSlack(each, SHOWN_MAX), asks: each })),
  )
}

function askingMessage(explained: string, choices: readonly Choice[]): Message {
  const { text, blocks } = refusalMessage(explained)
  const elements = choices
    .filter(({ asks }) => asks.length <= CARRIED_MAX)
    .map(({ what, asks }, at) => ({
      type: 'button' as const,
      action_id: `${ASK_AS}:${at}`,
      value: asks,
      text: { type: 'plain_text' as const, text: what, emoji: false },
      // What the button shows comes first: who speaks to a computer says what they see.
      accessibility_label: plainForSlack(`${what}: asks ${asks}`, LABEL_MAX),
    }))
  return { text, blocks: elements.length === 0 ? blocks : [...blocks, { type: 'actions', elements }] }
}

/** The question that such a button asks, as typed; undefined when it is none. */
export function readAskAs(action: string, carried: string): string | undefined {
  return action.startsWith(`${ASK_AS}:`) && carried !== '' ? carried : undefined
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
