import { isAwsFault } from '../domain/fault.ts'
import { chainsForMembers } from '../domain/playbook/planMembers.ts'
import type { Grant } from '../domain/policy/grant.ts'
import type { Person } from '../domain/policy/person.ts'
import type { PartCoverage } from '../domain/query/coverage.ts'
import { chainsFor, freezeWindow, iso, type Plan } from '../domain/query/plan.ts'
import { queryHash } from '../domain/query/query.ts'
import { type Objects, planKey } from '../domain/result/objects.ts'
import type { Allowed } from './allowed.ts'
import { inTurns } from './inTurns.ts'
import { partFault } from './partEnds.ts'
import { planOf } from './plans.ts'

export type PlanDeps = {
  readonly objects: Objects
  /** Every Region an account has enabled. Throws an AwsFault. */
  readonly enabledRegions: (account: string, person: Person) => Promise<readonly string[]>
  /** Declared closed: nobody can read it, and nobody expects to. */
  readonly isClosed: (account: string) => boolean
  readonly now: () => Date
}

/** Accounts whose Regions are listed side by side. Each is asked by a session of its own: they share no limit but STS's. */
const LISTED_AT_ONCE = 300

type Place = { readonly account: string; readonly region: string }

/** What is planned: a question with its values in place. */
type Planned = Pick<Allowed, 'runbook' | 'match' | 'members'>

/** Freezes what a run reads: window, Regions, chains. Made once; a second maker takes the first one's plan. */
export async function makePlan(grant: Grant, { runbook, match, members }: Planned, deps: PlanDeps): Promise<Plan> {
  const startedAt = iso(Math.floor(deps.now().getTime() / 1000))
  const window = freezeWindow(grant.query.window, startedAt)
  const places = await inTurns(grant.query.accounts, LISTED_AT_ONCE, (account) => placesOf(account, grant, deps))
  const plan: Plan = {
    version: 1,
    run: grant.run,
    queryHash: queryHash(grant.query),
    window,
    ...(members === undefined
      ? chainsFor(match, window)
      : chainsForMembers(members, window, runbook.playbook?.within ?? 0)),
    parts: places.flatMap((place) => place.parts),
    closed: places.flatMap((place) => place.closed),
    startedAt,
  }
  const made = await deps.objects.create(planKey(grant.run), JSON.stringify(plan))
  return made ? plan : ((await planOf(grant.run, deps.objects)) ?? plan)
}

/** A plan that reads nothing: for a run that ended before it could start. */
export function emptyPlan(grant: Grant, now: Date): Plan {
  const startedAt = iso(Math.floor(now.getTime() / 1000))
  const window = freezeWindow(grant.query.window, startedAt)
  return {
    version: 1,
    run: grant.run,
    queryHash: queryHash(grant.query),
    window,
    chains: [],
    parts: [],
    closed: [],
    filters: { aws: [], local: [] },
    startedAt,
  }
}

async function placesOf(
  account: string,
  grant: Grant,
  deps: PlanDeps,
): Promise<{ readonly parts: readonly Place[]; readonly closed: readonly PartCoverage[] }> {
  if (deps.isClosed(account))
    return {
      parts: [],
      closed: [unread(account, 'blind', { code: 'account_closed', detail: 'declared closed in ctq.yml' })],
    }
  if (grant.query.regions !== 'enabled')
    return { parts: grant.query.regions.map((region) => ({ account, region })), closed: [] }
  try {
    const regions = await deps.enabledRegions(account, grant.person)
    if (regions.length === 0)
      return {
        parts: [],
        closed: [unread(account, 'failed', { code: 'regions_unknown', detail: 'AWS named no enabled Region' })],
      }
    return { parts: regions.map((region) => ({ account, region })), closed: [] }
  } catch (error) {
    if (!isAwsFault(error) || error.code === 'transient' || error.code === 'throttled') throw error
    const fault = partFault(error)
    // Without the list nothing of the account can be promised: it is said as one open part over all its Regions.
    return {
      parts: [],
      closed: [
        unread(account, 'failed', fault.code === 'assume_role_denied' ? fault : { ...fault, code: 'regions_unknown' }),
      ],
    }
  }
}

function unread(
  account: string,
  status: PartCoverage['status'],
  fault: NonNullable<PartCoverage['fault']>,
): PartCoverage {
  return { account, region: '*', status, pages: 0, records: 0, matched: 0, fault }
}
