import { answerMessage } from '../adapters/slack/messages/answer.ts'
import { diffMessage } from '../adapters/slack/messages/diff.ts'
import { estimateMessage } from '../adapters/slack/messages/estimate.ts'
import {
  foundMessage,
  helpMessage,
  listMessage,
  menuMessage,
  runbookHelpMessage,
} from '../adapters/slack/messages/help.ts'
import { lateMessage } from '../adapters/slack/messages/late.ts'
import type { Message } from '../adapters/slack/messages/message.ts'
import { noticeMessage } from '../adapters/slack/messages/notice.ts'
import { fixMessage, timelineMessage } from '../adapters/slack/messages/pivots.ts'
import { progressMessage } from '../adapters/slack/messages/progress.ts'
import {
  choiceMessage,
  failedMessage,
  incompleteMessage,
  mistypedMessage,
  noteMessage,
  refusalMessage,
} from '../adapters/slack/messages/refusal.ts'
import { statusMessage } from '../adapters/slack/messages/status.ts'
import { whoamiMessage } from '../adapters/slack/messages/whoami.ts'
import { explain, type Failure } from '../domain/failure.ts'
import { answerRule } from '../domain/policy/answers.ts'
import type { Grant } from '../domain/policy/grant.ts'
import type { Policy } from '../domain/policy/policy.ts'
import { isAlone } from '../domain/policy/tier.ts'
import type { FrozenWindow } from '../domain/query/query.ts'
import type { Inventory } from '../domain/request/inventory.ts'
import type { Answer } from '../domain/result/answer.ts'
import { unsettledOf } from '../domain/result/late.ts'
import type { Followed } from '../domain/result/notes.ts'
import { joined, type Phrase, say, value } from '../domain/result/phrase.ts'
import { otherPivots, type Pivot, pivotsOf } from '../domain/result/pivots.ts'
import { queryScopePhrase, questionPhrase } from '../domain/result/scopeWords.ts'
import type { Library } from '../domain/runbook/runbook.ts'
import type { DeliveryMessages } from '../usecases/deliverTypes.ts'
import { isGapClosed } from '../usecases/followed.ts'
import type { PressDeps } from '../usecases/pressNext.ts'
import type { Requested } from '../usecases/requestRun.ts'
import type { Said } from '../usecases/said.ts'
import type { AskMessages } from '../usecases/takeAsk.ts'

/** Eight digits tell runs apart for people. */
const SHORT = 8

/** A failure as the asker sees it. */
export function failureMessage(failure: Failure): Message {
  const explained = explain(failure)
  return failure.code === 'ambiguous_value' ? choiceMessage(explained, failure.readings) : refusalMessage(explained)
}

type Joined = Extract<Requested, { kind: 'joined' }>

/** What the asker sees at once, as Slack messages. */
export const askMessages: AskMessages<Message> & {
  readonly joined: (joined: Joined) => Message
  readonly needless: (run: string) => Message
  readonly started: (run: string) => Message
} = {
  failure: failureMessage,
  mistyped: (failure, asks) => mistypedMessage(explain(failure), asks),
  incomplete: (failure, words) => incompleteMessage(explain(failure), words),
  menu: menuMessage,
  help: helpMessage,
  runbookHelp: runbookHelpMessage,
  list: (runnable) => (runnable.length === 0 ? menuMessage(runnable) : listMessage(runnable, say`You may ask here`)),
  found: foundMessage,
  whoami: whoamiMessage,
  status: statusMessage,
  cancelled: (run) =>
    noteMessage(
      say`Run ${value(run.slice(0, SHORT))} is being cancelled. What was read so far comes as a partial answer.`,
    ),
  // Shown to one person: Slack has no tables there, and what may be asked next stands under the answer itself.
  answer: (answer, grant) => answerMessage(answer, 'plain', basisExtras(grant)),
  diff: diffMessage,
  held: (run, hold) =>
    noteMessage(
      hold
        ? say`Run ${value(run.slice(0, SHORT))} is on hold: nothing of it is deleted until somebody types release ${value(run.slice(0, SHORT))}.`
        : say`Run ${value(run.slice(0, SHORT))} is released: what it left in Slack is deleted when its time is over.`,
    ),
  started: (run) => noteMessage(say`Run ${value(run.slice(0, SHORT))} begins.`),
  accepted: acceptedMessage,
  needless: (run) =>
    noteMessage(
      say`No glass was broken: you may ask this without anybody's approval. It goes its way as run ${value(run.slice(0, SHORT))}.`,
    ),
  joined: ({ run, echo, waits }) =>
    noteMessage(
      waits
        ? say`The same question (${value(echo)}) waits for approval already: run ${value(run.slice(0, SHORT))}.`
        : say`The same question (${value(echo)}) is being answered here already: run ${value(run.slice(0, SHORT))}. You joined it.`,
    ),
}

/** The one line that says what was understood before it runs. */
function acceptedMessage(run: string, { words, chosen, notes }: Said): Message {
  const line = joined([say`Asking ${value(words)}`, ...chosen, say`run ${value(run.slice(0, SHORT))}`], ' · ')
  return noteMessage(notes.length === 0 ? line : say`${line}. ${notes.join(' ')}`)
}

/** The same, with what policy says of the answers of a tier. */
export function askMessagesUnder(policy: Pick<Policy, 'answers'>): AskMessages<Message> {
  const answer = (given: Answer, grant: Grant): Message =>
    answerMessage(given, 'plain', { ...csvExtra(grant, policy), ...basisExtras(grant) })
  return { ...askMessages, answer }
}

/** What the press of a button shows, as Slack messages. */
export function pressMessages(policy: Pick<Policy, 'answers'>): PressDeps<Message>['pressMessages'] {
  return {
    timeline: (answer, permalink, late, grant) => timelineMessage(answer, permalink, late, csvExtra(grant, policy).csv),
    fix: fixMessage,
  }
}

/** Where policy sends the CSV, when not under the answer. */
function csvExtra({ tier }: Grant, policy: Pick<Policy, 'answers'>): { readonly csv?: 'direct' | 'none' } {
  const { csv } = answerRule(tier, policy)
  return csv === 'attach' ? {} : { csv }
}

/** What delivery posts, as Slack messages. What may be asked next comes from the runbooks as they are now. */
export function deliveryMessages(
  inventory: () => Inventory,
  library: Library,
  now: () => Date,
  policy: Pick<Policy, 'roles' | 'raise' | 'answers'>,
): DeliveryMessages<Message> {
  const mayAskAlone = (grant: Grant, window: FrozenWindow): boolean => {
    const runbook = library.find(grant.query.runbook.name)
    if (runbook === undefined || grant.basis.kind === 'policy') return true
    return isAlone({ ...grant.query, window }, grant.role, runbook, policy, inventory())
  }
  const question = (grant: Grant): Phrase => questionPhrase(grant.query.runbook.name, grant.query.parameters)
  const scope = ({ query }: Grant): Phrase =>
    queryScopePhrase(
      query,
      (id) => inventory().accounts.find((account) => account.id === id)?.name,
      now().toISOString(),
    )
  return {
    estimate: (grant, estimate, words) => estimateMessage(grant.run, question(grant), words, estimate, scope(grant)),
    progress: (grant, progress, soFar) =>
      progressMessage({
        run: grant.run,
        question: question(grant),
        scope: scope(grant),
        soFar,
        ...glassOf(grant),
        ...(progress === undefined ? {} : { progress }),
      }),
    answer: (grant, answer, level, followed) => {
      const { keep } = answerRule(grant.tier, policy)
      return answerMessage(answer, level, {
        pivots: pivotsLeft(answer, library, now(), followed),
        others: otherPivots(answer, library, now()),
        ...csvExtra(grant, policy),
        ...(keep === undefined ? {} : { keep }),
        ...basisExtras(grant),
        ...(followed.late === undefined ? askedAgain(answer, (window) => mayAskAlone(grant, window)) : {}),
        ...followed,
      })
    },
    late: ({ person }, late, first) => lateMessage(late, first, person),
    failed: (grant, terminal) => failedMessage(grant.run, question(grant), terminal.why),
    notice: noticeMessage,
  }
}

/** What a message shows of that by which a run is allowed: its token says it. */
function basisExtras(grant: Grant): { readonly under?: string; readonly glass?: string } {
  return grant.basis.kind === 'investigation' ? { under: grant.basis.id } : glassOf(grant)
}

function glassOf({ basis }: Grant): { readonly glass?: string } {
  return basis.kind === 'break_glass' ? { glass: basis.reason } : {}
}

/** What follows an answer by itself: ctq asks again once AWS has delivered, if that needs nobody's approval. */
function askedAgain(answer: Answer, mayAskAlone: (window: FrozenWindow) => boolean): Followed {
  const unsettled = unsettledOf(answer)
  if (unsettled === undefined) return {}
  return mayAskAlone(unsettled) ? { askedAgainAt: unsettled.at } : { needsApprovalAt: unsettled.at }
}

/** A gap that was closed needs neither to be asked for again nor to be mended. */
function pivotsLeft(answer: Answer, library: Library, now: Date, followed: Followed): readonly Pivot[] {
  const { late } = followed
  const pivots = pivotsOf(answer, library, now, late?.kind === 'read' ? late.calls : 0)
  return isGapClosed(followed) ? pivots.filter(({ id }) => id !== 'again' && id !== 'fix') : pivots
}
