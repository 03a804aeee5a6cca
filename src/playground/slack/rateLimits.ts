import type { Settings } from './settings.ts'

/** When each method was last called, and how many messages each channel may take at once. */
export type Pace = {
  readonly calls: Map<string, number[]>
  readonly buckets: Map<string, { tokens: number; at: number }>
}

export function createPace(): Pace {
  return { calls: new Map(), buckets: new Map() }
}

export function forgetPace(pace: Pace): void {
  pace.calls.clear()
  pace.buckets.clear()
}

const MINUTE_MS = 60_000

/** Counts a call of a method; the seconds to wait when it is over `perMinute` in the last minute, else 0. */
export function secondsOverTier(pace: Pace, method: string, perMinute: number, now: number): number {
  const recent = (pace.calls.get(method) ?? []).filter((at) => at > now - MINUTE_MS)
  pace.calls.set(method, recent)
  const oldest = recent[recent.length - perMinute]
  if (oldest !== undefined) return Math.max(1, Math.ceil((oldest + MINUTE_MS - now) / 1000))
  recent.push(now)
  return 0
}

/** Takes one message from a channel's bucket; the seconds to wait when it is empty, else 0. */
export function secondsOverPace(pace: Pace, channel: string, settings: Settings, now: number): number {
  const { postBurst, postPerSecond } = settings
  const old = pace.buckets.get(channel) ?? { tokens: postBurst, at: now }
  const tokens = Math.min(postBurst, old.tokens + ((now - old.at) / 1000) * postPerSecond)
  const enough = tokens >= 1
  pace.buckets.set(channel, { tokens: enough ? tokens - 1 : tokens, at: now })
  return enough ? 0 : Math.max(1, Math.ceil((1 - tokens) / postPerSecond))
}
