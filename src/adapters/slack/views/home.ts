import type { Approval } from '../../../domain/policy/approval.ts'
import type { Runnable } from '../../../domain/policy/mayRun.ts'
import type { Review } from '../../../domain/policy/review.ts'
import { FIRST } from '../../../domain/request/questions.ts'
import type { Health, Home } from '../../../domain/result/home.ts'
import { counted, say, value } from '../../../domain/result/phrase.ts'
import type { RunStatus } from '../../../domain/result/runStatus.ts'
import { mrkdwn, plainForSlack } from '../../../domain/result/safe.ts'
import { isoOf, minuteOf } from '../../../domain/result/time.ts'
import { heldButtons } from '../messages/estimate.ts'
import { mrkdwnOf } from '../messages/markup.ts'
import { type Block, context, section, shortRun } from '../messages/message.ts'
import { mention } from '../messages/people.ts'
import { statusLine } from '../messages/status.ts'
import { formButton, type HomeView, plainText } from './view.ts'

/** Slack: a Home tab has at most 100 blocks. With the rest of it these stay below. */
const RUNS_MAX = 15
const APPROVALS_MAX = 8
const REVIEWS_MAX = 5
const HELD_MAX = 4
const RUNBOOKS_MAX = 50
/** Tags whose runbooks are shown together; the rest are under the last. */
const TAGS_MAX = 10

/** The Home tab: what waits for this person, their questions, what they may ask by tag, how ctq does. */
export function homeView({ approvals, reviews, runs, runnable, health }: Home): HomeView {
  const held = runs.filter(({ state }) => state === 'held')
  const open = runs.filter(({ state }) => state === 'queued' || state === 'running' || state === 'cancelling')
  const done = runs.filter((run) => !open.includes(run) && !held.includes(run))
  const waiting = heldBlocks(held)
  const room = RUNS_MAX - waiting.length
  return {
    type: 'home',
    blocks: [
      heading('Ask CloudTrail'),
      ...(runnable.length === 0
        ? section(['You may ask nothing. `/ctq whoami` shows what ctq knows of you.'])
        : [actions([formButton('Ask with a form', 'a question, field by field', '', 'home')])]),
      heading('Waits for you'),
      ...(held.length + open.length + approvals.length + reviews.length === 0 ? section(['Nothing.']) : []),
      ...approvalBlocks(approvals),
      ...waiting,
      ...reviewBlocks(reviews),
      ...open.slice(0, room).map(runBlock),
      heading('Your questions'),
      ...(done.length === 0
        ? section(['None that ctq still knows of.'])
        : done.slice(0, Math.max(1, room - open.length)).map(runBlock)),
      ...(runnable.length === 0 ? [] : [heading('What you may ask'), ...runbookBlocks(runnable)]),
      { type: 'divider' },
      ...context(healthLines(health)),
    ],
  }
}

/** What waits for this person's review, in a line each; one that is overdue says so. */
function reviewBlocks(reviews: readonly Review[]): readonly Block[] {
  const lines = reviews.slice(0, REVIEWS_MAX).map(({ broken }) => {
    const { person, words, dueAt, run } = broken
    const asked = mrkdwnOf(
      say`${value(words)} · review until ${minuteOf(isoOf(dueAt))} · run ${value(shortRun(run))}`,
      700,
    )
    return `🚨 ${mention(person)} did not wait for approval of ${asked}`
  })
  const more = reviews.length - lines.length
  return [
    ...lines.flatMap((line) => section([line])),
    ...(lines.length === 0
      ? []
      : context([
          `${more > 0 ? `… and ${more} more. ` : ''}Close one with the button of its card, or \`/ctq review 1f0c9a2e justified why\`.`,
        ])),
  ]
}

/** What waits for this person's approval, in a line each: everything that would be approved stands on the card, with the buttons. */
function approvalBlocks(approvals: readonly Approval[]): readonly Block[] {
  const lines = approvals.slice(0, APPROVALS_MAX).map(({ request }) => {
    const { person, words, expiresAt, run } = request
    const asks = mrkdwnOf(
      say`${value(words)} · expires ${minuteOf(isoOf(expiresAt))} · run ${value(shortRun(run))}`,
      700,
    )
    return `🔐 ${mention(person)} asks ${asks}`
  })
  const more = approvals.length - lines.length
  return [
    ...lines.flatMap((line) => section([line])),
    ...(lines.length === 0
      ? []
      : context([`${more > 0 ? `… and ${more} more. ` : ''}The card that ctq sent has everything, and the buttons.`])),
  ]
}

function heading(text: string): Block {
  return { type: 'header', text: plainText(text, 150) }
}

function actions(elements: readonly ReturnType<typeof formButton>[]): Block {
  return { type: 'actions', elements: [...elements] }
}

/** Questions that would take long: nothing of one is read before its asker says so. */
function heldBlocks(held: readonly RunStatus[]): readonly Block[] {
  const more = held.length - HELD_MAX
  return [
    ...held
      .slice(0, HELD_MAX)
      .flatMap((run) => [
        ...section([statusLine(run)]),
        heldButtons(run.run, plainForSlack(run.question, 60), run.question),
      ]),
    ...(more > 0 ? context([`… and ${more} more: \`/ctq status\`.`]) : []),
  ]
}

function runBlock(run: RunStatus): Block {
  const [block] = section([statusLine(run)])
  const going = run.mayCancel && (run.state === 'queued' || run.state === 'running')
  if (block?.type !== 'section') return { type: 'divider' }
  if (!going)
    return {
      ...block,
      accessory: formButton('Ask again', plainForSlack(run.question, 60), run.question, shortRun(run.run)),
    }
  return {
    ...block,
    accessory: {
      type: 'button',
      action_id: 'cancel_run',
      value: run.run,
      text: plainText('Cancel', 75),
      accessibility_label: plainForSlack(`Cancel ${shortRun(run.run)}: ${run.question}`, 75),
    },
  }
}

/** What the first ten minutes ask stands before the others. */
function turn(tag: string): number {
  return tag === FIRST ? 0 : 1
}

/** Under its first tag each runbook once. */
function runbookBlocks(runnable: readonly Runnable[]): readonly Block[] {
  const shown = runnable.toSorted((a, b) => turn(tagOf(a)) - turn(tagOf(b))).slice(0, RUNBOOKS_MAX)
  const tags = [...new Set(shown.map(tagOf))].toSorted((a, b) => turn(a) - turn(b) || a.localeCompare(b))
  const named = tags.slice(0, TAGS_MAX)
  const groups = named.map((tag, index) => {
    const last = index === TAGS_MAX - 1
    const members = shown.filter((one) => tagOf(one) === tag || (last && !named.includes(tagOf(one))))
    return [...section([`*${mrkdwn(tag, 60)}*`]), ...members.map(runbookBlock)]
  })
  const more = runnable.length - shown.length
  const rest = more > 0 ? context([`… and ${counted(more, 'more question')}: \`/ctq list\` shows them all.`]) : []
  return [...groups.flat(), ...rest]
}

function tagOf({ runbook }: Runnable): string {
  return runbook.tags[0] ?? 'other'
}

function runbookBlock({ runbook }: Runnable): Block {
  const { name, title } = runbook
  const text = `${mrkdwnOf(say`${value(name)}`)} ${mrkdwn(title, 300)}`
  return {
    type: 'section',
    text: { type: 'mrkdwn', text, verbatim: true },
    accessory: formButton('Ask', name, name, name),
  }
}

function healthLines({ queue, waiting, reading, connections }: Health): readonly string[] {
  const counts = [
    ...(waiting === undefined ? [] : [`${counted(waiting, 'question')} waiting`]),
    ...(reading === undefined ? [] : [`${counted(reading, 'question')} being read`]),
  ]
  const slack = connections === 0 ? '⚠ no connection to Slack' : `${counted(connections, 'connection')} to Slack`
  return [
    queue === 'away'
      ? '⚠ The queue cannot be reached: questions cannot be asked or answered until it is back.'
      : `✅ ${['The queue is reached', ...counts, slack].join(' · ')}`,
  ]
}
