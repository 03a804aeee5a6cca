import type { Audit } from '../domain/audit/step.ts'
import { type Grant, type Lane, laneOf } from '../domain/policy/grant.ts'
import type { Person } from '../domain/policy/person.ts'
import type { EndedEarly, PartCoverage } from '../domain/query/coverage.ts'
import { chainIn, type Plan, type Round } from '../domain/query/plan.ts'
import type { Query } from '../domain/query/query.ts'
import type { CloudTrailRecord } from '../domain/record.ts'
import { chainKey, type Objects, partEndKey, revokedKey, roundOf } from '../domain/result/objects.ts'
import { type Authority, type AuthorityDeps, authorityOf } from './authority.ts'
import type { Outcome } from './outcome.ts'
import { endedFault, failedPart, stoppedPart } from './partEnds.ts'
import { withPages } from './partTotals.ts'
import { type AddedPage, type ChainDeps, type ChainEnd, countPages, type Pause, readChain } from './readChain.ts'
import { refuseJob } from './refuse.ts'

export type PartJob = {
  readonly token: string
  readonly run: string
  readonly account: string
  readonly region: string
  /** Of a run that follows credentials; absent for the first. */
  readonly round?: number
}

/** One account and Region, read as one person. */
export type ReadPlace = {
  readonly person: Person
  readonly account: string
  readonly region: string
  readonly regions: readonly string[]
}

/** Whose page it is, and of which account and Region. */
export type PageFrom = { readonly grant: Grant; readonly account: string; readonly region: string }

export type ReadPartDeps = AuthorityDeps & {
  readonly objects: Objects
  /** The frozen plan of a run, or undefined before it is made. */
  readonly planOf: (run: string) => Promise<Plan | undefined>
  /** The match of the runbook that the grant names, compiled, at its digest; undefined when the store has no such text. */
  readonly matcher: (
    grant: Grant,
    follow: Round | undefined,
  ) => Promise<((record: CloudTrailRecord) => boolean) | undefined>
  /** `regions`: all that the run reads in this account; the session is pinned to them. */
  readonly lookup: (place: ReadPlace) => ChainDeps['lookup']
  /** Waits for the run's turn at the account and Region. */
  readonly pace: (
    run: string,
    account: string,
    region: string,
    lane: Lane,
  ) => Promise<Awaited<ReturnType<ChainDeps['pace']>>>
  readonly paced: (account: string, region: string, how: 'served' | 'throttled') => Promise<void>
  readonly cancelled: (run: string) => Promise<boolean>
  /** The process is going down: stop between pages and hand over. */
  readonly stopping: () => boolean
  /** True when other parts wait for a slot: then a long part gives up its own after a while. */
  readonly othersWait: () => Promise<boolean>
  readonly progress: (run: string, token: string, page: AddedPage, from: PageFrom) => Promise<void>
  readonly audit: Audit
  readonly sleep: (ms: number) => Promise<void>
  readonly random: () => number
}

/** Chains of one part read side by side. The pace is shared, so more would not be faster. */
const CHAINS_AT_ONCE = 4
/** A part keeps its slot at least so long; then it gives way when others wait. */
const TURN_MS = 20_000

/** Reads one account and Region to its end, from whatever pages exist. Writes how it ended, once. */
export async function readPart(job: PartJob, deps: ReadPartDeps): Promise<Outcome> {
  const run = roundOf(job.run, job.round)
  if ((await deps.objects.read(partEndKey(run, job.account, job.region))) !== undefined)
    return { kind: 'done', note: 'already read' }
  const authority = await authorityOf(job, deps)
  if (authority.kind === 'refused') return await refuseJob(job, authority.why, deps)
  if (authority.kind === 'lapsed')
    return await end(job, stoppedPart(job, endedFault(authority.ended)), await deps.planOf(run), deps)
  const plan = await deps.planOf(run)
  if (plan === undefined || !belongs(job, plan, authority)) return await refuseJob(job, 'not a part of this run', deps)
  const matches = await deps.matcher(authority.grant(), plan.follow)
  if (matches === undefined)
    return await refuseJob(job, 'the runbook is not in the store at the digest that was allowed', deps)
  const ends = await readChains(job, plan, authority, matches, deps)
  return await conclude(job, plan, ends, authority, deps)
}

/** A part is one that the plan names and the token allows: neither Redis nor the store alone can widen a run. */
function belongs(job: PartJob, plan: Plan, authority: Extract<Authority, { kind: 'granted' }>): boolean {
  const { query } = authority.grant()
  const planned = plan.parts.some((part) => part.account === job.account && part.region === job.region)
  const allowed =
    query.accounts.includes(job.account) && (query.regions === 'enabled' || query.regions.includes(job.region))
  return (
    planned &&
    allowed &&
    plan.follow?.round === job.round &&
    plan.queryHash === authority.queryHash &&
    isWithin(plan, query)
  )
}

/** The plan lies in the store: whoever can write there may not widen what the token allows to be read. */
function isWithin(plan: Plan, { window }: Query): boolean {
  const latest = typeof window.until === 'string' ? window.until : window.until.notAfter
  const inside = (since: string, until: string): boolean => since >= window.since && until <= latest
  return inside(plan.window.since, plan.window.until) && plan.chains.every((chain) => inside(chain.since, chain.until))
}

async function readChains(
  job: PartJob,
  plan: Plan,
  authority: Extract<Authority, { kind: 'granted' }>,
  matches: (record: CloudTrailRecord) => boolean,
  deps: ReadPartDeps,
): Promise<readonly ChainEnd[]> {
  const regions = plan.parts.filter((part) => part.account === job.account).map((part) => part.region)
  const startedAt = deps.now().getTime()
  const ends: ChainEnd[] = []
  const left = await requestsLeft(job, plan, deps.objects)
  const turn = { over: undefined as Pause | undefined }
  const chainDeps: ChainDeps = {
    objects: deps.objects,
    lookup: (ask, token) => {
      left.requests -= 1
      return deps.lookup({ person: authority.grant().person, account: job.account, region: job.region, regions })(
        ask,
        token,
      )
    },
    pace: () => deps.pace(job.run, job.account, job.region, laneOf(authority.grant())),
    paced: (how) => deps.paced(job.account, job.region, how),
    mayGoOn: async () => {
      turn.over ??= await whyStop(job.run, startedAt, authority, deps)
      return turn.over ?? (left.requests <= 0 ? { kind: 'spent' } : undefined)
    },
    matches,
    added: (page) =>
      deps.progress(job.run, authority.token(), page, {
        grant: authority.grant(),
        account: job.account,
        region: job.region,
      }),
    now: deps.now,
    sleep: deps.sleep,
    random: deps.random,
  }
  const queue = plan.chains.map((ask, chain) => ({ ask, chain })).filter(({ ask }) => chainIn(ask, job))
  const reader = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const place = {
        run: plan.run,
        account: job.account,
        region: job.region,
        limit: authority.grant().query.limit,
        ...next,
      }
      ends.push(await readChain(place, chainDeps))
    }
  }
  await Promise.all(Array.from({ length: Math.min(CHAINS_AT_ONCE, queue.length) }, reader))
  return ends
}

/** Requests that a playbook's budget still has for a part: its pages are in the store, whoever read them. */
async function requestsLeft(job: PartJob, plan: Plan, objects: Objects): Promise<{ requests: number }> {
  if (plan.playbook === undefined) return { requests: Number.POSITIVE_INFINITY }
  const { account, region } = job
  const pages = await Promise.all(
    plan.chains.map((_, chain) => countPages(chainKey(plan.run, account, region, chain), objects)),
  )
  return { requests: plan.playbook.requests - pages.reduce((sum, count) => sum + count, 0) }
}

async function whyStop(
  run: string,
  startedAt: number,
  authority: Extract<Authority, { kind: 'granted' }>,
  deps: ReadPartDeps,
): Promise<Pause | undefined> {
  if (deps.stopping()) return { kind: 'yield' }
  if (await deps.cancelled(run)) return { kind: 'stop' }
  if (!(await authority.stillGood())) return { kind: 'stop' }
  if (deps.now().getTime() - startedAt > TURN_MS && (await deps.othersWait())) return { kind: 'yield' }
  return undefined
}

async function conclude(
  job: PartJob,
  plan: Plan,
  ends: readonly ChainEnd[],
  authority: Extract<Authority, { kind: 'granted' }>,
  deps: ReadPartDeps,
): Promise<Outcome> {
  const fault = ends.find((chainEnd) => chainEnd.kind === 'fault')
  if (fault?.kind === 'fault') return await end(job, failedPart(job, fault.fault, authority.grant().query), plan, deps)
  if (ends.some((chainEnd) => chainEnd.kind === 'yield')) return { kind: 'yield' }
  if (ends.some((chainEnd) => chainEnd.kind === 'stop')) {
    return await end(job, stoppedPart(job, endedFault(await whyStopped(job.run, authority, deps))), plan, deps)
  }
  if (ends.some((chainEnd) => chainEnd.kind === 'spent'))
    return await end(
      job,
      stoppedPart(job, { code: 'budget', detail: `${plan.playbook?.requests} requests` }),
      plan,
      deps,
    )
  const waits = ends.flatMap((chainEnd) => (chainEnd.kind === 'wait' ? [chainEnd.until.getTime()] : []))
  if (waits.length > 0) return { kind: 'wait', until: new Date(Math.min(...waits)) }
  const status = ends.some((chainEnd) => chainEnd.kind === 'limit') ? 'limit' : 'complete'
  return await end(
    job,
    { account: job.account, region: job.region, status, pages: 0, records: 0, matched: 0 },
    plan,
    deps,
  )
}

async function whyStopped(
  run: string,
  authority: Extract<Authority, { kind: 'granted' }>,
  { objects }: ReadPartDeps,
): Promise<EndedEarly> {
  const ended = await authority.ended()
  if (ended !== undefined) return ended
  return (await objects.size(revokedKey(run))) === undefined ? 'cancelled' : 'revoked'
}

/** Writes the part's end with its totals. Whoever is first has said it; a second writer's end is dropped. */
async function end(job: PartJob, coverage: PartCoverage, plan: Plan | undefined, deps: ReadPartDeps): Promise<Outcome> {
  const whole = plan === undefined ? coverage : await withPages(coverage, plan, deps.objects)
  const key = partEndKey(roundOf(job.run, job.round), job.account, job.region)
  if (!(await deps.objects.create(key, JSON.stringify(whole)))) return { kind: 'done', note: 'already read' }
  await deps.audit({
    step: 'part_read',
    outcome: 'done',
    at: deps.now().toISOString(),
    run: job.run,
    checks: [],
    detail: {
      account: job.account,
      region: job.region,
      ...(job.round === undefined ? {} : { round: job.round }),
      status: whole.status,
      pages: whole.pages,
      records: whole.records,
      matched: whole.matched,
    },
  })
  return { kind: 'done', note: whole.status }
}
