/** What was counted for one operation in one account and Region. Times are milliseconds since 1970. */
export type Count = {
  readonly account: string
  readonly region: string
  readonly operation: string
  served: number
  throttled: number
  /** Other refusals and failures, by code. */
  readonly failed: Record<string, number>
  inFlight: number
  maxInFlight: number
  readonly servedAt: number[]
  readonly throttledAt: number[]
}

export type Counters = {
  readonly of: (account: string, region: string, operation: string) => Count
  readonly all: () => readonly Count[]
  readonly reset: () => void
}

/** Times kept of each count: a benchmark wants the last minutes, not the whole life. */
const TIMES_MAX = 200_000

export function counters(): Counters {
  const counts = new Map<string, Count>()
  return {
    of: (account, region, operation) => {
      const key = `${account} ${region} ${operation}`
      const known = counts.get(key)
      if (known !== undefined) return known
      const made: Count = {
        account,
        region,
        operation,
        served: 0,
        throttled: 0,
        failed: {},
        inFlight: 0,
        maxInFlight: 0,
        servedAt: [],
        throttledAt: [],
      }
      counts.set(key, made)
      return made
    },
    all: () => [...counts.values()],
    reset: () => counts.clear(),
  }
}

export function began(count: Count): void {
  count.inFlight += 1
  count.maxInFlight = Math.max(count.maxInFlight, count.inFlight)
}

/** Counts how a call ended: served when there is no code. */
export function ended(count: Count, code: string | undefined, nowMs: number): void {
  count.inFlight -= 1
  if (code === undefined) {
    count.served += 1
    if (count.servedAt.length < TIMES_MAX) count.servedAt.push(nowMs)
  } else if (code === 'ThrottlingException') {
    count.throttled += 1
    if (count.throttledAt.length < TIMES_MAX) count.throttledAt.push(nowMs)
  } else count.failed[code] = (count.failed[code] ?? 0) + 1
}
