import type { types } from '@slack/bolt'
import type { ShownDetails } from '../../../domain/policy/approvalDetails.ts'
import { clock } from '../../../domain/policy/approvalWords.ts'
import type { Person } from '../../../domain/policy/person.ts'
import type { Broken, Review, Uses } from '../../../domain/policy/review.ts'
import { verdictWords } from '../../../domain/policy/reviewWords.ts'
import { counted, say, value } from '../../../domain/result/phrase.ts'
import { code, mrkdwn, plainForSlack } from '../../../domain/result/safe.ts'
import { isoOf, minuteOf } from '../../../domain/result/time.ts'
import { plainText } from '../views/view.ts'
import { mrkdwnOf, sentence } from './markup.ts'
import { type Block, compose, context, type Message, SECTION_MAX, section, sections, shortRun } from './message.ts'
import { mention, mentions } from './people.ts'
import { detailLines, questionTierPhrase, reasonLine } from './requestParts.ts'

/** The `action_id`s of what can be done about a run that broke the glass. */
export const REVIEW = 'review_run'
export const STOP = 'stop_broken'

/** A use of break-glass as its messages show it. */
export type ReviewView = {
  readonly review: Review
  readonly shown: ShownDetails
  /** Who would have had to approve, and who may close the review, in words. */
  readonly by: string
  readonly reviewers: string
  readonly told: readonly Person[]
  readonly notes: readonly string[]
  readonly overdue: boolean
  readonly fileMissing?: boolean
}

/** What everybody who was skipped is told at once: what runs without them, why, and two buttons; afterwards what it came to. */
export function reviewCard(view: ReviewView): Message {
  const { review, told, reviewers, by, notes } = view
  const { broken, closing } = review
  const open = closing === undefined
  const question = say`${value(broken.words)}`
  return {
    text: `${sentence([say`${headWords(review)}: ${question}`], 800)} ${open ? mentions(told) : ''}`.trim(),
    blocks: compose([
      () => section([headLine(review), mrkdwnOf(question, 500)]),
      () =>
        section([
          `${mention(broken.person)} did not wait for approval. ${mrkdwnOf(questionTierPhrase(broken.tier, broken.why), 700)}`,
          reasonLine(broken.reason),
        ]),
      (room) => sections(detailLines(view.shown), room, ''),
      () =>
        section([
          `*Skipped:* ${mrkdwn(by, 500)}`,
          ...(review.stopped === undefined
            ? []
            : [`🛑 Stopped by ${mention(review.stopped.by)} at ${clock(review.stopped.at)}`]),
          ...(open ? [dueLine(view), `*Told:* ${told.length === 0 ? '⚠️ nobody is there now' : mentions(told)}`] : []),
        ]),
      () => section([...notes.map((note) => `⚠️ ${mrkdwn(note, 300)}`), ...fileLines(view)]),
      () =>
        context([
          ...(open
            ? [
                `To be closed by ${mrkdwn(reviewers, 300)}: not by ${mention(broken.person)}, nor by anybody who takes part.`,
              ]
            : []),
          mrkdwnOf(
            say`Run ${value(shortRun(broken.run))} · rules ${broken.rules.join(', ')} · policy ${value(broken.policy.slice(0, 12))}`,
            400,
          ),
        ]),
      () => (open ? [buttons(review)] : []),
    ]),
  }
}

function headWords({ closing }: Review): string {
  return closing === undefined
    ? 'Break-glass: it runs without approval'
    : `Break-glass: ${verdictWords(closing.verdict)}`
}

function headLine(review: Review): string {
  const { closing } = review
  if (closing === undefined) return `🚨 *${headWords(review)}*`
  const sign = closing.verdict === 'justified' ? '✅' : '❌'
  return `${sign} *${headWords(review)}* · ${mention(closing.person)} at ${clock(closing.at)}: ${code(closing.note, SECTION_MAX / 2)}`
}

function dueLine({ review, overdue }: ReviewView): string {
  const { dueAt, person } = review.broken
  const when = minuteOf(isoOf(dueAt))
  return overdue
    ? `⌛ *The review is overdue* since ${when}: until it is closed, ${mention(person)} cannot break the glass again.`
    : `*To be reviewed* until ${when}.`
}

function fileLines({ fileMissing }: ReviewView): readonly string[] {
  return fileMissing === true ? ['⚠️ The file with the whole lists could not be given here.'] : []
}

function buttons({ broken, stopped }: Review): Block {
  const { run, hash, words } = broken
  const about = plainForSlack(words, 60)
  const review: types.Button = {
    type: 'button',
    action_id: REVIEW,
    value: JSON.stringify({ run, hash }),
    style: 'primary',
    text: plainText('Close the review…', 75),
    accessibility_label: plainForSlack(`Close the review… of ${shortRun(run)}: ${about}`, 75),
  }
  const stop: types.Button = {
    type: 'button',
    action_id: STOP,
    value: run,
    style: 'danger',
    text: plainText('Stop the run', 75),
    accessibility_label: plainForSlack(`Stop the run ${shortRun(run)}: ${about}`, 75),
    confirm: {
      title: plainText('Stop this run?', 100),
      text: plainText('What it has read until now comes as a partial answer. The review stays open.', 300),
      confirm: plainText('Stop it', 30),
      deny: plainText('Back', 30),
    },
  }
  return { type: 'actions', elements: stopped === undefined ? [review, stop] : [review] }
}

/** Under the card: nobody has closed it yet. */
export function reviewReminder({ review, told, overdue, reviewers }: ReviewView): Message {
  const { run, dueAt, person } = review.broken
  const who = told.length === 0 ? 'This' : `${mentions(told)} This`
  const due = overdue
    ? `It is overdue since ${minuteOf(isoOf(dueAt))}: until it is closed, ${mention(person)} cannot break the glass again.`
    : `It is due until ${minuteOf(isoOf(dueAt))}.`
  const line = `⏰ ${who} still waits for its review by ${mrkdwn(reviewers, 300)}. ${due} Run ${code(shortRun(run), 20)}`
  return oneLine(line)
}

/** Uses named one by one in an alarm. */
const NAMED = 8

/** The glass was broken more than once in a day. `uses`: those around it, oldest first. */
export function alarmMessage({ broken }: Review, { own, all, unread }: Uses, uses: readonly Broken[]): Message {
  const head = `🚨🚨 *Break-glass was used ${counted(all, 'time')} within 24 hours*, ${own === all ? `each time by ${mention(broken.person)}` : `${counted(own, 'time')} of these by ${mention(broken.person)}`}.`
  const more = uses.length - NAMED
  return {
    text: head.replaceAll('*', ''),
    blocks: compose([
      () => section([head]),
      () =>
        section([
          ...(more > 0 ? [`${counted(more, 'use')} before these`] : []),
          ...uses
            .slice(-NAMED)
            .map(
              ({ run, person, at, reason }) =>
                `• ${minuteOf(isoOf(at))} ${mention(person)} run ${code(shortRun(run), 20)}: ${code(reason, 200)}`,
            ),
          ...(unread.length === 0 ? [] : [unreadLine(unread)]),
        ]),
      () =>
        context([
          'Look whether approvers can be reached at all, and whether these people are who they seem to be. `/ctq revoke` and a run stops one.',
        ]),
    ]),
  }
}

function unreadLine(unread: readonly string[]): string {
  const runs = unread.slice(-NAMED).map((run) => code(shortRun(run), 20))
  const more = unread.length - runs.length
  return `• ${counted(unread.length, 'use')} of about that day, of which nothing more can be read: ${runs.join(' ')}${more === 0 ? '' : ` and ${more} more`}`
}

/** Under the answer, to whoever asked: what the review has come to. */
export function reviewedMessage({ broken, closing }: Review): Message {
  if (closing === undefined) throw new TypeError('the review is open')
  const sign = closing.verdict === 'justified' ? '✅' : '❌'
  return oneLine(
    `${sign} ${mention(broken.person)} The review of run ${code(shortRun(broken.run), 20)} is closed by ${mention(closing.person)}: *${verdictWords(closing.verdict)}*, ${code(closing.note, SECTION_MAX / 2)}`,
  )
}

/** To whoever typed a verdict: it counts. */
export function closedMessage({ broken, closing }: Review): Message {
  const verdict = closing === undefined ? '' : `: ${verdictWords(closing.verdict)}`
  return oneLine(`✅ The review of run ${code(shortRun(broken.run), 20)} is closed${verdict}. Whoever asked is told.`)
}

/** To whoever stopped a run that broke the glass. */
export function stoppedMessage({ broken }: Review, running: boolean): Message {
  const run = code(shortRun(broken.run), 20)
  return oneLine(
    running
      ? `🛑 Run ${run} is being stopped. What it has read comes as a partial answer. Its review stays open.`
      : `🛑 Run ${run} may not go on; it had ended already. Its review stays open.`,
  )
}

function oneLine(line: string): Message {
  return { text: line, blocks: compose([() => section([line])]) }
}
