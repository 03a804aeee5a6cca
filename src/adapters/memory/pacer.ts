/** How long to wait for the next slot, and what AWS said of the last one: the same pace as many processes share, for one. */
export type LocalPacer = {
  /** Books the next slot: milliseconds to wait. */
  readonly reserve: (account: string, region: string) => number
  readonly throttled: (account: string, region: string) => void
  readonly served: (account: string, region: string) => void
}

type State = { free: number; interval: number; penalised: number; streak: number }

/** A second's pause for everybody after a throttle; several within a second count once. */
const PENALTY_MS = 1_000
const STEP_MS = 15
const WIDEST_STEPPED_MS = 550
const WIDEST_MS = 4_000

/** Evenly spaced slots for each account and Region of one process; widened when AWS throttles. `now` is milliseconds of any steady clock. */
export function localPacer(intervalMs: number, now: () => number): LocalPacer {
  const states = new Map<string, State>()
  const of = (account: string, region: string): State => {
    const key = `${account} ${region}`
    const state = states.get(key) ?? { free: 0, interval: intervalMs, penalised: Number.NEGATIVE_INFINITY, streak: 0 }
    states.set(key, state)
    return state
  }
  return {
    reserve: (account, region) => {
      const state = of(account, region)
      const asked = now()
      const at = Math.max(asked, state.free)
      state.free = at + state.interval
      return at - asked
    },
    throttled: (account, region) => {
      const state = of(account, region)
      if (now() - state.penalised < PENALTY_MS) return
      state.streak += 1
      if (state.streak >= 3) state.interval = Math.min(WIDEST_MS, state.interval * 1.5)
      else state.interval = Math.max(state.interval, Math.min(WIDEST_STEPPED_MS, state.interval + STEP_MS))
      state.penalised = now()
      state.free = Math.max(state.free, now()) + PENALTY_MS
    },
    served: (account, region) => {
      of(account, region).streak = 0
    },
  }
}
