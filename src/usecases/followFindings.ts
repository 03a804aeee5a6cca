import { type BoundQuestion, bindQuestion } from '../domain/playbook/asRunbook.ts'
import { type FollowedSoFar, reportCollector } from '../domain/playbook/collectReport.ts'
import { memberTests } from '../domain/playbook/memberTests.ts'
import type { Grant } from '../domain/policy/grant.ts'
import { merge } from '../domain/query/merge.ts'
import type { FollowedKey, Plan } from '../domain/query/plan.ts'
import type { Objects } from '../domain/result/objects.ts'
import { rowOf } from '../domain/result/row.ts'
import { rowReader } from '../domain/result/rowReader.ts'
import type { OwnCaller } from '../domain/runbook/ownCalls.ts'
import type { Allowed, Follow } from './allowed.ts'
import { chainStreams, pageReader } from './pages.ts'
import { parseRecord } from './readChain.ts'
import type { Rounds } from './rounds.ts'
import { pagesOf } from './sources.ts'

export type FindingsDeps = {
  readonly objects: Objects
  readonly accountName: (id: string) => string | undefined
  readonly addressLabel: (address: string) => string | undefined
  readonly own?: () => Promise<OwnCaller | undefined>
}

/**
 * The keys that a playbook goes on with: those that its findings were made with so far, and those that came out of them, in the accounts that it reads.
 * The same for the same pages, however they were cut.
 */
export async function keysOfFindings(
  grant: Grant,
  { runbook, organisation }: Pick<Allowed, 'runbook' | 'organisation'>,
  follow: Follow,
  rounds: readonly Plan[],
  { objects, accountName, addressLabel, own }: FindingsDeps,
): Promise<readonly FollowedKey[]> {
  if ((await requestsLeft(rounds, objects)) <= 0) return []
  const { parameters } = grant.query
  const found = foundKeys(rounds)
  const { members = [] } = bindQuestion(runbook, parameters, organisation, [...found])
  const asked = members.flatMap((member) => ('match' in member ? [member] : []))
  const tests = memberTests(asked.map(({ match }) => match))
  const report = reportCollector(addressLabel, { ...rootOf(follow, grant), found, whyNot: () => 'keys' })
  const reader = rowReader(runbook, accountName, await own?.())
  const pages = pageReader(objects)
  const streams = await Promise.all(
    rounds.map(async (plan) => chainStreams(plan, await pagesOf(plan, objects), objects, pages)),
  )
  for await (const { page, entry } of merge(streams.flat())) {
    const text = await pages.textOf(page, entry)
    const { account, region } = page
    const record = parseRecord({ ...entry, text })
    const row = rowOf({ text, record, eventId: entry.eventId, eventTime: entry.eventTime, account, region }, reader)
    if (row.noise === 'ctq') continue
    const own = tests(record).flatMap((at) => asked[at] ?? [])
    if (own.length > 0) report.add(row, record, own)
  }
  const readable = new Set(rounds[0]?.parts.map(({ account }) => account))
  const [first] = rounds
  if (first === undefined) return []
  return report
    .finish({ window: first.window, whole: false })
    .open.filter(({ account }) => account === undefined || readable.has(account))
    .slice(0, Math.max(0, follow.keys - found.size))
}

/** The keys that the rounds of a run went on with. */
export function foundKeys(rounds: readonly Plan[]): ReadonlySet<string> {
  return new Set(rounds.flatMap((plan) => plan.follow?.keys.map(({ key }) => key) ?? []))
}

/** The key that a playbook was given to begin with. */
export function rootOf({ parameter }: Follow, { query }: Grant): { readonly root?: string } {
  const root = Object.hasOwn(query.parameters, parameter) ? query.parameters[parameter] : undefined
  return root === undefined ? {} : { root }
}

/** Requests that a playbook may still make in each account and Region: those that its busiest place has left. */
export async function requestsLeft(rounds: readonly Plan[], objects: Objects): Promise<number> {
  const used = new Map<string, number>()
  for (const plan of rounds)
    for (const [at, pages] of (await pagesOf(plan, objects)).entries()) {
      const part = plan.parts[at]
      const place = `${part?.account} ${part?.region}`
      used.set(place, (used.get(place) ?? 0) + pages.reduce((sum, count) => sum + count, 0))
    }
  return (rounds[0]?.playbook?.requests ?? 0) - Math.max(0, ...used.values())
}

/** What the answer of a playbook says of the keys that its run went on with, and its members, asked about these too. */
export async function followedBy(
  grant: Grant,
  { runbook, organisation }: Pick<Allowed, 'runbook' | 'organisation'>,
  rounds: Rounds,
  objects: Objects,
): Promise<FollowedSoFar & Pick<BoundQuestion, 'members'>> {
  const plans = rounds.map(({ plan }) => plan)
  const [{ plan, sources }] = rounds
  const found = foundKeys(plans)
  const { follow } = runbook.playbook ?? {}
  const over = sources.ended !== undefined || (follow !== undefined && (await requestsLeft(plans, objects)) <= 0)
  const readable = new Set(plan.parts.map(({ account }) => account))
  const { members } = bindQuestion(runbook, grant.query.parameters, organisation, [...found])
  return {
    ...(follow === undefined ? {} : rootOf(follow, grant)),
    found,
    whyNot: ({ account }) => {
      if (account !== undefined && !grant.query.accounts.includes(account)) return 'account'
      if (account !== undefined && !readable.has(account)) return 'unread'
      if (over) return 'ended'
      return plans.length > (follow?.depth ?? 0) ? 'depth' : 'keys'
    },
    ...(members === undefined ? {} : { members }),
  }
}
