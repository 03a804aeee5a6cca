import { randomUUID } from 'node:crypto'
import type { Route } from '../adapters/http/ops.ts'
import { type SlackApps, slackApps } from '../adapters/slack/app.ts'
import type { Ask, Press, Reply } from '../adapters/slack/entry.ts'
import { RUN_ESTIMATED } from '../adapters/slack/messages/estimate.ts'
import type { Message } from '../adapters/slack/messages/message.ts'
import { isNextAction, readNextPress } from '../adapters/slack/messages/pivots.ts'
import { readAskAs } from '../adapters/slack/messages/refusal.ts'
import type { Failure } from '../domain/failure.ts'
import { cancelRun } from '../usecases/cancelRun.ts'
import { isSlackFault } from '../usecases/deliverTypes.ts'
import { type HeldDeps, startHeld } from '../usecases/heldRun.ts'
import { type PressDeps, pressNext } from '../usecases/pressNext.ts'
import { type TakeDeps, takeAsk } from '../usecases/takeAsk.ts'
import { openAnswers } from './answers.ts'
import { takeDeps } from './deps.ts'
import { formHandlers } from './forms.ts'
import { onGrant } from './investigations.ts'
import { askMessages, failureMessage } from './messages.ts'
import { apiUrlOf, type Bot } from './parts.ts'
import { openReviews } from './reviews.ts'
import { onStep } from './steps.ts'

/** A response_url serves for 30 minutes (Slack: handling user interaction). */
const RESPONDERS_KEPT_MS = 25 * 60_000

/** The Slack apps, with what is done about whatever comes in through them. */
export function openApps(bot: Bot, routes: readonly Route[]): SlackApps {
  const { config, client, self, host } = bot
  const { mode } = config.slack
  const answers = openAnswers(bot)
  const reviews = openReviews(bot)
  const take = takeDeps(bot, { answerApproval: answers.take, onGrant: onGrant(bot), onReview: reviews.onReview })
  const apps: SlackApps = slackApps(
    {
      token: config.slack.botToken,
      self,
      client,
      ...apiUrlOf(config),
      log: host.log,
      mode: mode.kind === 'socket' ? mode : { ...mode, port: config.port, host: config.listen, routes },
    },
    {
      onAsk: (ask) => onAsk(ask, bot, take),
      onAction: (press) => answers.onPress(press) ?? reviews.onPress(press) ?? onAction(press, bot, take),
      onDenied: answers.onDenied,
      onReviewed: reviews.onReviewed,
      onStep: (step) => onStep(step, bot, take),
      ...formHandlers(bot, take, () => apps.connected()),
      onFailure: (error) => {
        const reference = randomUUID().slice(0, 8)
        host.log.error({ reference, message: error instanceof Error ? error.message : 'unknown' }, 'a handler failed')
        return failureMessage(failureOf(error, reference))
      },
      seen: async (eventId) => !(await bot.quickBoard.firstTime(`event:${eventId}`)),
    },
  )
  return apps
}

async function onAsk(ask: Ask, bot: Bot, deps: TakeDeps<Message>): Promise<Reply> {
  // A question asked in a channel is answered in a thread under it; one in a direct message, or a command, below it.
  const thread = ask.thread ?? (ask.entry === 'mention' ? ask.ts : undefined)
  const { text, person, channel, entry } = ask
  const taken = await takeAsk({ text, person, channel, entry, ...(thread === undefined ? {} : { thread }) }, deps)
  if (taken.kind === 'shown') return { kind: 'ephemeral', message: taken.message }
  if (taken.kind === 'incomplete')
    return ask.entry === 'command' ? { ...taken, kind: 'form' } : { kind: 'ephemeral', message: taken.message }
  remember(taken.run, ask.respond, bot)
  return { kind: 'accepted', message: taken.message }
}

/** What must still be told about a run goes to whoever asked, by the way they asked, while this process knows it. */
function remember(run: string, respond: Ask['respond'], bot: Bot): void {
  bot.responders.set(run, respond)
  setTimeout(() => bot.responders.delete(run), RESPONDERS_KEPT_MS).unref()
}

async function onAction(press: Press, bot: Bot, deps: PressDeps<Message>): Promise<Message | undefined> {
  if (press.action === 'cancel_run') {
    const cancelled = await cancelRun(press.value, press.person, press.channel, deps)
    return cancelled.ok ? deps.messages.cancelled(cancelled.value.run) : deps.messages.failure(cancelled.error)
  }
  if (press.action === RUN_ESTIMATED) return await onEstimate(press, bot, deps)
  const words = readAskAs(press.action, press.value)
  if (words !== undefined) return await askWords(words, press, bot, deps)
  const next = readNextPress(press.action, press.value)
  if (next === undefined)
    return isNextAction(press.action) ? deps.messages.failure({ code: 'unknown_pivot' }) : undefined
  const taken = await pressNext({ ...press, ...next }, deps)
  if (taken.kind === 'queued') remember(taken.run, press.respond, bot)
  return taken.message
}

/** A question that was offered is asked as if whoever pressed had typed it. */
async function askWords(text: string, press: Press, bot: Bot, deps: TakeDeps<Message>): Promise<Message> {
  const { person, channel, thread } = press
  const taken = await takeAsk(
    { text, person, channel, entry: 'button', ...(thread === undefined ? {} : { thread }) },
    deps,
  )
  if (taken.kind === 'queued') remember(taken.run, press.respond, bot)
  return taken.message
}

/** Under what a question would take: begin it. */
async function onEstimate(press: Press, bot: Bot, deps: PressDeps<Message>): Promise<Message> {
  const { queues, board, times } = bot
  const held: HeldDeps = {
    ...deps,
    runFor: times.run,
    begin: async (run, token, asker) => {
      await queues.addRun(run, token, 'interactive')
      await queues.addProgress(run, token)
      await board.remember(`${asker.team}.${asker.user}`, run)
    },
  }
  const started = await startHeld(press.value, press.person, held)
  return started.ok ? askMessages.started(started.value.run) : failureMessage(started.error)
}

function failureOf(error: unknown, reference: string): Failure {
  if (isSlackFault(error)) return { code: 'slack_unavailable', what: error.reason }
  return { code: 'internal', reference }
}
