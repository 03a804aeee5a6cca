import { Redis, type RedisOptions } from 'ioredis'

/** Keys of ours beside BullMQ's. Those with a tag of their own spread over a cluster; BullMQ's all share `{ctq}`. */
export const PREFIX = '{ctq}'

type Options = Omit<RedisOptions, 'replyMapping'>

const COMMON: Options = {
  // A demoted primary answers READONLY: reconnect and send the command again (BullMQ leaves this unset).
  reconnectOnError: (error) => (error.message.startsWith('READONLY') ? 2 : false),
  retryStrategy: (times) => Math.min(50 * 2 ** Math.min(times, 7), 5_000),
  enableReadyCheck: true,
}

/** For workers and anything that may wait as long as Redis is away. */
export function patientRedis(url: string): Redis {
  return withErrorsHeard(new Redis(url, { ...COMMON, maxRetriesPerRequest: null }))
}

/** For whoever must answer a person within a second or two: fails fast when Redis is away. */
export function impatientRedis(url: string): Redis {
  return withErrorsHeard(
    new Redis(url, {
      ...COMMON,
      maxRetriesPerRequest: 1,
      enableOfflineQueue: false,
      retryStrategy: (times) => Math.min(50 * 2 ** Math.min(times, 7), 1_000),
      connectTimeout: 1_000,
      commandTimeout: 1_500,
    }),
  )
}

/** ioredis raises `error` on every failed attempt to connect; without a listener that would end the process. */
function withErrorsHeard(redis: Redis): Redis {
  redis.on('error', () => {
    // Each command's own rejection tells its caller; readiness is reported by /readyz.
  })
  return redis
}
