import { counted, joined, type Phrase, say, value } from '../../../domain/result/phrase.ts'
import { progressPhrase } from '../../../domain/result/progressWords.ts'
import type { RunStatus } from '../../../domain/result/runStatus.ts'
import { plainForSlack } from '../../../domain/result/safe.ts'
import { minuteOf } from '../../../domain/result/time.ts'
import { mrkdwnOf, sentence } from './markup.ts'
import { type Block, cancelButton, compose, type Message, section, sections, shortRun, TEXT_MAX } from './message.ts'

/** Never alone: the state's word follows. */
const SIGN: { readonly [state in RunStatus['state']]: string } = {
  queued: '⏳',
  running: '⏳',
  cancelling: '⏳',
  complete: '✅',
  partial: '⚠️',
  failed: '❌',
}

/** Buttons in one status message; older runs are cancelled by typing. */
const BUTTONS = 5

/** Somebody's runs, newest first, or the one that was asked for. Runs that go on can be cancelled from here. */
export function statusMessage(runs: readonly RunStatus[]): Message {
  if (runs.length === 0) {
    const none = 'You have no run that ctq still knows of. `/ctq list` shows what you may ask.'
    return { text: none, blocks: compose([() => section([none])]) }
  }
  const buttons = runs.filter(({ mayCancel, state }) => mayCancel && (state === 'queued' || state === 'running'))
  return {
    text: sentence([say`${counted(runs.length, 'run')}.`, ...runs.map(statusPhrase)], TEXT_MAX),
    blocks: compose([
      (room) => sections(runs.map(statusLine), room - 1_000, ''),
      () => buttons.slice(0, BUTTONS).map(cancelOf),
    ]),
  }
}

/** A run in one line of mrkdwn. */
export function statusLine(run: RunStatus): string {
  return `${SIGN[run.state]} ${mrkdwnOf(statusPhrase(run), 900)}`
}

function cancelOf({ run, question }: RunStatus): Block {
  return cancelButton(run, plainForSlack(question, 60), `Cancel ${shortRun(run)}`)
}

function statusPhrase({ run, question, askedAt, state, progress, delivery }: RunStatus): Phrase {
  return joined(
    [
      say`${state} ${value(shortRun(run))} ${value(question)}`,
      say`asked ${minuteOf(askedAt)}`,
      progress === undefined ? [] : progressPhrase(progress),
      delivery === undefined ? [] : deliveryPhrase(delivery),
    ],
    ' · ',
  )
}

function deliveryPhrase({ message, csv }: NonNullable<RunStatus['delivery']>): Phrase {
  const unsure = [message === 'unsure' ? 'the answer' : '', csv === 'unsure' ? 'the CSV' : ''].filter(
    (what) => what !== '',
  )
  return joined(
    [
      unsure.length === 0 ? [] : say`Slack did not say whether ${unsure.join(' and ')} arrived; it is not sent twice`,
      csv === 'missing' ? say`the CSV could not be given in Slack` : [],
      csv === 'sending' ? say`the CSV is on its way` : [],
      csv === 'sent' ? say`the CSV is in its thread` : [],
    ],
    ' · ',
  )
}
