import type { Audit } from '../domain/audit/step.ts'
import { type Grant, type Lane, laneOf } from '../domain/policy/grant.ts'
import type { EndedEarly, PartCoverage } from '../domain/query/coverage.ts'
import { chainIn, type Plan } from '../domain/query/plan.ts'
import { queryHash } from '../domain/query/query.ts'
import { answerKey, type Objects, partEndKey, revokedKey, terminalKey } from '../domain/result/objects.ts'
import type { Allowed } from './allowed.ts'
import { type AuthorityDeps, authorityOf } from './authority.ts'
import { type FinishDeps, finishRun } from './finishRun.ts'
import { isHanded, markHanded, planFollowing, roundsOf } from './followRun.ts'
import { inTurns } from './inTurns.ts'
import type { Outcome } from './outcome.ts'
import { emptyPlan, makePlan, type PlanDeps } from './planRun.ts'
import { planOf } from './plans.ts'
import { refuseJob } from './refuse.ts'

/** Parts looked at side by side. */
const LOOKED_AT_ONCE = 32

export type RunJob = { readonly token: string; readonly run: string }

/** All that a run reads. */
export type Whole = { readonly parts: number; readonly chains: number }

/** A part to be read. `round`: of a run that follows credentials; absent for the first. */
export type AddedPart = Plan['parts'][number] & { readonly round?: number }

export type RunDeps = AuthorityDeps &
  PlanDeps &
  FinishDeps & {
    readonly objects: Objects
    readonly allowed: (grant: Grant) => Promise<Allowed | undefined>
    readonly addParts: (token: string, run: string, parts: readonly AddedPart[], lane: Lane) => Promise<void>
    /** How many parts and chains there will be, for progress. When it was first said stays. */
    readonly planned: (run: string, whole: Whole) => Promise<void>
    readonly cancelled: (run: string) => Promise<boolean>
    readonly deliver: (run: string, token: string, want: 'final', lane: Lane) => Promise<void>
    readonly audit: Audit
  }

/**
 * Starts a run: plans it and hands out its parts. Called again when they have ended (`partsEnded`), or when the run was cancelled, it
 * puts the answer together. Every step may be repeated: what is in the store already is taken from there.
 */
export async function runRun(job: RunJob, turn: { readonly partsEnded: boolean }, deps: RunDeps): Promise<Outcome> {
  // Said again after a crash: whose run it is was not looked at, so it waits for nobody else.
  if ((await deps.objects.size(terminalKey(job.run))) !== undefined) return await announce(job, 'interactive', deps)
  const authority = await authorityOf(job, deps)
  if (authority.kind === 'refused') return await refuseJob(job, authority.why, deps)
  if (authority.kind === 'lapsed') return await lapse(job, authority.ended, deps)
  const grant = authority.grant()
  const allowed = await deps.allowed(grant)
  if (allowed === undefined)
    return await refuseJob(job, 'the runbook is not in the store at the digest that was allowed', deps)
  const plan = (await planOf(job.run, deps.objects)) ?? (await start(grant, allowed, deps))
  if (plan.queryHash !== queryHash(grant.query))
    return await refuseJob(job, 'the plan in the store is for another query', deps)
  const cancelled = await deps.cancelled(job.run)
  const rounds = await roundsOf(plan, deps.objects)
  const reading = { grant, allowed, token: authority.token() }
  if (!cancelled && (await handOut(reading, rounds, turn.partsEnded, deps))) return { kind: 'wait for parts' }
  const ended = await endedBy(job.run, rounds, cancelled, deps.objects)
  await finishRun(grant, rounds, allowed, ended, deps)
  return await announce({ ...job, token: authority.token() }, laneOf(grant), deps)
}

type ReadingRun = { readonly grant: Grant; readonly allowed: Allowed; readonly token: string }

/**
 * Hands out the parts of a run that are to be read: of its plan, then, when all have ended, of the rounds that go on with what was found. True when
 * there is something to wait for.
 */
async function handOut(run: ReadingRun, rounds: readonly Plan[], partsEnded: boolean, deps: RunDeps): Promise<boolean> {
  const last = rounds.at(-1)
  if (last === undefined) return false
  if (!partsEnded && (await handOutParts(run, rounds, rounds, deps))) return true
  // A worker may have been killed between planning a round and handing it out.
  if (partsEnded && !(await isHanded(last, deps.objects)) && (await handOutParts(run, rounds, [last], deps)))
    return true
  if ((await lapsedIn(rounds, deps.objects)) !== undefined) return false
  const next = await planFollowing(run.grant, run.allowed, rounds, deps)
  if (next === undefined) return false
  const all = [...rounds, next]
  return (await handOutParts(run, all, [next], deps)) || (await handOut(run, all, true, deps))
}

/** Adds the parts of some rounds that have no end yet. False when there is none. */
async function handOutParts(
  { grant, token }: ReadingRun,
  rounds: readonly Plan[],
  some: readonly Plan[],
  deps: RunDeps,
): Promise<boolean> {
  // Each time, not only when the plan is made: what is shown of a run may have been lost with the queue.
  await deps.planned(grant.run, {
    parts: rounds.reduce((total, { parts }) => total + parts.length, 0),
    chains: rounds.reduce((total, plan) => total + chainsOf(plan), 0),
  })
  let added = 0
  for (const plan of some) {
    const open = await openParts(plan, deps.objects)
    await deps.addParts(token, grant.run, open, laneOf(grant))
    await markHanded(plan, deps.objects)
    added += open.length
  }
  return added > 0
}

async function start(grant: Grant, allowed: Allowed, deps: RunDeps): Promise<Plan> {
  const plan = await makePlan(grant, allowed, deps)
  await deps.audit({
    step: 'run_started',
    outcome: 'done',
    at: deps.now().toISOString(),
    run: grant.run,
    jti: grant.jti,
    queryHash: plan.queryHash,
    person: grant.person,
    checks: [],
    detail: {
      parts: plan.parts.length,
      chains: plan.chains.length,
      since: plan.window.since,
      until: plan.window.until,
    },
  })
  return plan
}

/** Over all parts of a plan: each has those that are read in its Region. */
function chainsOf({ parts, chains }: Plan): number {
  return chains.reduce((sum, chain) => sum + parts.filter((part) => chainIn(chain, part)).length, 0)
}

async function openParts(plan: Plan, objects: Objects): Promise<readonly AddedPart[]> {
  const sizes = await inTurns(plan.parts, LOOKED_AT_ONCE, ({ account, region }) =>
    objects.size(partEndKey(plan.run, account, region)),
  )
  const open = plan.parts.filter((_, at) => sizes[at] === undefined)
  return plan.follow === undefined ? open : open.map((part) => ({ ...part, round: plan.follow?.round ?? 0 }))
}

/** Why a run was ended early, if it was. That its right was taken away says more than that somebody stopped it. */
async function endedBy(
  run: string,
  rounds: readonly Plan[],
  cancelled: boolean,
  objects: Objects,
): Promise<EndedEarly | undefined> {
  if ((await objects.size(revokedKey(run))) !== undefined) return 'revoked'
  return (await lapsedIn(rounds, objects)) ?? (cancelled ? 'cancelled' : undefined)
}

/** How the token of a part that was not read to its end ran out. */
async function lapsedIn(rounds: readonly Plan[], objects: Objects): Promise<EndedEarly | undefined> {
  for (const { run, parts } of rounds) {
    const codes = await inTurns(parts, LOOKED_AT_ONCE, async ({ account, region }) => {
      const bytes = await objects.read(partEndKey(run, account, region))
      return bytes === undefined ? undefined : (JSON.parse(bytes.toString('utf8')) as PartCoverage).fault?.code
    })
    const lapsed = codes.find((code) => code === 'lapsed' || code === 'unrenewed' || code === 'revoked')
    if (lapsed !== undefined) return lapsed
  }
  return undefined
}

/** The token could not be renewed: the answer so far is given, as partial. Its expired token still proves what was asked. */
async function lapse(job: RunJob, ended: EndedEarly, deps: RunDeps): Promise<Outcome> {
  const expired = await deps.verifyExpired(job.token, job.run)
  if (!expired.ok) return await refuseJob(job, expired.error.why, deps)
  const grant = expired.value
  const allowed = grant.run === job.run ? await deps.allowed(grant) : undefined
  if (allowed === undefined)
    return await refuseJob(job, 'the runbook is not in the store at the digest that was allowed', deps)
  const plan = (await planOf(job.run, deps.objects)) ?? emptyPlan(grant, deps.now())
  await finishRun(grant, await roundsOf(plan, deps.objects), allowed, ended, deps)
  return await announce(job, laneOf(grant), deps)
}

async function announce(job: RunJob, lane: Lane, deps: RunDeps): Promise<Outcome> {
  const answer = await deps.objects.read(answerKey(job.run))
  await deps.audit({
    step: 'run_finished',
    outcome: 'done',
    at: deps.now().toISOString(),
    run: job.run,
    checks: [],
    ...(answer === undefined ? {} : { detail: { verdict: verdictIn(answer) } }),
  })
  await deps.deliver(job.run, job.token, 'final', lane)
  return { kind: 'done' }
}

function verdictIn(answer: Buffer): string {
  return (JSON.parse(answer.toString('utf8')) as { coverage: { verdict: string } }).coverage.verdict
}
