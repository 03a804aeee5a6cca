import { createHash } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { type ConnectionOptions, Queue } from 'bullmq'
import type { Redis } from 'ioredis'
import type { Lane } from '../../domain/policy/grant.ts'

/** All of BullMQ's keys share one slot of a cluster; without the braces its scripts fail there (CROSSSLOT). */
export const PREFIX = '{ctq}'

/** What waits in each queue. Jobs hold signed tokens and ids: Redis is not trusted with anything else. */
export type JobData = {
  ask: { readonly token: string }
  run: { readonly token: string; readonly run: string }
  part: { readonly token: string; readonly run: string } & PartPlace
  renew: { readonly token: string }
  deliver: { readonly token: string; readonly run: string; readonly want: Want }
  /** What is due about a request for approval: what it is stands, signed, in the store. `once`: now, whatever else is due later. */
  approve: { readonly run: string; readonly once?: true }
}
/**
 * `status`: progress; `watch`: the same again and again until the end, also while no page comes; `final`: the answer; `settled`: what became
 * of asking its last minutes again.
 */
export type Want = 'status' | 'watch' | 'final' | 'settled'
export type QueueName = keyof JobData

/** Parts of one run that share a rank. The next so many rank behind the first of every other run, so that a wide run starves nobody. */
const PARTS_A_RANK = 24
const BACKGROUND = 100_000
/** BullMQ's largest priority. */
const LAST_RANK = 2_000_000
const ADDED_AT_ONCE = 250
/** A status message is edited at most so often (Slack: chat.update is tier 3, and people read no faster). */
const STATUS_EVERY_MS = 3_000
/** Begins the id of a job that ends a cancelled run. */
export const ENDS = 'end.'
/** A cancelled part stops before its next page; this leaves time for the page it is reading. */
const PARTS_STOP_WITHIN_MS = 800
const RENEWAL_ANSWER_MS = 8_000

const DAY_S = 86_400

/** Opens the queues for adding. `eventsKept`: of each, which nobody here reads. */
export function openQueues(redis: Redis, options: { readonly eventsKept: number }): Queues {
  const connection = redis as unknown as ConnectionOptions
  const open = <N extends QueueName>(name: N): Queue<JobData[N]> => {
    const queue = new Queue<JobData[N]>(name, {
      connection,
      prefix: PREFIX,
      streams: { events: { maxLen: options.eventsKept } },
      defaultJobOptions: {
        attempts: 10,
        backoff: { type: 'exponential', delay: 1_000, jitter: 0.5 },
        removeOnComplete: { age: DAY_S, count: 20_000 },
        removeOnFail: { age: 7 * DAY_S, count: 5_000 },
      },
    })
    queue.on('error', () => {
      // The command's own rejection tells its caller.
    })
    return queue as Queue<JobData[N]>
  }
  const queues = {
    ask: open('ask'),
    run: open('run'),
    part: open('part'),
    renew: open('renew'),
    deliver: open('deliver'),
    approve: open('approve'),
  }
  const addDelivery: Queues['addDelivery'] = async (run, token, want, lane = 'interactive') => {
    const once =
      want === 'status'
        ? { deduplication: { id: `status.${run}`, ttl: STATUS_EVERY_MS } }
        : { jobId: want === 'final' ? finalJobId(run) : `${want}.${run}` }
    await add(queues.deliver, want, { token, run, want }, { ...once, priority: deliveryRank(want, lane) })
  }
  return {
    addAsk: async (run, token) => {
      await add(queues.ask, 'ask', { token }, { jobId: askJobId(run) })
    },
    addRun: async (run, token, lane) => {
      await add(queues.run, 'run', { token, run }, { jobId: run, priority: rank(0, lane) })
    },
    addEnd: async (run, token) => {
      await add(queues.run, 'run', { token, run }, { jobId: `${ENDS}${run}`, delay: PARTS_STOP_WITHIN_MS })
    },
    addParts: async (parent, token, run, asked, lane) => {
      const parts = await notEnded(queues, parent, run, asked)
      for (let start = 0; start < parts.length; start += ADDED_AT_ONCE)
        await (queues.part as Queue).addBulk(
          parts.slice(start, start + ADDED_AT_ONCE).map((place, index) => ({
            name: 'part',
            data: { token, run, ...place },
            opts: {
              jobId: partJobId(run, place),
              priority: rank(start + index, lane),
              parent: { id: parent, queue: queues.run.qualifiedName },
              ignoreDependencyOnFailure: true,
            },
          })),
        )
    },
    addDelivery,
    addProgress: async (run, token) => {
      await addDelivery(run, token, 'status')
      await addDelivery(run, token, 'watch')
    },
    addApproval: async (run) => {
      await add(queues.approve, 'approve', { run }, { jobId: approvalJobId(run) })
    },
    addApprovalNow: async (run) => {
      await add(queues.approve, 'approve', { run, once: true }, {})
    },
    renew: async (token) => {
      const job = await add(
        queues.renew,
        'renew',
        { token },
        {
          deduplication: { id: fingerprint(token) },
          removeOnComplete: { age: 60 },
          removeOnFail: { age: 60 },
          attempts: 3,
        },
      )
      return await answerOf(queues.renew as unknown as Queue, job.id ?? '')
    },
    waiting: async (name) => {
      const counts = await queues[name].getJobCounts('wait', 'prioritized')
      return (counts['wait'] ?? 0) + (counts['prioritized'] ?? 0)
    },
    active: async (name) => (await queues[name].getJobCounts('active'))['active'] ?? 0,
    stateOf: (name, id) => stateOf(queues[name] as unknown as Queue, id),
    forgetEnded: async (name, id) => {
      const queue = queues[name] as unknown as Queue
      if ((await stateOf(queue, id)) === 'ended') await queue.remove(id)
    },
    close: async () => {
      await Promise.all(Object.values(queues).map((queue) => queue.close()))
    },
  }
}

export type Queues = {
  readonly addAsk: (run: string, token: string) => Promise<void>
  readonly addRun: (run: string, token: string, lane: Lane) => Promise<void>
  /** Has a cancelled run put its answer together in a moment, without waiting for its parts. */
  readonly addEnd: (run: string, token: string) => Promise<void>
  readonly addParts: (
    parent: string,
    token: string,
    run: string,
    parts: readonly PartPlace[],
    lane: Lane,
  ) => Promise<void>
  /** A status delivery within three seconds of another of the same run is dropped; a final one is added once and kept. */
  readonly addDelivery: (run: string, token: string, want: Want, lane?: Lane) => Promise<void>
  /** Has a run's progress shown at once, and from then on until it ends. */
  readonly addProgress: (run: string, token: string) => Promise<void>
  /** Has a request for approval looked after until it ends: added once. */
  readonly addApproval: (run: string) => Promise<void>
  /** Has it looked at now as well. */
  readonly addApprovalNow: (run: string) => Promise<void>
  /** Asks the bot for a new token. `unanswered`: it did not within 8 s, or could not. */
  readonly renew: (token: string) => Promise<RenewalAnswer>
  readonly waiting: (name: QueueName) => Promise<number>
  readonly active: (name: QueueName) => Promise<number>
  /** `ended`: done or given up, and kept for the record. */
  readonly stateOf: (name: QueueName, id: string) => Promise<'none' | 'live' | 'ended'>
  /** Makes room for a job of the same id, where one has ended. */
  readonly forgetEnded: (name: QueueName, id: string) => Promise<void>
  readonly close: () => Promise<void>
}

/** What the bot answered to a token that was sent for renewal. */
export type RenewalAnswer =
  | { readonly kind: 'renewed'; readonly token: string }
  | { readonly kind: 'refused' }
  | { readonly kind: 'unanswered' }

/** The id of the job that delivers a run's answer. */
export const finalJobId = (run: string): string => `final.${run}`
/** The id of the job that looks after a request for approval. */
export const approvalJobId = (run: string): string => `approve.${run}`
/** The id of the job that takes an ask. */
export const askJobId = (run: string): string => `ask.${run}`

/** `round`: of a run that follows credentials; absent for the first. */
type PartPlace = { readonly account: string; readonly region: string; readonly round?: number }
const partJobId = (run: string, { account, region, round }: PartPlace): string =>
  `${run}.${account}.${region}${round === undefined ? '' : `.${round}`}`

/**
 * The parts that a run may wait for. One whose job has ended never ends again: added a second time it would keep its run waiting for ever.
 * Only a run that has had parts before is looked at.
 */
async function notEnded(
  queues: { readonly run: unknown; readonly part: unknown },
  parent: string,
  run: string,
  parts: readonly PartPlace[],
): Promise<readonly PartPlace[]> {
  const counts = await (await (queues.run as Queue).getJob(parent))?.getDependenciesCount()
  if (Object.values(counts ?? {}).every((count) => count === 0)) return parts
  const open: PartPlace[] = []
  for (let start = 0; start < parts.length; start += ADDED_AT_ONCE) {
    const some = parts.slice(start, start + ADDED_AT_ONCE)
    const states = await Promise.all(some.map((part) => stateOf(queues.part as Queue, partJobId(run, part))))
    open.push(...some.filter((_, index) => states[index] !== 'ended'))
  }
  return open
}

async function stateOf(queue: Queue, id: string): Promise<'none' | 'live' | 'ended'> {
  const state = await queue.getJobState(id)
  if (state === 'unknown') return 'none'
  return state === 'completed' || state === 'failed' ? 'ended' : 'live'
}

type AnyJob = Awaited<ReturnType<Queue['add']>>

async function add(queue: unknown, name: string, data: unknown, options: Parameters<Queue['add']>[2]): Promise<AnyJob> {
  return await (queue as Queue).add(name, data, options)
}

/** An answer that somebody waits for goes before progress, and both before what nobody waits for. */
function deliveryRank(want: Want, lane: Lane): number {
  return lane === 'background' ? 3 : want === 'final' ? 1 : 2
}

/** Rank of a run's n-th part: BullMQ serves smaller numbers first, equal ones in order. */
function rank(index: number, lane: Lane): number {
  return Math.min(LAST_RANK, 1 + Math.floor(index / PARTS_A_RANK) + (lane === 'background' ? BACKGROUND : 0))
}

/** A token's name where the token itself must not be: in a job id. */
function fingerprint(token: string): string {
  return createHash('sha256').update(token).digest('hex').slice(0, 32)
}

/**
 * What a renewal was answered. Looked for again and again: events of a queue can be missed in the moment in which somebody begins to listen
 * to them, and a renewal that is missed lets a run lapse.
 */
async function answerOf(queue: Queue, id: string): Promise<RenewalAnswer> {
  const until = performance.now() + RENEWAL_ANSWER_MS
  for (let pause = 20; performance.now() < until; pause = Math.min(200, pause * 2)) {
    await delay(pause)
    const job = await queue.getJob(id)
    if (job === undefined || job.finishedOn === undefined) continue
    const answer: unknown = job.returnvalue
    // A job that failed has none.
    if (typeof answer !== 'string') return { kind: 'unanswered' }
    return answer === '' ? { kind: 'refused' } : { kind: 'renewed', token: answer }
  }
  return { kind: 'unanswered' }
}
