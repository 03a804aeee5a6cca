import type { Parameters } from '../query/query.ts'
import type { Next, Runbook } from '../runbook/runbook.ts'
import { compareTexts, keyOf } from './kept.ts'
import type { Row } from './row.ts'
import { type Tally, tally } from './tally.ts'
import { isoOf } from './time.ts'
import { callWeight } from './weight.ts'

/** A question that an answer's rows lead to. The values come from records: they are checked again by whoever asks it. */
export type Lead = {
  readonly runbook: string
  /** What heads its button, in the runbook's words. */
  readonly label?: string
  readonly parameters: Parameters
  /** Calls that lead there, and when. */
  readonly count: number
  readonly first: string
  readonly last: string
  /** The account of those calls, when it is one. */
  readonly account?: string
}

/** Values counted for each of a runbook's `next`; the newest are kept. */
const COUNTED = 1_000
/** Kept of each: some will not pass the check of the question that they are for. */
const KEPT = 6
/** A call of such a weight did something: it changed something, or gave somebody a credential (weight.ts). */
const DID = 2
/** Addresses kept of each value. */
const ADDRESSES = 8

type Leading = {
  readonly parameters: Parameters
  readonly key: string
  account: string | undefined
  count: number
  weight: number
  /** Where the newest of its calls came from, a few of them. */
  readonly addresses: Set<string>
  first: number
  readonly last: number
}

export type LeadCollector = {
  readonly add: (row: Row) => void
  /**
   * The most telling of each `next`, the first of each before the second of any; never the question itself, each one once. What leads to whoever
   * changed something, or called from a new address, comes before what leads to those who only looked.
   */
  readonly finish: (newAddresses: ReadonlySet<string>) => readonly Lead[]
}

/** Collects what rows lead to, in memory that does not grow with their number. */
export function leadCollector(runbook: Pick<Runbook, 'name' | 'next'>, asked: Parameters): LeadCollector {
  const found = runbook.next.map(() => tally<Leading>(COUNTED))
  return {
    add: (row) => {
      row.telling.leads.forEach((parameters, at) => {
        const leading = found[at]
        if (parameters !== undefined && leading !== undefined) addLead(leading, parameters, row)
      })
    },
    finish: (newAddresses) => {
      const seen = new Set([keyOfAsked(runbook.name, asked)])
      const isTelling = ({ weight, addresses }: Leading): boolean =>
        weight >= DID || [...addresses].some((address) => newAddresses.has(address))
      // What an entry shares with one before it is not its own: it gives its next best.
      const lists = runbook.next.map((next, at) => leadsOf(next, found[at]?.values() ?? [], seen, isTelling))
      const all = Array.from({ length: KEPT }, (_, rank) => lists.flatMap((list) => list[rank] ?? [])).flat()
      const [first, rest] = [all.filter(({ telling }) => telling), all.filter(({ telling }) => !telling)]
      return [...first, ...rest].map(({ lead }) => lead)
    },
  }
}

type Told = { readonly lead: Lead; readonly telling: boolean }

function leadsOf(
  next: Next,
  found: Leading[],
  seen: Set<string>,
  isTelling: (leading: Leading) => boolean,
): readonly Told[] {
  const leads: Told[] = []
  const order = (a: Leading, b: Leading): number => Number(isTelling(b)) - Number(isTelling(a)) || byTelling(a, b)
  for (const leading of found.sort(order)) {
    const key = keyOfAsked(next.runbook, leading.parameters)
    if (leads.length === KEPT) break
    if (!seen.has(key)) leads.push({ lead: leadOf(next, leading), telling: isTelling(leading) })
    seen.add(key)
  }
  return leads
}

function addLead(found: Tally<Leading>, parameters: Parameters, row: Row): void {
  const key = keyOf(Object.entries(parameters).flat())
  const { account, eventTime } = row
  const start = (): Leading => ({
    parameters,
    key,
    account,
    count: 0,
    weight: 0,
    addresses: new Set(),
    first: eventTime,
    last: eventTime,
  })
  found.add(key, start, (leading) => {
    leading.count += 1
    leading.first = eventTime
    leading.weight = Math.max(leading.weight, callWeight(row))
    if (leading.addresses.size < ADDRESSES) leading.addresses.add(row.telling.address)
    if (leading.account !== account) leading.account = undefined
  })
}

function byTelling(a: Leading, b: Leading): number {
  return b.weight - a.weight || b.last - a.last || compareTexts(a.key, b.key)
}

function keyOfAsked(runbook: string, parameters: Parameters): string {
  const sorted = Object.entries(parameters).sort(([a], [b]) => compareTexts(a, b))
  return keyOf([runbook, ...sorted.flat()])
}

function leadOf(next: Next, { parameters, count, first, last, account }: Leading): Lead {
  return {
    runbook: next.runbook,
    ...(next.label === undefined ? {} : { label: next.label }),
    parameters,
    count,
    first: isoOf(first),
    last: isoOf(last),
    ...(account === undefined ? {} : { account }),
  }
}
