import type { types } from '@slack/bolt'
import type { Approval, ApprovalRequest } from '../../../domain/policy/approval.ts'
import type { ShownDetails } from '../../../domain/policy/approvalDetails.ts'
import { clock } from '../../../domain/policy/approvalWords.ts'
import type { Person } from '../../../domain/policy/person.ts'
import type { Estimate } from '../../../domain/query/estimate.ts'
import { durationWords } from '../../../domain/request/duration.ts'
import { counted, say, value } from '../../../domain/result/phrase.ts'
import { code, mrkdwn, plainForSlack } from '../../../domain/result/safe.ts'
import { lastingWords } from '../../../domain/result/time.ts'
import { plainText } from '../views/view.ts'
import { mrkdwnOf, sentence } from './markup.ts'
import { type Block, compose, context, type Message, SECTION_MAX, section, sections, shortRun } from './message.ts'
import { mention, mentions, placeLink } from './people.ts'
import { detailLines, questionTierPhrase, reasonLine } from './requestParts.ts'

/** The `action_id`s of what can be answered to a request. */
export const APPROVE = 'approve_request'
export const DENY = 'deny_request'
export const WITHDRAW = 'withdraw_request'

/** A request for approval as its messages show it. */
export type ApprovalView = {
  readonly approval: Approval
  readonly shown: ShownDetails
  /** What it would take, where that can be said. */
  readonly estimate?: Estimate
  /** Who must approve, in words. */
  readonly by: string
  /** Who is asked so far. */
  readonly asked: readonly Person[]
  readonly notes: readonly string[]
  /** The nearest question that needs nobody. */
  readonly alone?: string
  /** Why it was approved and yet did not start, in words. */
  readonly notStarted?: string
  /** The file could not be given: then nobody approves from the card what they cannot read. */
  readonly fileMissing?: boolean
}

/** The card that approvers get: everything that they would allow, and two buttons; afterwards what became of it. */
export function approvalCard(view: ApprovalView): Message {
  const { approval } = view
  const { request, status } = approval
  const waiting = status === 'requested'
  const question = say`${value(request.words)}`
  return {
    text: `${sentence([say`${stateWords(approval)}: ${question}`], 800)} ${waiting ? mentions(view.asked) : ''}`.trim(),
    blocks: compose([
      () => section([stateLine(approval), mrkdwnOf(question, 500)]),
      () =>
        section([
          `${mention(request.person)} asks. ${mrkdwnOf(tierPhrase(request), 700)}`,
          ...(request.investigation === undefined ? [] : [`*For:* ${mentions(request.investigation.people)}`]),
          reasonLine(request.reason),
        ]),
      (room) => sections([...detailLines(view.shown), ...estimateLine(view)], room, ''),
      () => section(seatLines(view)),
      () => section(view.notes.map((note) => `⚠️ ${mrkdwn(note, 300)}`)),
      () => context(smallPrint(view)),
      () => (waiting ? [answerButtons(view)] : []),
    ]),
  }
}

function tierPhrase({ tier, why, investigation }: ApprovalRequest): ReturnType<typeof say> {
  if (investigation !== undefined) return say`It opens an investigation: ${why}.`
  return questionTierPhrase(tier, why)
}

function estimateLine({ estimate, approval }: ApprovalView): readonly string[] {
  if (estimate === undefined || approval.status !== 'requested') return []
  const { seconds, requests } = estimate
  return [`*Takes about:* ${lastingWords(seconds)}, ${counted(requests, 'request')} to AWS`]
}

function seatLines({ approval, by, asked, fileMissing }: ApprovalView): readonly string[] {
  const { votes, status } = approval
  const said = votes.map(
    ({ verdict, person, at }) =>
      `${verdict === 'approve' ? '✅ approved' : '❌ denied'} by ${mention(person)} at ${clock(at)}`,
  )
  if (status !== 'requested') return [`*Needed:* ${mrkdwn(by, 500)}`, ...said]
  return [
    `*Must approve:* ${mrkdwn(by, 500)}`,
    ...said,
    asked.length === 0 ? '⚠️ Nobody is there to be asked now.' : `*Asked:* ${mentions(asked)}`,
    ...(fileMissing === true
      ? ['⚠️ The file with the whole lists could not be given here, so there is no button to approve it with.']
      : []),
  ]
}

function smallPrint({ approval, alone }: ApprovalView): readonly string[] {
  const { run, expiresAt, policy, rules } = approval.request
  return [
    ...(alone === undefined ? [] : [mrkdwn(`Needs nobody's approval: ${alone}.`, 400)]),
    ...(approval.status === 'requested' ? [`Expires at ${clock(expiresAt)}.`] : []),
    mrkdwnOf(say`Run ${value(shortRun(run))} · rules ${rules.join(', ')} · policy ${value(policy.slice(0, 12))}`, 400),
  ]
}

function answerButtons({ approval, fileMissing }: ApprovalView): Block {
  const { run, hash, words } = approval.request
  const carried = JSON.stringify({ run, hash })
  const about = plainForSlack(words, 60)
  const approve: types.Button = {
    type: 'button',
    action_id: APPROVE,
    value: carried,
    style: 'primary',
    text: plainText('Approve', 75),
    accessibility_label: plainForSlack(`Approve ${shortRun(run)}: ${about}`, 75),
    confirm: {
      title: plainText('Approve exactly this?', 100),
      text: plainText(`${approvedWords(approval.request)} It is recorded that you approved it.`, 300),
      confirm: plainText('Approve', 30),
      deny: plainText('Back', 30),
    },
  }
  const deny: types.Button = {
    type: 'button',
    action_id: DENY,
    value: carried,
    style: 'danger',
    text: plainText('Deny', 75),
    accessibility_label: plainForSlack(`Deny ${shortRun(run)}: ${about}`, 75),
  }
  return { type: 'actions', elements: fileMissing === true ? [deny] : [approve, deny] }
}

function approvedWords({ query, investigation }: ApprovalRequest): string {
  if (query !== undefined)
    return `${query.runbook.name} in ${counted(query.accounts.length, 'account')}. One run, as the card shows it.`
  const { people, accounts, seconds } = investigation
  return `${counted(people.length, 'person', 'people')}, ${durationWords(seconds)}, ${counted(accounts.length, 'account')}: every question within what the card shows, with no further click.`
}

/** Where it was asked: that it waits, for whom, until when; afterwards what became of it. */
export function waitingMessage({ approval, by, asked, notes, alone, notStarted }: ApprovalView): Message {
  const { request, status } = approval
  const { places, run, expiresAt } = request
  const head = `${stateLine(approval)} · ${mrkdwnOf(say`${value(request.words)}`, 600)}`
  const text = sentence([say`${stateWords(approval)}: ${value(request.words)}`], 800)
  if (status !== 'requested') {
    const next =
      status === 'approved' && notStarted === undefined
        ? request.investigation === undefined
          ? 'It goes its way as run'
          : 'It is open. Investigation'
        : `${notStarted ?? 'Nothing was started'}. Run`
    return {
      text,
      blocks: compose([() => section([head]), () => context([`${mrkdwn(next, 300)} ${code(shortRun(run), 20)}`])]),
    }
  }
  const where = places.map(placeLink).join(', ')
  return {
    text,
    blocks: compose([
      () =>
        section([
          head,
          `${mrkdwnOf(tierPhrase(request), 700)} It needs ${mrkdwn(by, 500)}.`,
          `Asked ${where}${asked.length === 0 ? ': nobody is there now' : ''}. Expires at ${clock(expiresAt)}.`,
        ]),
      () => section(notes.map((note) => `⚠️ ${mrkdwn(note, 300)}`)),
      () =>
        context([
          ...(alone === undefined ? [] : [mrkdwn(`Needs nobody's approval: ${alone}.`, 400)]),
          `Run ${code(shortRun(run), 20)}`,
        ]),
      () => [withdrawButton(request)],
    ]),
  }
}

/** Takes a request back. `label`: what stands on it. */
export function withdrawButton({ run, hash, words }: ApprovalRequest, label = 'Withdraw'): Block {
  return {
    type: 'actions',
    elements: [
      {
        type: 'button',
        action_id: WITHDRAW,
        value: JSON.stringify({ run, hash }),
        text: plainText(label, 75),
        accessibility_label: plainForSlack(`Withdraw ${shortRun(run)}: ${words}`, 75),
      },
    ],
  }
}

/** Under the card: it still waits for these. `by`: who must still approve, in words. */
export function reminderMessage({ approval, by }: ApprovalView, persons: readonly Person[]): Message {
  const { run, expiresAt } = approval.request
  const line = `⏰ ${persons.length === 0 ? 'This' : `${mentions(persons)} This`} still waits for ${mrkdwn(by, 500)}. It expires at ${clock(expiresAt)}. Run ${code(shortRun(run), 20)}`
  return { text: line, blocks: compose([() => section([line])]) }
}

/** Under the card: these are asked as well. */
export function escalatedMessage({ approval }: ApprovalView, persons: readonly Person[]): Message {
  const { run, expiresAt } = approval.request
  const line = `⏫ Nobody has answered yet. Asked as well: ${mentions(persons)} It expires at ${clock(expiresAt)}. Run ${code(shortRun(run), 20)}`
  return { text: line, blocks: compose([() => section([line])]) }
}

/** To whoever asked: it came to nothing. */
export function endedMessage({ approval, notStarted }: ApprovalView): Message {
  const { request } = approval
  const line = `${mention(request.person)} ${stateLine(approval)}. ${mrkdwn(notStarted ?? 'Nothing was started', 300)}. Run ${code(shortRun(request.run), 20)}`
  return { text: line, blocks: compose([() => section([line])]) }
}

const SIGNS: { readonly [status in Approval['status']]: string } = {
  requested: '🔐',
  approved: '✅',
  denied: '❌',
  expired: '⌛',
  withdrawn: '↩️',
}

const STATES: { readonly [status in Approval['status']]: string } = {
  requested: 'Waits for approval',
  approved: 'Approved',
  denied: 'Denied',
  expired: 'Expired without approval',
  withdrawn: 'Withdrawn',
}

/** How a request stands, in a word or three. */
export function stateWords({ status }: Approval): string {
  return STATES[status]
}
/** What it has come to, by whom and when, and why it was denied. */
export function stateLine({ status, ended, votes }: Approval): string {
  const who = votes.filter(({ verdict }) => verdict === 'approve').map(({ person }) => person)
  const by = status === 'approved' ? mentions(who) : ended?.by === undefined ? '' : mention(ended.by)
  const reason = votes.find(({ verdict }) => verdict === 'deny')?.reason
  const when = ended === undefined ? '' : ` at ${clock(ended.at)}`
  return `${SIGNS[status]} *${STATES[status]}*${by === '' ? '' : ` by ${by}`}${when}${reason === undefined ? '' : `: ${code(reason, SECTION_MAX / 2)}`}`
}

/** What a button carried; undefined when it is not such a button. It is believed in nothing. */
export function readAnswerPress(carried: string): { readonly run: string; readonly hash: string } | undefined {
  try {
    const read = JSON.parse(carried) as { readonly run?: unknown; readonly hash?: unknown } | null
    const { run, hash } = read ?? {}
    return typeof run === 'string' && typeof hash === 'string' ? { run, hash } : undefined
  } catch {
    return undefined
  }
}

/** To whoever answered: what their answer has come to. `left`: who must still approve, in words. */
export function answeredMessage({ request, status }: Approval, left: string): Message {
  const run = code(shortRun(request.run), 20)
  const line = {
    requested: `✅ You approved run ${run}. It still waits for ${mrkdwn(left, 500)}.`,
    approved:
      request.investigation === undefined
        ? `✅ Run ${run} is approved and goes its way.`
        : `✅ Investigation ${run} is approved and open.`,
    denied: `❌ You denied run ${run}. Whoever asked is told.`,
    expired: `⌛ Run ${run} has expired.`,
    withdrawn: `↩️ Run ${run} is withdrawn. Nothing was started.`,
  }[status]
  return { text: line, blocks: compose([() => section([line])]) }
}

/** To whoever answered: why it does not count. `words` are our own, with people as Slack shows them. */
export function answerRefusedMessage(words: string): Message {
  return { text: words, blocks: compose([() => section([`✋ ${words}`])]) }
}
