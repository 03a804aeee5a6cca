/** How long to wait for the next slot, and what AWS said of the last one: the same pace as many processes share, for one. */
export type LocalPacer = {
  /** Books the next slot: milliseconds to wait. */
  readonly reserve: (account: string, region: string) => number
  readonly throttled: (account: string, region: string) => void
  readonly served: (account: string, region: string) => void
}

type State = {
  free: number
  interval: number
  /** When the interval last changed, or a throttle last said that it should not narrow. */
  changed: number
  penalised: number
  streak: number
  /** Slots before this moment were booked with a narrower interval than now: throttles of theirs say nothing of it. */
  settles: number
}

/** A second's pause for everybody after a throttle; several within a second count once. */
const PENALTY_MS = 1_000
const STEP_MS = 15
const WIDEST_STEPPED_MS = 550
/** Throttle upon throttle with nothing served between: somebody else shares the limit. */
const WIDEST_MS = 4_000
const STREAK = 3
/** While nothing is throttled a stepped interval narrows by a millisecond a minute, a wider one by a tenth every five seconds. */
const NARROW_EVERY_MS = 60_000
const RECOVER_EVERY_MS = 5_000

/** Evenly spaced slots for each account and Region of one process; widened when AWS throttles. `now` is milliseconds of any steady clock. */
export function localPacer(intervalMs: number, now: () => number): LocalPacer {
  const states = new Map<string, State>()
  const of = (account: string, region: string): State => {
    const key = `${account} ${region}`
    const state = states.get(key) ?? newState(intervalMs, now())
    states.set(key, state)
    return state
  }
  return {
    reserve: (account, region) => {
      const state = of(account, region)
      const asked = now()
      narrow(state, intervalMs, asked)
      const at = Math.max(asked, state.free)
      state.free = at + state.interval
      return at - asked
    },
    throttled: (account, region) => {
      const state = of(account, region)
      const at = now()
      if (at - state.penalised < PENALTY_MS) return
      state.streak += 1
      state.penalised = at
      state.changed = at
      if (state.streak < STREAK && at < state.settles) return
      if (state.streak >= STREAK) state.interval = Math.min(WIDEST_MS, state.interval * 1.5)
      else state.interval = Math.max(state.interval, Math.min(WIDEST_STEPPED_MS, state.interval + STEP_MS))
      state.free = Math.max(state.free, at) + PENALTY_MS
      state.settles = state.free
    },
    served: (account, region) => {
      of(account, region).streak = 0
    },
  }
}

function newState(interval: number, now: number): State {
  return { free: 0, interval, changed: now, penalised: Number.NEGATIVE_INFINITY, streak: 0, settles: 0 }
}

function narrow(state: State, intervalMs: number, now: number): void {
  const quiet = now - state.changed
  const stepped = Math.max(intervalMs, WIDEST_STEPPED_MS)
  const narrower =
    state.interval > stepped
      ? Math.max(stepped, state.interval * 0.9 ** Math.floor(quiet / RECOVER_EVERY_MS))
      : Math.max(intervalMs, state.interval - Math.floor(quiet / NARROW_EVERY_MS))
  if (narrower >= state.interval) return
  state.interval = narrower
  state.changed = now
}
