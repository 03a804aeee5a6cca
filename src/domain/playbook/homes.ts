import ipaddr from 'ipaddr.js'
import type { Reading } from '../result/facets.ts'
import { keyOf } from '../result/kept.ts'
import type { Row } from '../result/row.ts'
import { isServiceAddress } from '../result/serviceAddress.ts'
import { tally } from '../result/tally.ts'
import { addHabit, type Habit, habitOf, isHabit } from './habit.ts'

/** Networks, and callers in networks, that are kept apart. */
const NETWORKS = 5_000
const PRESENCES = 10_000
/** A network is somebody's own when so many callers who have nothing to do with each other were there, each in so many hours. */
const CALLERS = 2
const HOURS = 3

type Presence = { readonly network: string; readonly names: readonly string[]; readonly habit: Habit }

/** Learns from what was read where the organisation itself calls from, where nobody named its addresses. */
export type Homes = {
  /** Rows come newest first. `accessKeyId`: what the call was made with. */
  readonly add: (row: Row, accessKeyId: string) => void
  /**
   * Whether an address is in a network that was called from all day long, or daily, by several callers of whom none came out of another. `isMade`:
   * whether a caller, by `callerName`, or a key is one that was made by others in what was read.
   */
  readonly finish: (reading: Reading, isMade: (name: string) => boolean) => (address: string) => boolean
}

/** A caller's name, in its account. */
export function callerName({ account, telling }: Pick<Row, 'account' | 'telling'>): string {
  return `${account} ${telling.who}`
}

export function homes(): Homes {
  const networks = tally<Habit>(NETWORKS)
  const presences = tally<Presence>(PRESENCES)
  return {
    add: (row, accessKeyId) => {
      const network = networkOf(row.telling.address)
      if (network === undefined || row.telling.kind === 'service') return
      networks.add(
        network,
        () => habitOf(network, row),
        (habit) => addHabit(habit, row),
      )
      const names = [callerName(row), accessKeyId]
      const key = keyOf([network, callerName(row)])
      presences.add(
        key,
        () => ({ network, names, habit: habitOf(key, row) }),
        ({ habit }) => addHabit(habit, row),
      )
    },
    finish: (reading, isMade) => {
      const callers = new Map<string, number>()
      for (const { network, names, habit } of presences.values())
        if (habit.hours >= HOURS && !names.some(isMade)) callers.set(network, (callers.get(network) ?? 0) + 1)
      const own = new Set(
        networks
          .values()
          .filter((habit) => isHabit(habit, reading) && (callers.get(habit.key) ?? 0) >= CALLERS)
          .map(({ key }) => key),
      )
      return (address) => own.has(networkOf(address) ?? '')
    },
  }
}

/** The 256 addresses around one of IPv4; of IPv6 the half that a site is given (RFC 4291). Undefined of what is no address. */
export function networkOf(text: string): string | undefined {
  if (isServiceAddress(text) || !ipaddr.isValid(text)) return undefined
  const address = ipaddr.process(text)
  return address.kind() === 'ipv4'
    ? address.toString().split('.').slice(0, 3).join('.')
    : address.toNormalizedString().split(':').slice(0, 4).join(':')
}
