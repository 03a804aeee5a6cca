import type { Audit } from '../domain/audit/step.ts'
import { type Grant, type Lane, laneOf } from '../domain/policy/grant.ts'
import { type Plan, seconds } from '../domain/query/plan.ts'
import { queryHash } from '../domain/query/query.ts'
import { answerKey, type Objects, partEndKey, terminalKey } from '../domain/result/objects.ts'
import type { Allowed } from './allowed.ts'
import { type AuthorityDeps, authorityOf } from './authority.ts'
import { type FinishDeps, finishRun } from './finishRun.ts'
import { inTurns } from './inTurns.ts'
import type { Outcome } from './outcome.ts'
import { emptyPlan, makePlan, type PlanDeps } from './planRun.ts'
import { planOf } from './plans.ts'
import { refuseJob } from './refuse.ts'

/** Parts looked at side by side. */
const LOOKED_AT_ONCE = 32

export type RunJob = { readonly token: string; readonly run: string }

/** All that a run reads: `seconds` are of windows, over all its parts. */
export type Whole = { readonly parts: number; readonly chains: number; readonly seconds: number }

export type RunDeps = AuthorityDeps &
  PlanDeps &
  FinishDeps & {
    readonly objects: Objects
    readonly allowed: (grant: Grant) => Promise<Allowed | undefined>
    readonly addParts: (token: string, run: string, parts: Plan['parts'], lane: Lane) => Promise<void>
    /** How many parts and chains there will be and how many seconds of windows they read in all, for progress. What was said before stays. */
    readonly planned: (run: string, whole: Whole) => Promise<void>
    readonly cancelled: (run: string) => Promise<boolean>
    readonly deliver: (run: string, token: string, want: 'status' | 'final') => Promise<void>
    readonly audit: Audit
  }

/**
 * Starts a run: plans it and hands out its parts. Called again when they have ended (`partsEnded`), or when the run was cancelled, it
 * puts the answer together. Every step may be repeated: what is in the store already is taken from there.
 */
export async function runRun(job: RunJob, turn: { readonly partsEnded: boolean }, deps: RunDeps): Promise<Outcome> {
  if ((await deps.objects.size(terminalKey(job.run))) !== undefined) return await announce(job, deps)
  const authority = await authorityOf(job, deps)
  if (authority.kind === 'refused') return await refuseJob(job, authority.why, deps)
  if (authority.kind === 'lapsed') return await lapse(job, deps)
  const grant = authority.grant()
  const allowed = await deps.allowed(grant)
  if (allowed === undefined)
    return await refuseJob(job, 'the runbook is not in the store at the digest that was allowed', deps)
  const plan = (await planOf(job.run, deps.objects)) ?? (await start(grant, allowed, deps))
  if (plan.queryHash !== queryHash(grant.query))
    return await refuseJob(job, 'the plan in the store is for another query', deps)
  const cancelled = await deps.cancelled(job.run)
  if (!turn.partsEnded && !cancelled) {
    // Each time, not only when the plan is made: what is shown of a run may have been lost with the queue.
    const parts = plan.parts.length
    await deps.planned(job.run, { parts, chains: parts * plan.chains.length, seconds: parts * secondsToRead(plan) })
    const open = await openParts(plan, deps.objects)
    await deps.addParts(authority.token(), job.run, open, laneOf(grant))
    if (open.length > 0) return { kind: 'wait for parts' }
  }
  await finishRun(
    grant,
    plan,
    allowed,
    (await anyLapsed(plan, deps.objects)) ? 'lapsed' : cancelled ? 'cancelled' : undefined,
    deps,
  )
  return await announce({ ...job, token: authority.token() }, deps)
}

async function start(grant: Grant, allowed: Allowed, deps: RunDeps): Promise<Plan> {
  const plan = await makePlan(grant, allowed.match, deps)
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

function secondsToRead(plan: Plan): number {
  return plan.chains.reduce((sum, chain) => sum + seconds(chain.until) - seconds(chain.since), 0)
}

async function openParts(plan: Plan, objects: Objects): Promise<Plan['parts']> {
  const sizes = await inTurns(plan.parts, LOOKED_AT_ONCE, ({ account, region }) =>
    objects.size(partEndKey(plan.run, account, region)),
  )
  return plan.parts.filter((_, at) => sizes[at] === undefined)
}

async function anyLapsed(plan: Plan, objects: Objects): Promise<boolean> {
  const ends = await inTurns(plan.parts, LOOKED_AT_ONCE, async ({ account, region }) =>
    (await objects.read(partEndKey(plan.run, account, region)))?.includes('"code":"lapsed"'),
  )
  return ends.includes(true)
}

/** The token could not be renewed: the answer so far is given, as partial. Its expired token still proves what was asked. */
async function lapse(job: RunJob, deps: RunDeps): Promise<Outcome> {
  const expired = await deps.verifyExpired(job.token, job.run)
  if (!expired.ok) return await refuseJob(job, expired.error.why, deps)
  const grant = expired.value
  const allowed = grant.run === job.run ? await deps.allowed(grant) : undefined
  if (allowed === undefined)
    return await refuseJob(job, 'the runbook is not in the store at the digest that was allowed', deps)
  await finishRun(grant, (await planOf(job.run, deps.objects)) ?? emptyPlan(grant, deps.now()), allowed, 'lapsed', deps)
  return await announce(job, deps)
}

async function announce(job: RunJob, deps: RunDeps): Promise<Outcome> {
  const answer = await deps.objects.read(answerKey(job.run))
  await deps.audit({
    step: 'run_finished',
    outcome: 'done',
    at: deps.now().toISOString(),
    run: job.run,
    checks: [],
    ...(answer === undefined ? {} : { detail: { verdict: verdictIn(answer) } }),
  })
  await deps.deliver(job.run, job.token, 'final')
  return { kind: 'done' }
}

function verdictIn(answer: Buffer): string {
  return (JSON.parse(answer.toString('utf8')) as { coverage: { verdict: string } }).coverage.verdict
}
