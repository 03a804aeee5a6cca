/** Before this much is read, what is left is a guess that helps nobody. */
const TELLING_SHARE = 0.02
const TELLING_MS = 2_000

/** How long the rest takes if it goes on as until now: by the share of all windows that is read. Seconds, but for the elapsed time. */
export function secondsLeft(covered: number, toCover: number, elapsedMs: number): { readonly secondsLeft?: number } {
  const share = toCover > 0 ? Math.min(1, covered / toCover) : 0
  if (share < TELLING_SHARE || elapsedMs < TELLING_MS) return {}
  return { secondsLeft: Math.ceil(((elapsedMs / 1000) * (1 - share)) / share) }
}
