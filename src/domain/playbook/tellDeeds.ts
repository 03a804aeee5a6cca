import { compareTexts, kept } from '../result/kept.ts'
import type { Row } from '../result/row.ts'
import { isoOf } from '../result/time.ts'
import { type ChangeWeight, isSecretRead } from '../result/weight.ts'
import type { Deed } from './blame.ts'
import type { Apart, Connection, PlaybookFinding, ToldApart } from './report.ts'

const CALLERS = 4
const VALUE_MAX = 200

/** A deed with what is counted of it. Times are seconds since 1970. */
export type Collected = Deed & {
  readonly weight: ChangeWeight
  readonly members: readonly string[]
  readonly rows: Row[]
  readonly last: number
  first: number
  calls: number
}

/** What belongs together first, what was done before what was only tried, looking around that was refused last, the gravest, then the oldest. */
export function byNews(connectionOf: (deed: Deed) => Connection | undefined): (a: Collected, b: Collected) => number {
  const loose = (deed: Collected): number => Number(connectionOf(deed) === undefined)
  const tried = ({ row }: Collected): number => Number(row.outcome !== 'done')
  const around = ({ row }: Collected): number =>
    Number(row.outcome !== 'done' && !row.telling.change && !isSecretRead(row.eventSource, row.eventName))
  return (a, b) =>
    loose(a) - loose(b) ||
    tried(a) - tried(b) ||
    around(a) - around(b) ||
    b.weight - a.weight ||
    a.first - b.first ||
    compareTexts(a.row.eventId, b.row.eventId)
}

/** A deed as an answer holds it. */
export function findingOf(deed: Collected, connection: Connection | undefined): PlaybookFinding {
  const { row, accessKeyId, weight, members, calls, first, last } = deed
  const { who, kind, person, address, credential } = row.telling
  const { target, detail } = row.telling.about()
  return {
    caller: { who: kept(who, VALUE_MAX), kind, ...(person === undefined ? {} : { person: kept(person, VALUE_MAX) }) },
    address: kept(address, VALUE_MAX),
    accessKeyId,
    eventSource: kept(row.eventSource, VALUE_MAX),
    eventName: kept(row.eventName, VALUE_MAX),
    target: kept(target, VALUE_MAX),
    detail,
    outcome: row.outcome,
    errorCode: kept(row.errorCode, VALUE_MAX),
    credential: kept(credential, VALUE_MAX),
    calls,
    first: isoOf(first),
    last: isoOf(last),
    eventId: kept(row.eventId, VALUE_MAX),
    account: row.account,
    region: row.region,
    weight,
    ...(connection === undefined ? {} : { connection }),
    members,
  }
}

const APART: readonly Apart[] = ['looked', 'service', 'known', 'home', 'usual', 'unconnected']

/** Calls that are no findings, by why, with those who made most of them. */
export function toldApart(all: readonly Collected[], apartOf: (deed: Deed) => Apart | undefined): readonly ToldApart[] {
  return APART.flatMap((why): readonly ToldApart[] => {
    const own = all.filter((deed) => apartOf(deed) === why)
    if (own.length === 0) return []
    const byCaller = new Map<string, number>()
    for (const { row, calls } of own) byCaller.set(row.telling.who, (byCaller.get(row.telling.who) ?? 0) + calls)
    const callers = [...byCaller].sort((a, b) => b[1] - a[1] || compareTexts(a[0], b[0])).map(([who]) => who)
    return [
      {
        why,
        calls: own.reduce((sum, { calls }) => sum + calls, 0),
        callers: callers.slice(0, CALLERS).map((who) => kept(who, VALUE_MAX)),
        more: callers.length > CALLERS,
      },
    ]
  })
}
