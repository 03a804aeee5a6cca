import { coverageOfMember, type MemberCoverage, type ReadSoFar } from '../domain/playbook/memberCoverage.ts'
import type { BoundMember } from '../domain/playbook/playbook.ts'
import type { PartCoverage } from '../domain/query/coverage.ts'
import { type Chain, chainIn, seconds } from '../domain/query/plan.ts'
import type { Objects } from '../domain/result/objects.ts'
import { inTurns } from './inTurns.ts'
import { isOrderly, pageAt } from './readChain.ts'
import type { PlanRead, Rounds } from './rounds.ts'

/** What AWS said of it stands among what was not read. */
const UNREADABLE = 'they could not be read'
const UNREAD = 'they were not read to the end'

/** Places looked at side by side. */
const LOOKED_AT_ONCE = 32

/** How far each member of a playbook was read, by the pages that its answer is made of. One that is about keys was read in every round. */
export async function memberCoverages(
  [first, ...later]: Rounds,
  members: readonly BoundMember[],
  objects: Pick<Objects, 'read'>,
): Promise<(member: string) => MemberCoverage> {
  const { plan } = first
  const { readings = [], notAsked = {} } = plan.playbook ?? {}
  const ofKeys = members.flatMap((member) => (member.ofKeys && !isOfAll(member) ? [member.name] : []))
  const soFar: ReadTogether[] = []
  for (const { members: fed, chains } of readings)
    soFar.push({ members: fed, soFar: await placesOf(first, chains, objects) })
  for (const round of later)
    soFar.push({ members: ofKeys, soFar: await placesOf(round, [...round.plan.chains.keys()], objects) })
  return (member) => {
    const why = Object.hasOwn(notAsked, member) ? notAsked[member] : undefined
    if (why !== undefined && (later.length === 0 || !ofKeys.includes(member))) return { kind: 'not asked', why }
    return coverageOfMember(member, soFar, (reading) => reading.soFar, plan.window)
  }
}

type ReadTogether = { readonly members: readonly string[]; readonly soFar: readonly ReadSoFar[] }

/** Asked about everybody, whatever keys were found. */
function isOfAll(member: BoundMember): boolean {
  return 'ofStart' in member && !member.ofStart
}

/** How far some chains of a round came, in every account and Region where they are read, and where nothing could be. */
async function placesOf(
  read: PlanRead,
  chains: readonly number[],
  objects: Pick<Objects, 'read'>,
): Promise<readonly ReadSoFar[]> {
  const { parts, chains: all, closed } = read.plan
  const own = parts.filter((part) => chains.some((chain) => all[chain] !== undefined && chainIn(all[chain], part)))
  const places = await inTurns(own, LOOKED_AT_ONCE, (place) => soFarAt(read, chains, place, objects))
  return [...places, ...closed.map(closedPlace)]
}

function closedPlace({ account, region, status, fault }: PartCoverage): ReadSoFar {
  const place = `${account} ${region}`
  if (status === 'blind') return { status, place }
  return { status: 'none', place, why: fault === undefined ? UNREAD : UNREADABLE }
}

/** How far one reading came in one account and Region: gapless from the newest moment at which one of its slices stopped. */
async function soFarAt(
  { plan, sources }: PlanRead,
  chains: readonly number[],
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
      return ask === undefined || !chainIn(ask, { account, region })
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
