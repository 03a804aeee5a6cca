import { coverageOfMember, type MemberCoverage, type ReadSoFar } from '../domain/playbook/memberCoverage.ts'
import { type PlaybookPlan, placesOf } from '../domain/playbook/planMembers.ts'
import { type Chain, seconds } from '../domain/query/plan.ts'
import type { Objects } from '../domain/result/objects.ts'
import { inTurns } from './inTurns.ts'
import { isOrderly, pageAt } from './readChain.ts'
import type { PlanRead } from './rounds.ts'

/** What AWS said of it stands among what was not read. */
const UNREADABLE = 'they could not be read'
const UNREAD = 'they were not read to the end'

/** Places looked at side by side. */
const LOOKED_AT_ONCE = 32

/** How far each member of a playbook was read, by the pages that its answer is made of. */
export async function memberCoverages(
  { plan, sources }: PlanRead,
  objects: Pick<Objects, 'read'>,
): Promise<(member: string) => MemberCoverage> {
  const { readings = [], notAsked = {} } = plan.playbook ?? {}
  const read = new Map<PlaybookPlan['readings'][number], readonly ReadSoFar[]>()
  const closed = plan.closed.map(({ account, region, status, fault }): ReadSoFar => {
    const place = `${account} ${region}`
    return status === 'blind'
      ? { status, place }
      : { status: 'none', place, why: fault === undefined ? UNREAD : UNREADABLE }
  })
  for (const reading of readings) {
    const places = await inTurns(placesOf(plan, reading), LOOKED_AT_ONCE, (place) =>
      soFarAt({ plan, sources }, reading, place, objects),
    )
    read.set(reading, [...places, ...closed])
  }
  return (member) => {
    const why = Object.hasOwn(notAsked, member) ? notAsked[member] : undefined
    if (why !== undefined) return { kind: 'not asked', why }
    return coverageOfMember(member, readings, (reading) => read.get(reading) ?? [], plan.window)
  }
}

/** How far one reading came in one account and Region: gapless from the newest moment at which one of its slices stopped. */
async function soFarAt(
  { plan, sources }: PlanRead,
  { chains }: PlaybookPlan['readings'][number],
  { account, region }: { readonly account: string; readonly region: string },
  objects: Pick<Objects, 'read'>,
): Promise<ReadSoFar> {
  const place = `${account} ${region}`
  const part = plan.parts.findIndex((one) => one.account === account && one.region === region)
  const end = sources.ends[part]
  if (end?.status === 'blind') return { status: 'blind', place }
  const stops = await Promise.all(
    chains.map(async (chain) => {
      const ask = plan.chains[chain]
      const count = sources.pages[part]?.[chain] ?? 0
      return ask === undefined
        ? undefined
        : await stopOf(ask, count, { run: plan.run, account, region, chain }, objects)
    }),
  )
  const newest = Math.max(...stops.map((stop) => stop ?? Number.NEGATIVE_INFINITY))
  if (newest === Number.NEGATIVE_INFINITY) return { status: 'whole', place }
  if (newest <= seconds(plan.window.until)) return { status: 'part', backTo: newest, place }
  const why = end?.fault?.code === 'budget' ? {} : { why: end?.fault === undefined ? UNREAD : UNREADABLE }
  return { status: 'none', place, ...why }
}

/** Just after the moment at which a chain stopped; undefined when it came to its end. */
async function stopOf(
  ask: Chain,
  count: number,
  at: Omit<Parameters<typeof pageAt>[0], 'ask' | 'limit'>,
  objects: Pick<Objects, 'read'>,
): Promise<number | undefined> {
  const head = count === 0 ? undefined : (await pageAt(at, count - 1, objects)).head
  if (head?.end === 'read') return undefined
  return (head !== undefined && isOrderly(head) ? head.watermark : seconds(ask.until)) + 1
}
