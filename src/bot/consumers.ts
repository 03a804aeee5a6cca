import { setTimeout as delay } from 'node:timers/promises'
import { type Consumer, consume, type Decision } from '../adapters/bullmq/consumer.ts'
import { localKeys, verify } from '../adapters/jose/tokens.ts'
import type { Message } from '../adapters/slack/messages/message.ts'
import { slackSteps } from '../adapters/slack/steps.ts'
import type { Failure } from '../domain/failure.ts'
import { isAwsFault } from '../domain/fault.ts'
import { type AnswerRule, answerRule, withholds } from '../domain/policy/answers.ts'
import { originOf, type SignedAsk } from '../domain/policy/ask.ts'
import type { Grant } from '../domain/policy/grant.ts'
import type { Person } from '../domain/policy/person.ts'
import { placeAllows } from '../domain/policy/place.ts'
import { personChecks } from '../domain/policy/roles.ts'
import { normalise } from '../domain/request/normalise.ts'
import { ASK_TOKEN, grantVerifier } from '../tokens.ts'
import { type AskInvestigationDeps, askInvestigation } from '../usecases/askInvestigation.ts'
import { completeStep } from '../usecases/completeStep.ts'
import { type DeliverJob, deliver } from '../usecases/deliver.ts'
import type { DeliverDeps, PlaceAnswer } from '../usecases/deliverTypes.ts'
import { startClock } from '../usecases/forgetRun.ts'
import { renewGrant } from '../usecases/renewGrant.ts'
import { type RequestDeps, requestRun } from '../usecases/requestRun.ts'
import { renewDeps, requestDeps } from './deps.ts'
import { askInvestigationDeps } from './investigations.ts'
import { askMessages, deliveryMessages, failureMessage } from './messages.ts'
import type { Bot } from './parts.ts'
import { completeDeps } from './steps.ts'
import { tell } from './tell.ts'
import { whileMine } from './whileMine.ts'

/** Slack did not take the end of a workflow's step: asked again. */
const STEP_RETRY_MS = 10_000
const CONCURRENCY = { ask: 16, renew: 16, deliver: 16 }

/** Questions that were signed and queued: decided, and started or refused. */
export function consumeAsks(bot: Bot, redis: Parameters<typeof consume>[1]): Consumer {
  const deps = requestDeps(bot)
  const asking = askInvestigationDeps(bot)
  const keys = localKeys(bot.keys)
  return consume(
    'ask',
    redis,
    async ({ token }): Promise<Decision> => {
      const checked = await verify(keys, ASK_TOKEN, token, bot.now(), 'ignore')
      if (!checked.ok) return { kind: 'final', why: `ask: ${checked.error.why}` }
      const ask = checked.value
      const failure = await askFailure(ask, deps, asking, bot)
      if (failure !== undefined && ask.step !== undefined) await slackSteps(bot.client).fail(ask.step, failure.text)
      else if (failure !== undefined) await tell(ask, failure, { ...bot, log: bot.host.log })
      bot.pending.delete(ask.run)
      return { kind: 'done' }
    },
    { concurrency: CONCURRENCY.ask, onFault: onFault(bot) },
  )
}

/** Handles an ask; gives what must be told to the asker alone, if anything. Slack being away is waited out by the queue. */
async function askFailure(
  ask: SignedAsk,
  deps: RequestDeps,
  asking: AskInvestigationDeps,
  bot: Bot,
): Promise<Message | undefined> {
  if (ask.exp < bot.now().getTime() / 1000) return failureMessage({ code: 'queue_unavailable' })
  try {
    const investigation = await askInvestigation(ask, asking)
    if (investigation !== undefined) return investigation.ok ? undefined : failureMessage(investigation.error)
    const requested = await requestRun(ask, deps)
    if (!requested.ok) return refusedMessage(requested.error, ask)
    const { value } = requested
    if (value.kind === 'running' && value.needless === true) return askMessages.needless(value.run)
    return value.kind === 'joined' ? askMessages.joined(value) : undefined
  } catch (error) {
    if (!isAwsFault(error)) throw error
    return failureMessage({ code: 'aws_unavailable', what: error.action ?? 'AWS', detail: error.detail })
  }
}

/** What lacks only a reason can be given one in the form: whoever pressed a button never typed the question. */
function refusedMessage(failure: Failure, { text, entry }: SignedAsk): Message {
  if (failure.code !== 'reason_needed') return failureMessage(failure)
  return askMessages.incomplete(failure, normalise(text, originOf(entry)))
}

/** Tokens that are about to expire: decided anew. */
export function consumeRenewals(bot: Bot, redis: Parameters<typeof consume>[1]): Consumer {
  const deps = renewDeps(bot)
  return consume(
    'renew',
    redis,
    async ({ token }) => ({ kind: 'done', answer: (await renewGrant(token, deps)) ?? '' }),
    {
      concurrency: CONCURRENCY.renew,
      onFault: onFault(bot),
    },
  )
}

/** The only writer to Slack of what comes of runs. */
export function consumeDeliveries(bot: Bot, redis: Parameters<typeof consume>[1]): Consumer {
  const { board, queues, now, config, directory, host, objects } = bot
  const { policy } = config.settings
  const csv = ({ tier }: Grant): AnswerRule['csv'] => answerRule(tier, policy).csv
  const deps: DeliverDeps<Message> = {
    csv,
    withholds: (grant) => withholds(grant, policy),
    startClock: (grant) => startClock(grant, policy, objects, now()),
    objects,
    now,
    audit: host.audit,
    verify: grantVerifier(localKeys(bot.keys), 'ignore', 'delivery', { audit: host.audit, now }),
    placeAllows: async (grant, to, { fresh, background = false }) => {
      if (to.kind === 'direct') return await directAllows(grant.person, fresh, bot)
      const place = await directory.placeFacts(to, grant.person, { fresh, background })
      const decision = placeAllows(place, config.settings.policy)
      const { checks } = decision
      if (decision.outcome === 'here') return { allowed: true, checks }
      const why = checks.filter((check) => !check.passed).map((check) => check.detail ?? check.check)
      return { allowed: false, why: why.join(', '), tell: decision.outcome === 'direct', checks }
    },
    progress: async (run) => {
      const progress = await board.progress(run)
      if (progress.parts.total === 0) return undefined
      const queued = progress.pages === 0 && (await queues.waiting('part')) > 0
      return queued ? { ...progress, waiting: 'queue' } : progress
    },
    turn: board.turn,
    slack: bot.posting as DeliverDeps<Message>['slack'],
    messages: deliveryMessages(bot.inventory.current, bot.library, now, policy),
    sleep: (ms) => delay(ms),
  }
  const stepDeps = completeDeps(
    bot,
    grantVerifier(localKeys(bot.keys), 'ignore', 'step', { audit: async () => undefined, now }),
  )
  return consume(
    'deliver',
    redis,
    async (job: DeliverJob, turn): Promise<Decision> => {
      const outcome = await board.alone(`deliver:${job.run}`, `${process.pid}:${turn.id}`, async (mine) => {
        const delivered = await deliver(job, { ...deps, slack: whileMine(deps.slack, mine) })
        const ended = job.want !== 'final' || delivered.kind === 'wait' || (await completeStep(job.run, stepDeps))
        return ended ? delivered : { kind: 'wait' as const, until: new Date(now().getTime() + STEP_RETRY_MS) }
      })
      return outcome ?? { kind: 'wait', until: new Date(now().getTime() + 400) }
    },
    { concurrency: CONCURRENCY.deliver, onFault: onFault(bot) },
  )
}

/** A direct message reaches one person: whoever was denied or lost every role since asking gets no more answers. */
async function directAllows(person: Person, fresh: boolean, bot: Bot): Promise<PlaceAnswer> {
  const checks = personChecks(await bot.directory.personFacts(person, { fresh }), bot.config.settings.policy)
  const failed = checks.filter((check) => !check.passed)
  if (failed.length === 0) return { allowed: true, checks }
  return { allowed: false, why: failed.map((check) => check.check).join(', '), tell: false, checks }
}

/** What is done about a job that fails: it is counted, and the log has its name. */
export function onFault(
  bot: Bot,
): (fault: { readonly queue: string; readonly job?: string; readonly message: string }) => void {
  return (fault) => {
    bot.host.metrics.fault(fault.queue)
    bot.host.log.warn(fault, 'a job failed or its queue did')
  }
}
