import type { Redis } from 'ioredis'
import type { Lane } from '../../domain/policy/grant.ts'

export type PacerOptions = {
  /** Milliseconds between two requests: 500 is AWS's 2 requests/s per account and Region (LookupEvents API reference); a little more keeps clear of it. */
  readonly intervalMs: number
  /** Book a slot at most so far ahead; beyond that the caller is better off doing something else. */
  readonly longestWaitMs: number
}

export type Pacer = {
  /** Books the next slot of an account and Region for all processes together: milliseconds to wait, or how long until it is worth asking again. */
  readonly reserve: (
    account: string,
    region: string,
    lane: Lane,
  ) => Promise<{ readonly waitMs: number } | { readonly laterMs: number }>
  /** AWS threw this request away: everybody pauses for a moment and the interval grows. */
  readonly throttled: (account: string, region: string) => Promise<void>
  readonly served: (account: string, region: string) => Promise<void>
}

/** One isolated throttle means that two requests came too close for a bucket of one: a little wider is enough (measured: 520 to 550 ms). */
const STEP_MS = 15
const WIDEST_STEPPED_MS = 550
/** Throttle upon throttle with nothing served between: somebody else shares the limit, or it is lower here. */
const WIDEST_MS = 4_000
const STREAK = 3
/** All callers pause after a throttle; several throttles within this time count once. */
const PENALTY_MS = 1_000
/** While nothing is throttled a stepped interval narrows by a millisecond a minute, a wider one by a tenth every five seconds. */
const NARROW_EVERY_MS = 60_000
const RECOVER_EVERY_MS = 5_000
const KEPT_MS = 3_600_000
/** The background goes when the line is free. While it never is, it gets one page after so many of others, so that it does not wait for ever. */
const OTHERS_FIRST = 9

/**
 * GCRA with reservation: `tat` is when the next request may leave, in microseconds of Redis's own clock, so no two processes need agree on
 * the time. Burst is one: AWS's bucket size is not documented. A slot reserved by a process that dies is lost, nothing else.
 */
const RESERVE = `
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
local s = redis.call('HMGET', KEYS[1], 'tat', 'interval', 'changed', 'passed')
local base = tonumber(ARGV[1]) * 1000
local tat = tonumber(s[1] or now)
local interval = tonumber(s[2] or base)
if interval < base then interval = base end
if tat < now then tat = now end
if ARGV[3] == '1' then redis.call('HDEL', KEYS[1], 'streak') end
local wait = tat - now
local passed = tonumber(s[4] or 0)
local background = ARGV[4] == '1'
if background and wait > 0 and passed < ${OTHERS_FIRST} then return {0, math.ceil(wait / 1000)} end
passed = background and 0 or passed + 1
if wait > tonumber(ARGV[2]) * 1000 then return {0, math.ceil((wait - tonumber(ARGV[2]) * 500) / 1000)} end
local quiet = now - tonumber(s[3] or now)
local stepped = math.max(base, ${WIDEST_STEPPED_MS} * 1000)
local narrower = interval
if interval > stepped then
  narrower = math.max(stepped, interval * 0.9 ^ math.floor(quiet / (${RECOVER_EVERY_MS} * 1000)))
else narrower = math.max(base, interval - math.floor(quiet / (${NARROW_EVERY_MS} * 1000)) * 1000) end
if narrower < interval then
  interval = narrower
  redis.call('HSET', KEYS[1], 'interval', string.format('%.0f', interval), 'changed', string.format('%.0f', now))
end
redis.call('HSET', KEYS[1], 'tat', string.format('%.0f', tat + interval), 'passed', passed)
redis.call('PEXPIRE', KEYS[1], ${KEPT_MS})
return {1, math.ceil(wait / 1000)}
`

/**
 * A throttle of a slot that was booked before the last widening says nothing of the new interval: until `settles` it neither widens nor
 * pauses, unless nothing at all is served.
 */
const THROTTLED = `
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
local s = redis.call('HMGET', KEYS[1], 'tat', 'interval', 'penalised', 'streak', 'settles')
local base = tonumber(ARGV[1]) * 1000
local interval = math.max(base, tonumber(s[2] or base))
if now - tonumber(s[3] or 0) < ${PENALTY_MS} * 1000 then return 0 end
local streak = (ARGV[2] == '1' and 0 or tonumber(s[4] or 0)) + 1
redis.call('HSET', KEYS[1], 'streak', streak, 'penalised', string.format('%.0f', now), 'changed', string.format('%.0f', now))
redis.call('PEXPIRE', KEYS[1], ${KEPT_MS})
if streak < ${STREAK} and now < tonumber(s[5] or 0) then return 0 end
if streak >= ${STREAK} then interval = math.min(${WIDEST_MS} * 1000, interval * 1.5)
elseif interval < ${WIDEST_STEPPED_MS} * 1000 then interval = math.min(${WIDEST_STEPPED_MS} * 1000, interval + ${STEP_MS} * 1000) end
local tat = string.format('%.0f', math.max(tonumber(s[1] or now), now) + ${PENALTY_MS} * 1000)
redis.call('HSET', KEYS[1], 'tat', tat, 'settles', tat, 'interval', string.format('%.0f', interval))
return 1
`

/** The pace of every account and Region, shared by all processes on one Redis. */
export function redisPacer(redis: Redis, options: PacerOptions): Pacer {
  const key = (account: string, region: string): string => `{ctq:pace:${account}:${region}}`
  // What was served ends a streak of throttles for all processes. It is told with the next booking, so that it costs no command.
  const served = new Set<string>()
  return {
    reserve: async (account, region, lane) => {
      const name = key(account, region)
      const ends = served.delete(name) ? '1' : '0'
      const last = lane === 'background' ? '1' : '0'
      const asked = [options.intervalMs, options.longestWaitMs, ends, last]
      const [booked, ms] = (await redis.eval(RESERVE, 1, name, ...asked)) as [number, number]
      if (booked === 1) return { waitMs: ms }
      return { laterMs: Math.max(ms, options.intervalMs) }
    },
    throttled: async (account, region) => {
      const name = key(account, region)
      await redis.eval(THROTTLED, 1, name, options.intervalMs, served.delete(name) ? '1' : '0')
    },
    served: async (account, region) => {
      served.add(key(account, region))
    },
  }
}
