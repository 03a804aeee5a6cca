import type { Consumer } from './adapters/bullmq/consumer.ts'
import { openQueues } from './adapters/bullmq/queues.ts'
import { type Route, serveOps } from './adapters/http/ops.ts'
import { parseKeySet } from './adapters/jose/keys.ts'
import { localKeys, signer } from './adapters/jose/tokens.ts'
import { pagerDuty } from './adapters/oncall/pagerduty.ts'
import { impatientRedis, patientRedis } from './adapters/redis/connection.ts'
import { redisBoard } from './adapters/redis/runs.ts'
import { fileObjects } from './adapters/resultStore/file.ts'
import type { SlackApps } from './adapters/slack/app.ts'
import { slackClient, whoAmI } from './adapters/slack/client.ts'
import { slackDirectory } from './adapters/slack/directory.ts'
import { slackPosting } from './adapters/slack/posting.ts'
import { consumeApprovals, lostApprovals } from './bot/approvals.ts'
import { consumeAsks, consumeDeliveries, consumeRenewals } from './bot/consumers.ts'
import { ASK_GOOD_FOR_S } from './bot/deps.ts'
import { openApps } from './bot/entries.ts'
import { followRuns } from './bot/follow.ts'
import { keepInvestigations } from './bot/investigations.ts'
import { apiUrlOf, type Bot } from './bot/parts.ts'
import { keepRecovering } from './bot/recovery.ts'
import { keepRetention } from './bot/retention.ts'
import { revoker } from './bot/revocation.ts'
import { watchPolicy } from './bot/watchPolicy.ts'
import { withZones } from './bot/zones.ts'
import type { BotConfig } from './config.ts'
import type { Library } from './domain/runbook/runbook.ts'
import type { Host, Running } from './host.ts'
import { openInventory } from './inventory.ts'
import { openOnCall } from './onCall.ts'
import { grantVerifier } from './tokens.ts'

const EVENTS_KEPT = 1_000

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
  const slack = slackDirectory({ client, self, now: Date.now })
  const posting = slackPosting({ client, self, levels: new Map(), directChannel: slack.directChannel })
  const objects = fileObjects(config.results.path)
  const pager = config.pagerDuty && pagerDuty({ ...config.pagerDuty, now: Date.now })
  const watch = await watchPolicy({
    directory: slack,
    team: self.team,
    policy: config.settings.policy,
    objects,
    audit: host.audit,
    now,
    log: host.log,
    posting,
    onCall: openOnCall({ policy: config.settings.policy, pager, now, log: host.log }),
  })
  const { directory, knownZone } = withZones(watch.directory)
  const keys = parseKeySet(config.signingKeys, 'private')
  const { grants } = config.settings
  const bot: Bot = {
    config,
    host,
    library,
    objects,
    inventory: await openInventory(config.settings, host.log),
    board: redisBoard(redis),
    quickBoard: redisBoard(quick),
    queues: openQueues(redis, { eventsKept: EVENTS_KEPT }),
    quickQueues: openQueues(quick, { eventsKept: EVENTS_KEPT }),
    client,
    self,
    directory,
    knownZone,
    everybody: watch.everybody,
    posting,
    keys,
    sign: await signer(keys),
    times: { token: Math.round(grants.minutes * 60), run: grants.renewFor, delivery: grants.deliverWithin },
    responders: new Map(),
    pending: new Map(),
    now,
  }
  const consumers = [
    consumeAsks(bot, redis),
    consumeRenewals(bot, redis),
    consumeDeliveries(bot, redis),
    consumeApprovals(bot, redis),
  ]
  await Promise.all(consumers.map((consumer) => consumer.ready()))
  const http = config.slack.mode.kind === 'http'
  const apps = openApps(bot, http ? routes : [])
  await apps.start()
  const ops = http ? undefined : await serveOps(routes, config.port, config.listen)
  const stopRecovering = keepRecovering({
    ...bot,
    redis,
    verifyExpired: grantVerifier(localKeys(keys), 'ignore', 'recovery', { audit: host.audit, now }),
    age: Math.max(bot.times.run, bot.times.delivery),
    approvals: lostApprovals(bot),
    askGoodForMs: ASK_GOOD_FOR_S * 1000,
    log: host.log,
  })
  // A bot that starts may have other rules than the one that allowed what runs; groups may have changed while none looked.
  const revoke = revoker(bot)
  watch.onGroupsChanged((users) => void revoke(users))
  void revoke('everybody')
  const stopFollowing = followRuns(bot)
  const stopRetention = keepRetention(bot)
  const stopInvestigations = keepInvestigations(bot)
  return {
    port: () => apps.port() ?? ops?.port,
    ready: async () => ({ ok: (await quick.ping()) === 'PONG' && apps.connected() > 0, connections: apps.connected() }),
    stop: () => {
      stopRecovering()
      stopFollowing()
      stopRetention()
      stopInvestigations()
      watch.stop()
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
