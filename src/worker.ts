import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { JWTVerifyGetKey } from 'jose'
import { enabledRegions } from './adapters/aws/accounts.ts'
import { lookupEvents } from './adapters/aws/lookup.ts'
import { assumedSessions, transport } from './adapters/aws/sessions.ts'
import { type Consumer, consume, type Handler } from './adapters/bullmq/consumer.ts'
import { ENDS, openQueues, type QueueName, type Queues } from './adapters/bullmq/queues.ts'
import { watchdog } from './adapters/bullmq/watchdog.ts'
import { parseKeySet } from './adapters/jose/keys.ts'
import { localKeys, remoteKeys } from './adapters/jose/tokens.ts'
import { patientRedis } from './adapters/redis/connection.ts'
import { type Pacer, redisPacer } from './adapters/redis/pacer.ts'
import { type RunBoard, redisBoard } from './adapters/redis/runs.ts'
import { fileObjects } from './adapters/resultStore/file.ts'
import type { WorkerConfig } from './config.ts'
import { isAwsFault } from './domain/fault.ts'
import type { Inventory } from './domain/request/inventory.ts'
import { addressLabels } from './domain/result/addressLabels.ts'
import { partKey, roundOf } from './domain/result/objects.ts'
import type { Host, Running } from './host.ts'
import { openInventory } from './inventory.ts'
import { ownCaller } from './ownCaller.ts'
import { renewals } from './renewals.ts'
import { approvalReaders, grantVerifier } from './tokens.ts'
import { allowedRunbooks, matcherOf } from './usecases/allowed.ts'
import { basisChecker } from './usecases/basis.ts'
import { failRun } from './usecases/failRun.ts'
import { keptPlans } from './usecases/plans.ts'
import { type ReadPartDeps, readPart } from './usecases/readPart.ts'
import { type RunDeps, runRun } from './usecases/runRun.ts'
import { notesSoFar } from './usecases/soFarStore.ts'
import { counting, watchQueues, within } from './watch.ts'

/** Parts read side by side by one process. They wait for the pace and for AWS, not for a core. */
const PARTS_AT_ONCE = 128
const RUNS_AT_ONCE = 8
/** Slots are booked at most so far ahead; a part that would wait longer gives its place to others. */
const LONGEST_WAIT_MS = 20_000
const EVENTS_KEPT = 1_000
/** Chains of one part wait for each other, about two seconds; longer is for other questions, and whoever asked is told. */
const LONG_WAIT_MS = 3_000
const PACED_EVERY_MS = 2_000
/** How often a run's pages have its status shown, of which the queue drops all but one in three seconds, and the cancel flag read. */
const LOOK_UP_EVERY_MS = 100

/** Process 2: jobs out of the queue, answers into the result store. It holds no Slack token and no key that could mint. */
export async function startWorker(config: WorkerConfig, host: Host): Promise<Running> {
  const redis = patientRedis(host.redis)
  const queues = openQueues(redis, { eventsKept: EVENTS_KEPT })
  const board = redisBoard(redis)
  const state = {
    stopping: false,
    cancelled: new Set<string>(),
    started: { run: 0, part: 0 },
    active: { run: 0, part: 0 },
  }
  const stopListening = await board.onCancel((run) => state.cancelled.add(run))
  const inventory = await openInventory(config.settings, host.log)
  const deps = readingDeps(config, host, {
    queues,
    board,
    state,
    pacer: pacerOf(config, redis),
    inventory: inventory.current,
  })

  const counted = <N extends 'run' | 'part'>(name: N, handler: Handler<N>): Handler<N> => {
    return async (data, turn) => {
      state.started[name] += 1
      state.active[name] += 1
      try {
        return await handler(data, turn)
      } finally {
        state.active[name] -= 1
      }
    }
  }
  const onFault = (fault: { readonly queue: string; readonly job?: string; readonly message: string }): void => {
    host.metrics.fault(fault.queue)
    host.log.warn(fault, 'a job failed or its queue did')
  }
  const consumers: Consumer[] = [
    consume(
      'run',
      redis,
      counted('run', (job, turn) =>
        runRun(job, { partsEnded: turn.partsEnded || turn.id.startsWith(ENDS) }, deps.run(turn.id)),
      ),
      {
        concurrency: RUNS_AT_ONCE,
        onFault,
        onLost: (job, { error, why }) => failRun(job, why ?? lostWords(error), deps.run(job.run)),
      },
    ),
    consume(
      'part',
      redis,
      counted('part', async (job) => {
        const outcome = await readPart(job, deps.part)
        const { run, account, region, round } = job
        if (outcome.kind === 'done') await board.partEnded(run, partKey(roundOf(run, round), account, region))
        return outcome
      }),
      { concurrency: PARTS_AT_ONCE, onFault },
    ),
  ]
  await Promise.all(consumers.map((consumer) => consumer.ready()))
  watchQueues(host.metrics, queues)
  const watched = (['run', 'part'] as const).map((queue) => ({
    queue,
    started: () => state.started[queue],
    free: () => state.active[queue] < (queue === 'run' ? RUNS_AT_ONCE : PARTS_AT_ONCE),
  }))
  const stopWatching = watchdog(queues, watched, (queue: QueueName) =>
    host.fail(`jobs wait in ${queue} and none starts`),
  )
  return {
    ready: async () => ({ ok: (await within(redis.ping(), 'away')) === 'PONG', reading: state.active.part }),
    stop: async () => {
      state.stopping = true
      stopWatching()
      inventory.close()
      await stopListening()
      await Promise.all(consumers.map((consumer) => consumer.close()))
      await queues.close()
      redis.disconnect()
    },
  }
}

type Inside = {
  readonly queues: Queues
  readonly board: RunBoard
  readonly pacer: Pacer
  readonly inventory: () => Inventory
  readonly state: { readonly stopping: boolean; readonly cancelled: Set<string> }
}

function pacerOf(config: WorkerConfig, redis: ReturnType<typeof patientRedis>): Pacer {
  return redisPacer(redis, { intervalMs: config.settings.aws.paceMs, longestWaitMs: LONGEST_WAIT_MS })
}

function verifyingKeys(config: WorkerConfig): JWTVerifyGetKey {
  const { verifyingKeys: keys } = config
  return keys.kind === 'url' ? remoteKeys(new URL(keys.url)) : localKeys(parseKeySet(keys.text, 'public'))
}

function readingDeps(
  config: WorkerConfig,
  host: Host,
  inside: Inside,
): { readonly part: ReadPartDeps; readonly run: (job: string) => RunDeps } {
  const { queues, board, state, pacer } = inside
  const now = (): Date => new Date()
  const audit = counting(host.audit, host.metrics)
  const objects = fileObjects(config.results.path)
  const shared = transport()
  const { homeRegion, readerRole } = config.settings.aws
  const account = (id: string): Inventory['accounts'][number] | undefined =>
    inside.inventory().accounts.find((one) => one.id === id)
  const roleArn = (id: string): string => `arn:${account(id)?.partition ?? 'aws'}:iam::${id}:role/${readerRole}`
  const sessions = assumedSessions({ roleArn, region: homeRegion, transport: shared, now })
  const lookup = lookupEvents(sessions, shared, roleArn)
  const keys = verifyingKeys(config)
  const labels = addressLabels(config.settings.addresses)
  const allowed = allowedRunbooks(objects, () => inside.inventory().accounts.map(({ id }) => id))
  const accountName = (id: string): string | undefined => account(id)?.name
  const own = ownCaller(homeRegion, readerRole, shared)
  const worker = randomUUID().slice(0, 8)
  const noteSoFar = notesSoFar({ objects, allowed, accountName, addressLabel: labels, own, now, worker })
  const statusDue = sparing(LOOK_UP_EVERY_MS)
  const flagDue = sparing(LOOK_UP_EVERY_MS)
  const pacedDue = sparing(PACED_EVERY_MS)
  const common = {
    objects,
    now,
    audit,
    verify: grantVerifier(keys, 'check', 'work', { audit, now }),
    verifyExpired: grantVerifier(keys, 'ignore', 'lapse', { audit, now }),
    basisFault: basisChecker({ objects, ...approvalReaders(keys, now), now }),
    renew: renewals(queues),
    sleep: (ms: number) => sleepUnless(ms, () => state.stopping),
    cancelled: async (run: string) => state.cancelled.has(run) || (await board.cancelled(run)),
  }
  return {
    part: {
      ...common,
      cancelled: async (run) =>
        state.cancelled.has(run) || (flagDue(run) && (await board.cancelled(run)) && state.cancelled.add(run).has(run)),
      planOf: keptPlans(objects),
      matcher: matcherOf(allowed),
      lookup: (place) => async (ask, token) => {
        const page = await lookup(place, ask, token)
        host.metrics.page(place.region)
        return page
      },
      pace: async (run, id, region, lane) => {
        const slot = await pacer.reserve(id, region, lane)
        if (('laterMs' in slot || slot.waitMs > LONG_WAIT_MS) && pacedDue(run)) await board.paced(run)
        if ('laterMs' in slot) return { kind: 'until', until: new Date(Date.now() + slot.laterMs) }
        await sleepUnless(slot.waitMs, () => state.stopping || state.cancelled.has(run))
        return { kind: 'go' }
      },
      paced: async (id, region, how) => {
        if (how === 'served') return await pacer.served(id, region)
        host.metrics.throttled(region)
        await pacer.throttled(id, region)
      },
      stopping: () => state.stopping,
      othersWait: async () => (await queues.waiting('part')) > 0,
      progress: async (run, token, page, from) => {
        await Promise.all([board.page(run, page), noteSoFar(page.found, from)])
        if (statusDue(run)) await queues.addDelivery(run, token, 'status')
      },
      random: Math.random,
    },
    run: (job) => ({
      ...common,
      // The job that ends a cancelled run says so itself, whatever became of the flag.
      cancelled: async (run) => job.startsWith(ENDS) || (await common.cancelled(run)),
      allowed,
      enabledRegions: enabledRegions(sessions, shared, homeRegion),
      isClosed: (id) => account(id)?.closed === true,
      accountName,
      addressLabel: labels,
      own,
      addParts: (token, run, parts, lane) => queues.addParts(job, token, run, parts, lane),
      planned: board.planned,
      deliver: (run, token, want, lane) => queues.addDelivery(run, token, want, lane),
    }),
  }
}

/** Gives true at most once in so many ms for each key. */
function sparing(everyMs: number): (key: string) => boolean {
  const done = new Map<string, number>()
  return (key) => {
    const now = performance.now()
    for (const [oldest, at] of done) {
      if (now - at < everyMs) break
      done.delete(oldest)
    }
    if (done.has(key)) return false
    done.set(key, now)
    return true
  }
}

/** Why a run is given up, for who asked. What else went wrong is for the log: it may hold what nobody may see. */
function lostWords(error: Error): string {
  return isAwsFault(error) ? `AWS kept failing: ${error.detail}` : 'a fault inside ctq, which is in its log'
}

/** Sleeps in short naps, so that a process that is being stopped does not keep its supervisor waiting. */
async function sleepUnless(ms: number, stop: () => boolean): Promise<void> {
  const until = performance.now() + ms
  for (let left = ms; left > 0 && !stop(); left = until - performance.now()) await delay(Math.min(left, 250))
}
