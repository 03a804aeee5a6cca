import type { Cell } from './answer.ts'
import { kept } from './kept.ts'
import type { Row } from './row.ts'
import { isoOf } from './time.ts'

/** One call as a timeline tells it. */
export type Moment = {
  readonly time: string
  readonly who: Cell
  readonly person?: Cell
  readonly eventName: Cell
  readonly target: Cell
  readonly detail: Cell
  readonly credential: Cell
  readonly outcome: 'done' | 'denied' | 'failed'
  readonly errorCode: Cell
  readonly address: Cell
  readonly account: string
  readonly region: string
  readonly eventId: string
}

/** Calls in the order of their times: changes before tries before reads where there is no room for all. */
export type Timeline = {
  readonly rows: readonly Moment[]
  /** Calls that are not among the rows. */
  readonly more: number
}

/** Calls that a timeline holds: what somebody may read, and paste. */
export const TIMELINE_MAX = 200
const VALUE_MAX = 200

export type TimelineCollector = {
  /** Rows come newest first. */
  readonly add: (row: Row) => void
  readonly finish: () => Timeline
}

/** Collects the newest 200 calls, each kind before the next: changes done, what was tried, the rest. */
export function timelineCollector(): TimelineCollector {
  const lists: readonly [Placed[], Placed[], Placed[]] = [[], [], []]
  const counts = { all: 0 }
  return {
    add: (row) => {
      counts.all += 1
      const list = lists[rankOf(row)]
      if (list.length < TIMELINE_MAX) list.push({ at: counts.all, moment: momentOf(row) })
    },
    finish: () => {
      const chosen = lists.flat().slice(0, TIMELINE_MAX)
      const rows = chosen.sort((a, b) => b.at - a.at).map(({ moment }) => moment)
      return { rows, more: counts.all - rows.length }
    },
  }
}

/** `at`: the row's place, newest first. */
type Placed = { readonly at: number; readonly moment: Moment }

function rankOf({ outcome, telling }: Row): 0 | 1 | 2 {
  if (outcome !== 'done') return 1
  return telling.change || telling.credential !== '' ? 0 : 2
}

function momentOf(row: Row): Moment {
  const { who, person, address, credential } = row.telling
  const { target, detail } = row.telling.about()
  return {
    time: isoOf(row.eventTime),
    who: kept(who, VALUE_MAX),
    ...(person === undefined ? {} : { person: kept(person, VALUE_MAX) }),
    eventName: kept(row.eventName, VALUE_MAX),
    target: kept(target, VALUE_MAX),
    detail,
    credential: kept(credential, VALUE_MAX),
    outcome: row.outcome,
    errorCode: kept(row.errorCode, VALUE_MAX),
    address: kept(address, VALUE_MAX),
    account: row.account,
    region: row.region,
    eventId: kept(row.eventId, VALUE_MAX),
  }
}
