import type { Logger } from 'pino'
import { type OnCallState, type OnCallStates, onShift, type Paged, pagedPersons } from './domain/policy/onCall.ts'
import type { Policy, Schedule } from './domain/policy/policy.ts'

/** What a schedule said serves so long, milliseconds: an approval is decided on who is on call now. */
const GOOD_FOR_MS = 30_000
/** A schedule that could not be read is not asked again by every question. */
const UNREAD_FOR_MS = 5_000

export type OnCallParts = {
  readonly policy: Policy
  /** Reads some of PagerDuty's schedules; absent where there is no key. */
  readonly pager: ((schedules: readonly string[]) => Promise<Paged>) | undefined
  readonly now: () => Date
  readonly log: Pick<Logger, 'warn'>
}

/** Who every schedule of the policy has on call now. What is old is not used: a schedule that stops answering is unread. */
export function openOnCall({ policy, pager, now, log }: OnCallParts): () => Promise<OnCallStates> {
  const kept = new Map<string, { readonly state: Promise<OnCallState>; readonly until: number }>()
  const load = async ({ name, source, levels }: Schedule): Promise<OnCallState> => {
    if (source.kind === 'shifts') return onShift(source, levels, now().getTime() / 1000)
    const paged =
      pager === undefined ? { kind: 'unread' as const, why: 'no key is set' } : await pager(source.schedules)
    const state = pagedPersons(source, levels, paged)
    if (state.kind === 'unread') log.warn({ schedule: name, why: state.why }, 'a schedule cannot be read')
    else if (state.unknown.length > 0)
      log.warn({ schedule: name, users: state.unknown }, 'people on call are not named in ctq.yml')
    return state
  }
  const stateOf = async (schedule: Schedule): Promise<OnCallState> => {
    const held = kept.get(schedule.name)
    if (held !== undefined && now().getTime() < held.until) return await held.state
    const state = load(schedule)
    const at = now().getTime()
    kept.set(schedule.name, { state, until: at + GOOD_FOR_MS })
    const found = await state
    if (found.kind === 'unread') kept.set(schedule.name, { state, until: at + UNREAD_FOR_MS })
    return found
  }
  return async () =>
    new Map(await Promise.all(policy.onCall.map(async (schedule) => [schedule.name, await stateOf(schedule)] as const)))
}
