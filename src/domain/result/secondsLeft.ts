/** Before this much is read, what is left is a guess that helps nobody. */
const TELLING_SHARE = 0.02
const TELLING_MS = 2_000
/** How much the newest page counts in a chain's pace: a crowded hour is noticed within a few pages, one odd page is not. */
const NEWEST = 0.3

/** How far the reading of one chain is: the share of its window that is read, when that was so, and how much of it a millisecond brings lately. */
export type ChainPace = { readonly share: number; readonly atMs: number; readonly rate: number }

/** A chain's pace after another page. `startedMs`: when the run began to read. */
export function paceAfter(before: ChainPace | undefined, share: number, nowMs: number, startedMs: number): ChainPace {
  const passed = Math.max(1, nowMs - (before?.atMs ?? startedMs))
  const lately = (share - (before?.share ?? 0)) / passed
  return { share, atMs: nowMs, rate: before === undefined ? lately : (1 - NEWEST) * before.rate + NEWEST * lately }
}

/**
 * How long the rest takes: as long as the slowest chain, at its pace until now or at its latest one, whichever is slower. Nothing is said
 * while a chain has not begun or has read next to nothing, since nobody knows how much is in it.
 */
export function secondsLeft(
  open: readonly Pick<ChainPace, 'share' | 'rate'>[],
  notBegun: number,
  elapsedMs: number,
): { readonly secondsLeft?: number } {
  if (notBegun > 0 || open.length === 0 || elapsedMs < TELLING_MS) return {}
  const left = open.map(({ share, rate }) =>
    share < TELLING_SHARE || rate <= 0
      ? Number.POSITIVE_INFINITY
      : Math.max((elapsedMs * (1 - share)) / share, (1 - share) / rate),
  )
  const slowest = Math.max(...left) / 1000
  return slowest < MOST_S ? { secondsLeft: Math.ceil(slowest) } : {}
}

/** Longer than a run may take: such a number only says that nothing gets on. */
const MOST_S = 86_400
