import type { Grant } from '../domain/policy/grant.ts'
import { merge } from '../domain/query/merge.ts'
import { type Chain, chainsFor, type FollowedKey, type Plan } from '../domain/query/plan.ts'
import { handedKey, type Objects, planKey, roundOf } from '../domain/result/objects.ts'
import { keysToFollow } from '../domain/stage/follow.ts'
import { type Mint, mintOf } from '../domain/stage/mint.ts'
import { type Allowed, type Follow, followOf, matchOf } from './allowed.ts'
import { type FindingsDeps, keysOfFindings, requestsLeft } from './followFindings.ts'
import { chainStreams, pageReader } from './pages.ts'
import { planOf } from './plans.ts'
import { parseRecord } from './readChain.ts'
import { pagesOf } from './sources.ts'

/** What a record that gave out a credential has in it, whatever else: the others need not be parsed. */
const GIVES = /"(?:credentials|accessKey)"/

/** The plans of a run in the order of its rounds: its first one, and those that went on with the credentials that were found. */
export async function roundsOf(first: Plan, objects: Pick<Objects, 'read'>): Promise<readonly Plan[]> {
  const plans = [first]
  for (let round = 1; ; round++) {
    const next = await planOf(roundOf(first.run, round), objects)
    if (next === undefined) return plans
    plans.push(next)
  }
}

/**
 * The plan of a run's next round, when the one before it gave out credentials that are to be followed: frozen in the store, so that whoever goes on
 * after a kill reads the same. Undefined when there is nothing to go on with.
 */
export async function planFollowing(
  grant: Grant,
  allowed: Allowed,
  rounds: readonly Plan[],
  deps: FindingsDeps,
): Promise<Plan | undefined> {
  const { objects } = deps
  const [first] = rounds
  const last = rounds.at(-1)
  const follow = followOf(allowed)
  if (follow === undefined || first === undefined || last === undefined || rounds.length > follow.depth)
    return undefined
  const keys =
    first.playbook === undefined
      ? await foundKeys(grant, follow, rounds, objects)
      : await keysOfFindings(grant, allowed, follow, rounds, deps)
  if (keys.length === 0) return undefined
  const run = roundOf(first.run, rounds.length)
  const round = { round: rounds.length, parameter: follow.parameter, keys }
  const { chains, filters } = chainsFor(matchOf(allowed, grant, round), first.window)
  const plan: Plan = {
    ...first,
    run,
    chains: chains.map((chain) => ({ ...chain, ...accountsOf(chain, keys) })),
    filters,
    ...(first.playbook === undefined
      ? {}
      : { playbook: { readings: [], notAsked: {}, requests: await requestsLeft(rounds, objects) } }),
    parts: placesFor(keys, first),
    closed: [],
    follow: round,
  }
  const made = await objects.create(planKey(run), JSON.stringify(plan))
  return made ? plan : ((await planOf(run, objects)) ?? plan)
}

/** Every key that a run asked about: the one of the question, and those of its rounds. */
export function askedKeys(grant: Grant, follow: Follow, rounds: readonly Plan[]): ReadonlySet<string> {
  const root = grant.query.parameters[follow.parameter] ?? ''
  return new Set([root, ...rounds.flatMap((plan) => plan.follow?.keys.map(({ key }) => key) ?? [])])
}

async function foundKeys(
  grant: Grant,
  follow: Follow,
  rounds: readonly Plan[],
  objects: Objects,
): Promise<readonly FollowedKey[]> {
  const asked = askedKeys(grant, follow, rounds)
  const readable = rounds[0]?.parts.map(({ account }) => account) ?? []
  const last = rounds.at(-1)
  const minted = last === undefined ? [] : await mintsIn(last, objects)
  return keysToFollow(minted, asked, readable, follow.keys - (asked.size - 1))
}

/** The credentials that a round's records gave out, newest first. */
async function mintsIn(
  plan: Plan,
  objects: Objects,
): Promise<readonly { readonly mint: Mint; readonly eventId: string }[]> {
  const pages = pageReader(objects)
  const found: { readonly mint: Mint; readonly eventId: string }[] = []
  for await (const { page, entry } of merge(await chainStreams(plan, await pagesOf(plan, objects), objects, pages))) {
    const text = await pages.textOf(page, entry)
    const mint = GIVES.test(text) ? mintOf(parseRecord({ ...entry, text })) : undefined
    if (mint !== undefined) found.push({ mint, eventId: entry.eventId })
  }
  return found
}

/** A key is looked up where it can have been used. */
function accountsOf({ attribute }: Chain, keys: readonly FollowedKey[]): Pick<Chain, 'accounts'> {
  const account = keys.find(({ key }) => attribute?.key === 'AccessKeyId' && attribute.value === key)?.account
  return account === undefined ? {} : { accounts: [account] }
}

/** Where the keys can have been used: in their own accounts, in every Region of these that the run reads. */
function placesFor(keys: readonly FollowedKey[], { parts }: Plan): Plan['parts'] {
  if (keys.some(({ account }) => account === undefined)) return parts
  const accounts = new Set(keys.map(({ account }) => account))
  return parts.filter(({ account }) => accounts.has(account))
}

/** Whether all parts of a round were handed out: then the end of the last one is the end of the round. */
export async function isHanded({ run, follow }: Plan, objects: Objects): Promise<boolean> {
  return follow === undefined || (await objects.size(handedKey(run))) !== undefined
}

export async function markHanded({ run, follow }: Plan, objects: Objects): Promise<void> {
  if (follow !== undefined) await objects.create(handedKey(run), '{}')
}
