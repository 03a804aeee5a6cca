import { type Consumer, consume, type Decision } from '../adapters/bullmq/consumer.ts'
import { approvalJobId } from '../adapters/bullmq/queues.ts'
import {
  type ApprovalView,
  approvalCard,
  endedMessage,
  escalatedMessage,
  reminderMessage,
  waitingMessage,
} from '../adapters/slack/messages/approval.ts'
import { openedMessage } from '../adapters/slack/messages/investigation.ts'
import type { Message } from '../adapters/slack/messages/message.ts'
import type { Approval } from '../domain/policy/approval.ts'
import { approvalDetails, type ShownDetails, shownDetails } from '../domain/policy/approvalDetails.ts'
import { notStartedWords } from '../domain/policy/approvalWords.ts'
import { seatsLeft, seatWords } from '../domain/policy/approvers.ts'
import { placeAllows } from '../domain/policy/place.ts'
import { type Estimate, estimateOf } from '../domain/query/estimate.ts'
import { reviewKey } from '../domain/result/objects.ts'
import { bind } from '../domain/runbook/bind.ts'
import {
  type AdvanceDeps,
  type Advanced,
  type ApprovalMessages,
  advanceApproval,
  type CardFacts,
  isOver,
} from '../usecases/advanceApproval.ts'
import { advanceReview } from '../usecases/advanceReview.ts'
import { recentRequests } from '../usecases/answerApproval.ts'
import { readApproval } from '../usecases/approvalLog.ts'
import { questionKey } from '../usecases/askOthers.ts'
import { startClock } from '../usecases/forgetRun.ts'
import { openReviewRuns, readReview } from '../usecases/reviewLog.ts'
import { readEach } from '../usecases/storedLog.ts'
import { onFault } from './consumers.ts'
import { approvalDeps, renewDeps, requestDeps } from './deps.ts'
import type { Bot } from './parts.ts'
import { readersOf } from './readers.ts'
import { advanceReviewDeps } from './reviews.ts'
import { whileMine } from './whileMine.ts'

const CONCURRENCY = 8
/** While another look at the same request goes on. */
const BUSY_MS = 300

/** What looking after requests for approval needs. */
export function advanceDeps(bot: Bot): AdvanceDeps<Message> {
  const { board, config, directory, objects, posting } = bot
  return {
    ...approvalDeps(bot),
    ...requestDeps(bot),
    ...renewDeps(bot),
    objects,
    everybody: bot.everybody,
    mayShowIn: async (channel, asker) => {
      const place = await directory.placeFacts({ channel }, asker, { fresh: true })
      return placeAllows(place, config.settings.policy).outcome === 'here'
    },
    turn: board.turn,
    slack: posting,
    approvalMessages: approvalMessages(bot),
    startClock: (request) => startClock(request, config.settings.policy, objects, bot.now()),
    release: ({ person, place, words, run }) => board.leave(questionKey({ person, ...place, words }), run),
  }
}

/** What is said about requests, as Slack messages. */
function approvalMessages(bot: Bot): ApprovalMessages<Message> {
  const { config, inventory } = bot
  const nameOf = (id: string): string | undefined =>
    inventory.current().accounts.find((account) => account.id === id)?.name
  const shownOf = ({ request }: Approval): ShownDetails => shownDetails(request.run, approvalDetails(request, nameOf))
  const view = ({ notStarted, ...facts }: CardFacts): ApprovalView => ({
    ...facts,
    shown: shownOf(facts.approval),
    ...estimateOfRequest(facts.approval, bot),
    by: seatWords(facts.approval.request.seats, config.settings.policy),
    ...(notStarted === undefined ? {} : { notStarted: notStartedWords(notStarted) }),
  })
  return {
    card: (facts) => approvalCard(view(facts)),
    file: (approval) => shownOf(approval).file,
    waiting: (facts) => waitingMessage(view(facts)),
    reminder: (facts, persons) => {
      const { seats, votes } = facts.approval
      const left = seatWords(seatsLeft(seats, votes), config.settings.policy)
      return reminderMessage({ ...view(facts), by: left }, persons)
    },
    escalated: (facts, persons) => escalatedMessage(view(facts), persons),
    ended: (facts) => endedMessage(view(facts)),
    opened: ({ approval }) => openedMessage(approval),
  }
}

/** What it would take, where the runbook is still the one that was asked with. */
function estimateOfRequest(
  { request }: Approval,
  { library, inventory, config, now }: Bot,
): { readonly estimate?: Estimate } {
  const { query } = request
  if (query === undefined) return {}
  const runbook = library.find(query.runbook.name)
  if (runbook === undefined || runbook.digest !== query.runbook.digest) return {}
  const organisation = inventory.current().accounts.map(({ id }) => id)
  const { match } = bind(runbook, query.parameters, organisation)
  return { estimate: estimateOf(query, match, config.settings.aws.paceMs, now()) }
}

/** Looks after requests for approval, and after reviews of what did not wait for any: what is due is done, whichever bot is there. */
export function consumeApprovals(bot: Bot, redis: Parameters<typeof consume>[1]): Consumer {
  const deps = advanceDeps(bot)
  const reviews = advanceReviewDeps(bot)
  return consume(
    'approve',
    redis,
    async ({ run, once }, turn): Promise<Decision> => {
      const broken = (await bot.objects.size(reviewKey(run, 1))) !== undefined
      const look = (mine: () => boolean): Promise<Advanced> => {
        const slack = whileMine(deps.slack, mine)
        return broken ? advanceReview(run, { ...reviews, slack }) : advanceApproval(run, { ...deps, slack })
      }
      const advanced = await bot.board.alone(`approve:${run}`, `${process.pid}:${turn.id}`, look)
      if (advanced === undefined) return { kind: 'wait', until: new Date(bot.now().getTime() + BUSY_MS) }
      if (advanced.kind !== 'later') return advanced
      return once === true ? { kind: 'done' } : { kind: 'wait', until: advanced.until }
    },
    { concurrency: CONCURRENCY, onFault: onFault(bot) },
  )
}

/** Gives a function that puts requests and reviews back which the store knows and nobody looks after: Redis was emptied, or a job was given up. */
export function lostApprovals(bot: Bot): () => Promise<readonly string[]> {
  const { objects, queues, now } = bot
  const readers = { objects, ...readersOf(bot) }
  const over = new Set<string>()
  const isGoneFor = async (run: string, isReview: boolean): Promise<boolean> =>
    isReview
      ? (await readReview(run, readers)) === undefined
      : (await isOver(run, objects)) || (await readApproval(run, readers)) === undefined
  return async () => {
    const back: string[] = []
    const reviews = new Set(await openReviewRuns(objects))
    for (const run of [...(await recentRequests(objects, now())), ...reviews]) {
      if (over.has(run) || (await queues.stateOf('approve', approvalJobId(run))) === 'live') continue
      const [isGone] = await readEach([run], () => isGoneFor(run, reviews.has(run)), readers)
      if (isGone === undefined) continue
      if (isGone) {
        over.add(run)
        continue
      }
      await queues.forgetEnded('approve', approvalJobId(run))
      await queues.addApproval(run)
      back.push(run)
    }
    return back
  }
}
