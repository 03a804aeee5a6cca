import { randomUUID } from 'node:crypto'
import type { Redis } from 'ioredis'
import type { Progress } from '../../domain/result/answer.ts'
import { type ChainPace, secondsLeft } from '../../domain/result/secondsLeft.ts'

/** What Redis knows of running questions: progress, the cancel flag, who is asking the same. Losing it loses no record. */
export type RunBoard = {
  /** When it was first said stays. */
  readonly planned: (run: string, whole: { readonly parts: number; readonly chains: number }) => Promise<void>
  readonly page: (
    run: string,
    page: {
      readonly records: number
      readonly matched: number
      readonly chain: string
      readonly share: number
      readonly ended: boolean
    },
  ) => Promise<void>
  /** The run waits its turn at the pace, for some seconds more. */
  readonly paced: (run: string) => Promise<void>
  /** `part`: the folder of its chains. Those that it never came to the end of, as when it is denied, are not waited for. */
  readonly partEnded: (run: string, part: string) => Promise<void>
  readonly progress: (run: string) => Promise<Progress>
  readonly cancel: (run: string) => Promise<void>
  readonly cancelled: (run: string) => Promise<boolean>
  /** Hears each cancelled run at once; the flag stays for those who were not listening. */
  readonly onCancel: (listener: (run: string) => void) => Promise<() => Promise<void>>
  /** Claims a question for a run; the run that has it already when somebody was first. */
  readonly join: (question: string, run: string) => Promise<string>
  readonly leave: (question: string, run: string) => Promise<void>
  /** True the first time in an hour: Slack delivers an event again when our ack was lost. */
  readonly firstTime: (id: string) => Promise<boolean>
  /**
   * Takes a turn under a key that allows one every so many ms, for all processes: 0 when it is taken, else how many ms to wait. Who waits
   * has a place in the line, so that nobody is overtaken by those who come later.
   */
  readonly turn: (key: string, everyMs: number, who: string) => Promise<number>
  /**
   * Does the work while no other process does work under the same key; undefined when one does. `mine` says whether that is still so: a process
   * that stood still for long may have lost its turn to another, and must not go on.
   */
  readonly alone: <T>(key: string, owner: string, work: (mine: () => boolean) => Promise<T>) => Promise<T | undefined>
  readonly remember: (person: string, run: string) => Promise<void>
  readonly recent: (person: string, most: number) => Promise<readonly string[]>
}

type Counts = readonly (readonly [string, number])[]

const DAY_S = 86_400
const HOUR_S = 3_600
const RECENT = 50
/**
 * One command, as it is sent for every page: a pipeline of ioredis costs as much memory as the page. The pace of a chain is kept as `paceAfter`
 * has it.
 */
const COUNT = `
for i = 5, #ARGV, 2 do redis.call('HINCRBY', KEYS[1], ARGV[i], ARGV[i + 1]) end
redis.call('HSET', KEYS[1], 'countedAt', ARGV[2])
local field = 'pace:' .. ARGV[3]
if ARGV[3] ~= '' and ARGV[4] == '' then
  redis.call('HDEL', KEYS[1], field)
  local part = string.match(ARGV[3], '^(.+)/%d+/[^/]+$')
  if part then redis.call('HINCRBY', KEYS[1], 'over:' .. part, 1) end
elseif ARGV[3] ~= '' then
  local share, at, rate = string.match(redis.call('HGET', KEYS[1], field) or '', '^(%S+) (%S+) (%S+)$')
  local passed = math.max(1, ARGV[2] - (at or redis.call('HGET', KEYS[1], 'since') or ARGV[2]))
  local lately = (ARGV[4] - (share or 0)) / passed
  rate = rate and rate * 0.7 + lately * 0.3 or lately
  redis.call('HSET', KEYS[1], field, string.format('%.9f %.0f %.15f', ARGV[4], ARGV[2], rate))
end
redis.call('EXPIRE', KEYS[1], ARGV[1])`
/** A part is over: of its chains, as many as every part has, those without an end never come to one. */
const PART_ENDED = `
redis.call('HINCRBY', KEYS[1], 'done', 1)
redis.call('HSET', KEYS[1], 'countedAt', ARGV[2])
local over = 'over:' .. ARGV[3]
local total = tonumber(redis.call('HGET', KEYS[1], 'total') or '0')
local each = total > 0 and math.floor(tonumber(redis.call('HGET', KEYS[1], 'chains') or '0') / total) or 0
local missing = each - tonumber(redis.call('HGET', KEYS[1], over) or '0')
if missing > 0 then redis.call('HINCRBY', KEYS[1], 'ended', missing) end
redis.call('HDEL', KEYS[1], over)
for chain = 0, each - 1 do
  redis.call('HDEL', KEYS[1], string.format('pace:%s/%04d/000000.page', ARGV[3], chain))
end
redis.call('EXPIRE', KEYS[1], ARGV[1])`
/** Whoever waits its turn says so again and again; after so long it no longer does. */
const PACED_MS = 5_000
/** Nothing came for so long, and nobody waits for the pace: then it is AWS that is slow. */
const SILENT_MS = 6_000

/** The board on one Redis. Keys share BullMQ's tag, and lie where no queue has its jobs: `{ctq}:run:…` is a job of the queue `run`. */
export function redisBoard(redis: Redis): RunBoard {
  const key = (kind: string, id: string): string => `{ctq}:board:${kind}:${id}`
  const count = async (run: string, chain: readonly [string, string], counts: Counts): Promise<void> => {
    await redis.eval(COUNT, 1, key('run', run), DAY_S, Date.now(), ...chain, ...counts.flat())
  }
  return {
    planned: async (run, { parts, chains }) => {
      const known = key('run', run)
      // A run that follows credentials plans more as it goes on; it began when it first said anything.
      const told = redis.pipeline().hset(known, { total: parts, chains })
      await told.hsetnx(known, 'since', Date.now()).expire(known, DAY_S).exec()
    },
    page: (run, page) =>
      count(
        run,
        [page.chain, page.ended ? '' : `${page.share}`],
        [
          ['pages', 1],
          ['records', page.records],
          ['matched', page.matched],
          ['ended', page.ended ? 1 : 0],
        ],
      ),
    paced: async (run) => {
      await redis.hset(key('run', run), 'pacedAt', Date.now())
    },
    partEnded: async (run, part) => {
      await redis.eval(PART_ENDED, 1, key('run', run), DAY_S, Date.now(), part)
    },
    progress: async (run) => {
      const read = await redis.hgetall(key('run', run))
      const of = (name: string): number => Number(read[name] ?? 0)
      const open = openChains(read)
      return {
        pages: of('pages'),
        records: of('records'),
        matched: of('matched'),
        parts: { done: of('done'), total: of('total') },
        ...(of('chains') === 0 ? {} : { knownPages: of('pages') + Math.max(0, of('chains') - of('ended')) }),
        ...secondsLeft(open, of('chains') - of('ended') - open.length, Date.now() - of('since')),
        ...waitingFor(of('pacedAt'), Math.max(of('countedAt'), of('since'))),
      }
    },
    cancel: async (run) => {
      await redis.set(key('cancelled', run), '1', 'EX', DAY_S)
      await redis.publish(`${CANCELS}`, run)
    },
    cancelled: async (run) => (await redis.exists(key('cancelled', run))) === 1,
    onCancel: async (listener) => {
      const listening = redis.duplicate()
      listening.on('error', () => {
        // The flag in Redis is read before every page; this only makes it quicker.
      })
      listening.on('message', (_channel, run) => listener(run))
      await listening.subscribe(CANCELS)
      return async () => {
        listening.removeAllListeners('message')
        listening.disconnect()
      }
    },
    join: async (question, run) => {
      const first = await redis.set(key('asking', question), run, 'EX', HOUR_S, 'NX')
      return first === 'OK' ? run : ((await redis.get(key('asking', question))) ?? run)
    },
    leave: async (question, run) => {
      if ((await redis.get(key('asking', question))) === run) await redis.del(key('asking', question))
    },
    firstTime: async (id) => (await redis.set(key('seen', id), '1', 'EX', HOUR_S, 'NX')) === 'OK',
    turn: async (id, everyMs, who) => Number(await redis.eval(TURN, 1, key('turn', id), everyMs, who)),
    alone: async (id, owner, work) => {
      const lock = key('alone', id)
      // Process ids are the same in every container.
      const holder = `${owner}:${randomUUID()}`
      let renewedAt = Date.now()
      let lost = false
      if ((await redis.set(lock, holder, 'PX', LOCK_MS, 'NX')) !== 'OK') return undefined
      const renew = async (): Promise<void> => {
        const asked = Date.now()
        if (Number(await redis.eval(RENEW, 1, lock, holder, LOCK_MS)) === 1) renewedAt = asked
        else lost = true
      }
      // While Redis is away nothing is renewed, and the time says when the lock is over.
      const keep = setInterval(() => void renew().catch(() => undefined), LOCK_MS / 3)
      try {
        return await work(() => !lost && Date.now() - renewedAt < LOCK_MS)
      } finally {
        clearInterval(keep)
        await redis.eval(UNLOCK, 1, lock, holder)
      }
    },
    remember: async (person, run) => {
      await redis
        .pipeline()
        .lrem(key('recent', person), 0, run)
        .lpush(key('recent', person), run)
        .ltrim(key('recent', person), 0, RECENT - 1)
        .expire(key('recent', person), 7 * DAY_S)
        .exec()
    },
    recent: (person, most) => redis.lrange(key('recent', person), 0, most - 1),
  }
}

/**
 * `free` is when the next turn is to be had, in milliseconds of Redis's own clock; a field for each who waits says when theirs is. A place
 * that is not taken up (its process died) costs the others one turn.
 */
const TURN = `
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local who = 'for:' .. ARGV[2]
local mine = tonumber(redis.call('HGET', KEYS[1], who) or '')
local free = tonumber(redis.call('HGET', KEYS[1], 'free') or '0')
if not mine then
  mine = math.max(now, free)
  free = mine + tonumber(ARGV[1])
  redis.call('HSET', KEYS[1], 'free', string.format('%.0f', free))
end
if mine <= now then redis.call('HDEL', KEYS[1], who) else redis.call('HSET', KEYS[1], who, string.format('%.0f', mine)) end
redis.call('PEXPIRE', KEYS[1], math.max(free - now, 0) + 60000)
return math.max(0, mine - now)
`

/** A lock outlives its process by so long at most. */
const LOCK_MS = 15_000
/** Whoever lost the lock does not keep it from whoever has it now. */
const RENEW = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end return 0`
const UNLOCK = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0`

const CANCELS = '{ctq}:cancels'

/** The chains that have given a page and are not at their end. */
function openChains(read: { readonly [field: string]: string }): readonly Pick<ChainPace, 'share' | 'rate'>[] {
  return Object.entries(read)
    .filter(([field]) => field.startsWith('pace:'))
    .map(([, text]) => {
      const [share = 0, , rate = 0] = text.split(' ').map(Number)
      return { share, rate }
    })
}

function waitingFor(pacedAt: number, heardAt: number): Pick<Progress, 'waiting'> {
  const now = Date.now()
  if (now - pacedAt < PACED_MS) return { waiting: 'pace' }
  return heardAt > 0 && now - heardAt > SILENT_MS ? { waiting: 'aws' } : {}
}
