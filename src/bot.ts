import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { accountOfKeyByAws } from './adapters/aws/accounts.ts'
import { transport } from './adapters/aws/sessions.ts'
import { type Consumer, consume, type Decision } from './adapters/bullmq/consumer.ts'
import { openQueues, type Queues } from './adapters/bullmq/queues.ts'
import { type Route, serveOps } from './adapters/http/ops.ts'
import { type KeySet, parseKeySet } from './adapters/jose/keys.ts'
import { localKeys, type Sign, signer, verify } from './adapters/jose/tokens.ts'
import { impatientRedis, patientRedis } from './adapters/redis/connection.ts'
import { type RunBoard, redisBoard } from './adapters/redis/runs.ts'
import { fileObjects } from './adapters/resultStore/file.ts'
import { type SlackApps, slackApps } from './adapters/slack/app.ts'
import { type Self, type SlackClient, slackClient, whoAmI } from './adapters/slack/client.ts'
import { type Directory, slackDirectory } from './adapters/slack/directory.ts'
import type { Ask, Press, Reply } from './adapters/slack/entry.ts'
import type { Message } from './adapters/slack/messages/message.ts'
import { type Posting, slackPosting } from './adapters/slack/posting.ts'
import { askMessages, deliveryMessages, failureMessage } from './botMessages.ts'
import type { BotConfig } from './config.ts'
import type { Failure } from './domain/failure.ts'
import { isAwsFault } from './domain/fault.ts'
import type { SignedAsk } from './domain/policy/ask.ts'
import type { Person } from './domain/policy/person.ts'
import { placeAllows } from './domain/policy/place.ts'
import { mayCancel, personChecks } from './domain/policy/roles.ts'
import type { Objects } from './domain/result/objects.ts'
import type { Library } from './domain/runbook/runbook.ts'
import type { Host, Running } from './host.ts'
import { type OpenInventory, openInventory } from './inventory.ts'
import { keepRecovering, type PendingAsks } from './recovery.ts'
import { tell } from './tell.ts'
import { ASK_TOKEN, grantVerifier, RUN_TOKEN } from './tokens.ts'
import { allowedRunbooks } from './usecases/allowed.ts'
import { cancelRun } from './usecases/cancelRun.ts'
import { type DeliverJob, deliver } from './usecases/deliver.ts'
import { type DeliverDeps, isSlackFault, type PlaceAnswer } from './usecases/deliverTypes.ts'
import type { GrantTimes } from './usecases/mint.ts'
import { type RenewDeps, renewGrant } from './usecases/renewGrant.ts'
import { type RequestDeps, requestRun } from './usecases/requestRun.ts'
import { statusOf } from './usecases/runStatus.ts'
import { type TakeDeps, takeAsk } from './usecases/takeAsk.ts'
import { withZones } from './zones.ts'

/** An ask waits in the queue at most so long; later its answer would surprise. */
const ASK_GOOD_FOR_S = 15 * 60
/** A response_url serves for 30 minutes (Slack: handling user interaction). */
const RESPONDERS_KEPT_MS = 25 * 60_000
const RECENT_SHOWN = 10
const EVENTS_KEPT = 1_000
const CONCURRENCY = { ask: 16, renew: 16, deliver: 16 }

type Bot = {
  readonly config: BotConfig
  readonly host: Host
  readonly objects: Objects
  readonly library: Library
  readonly inventory: OpenInventory
  readonly board: RunBoard
  readonly quickBoard: RunBoard
  readonly queues: Queues
  readonly quickQueues: Queues
  readonly client: SlackClient
  readonly self: Self
  readonly directory: Directory
  readonly knownZone: (person: Person) => string | undefined
  readonly posting: Posting
  readonly keys: KeySet
  readonly sign: Sign
  readonly times: GrantTimes
  /** How to reach who asked, while this process knows: a response_url never leaves it. */
  readonly responders: Map<string, (message: Message) => Promise<void>>
  readonly pending: PendingAsks
  readonly now: () => Date
}

/** Process 1: Slack in and out, tokens minted, jobs in. It has no right to read CloudTrail. */
export async function startBot(
  config: BotConfig,
  host: Host,
  library: Library,
  routes: readonly Route[],
): Promise<Running> {
  const now = (): Date => new Date()
  const redis = patientRedis(host.redis)
  const quick = impatientRedis(host.redis)
  const client = slackClient({ token: config.slack.botToken, ...apiUrlOf(config), log: host.log })
  const self = await whoAmI(client)
  const { directory, knownZone } = withZones(slackDirectory({ client, self, now: Date.now }))
  const levels = new Map()
  const keys = parseKeySet(config.signingKeys, 'private')
  const { grants } = config.settings
  const bot: Bot = {
    config,
    host,
    library,
    objects: fileObjects(config.results.path),
    inventory: await openInventory(config.settings, host.log),
    board: redisBoard(redis),
    quickBoard: redisBoard(quick),
    queues: openQueues(redis, { eventsKept: EVENTS_KEPT }),
    quickQueues: openQueues(quick, { eventsKept: EVENTS_KEPT }),
    client,
    self,
    directory,
    knownZone,
    posting: slackPosting({ client, self, levels, directChannel: directory.directChannel }),
    keys,
    sign: await signer(keys),
    times: { token: Math.round(grants.minutes * 60), run: grants.renewFor, delivery: grants.deliverWithin },
    responders: new Map(),
    pending: new Map(),
    now,
  }
  const consumers = [consumeAsks(bot, redis), consumeRenewals(bot, redis), consumeDeliveries(bot, redis)]
  await Promise.all(consumers.map((consumer) => consumer.ready()))
  const http = config.slack.mode.kind === 'http'
  const apps = openApps(bot, http ? routes : [])
  await apps.start()
  const ops = http ? undefined : await serveOps(routes, config.port, '0.0.0.0')
  const stopRecovering = keepRecovering({
    ...bot,
    redis,
    verifyExpired: grantVerifier(localKeys(keys), 'ignore', 'recovery', { audit: host.audit, now }),
    age: Math.max(bot.times.run, bot.times.delivery),
    askGoodForMs: ASK_GOOD_FOR_S * 1000,
    log: host.log,
  })
  return {
    port: () => apps.port() ?? ops?.port,
    ready: async () => ({ ok: (await quick.ping()) === 'PONG' && apps.connected() > 0, connections: apps.connected() }),
    stop: () => {
      stopRecovering()
      return stopBot(bot, apps, consumers, ops, [redis, quick])
    },
  }
}

async function stopBot(
  bot: Bot,
  apps: SlackApps,
  consumers: readonly Consumer[],
  ops: { readonly close: () => Promise<void> } | undefined,
  connections: readonly { readonly disconnect: () => void }[],
): Promise<void> {
  await apps.stop()
  await ops?.close()
  await Promise.all(consumers.map((consumer) => consumer.close()))
  bot.inventory.close()
  await bot.queues.close()
  await bot.quickQueues.close()
  for (const connection of connections) connection.disconnect()
}

function apiUrlOf(config: BotConfig): { readonly apiUrl?: string } {
  return config.slack.apiUrl === undefined ? {} : { apiUrl: config.slack.apiUrl }
}

function openApps(bot: Bot, routes: readonly Route[]): SlackApps {
  const { config, client, self, host } = bot
  const { mode } = config.slack
  const take = takeDeps(bot)
  return slackApps(
    {
      token: config.slack.botToken,
      self,
      client,
      ...apiUrlOf(config),
      log: host.log,
      mode: mode.kind === 'socket' ? mode : { ...mode, port: config.port, routes },
    },
    {
      onAsk: (ask) => onAsk(ask, bot, take),
      onAction: (press) => onAction(press, take),
      onFailure: (error) => {
        const reference = randomUUID().slice(0, 8)
        host.log.error({ reference, message: error instanceof Error ? error.message : 'unknown' }, 'a handler failed')
        return failureMessage(failureOf(error, reference))
      },
      seen: async (eventId) => !(await bot.quickBoard.firstTime(`event:${eventId}`)),
    },
  )
}

async function onAsk(ask: Ask, bot: Bot, deps: TakeDeps<Message>): Promise<Reply> {
  // A question asked in a channel is answered in a thread under it; one in a direct message, or a command, below it.
  const thread = ask.thread ?? (ask.entry === 'mention' ? ask.ts : undefined)
  const { text, person, channel, entry } = ask
  const taken = await takeAsk({ text, person, channel, entry, ...(thread === undefined ? {} : { thread }) }, deps)
  if (taken.kind === 'shown') return { kind: 'ephemeral', message: taken.message }
  bot.responders.set(taken.run, ask.respond)
  setTimeout(() => bot.responders.delete(taken.run), RESPONDERS_KEPT_MS).unref()
  return { kind: 'accepted', ...(ask.entry === 'command' ? { message: taken.message } : {}) }
}

async function onAction(press: Press, deps: TakeDeps<Message>): Promise<Message | undefined> {
  if (press.action !== 'cancel_run') return undefined
  const cancelled = await cancelRun(press.value, press.person, deps)
  return cancelled.ok ? deps.messages.cancelled(cancelled.value.run) : deps.messages.failure(cancelled.error)
}

function takeDeps(bot: Bot): TakeDeps<Message> {
  const { board, quickBoard, host, now, library, objects, directory } = bot
  const { policy } = bot.config.settings
  const verifyExpired = grantVerifier(localKeys(bot.keys), 'ignore', 'look up', { audit: async () => undefined, now })
  const may = (by: Parameters<TakeDeps<Message>['mayCancel']>[0], asker: Person): boolean =>
    mayCancel(by, asker, policy)
  return {
    library,
    policy,
    objects,
    now,
    verifyExpired,
    inventory: bot.inventory.current,
    messages: askMessages,
    audit: host.audit,
    mayCancel: may,
    personFacts: (person) => directory.personFacts(person),
    placeFacts: (place, person) => directory.placeFacts(place, person),
    knownZone: bot.knownZone,
    newId: randomUUID,
    queueAsk: async (ask) => {
      const iat = Math.floor(now().getTime() / 1000)
      const times = { iat, nbf: iat, exp: iat + ASK_GOOD_FOR_S }
      const who = {
        iss: 'ctq',
        aud: ASK_TOKEN.audience,
        sub: `${ask.person.team}.${ask.person.user}`,
        jti: randomUUID(),
      }
      const token = await bot.sign(ASK_TOKEN, { ...who, ...times, ...ask })
      await bot.quickQueues.addAsk(ask.run, token)
      bot.pending.set(ask.run, { token, at: now().getTime() })
    },
    cancel: async (run, token) => {
      await quickBoard.cancel(run)
      await bot.quickQueues.addEnd(run, token)
      await bot.quickQueues.addDelivery(run, token, 'status')
    },
    statusOf: (person, typed) =>
      statusOf(person, typed, {
        objects,
        verifyExpired,
        mayCancel: may,
        recent: (of) => quickBoard.recent(`${of.team}.${of.user}`, RECENT_SHOWN),
        progress: (run) => board.progress(run),
        cancelled: (run) => board.cancelled(run),
      }),
  }
}

function requestDeps(bot: Bot): RequestDeps {
  const { board, queues, config, directory, now, library, objects } = bot
  const accountOfKey = accountOfKeyByAws(config.settings.aws.homeRegion, transport())
  return {
    library,
    objects,
    now,
    policy: config.settings.policy,
    inventory: bot.inventory.current,
    rows: config.settings.limits.rows,
    sign: (grant) => bot.sign(RUN_TOKEN, grant),
    newId: randomUUID,
    audit: bot.host.audit,
    times: bot.times,
    personFacts: (person) => directory.personFacts(person),
    placeFacts: (place, person) => directory.placeFacts(place, person),
    accountOfKey: async (key) => (await accountOfKey(key)) ?? null,
    join: (question, run) => board.join(question, run),
    leave: (question, run) => board.leave(question, run),
    enqueue: (run, token) => queues.addRun(run, token, 'interactive'),
    status: (run, token) => queues.addDelivery(run, token, 'status'),
    remember: (person, run) => board.remember(`${person.team}.${person.user}`, run),
  }
}

function consumeAsks(bot: Bot, redis: Parameters<typeof consume>[1]): Consumer {
  const deps = requestDeps(bot)
  const keys = localKeys(bot.keys)
  return consume(
    'ask',
    redis,
    async ({ token }): Promise<Decision> => {
      const checked = await verify(keys, ASK_TOKEN, token, bot.now(), 'ignore')
      if (!checked.ok) return { kind: 'final', why: `ask: ${checked.error.why}` }
      const ask = checked.value
      const failure = await askFailure(ask, deps, bot)
      if (failure !== undefined) await tell(ask, failure, { ...bot, log: bot.host.log })
      bot.pending.delete(ask.run)
      return { kind: 'done' }
    },
    { concurrency: CONCURRENCY.ask, onFault: onFault(bot) },
  )
}

/** Handles an ask; gives what must be told to the asker alone, if anything. Slack being away is waited out by the queue. */
async function askFailure(ask: SignedAsk, deps: RequestDeps, bot: Bot): Promise<Message | undefined> {
  if (ask.exp < bot.now().getTime() / 1000) return failureMessage({ code: 'queue_unavailable' })
  try {
    const requested = await requestRun(ask, deps)
    if (!requested.ok) return failureMessage(requested.error)
    return requested.value.kind === 'joined' ? askMessages.joined(requested.value.run, requested.value.echo) : undefined
  } catch (error) {
    if (!isAwsFault(error)) throw error
    return failureMessage({ code: 'aws_unavailable', what: error.action ?? 'AWS', detail: error.detail })
  }
}

function consumeRenewals(bot: Bot, redis: Parameters<typeof consume>[1]): Consumer {
  const { now, objects, host } = bot
  const deps: RenewDeps = {
    ...requestDeps(bot),
    personFacts: (person) => bot.directory.personFacts(person, { fresh: true }),
    placeFacts: (place, person) => bot.directory.placeFacts(place, person, { fresh: true }),
    verifyExpired: grantVerifier(localKeys(bot.keys), 'ignore', 'renewal', { audit: host.audit, now }),
    allowed: allowedRunbooks(objects, () => bot.inventory.current().accounts.map(({ id }) => id)),
  }
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

function consumeDeliveries(bot: Bot, redis: Parameters<typeof consume>[1]): Consumer {
  const { board, now, config, directory, host, objects } = bot
  const deps: DeliverDeps<Message> = {
    objects,
    now,
    audit: host.audit,
    verify: grantVerifier(localKeys(bot.keys), 'ignore', 'delivery', { audit: host.audit, now }),
    placeAllows: async (grant, to, { fresh }) => {
      if (to.kind === 'direct') return await directAllows(grant.person, fresh, bot)
      const place = await directory.placeFacts(to, grant.person, { fresh })
      const decision = placeAllows(place, config.settings.policy)
      const { checks } = decision
      if (decision.outcome === 'here') return { allowed: true, checks }
      const why = checks.filter((check) => !check.passed).map((check) => check.detail ?? check.check)
      return { allowed: false, why: why.join(', '), tell: decision.outcome === 'direct', checks }
    },
    progress: async (run) => {
      const progress = await board.progress(run)
      return progress.parts.total === 0 ? undefined : progress
    },
    turn: board.turn,
    slack: bot.posting as DeliverDeps<Message>['slack'],
    messages: deliveryMessages(bot.inventory.current, bot.library, now),
    sleep: (ms) => delay(ms),
  }
  return consume(
    'deliver',
    redis,
    async (job: DeliverJob, turn): Promise<Decision> => {
      const outcome = await board.alone(`deliver:${job.run}`, `${process.pid}:${turn.id}`, () => deliver(job, deps))
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

function onFault(
  bot: Bot,
): (fault: { readonly queue: string; readonly job?: string; readonly message: string }) => void {
  return (fault) => {
    bot.host.metrics.fault(fault.queue)
    bot.host.log.warn(fault, 'a job failed or its queue did')
  }
}

function failureOf(error: unknown, reference: string): Failure {
  if (isSlackFault(error)) return { code: 'slack_unavailable', what: error.reason }
  return { code: 'internal', reference }
}
