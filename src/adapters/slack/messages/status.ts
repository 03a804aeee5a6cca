import type { RequestStatus } from '../../../domain/policy/requestStatus.ts'
import { counted, joined, type Phrase, say, value } from '../../../domain/result/phrase.ts'
import { progressPhrase } from '../../../domain/result/progressWords.ts'
import type { RunStatus } from '../../../domain/result/runStatus.ts'
import { plainForSlack } from '../../../domain/result/safe.ts'
import { isoOf, lastingWords, minuteOf } from '../../../domain/result/time.ts'
import { stateLine, stateWords, withdrawButton } from './approval.ts'
import { heldButtons } from './estimate.ts'
import { mrkdwnOf, sentence } from './markup.ts'
import {
  type Block,
  cancelButton,
  compose,
  context,
  type Message,
  section,
  sections,
  shortRun,
  TEXT_MAX,
} from './message.ts'
import { mention } from './people.ts'

/** Never alone: the state's word follows. */
const SIGN: { readonly [state in RunStatus['state']]: string } = {
  held: '⏱️',
  queued: '⏳',
  running: '⏳',
  cancelling: '⏳',
  complete: '✅',
  partial: '⚠️',
  failed: '❌',
}

/** Buttons in one status message; older runs are cancelled by typing. */
const BUTTONS = 5

/**
 * What somebody asked, newest first, with what waits for approval, theirs or by them; or the one that was asked for. Runs that go on can be cancelled
 * from here, and what they asked be withdrawn; what others ask is answered on its card, which has all of it.
 */
export function statusMessage(runs: readonly RunStatus[], requests: readonly RequestStatus[] = []): Message {
  if (runs.length + requests.length === 0) {
    const none = 'You have no run that ctq still knows of. `/ctq list` shows what you may ask.'
    return { text: none, blocks: compose([() => section([none])]) }
  }
  const buttons = runs.filter(({ mayCancel, state }) => mayCancel && (state === 'queued' || state === 'running'))
  const held = runs.filter(({ mayCancel, state }) => mayCancel && state === 'held')
  const own = requests.filter(({ own, approval }) => own && approval.status === 'requested')
  const waiting = requests.length === 0 ? [] : [say`${counted(requests.length, 'request')} for approval.`]
  const count = runs.length === 0 ? [] : [say`${counted(runs.length, 'run')}.`]
  return {
    text: sentence(
      [
        ...waiting,
        ...count,
        ...requests.map((one) => say`${stateWords(one.approval)}: ${requestPhrase(one, requests.length > 1)}`),
        ...runs.map(statusPhrase),
      ],
      TEXT_MAX,
    ),
    blocks: compose([
      (room) =>
        sections(
          [...requests.map((one) => requestLine(one, requests.length > 1)), ...runs.map(statusLine)],
          room - 1_400,
          '',
        ),
      () => (held.length === 0 ? [] : context([HELD])),
      () =>
        held
          .slice(0, BUTTONS)
          .map(({ run, question }) => heldButtons(run, plainForSlack(question, 60), question, `Run ${shortRun(run)}`)),
      () => (requests.some(({ answerable }) => answerable) ? context([ANSWER]) : []),
      () =>
        own
          .slice(0, BUTTONS)
          .map(({ approval }) => withdrawButton(approval.request, `Withdraw ${shortRun(approval.request.run)}`)),
      () => buttons.slice(0, BUTTONS).map(cancelOf),
    ]),
  }
}

const ANSWER =
  'The card that ctq sent has everything that would be approved, and the buttons. Where they fail: `/ctq approve` and the id, or `/ctq deny` with the id and why.'

const HELD = 'What waits for you to begin it reads nothing until Run is pressed, here or where it was asked.'

/** A request in one line of mrkdwn. */
function requestLine(status: RequestStatus, inList: boolean): string {
  const { approval, own, answerable } = status
  const who = own ? '' : ` · ${mention(approval.request.person)} asks`
  return `${stateLine(approval)}${answerable ? ' by you' : ''} · ${mrkdwnOf(requestPhrase(status, inList), 900)}${who}`
}

/** Characters for who must approve, where there are several requests: by its id alone one has all of it. */
const BY_MAX = 80

function requestPhrase({ approval: { request, status }, by }: RequestStatus, inList: boolean): Phrase {
  const { run, words, askedAt, expiresAt } = request
  return joined(
    [
      say`${value(shortRun(run))} ${value(words)}`,
      say`asked ${minuteOf(isoOf(askedAt))}`,
      ...(status === 'requested'
        ? [
            say`needs ${inList && by.length > BY_MAX ? `${by.slice(0, BY_MAX)}…` : by}`,
            say`expires ${minuteOf(isoOf(expiresAt))}`,
          ]
        : []),
    ],
    ' · ',
  )
}

/** A run in one line of mrkdwn. */
export function statusLine(run: RunStatus): string {
  return `${SIGN[run.state]} ${mrkdwnOf(statusPhrase(run), 900)}`
}

function cancelOf({ run, question }: RunStatus): Block {
  return cancelButton(run, plainForSlack(question, 60), `Cancel ${shortRun(run)}`)
}

function statusPhrase({ run, question, askedAt, state, progress, delivery, glass, takes }: RunStatus): Phrase {
  return joined(
    [
      say`${state === 'held' ? 'waits for you to begin it' : state} ${value(shortRun(run))} ${value(question)}`,
      glass === true ? say`🚨 break-glass` : [],
      takes === undefined
        ? []
        : say`about ${lastingWords(takes.seconds)}, ${counted(takes.requests, 'request')} to AWS`,
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
