/** A bucket that fills continuously at `rate` a second up to `burst`. A refused call takes nothing. */
export type TokenBucket = { readonly take: (nowMs: number) => boolean }

export function tokenBucket(rate: number, burst: number, nowMs: number): TokenBucket {
  let level = burst
  let at = nowMs
  return {
    take: (now) => {
      level = Math.min(burst, level + (Math.max(0, now - at) / 1000) * rate)
      at = now
      if (level < 1) return false
      level -= 1
      return true
    },
  }
}
