import { randomUUID } from 'node:crypto'
import type { Press, Reviewed } from '../adapters/slack/entry.ts'
import { answerRefusedMessage } from '../adapters/slack/messages/approval.ts'
import type { Message } from '../adapters/slack/messages/message.ts'
import { mention } from '../adapters/slack/messages/people.ts'
import {
  alarmMessage,
  closedMessage,
  type ReviewView,
  reviewCard,
  reviewedMessage,
  reviewReminder,
  STOP,
  stoppedMessage,
} from '../adapters/slack/messages/review.ts'
import { explain } from '../domain/failure.ts'
import { questionDetails, type ShownDetails, shownDetails } from '../domain/policy/approvalDetails.ts'
import { namedSets, seatWords } from '../domain/policy/approvers.ts'
import { placeAllows } from '../domain/policy/place.ts'
import type { Review } from '../domain/policy/review.ts'
import { reviewRefusalWords } from '../domain/policy/reviewWords.ts'
import type { Command } from '../domain/request/command.ts'
import { CLOSING_TOKEN } from '../tokens.ts'
import type { AdvanceReviewDeps, ReviewFacts, ReviewMessages } from '../usecases/advanceReview.ts'
import { closeReview, type Found, type ReviewDeps, stopBroken } from '../usecases/reviews.ts'
import type { TypedBy } from '../usecases/takeAsk.ts'
import { failureMessage } from './messages.ts'
import type { Bot } from './parts.ts'
import { stopDeps } from './stop.ts'

/** What closing a review, and stopping a run that broke the glass, needs: facts as they are at that moment. */
export function reviewDeps(bot: Bot): ReviewDeps {
  const { config, directory } = bot
  return {
    ...stopDeps(bot),
    policy: config.settings.policy,
    newId: randomUUID,
    personFacts: (person) => directory.personFacts(person, { fresh: true }),
    signClosing: (claims) => bot.sign(CLOSING_TOKEN, claims),
    advance: (run) => bot.quickQueues.addApprovalNow(run),
  }
}

/** What looking after reviews needs. */
export function advanceReviewDeps(bot: Bot): AdvanceReviewDeps<Message> {
  const { board, config, directory, posting } = bot
  const { policy } = config.settings
  return {
    ...stopDeps(bot),
    policy,
    everybody: bot.everybody,
    mayShowIn: async (channel, asker) =>
      placeAllows(await directory.placeFacts({ channel }, asker, { fresh: true }), policy).outcome === 'here',
    turn: board.turn,
    slack: posting,
    reviewMessages: reviewMessages(bot),
    onUntold: (run, what, reasons) =>
      bot.host.log.error({ run, what, reasons }, 'nobody could be told of a use of break-glass: it is tried again'),
  }
}

/** What is said about uses of break-glass, as Slack messages. */
function reviewMessages({ config, inventory }: Bot): ReviewMessages<Message> {
  const { policy } = config.settings
  const nameOf = (id: string): string | undefined =>
    inventory.current().accounts.find((account) => account.id === id)?.name
  const shownOf = ({ broken }: Review): ShownDetails =>
    shownDetails(broken.run, questionDetails(broken.query, broken, nameOf))
  const view = (facts: ReviewFacts): ReviewView => ({
    ...facts,
    shown: shownOf(facts.review),
    by: seatWords(facts.review.broken.seats, policy),
    reviewers: namedSets(facts.review.broken.reviewers, policy),
  })
  return {
    card: (facts) => reviewCard(view(facts)),
    file: (review) => shownOf(review).file,
    reminder: (facts) => reviewReminder(view(facts)),
    alarm: alarmMessage,
    closed: reviewedMessage,
  }
}

/** What is done about reviews, typed or pressed. */
export type Reviews = {
  readonly onReview: (command: Extract<Command, { kind: 'review' }>, by: TypedBy) => Promise<Message>
  /** A press that stops a run; undefined when it is none. */
  readonly onPress: (press: Press) => Promise<Message> | undefined
  /** A verdict from its dialog: what is wrong with it, in words without markup. */
  readonly onReviewed: (reviewed: Reviewed) => Promise<string | undefined>
}

/** Reviews, with everything they need built once. */
export function openReviews(bot: Bot): Reviews {
  const deps = reviewDeps(bot)
  return {
    onReview: async ({ run, verdict, note }, by) => {
      const closed = await closeReview({ ...by, run, verdict, note }, deps)
      if (closed.ok) return closedMessage(closed.value)
      const { error } = closed
      return error.kind === 'failure'
        ? failureMessage(error.failure)
        : answerRefusedMessage(reviewRefusalWords(error.refusal, mention))
    },
    onPress: ({ action, value, person }) => (action === STOP ? stop(value, person, deps) : undefined),
    onReviewed: async (reviewed) => {
      const closed = await closeReview(reviewed, deps)
      if (closed.ok) return undefined
      const { error } = closed
      if (error.kind === 'failure') return explain(error.failure)
      // A dialog's errors show no mentions.
      const name = error.refusal.code === 'already_closed' ? (await deps.personFacts(error.refusal.by)).name : ''
      return reviewRefusalWords(error.refusal, () => name)
    },
  }
}

async function stop(run: string, person: Found['person'], deps: ReviewDeps): Promise<Message> {
  const stopped = await stopBroken(run, person, deps)
  if (stopped === undefined) return failureMessage({ code: 'unknown_review', input: run.slice(0, 40) })
  return stopped.ok ? stoppedMessage(stopped.value.review, stopped.value.running) : failureMessage(stopped.error)
}
