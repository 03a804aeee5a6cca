import ipaddr from 'ipaddr.js'
import type { FrozenWindow } from '../query/query.ts'
import { isDaily } from '../result/daily.ts'
import { compareTexts, kept, keyOf } from '../result/kept.ts'
import type { Row } from '../result/row.ts'
import { tally } from '../result/tally.ts'
import type { StageTask } from '../runbook/stages.ts'
import { addTo, type Cast, castOf } from './cast.ts'
import type { CellsOf, StageFold } from './collect.ts'
import type { StageFinding } from './finding.ts'
import { findingOf } from './findingOf.ts'

type Task = Extract<StageTask, { kind: 'elsewhere' }>

const SESSIONS = 4_000
/** Networks of one session that are kept apart, and of all sessions together. */
const NETWORKS = 64
const ROOM = 24_000
/** Earlier addresses that a finding names. */
const NAMED = 3
const VALUE_MAX = 200

/** `inside`: an address of a VPC, or one that ctq.yml has a name for. */
type Network = { readonly address: string; readonly label?: string; readonly inside: boolean; readonly cast: Cast }
type Session = { readonly by: readonly string[]; readonly networks: Map<string, Network>; uncounted: number }

/**
 * Sessions that call from another network than before. An address is compared with those that the same session called from earlier and with the
 * names in ctq.yml: that it is a public one says nothing, since an instance behind a gateway has one too.
 */
export function elsewhereStage(
  task: Task,
  cellsOf: CellsOf,
  labelOf: (address: string) => string | undefined,
): StageFold {
  const byOf = cellsOf(task.by)
  const sessions = tally<Session>(SESSIONS)
  const held = { networks: 0 }
  return {
    add: (row, record) => {
      const address = row.telling.address
      const by = byOf(row)
      if (!ipaddr.isValid(address) || by.every((value) => value === '')) return
      const throughEndpoint = typeof record['vpcEndpointId'] === 'string'
      sessions.add(
        keyOf(by),
        () => ({ by: by.map((value) => kept(value)), networks: new Map(), uncounted: 0 }),
        (session) => {
          if (addNetwork(session, row, address, throughEndpoint, labelOf(address), held.networks < ROOM))
            held.networks += 1
        },
      )
    },
    finish: ({ window }) => {
      const all = sessions.values()
      return {
        findings: all.flatMap((session) => findingsIn(session, window)).sort(byWeight),
        uncounted: sessions.uncounted() + all.reduce((sum, { uncounted }) => sum + uncounted, 0),
      }
    },
  }
}

/** Whether it is one more. */
function addNetwork(
  session: Session,
  row: Row,
  address: string,
  throughEndpoint: boolean,
  label: string | undefined,
  room: boolean,
): boolean {
  const inside = throughEndpoint || isPrivate(address) || label !== undefined
  const network = `${networkOf(address)} ${inside}`
  const known = session.networks.get(network)
  if (known !== undefined) addTo(known.cast, row)
  else if (!room || session.networks.size >= NETWORKS) session.uncounted += 1
  else {
    session.networks.set(network, {
      address: kept(address, VALUE_MAX),
      ...(label === undefined ? {} : { label }),
      inside,
      cast: castOf(row),
    })
    return true
  }
  return false
}

/** Of IPv6 the first half: a machine changes the rest by itself (RFC 8981). */
function networkOf(text: string): string {
  const address = ipaddr.process(text)
  return address.kind() === 'ipv4' ? address.toString() : address.toNormalizedString().split(':').slice(0, 4).join(':')
}

/** Addresses that only a VPC's own network has. */
function isPrivate(text: string): boolean {
  return ['private', 'uniqueLocal', 'linkLocal', 'loopback', 'carrierGradeNat'].includes(ipaddr.process(text).range())
}

/** Each network that is not the session's own, and that it had not called from when it already had from elsewhere. */
function findingsIn({ by, networks }: Session, window: FrozenWindow): readonly StageFinding[] {
  const all = [...networks.values()].sort((a, b) => a.cast.first - b.cast.first || compareTexts(a.address, b.address))
  const first = all[0]?.cast.first ?? 0
  // What is inside is the session's own, whenever it was seen, and so is what it calls from day after day, as a pipeline's many machines do.
  const isOwn = ({ inside, cast }: Network): boolean => inside || isDaily(cast.days, first, window)
  const known = all.filter(isOwn)
  return all.flatMap((network, at) => {
    if (isOwn(network)) return []
    // With nothing of its own, whatever came before is.
    const own = known.length > 0 ? known : all.slice(0, at).filter(({ cast }) => cast.first < network.cast.first)
    if (own.length === 0) return []
    const earlier = own
      .slice(0, NAMED)
      .map(({ address, label }) => ({ address, ...(label === undefined ? {} : { label }) }))
    const both = own.some(({ cast }) => cast.last > network.cast.first && cast.first < network.cast.last)
    return [findingOf(by, network.cast, false, { kind: 'elsewhere', address: network.address, earlier, both })]
  })
}

/** Two networks at a time tell more than one after the other: a stopped instance comes back with another address. */
function byWeight(a: StageFinding, b: StageFinding): number {
  const both = ({ tells }: StageFinding): number => (tells.kind === 'elsewhere' && tells.both ? 1 : 0)
  return (
    both(b) - both(a) ||
    compareTexts(b.last, a.last) ||
    compareTexts(keyOf(a.by), keyOf(b.by)) ||
    compareTexts(a.at.eventId, b.at.eventId)
  )
}
