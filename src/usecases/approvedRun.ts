import type { Check } from '../domain/audit/step.ts'
import { err, ok, type Result } from '../domain/outcome.ts'
import { type Approval, startsBefore } from '../domain/policy/approval.ts'
import { type Requirement, seated } from '../domain/policy/approvers.ts'
import type { Basis } from '../domain/policy/basis.ts'
import { type Decision, decide, type Granted } from '../domain/policy/decide.ts'
import { isSame } from '../domain/policy/membership.ts'
import { queryHash } from '../domain/query/query.ts'
import { askedKey, askedOnKey, type Objects, terminalKey } from '../domain/result/objects.ts'
import type { Runbook } from '../domain/runbook/runbook.ts'
import { storedRunbook } from './allowed.ts'
import { type ReadApprovalDeps, readApproval } from './approvalLog.ts'
import { mint } from './mint.ts'
import type { Asked, RequestDeps } from './requestRun.ts'

export type ApprovedRunDeps = Pick<
  RequestDeps,
  | 'policy'
  | 'inventory'
  | 'personFacts'
  | 'placeFacts'
  | 'sign'
  | 'newId'
  | 'now'
  | 'audit'
  | 'times'
  | 'enqueue'
  | 'status'
  | 'remember'
> &
  ReadApprovalDeps & { readonly objects: Pick<Objects, 'create' | 'read' | 'size'> }

/** Why an approved question does not start. */
export type NotStarted = {
  readonly why:
    | 'not_approved'
    | 'ended'
    | 'no_runbook'
    /** The person, the place or the policy is no longer such that it can be approved. */
    | 'refused'
    /** The rules ask for others by now than those who approved. */
    | 'other_approvers'
    /** What would be granted now is not what was approved. */
    | 'changed'
    /** It was approved so long ago that nobody expects it any more. */
    | 'too_late'
  readonly decision?: Decision
}

/**
 * Starts the run of an approved request: decided anew for the person, the place and the policy as they are now, then minted with the
 * approval as its basis. Repeating it starts nothing twice: one request is one run.
 */
export async function startApproved(run: string, deps: ApprovedRunDeps): Promise<Result<Asked, NotStarted>> {
  const before = await deps.objects.read(askedKey(run))
  if (before !== undefined) return ok(await enqueued(run, JSON.parse(before.toString('utf8')) as Asked, deps))
  if ((await deps.objects.size(terminalKey(run))) !== undefined) return err({ why: 'ended' })
  const approval = (await readApproval(run, deps))?.approval
  if (approval?.status !== 'approved') return err({ why: 'not_approved' })
  const { request } = approval
  if (request.query === undefined) return err({ why: 'not_approved' })
  const askedAt = Math.floor(deps.now().getTime() / 1000)
  if (askedAt >= startsBefore(approval)) return err({ why: 'too_late' })
  const runbook = await storedRunbook(request.query.runbook, deps.objects)
  if (runbook === undefined) return err({ why: 'no_runbook' })
  const granted = await stillGranted(approval, runbook, deps)
  if (!granted.ok) return granted
  const { role, tier, basis, checks, policy } = granted.value
  const exact = { run, person: request.person, query: request.query, to: request.to }
  const { token } = await mint({ ...exact, role, tier, policy, basis, askedAt }, 'minted', checks, deps)
  const asked: Asked = {
    version: 1,
    token,
    echo: request.words,
    scope: request.scope,
    question: request.hash,
  }
  await deps.objects.create(askedOnKey(new Date(askedAt * 1000), run), '')
  const first = await deps.objects.create(askedKey(run), JSON.stringify(asked))
  if (!first) return await startApproved(run, deps)
  const started = await enqueued(run, asked, deps)
  await deps.remember(request.person, run)
  return ok(started)
}

async function enqueued(run: string, asked: Asked, deps: ApprovedRunDeps): Promise<Asked> {
  await deps.enqueue(run, asked.token)
  await deps.status(run, asked.token)
  return asked
}

export type StillGranted = Granted & {
  readonly basis: Basis
  readonly policy: string
  readonly checks: readonly Check[]
}

/**
 * Whether an approved request is one that the rules would grant now, by its approval, or by themselves. Used before it is minted, and again at
 * each renewal: somebody taken out of a role, or a rule that wants others, ends the run.
 */
export async function stillGranted(
  approval: Approval,
  runbook: Runbook,
  deps: Pick<ApprovedRunDeps, 'policy' | 'inventory' | 'personFacts' | 'placeFacts'>,
): Promise<Result<StillGranted, NotStarted>> {
  const { request, votes } = approval
  if (request.query === undefined) return err({ why: 'not_approved' })
  const [person, place] = await Promise.all([
    deps.personFacts(request.person),
    deps.placeFacts(request.place, request.person),
  ])
  const decision = decide({ person, place, query: request.query, runbook, inventory: deps.inventory() }, deps.policy)
  if (decision.outcome === 'refuse') return err({ why: 'refused', decision })
  const granted = decision.outcome === 'allow' ? decision : decision.wanted
  if (decision.outcome === 'approve' && !isSatisfied(decision.needs, approval))
    return err({ why: 'other_approvers', decision })
  const same = queryHash(granted.query) === queryHash(request.query) && granted.tier === request.tier
  if (!same) return err({ why: 'changed', decision })
  const approvers = votes.filter(({ verdict }) => verdict === 'approve').map((vote) => vote.person)
  const { role, tier, query, answerTo } = granted
  const basis: Basis = {
    kind: 'approval',
    policy: decision.policy,
    hash: request.hash,
    cost: request.cost,
    approvers,
  }
  const check: Check = { check: 'approved', passed: true, detail: approvers.map(({ user }) => user).join(', ') }
  const checks = [...decision.checks, check]
  return ok({ role, tier, query, answerTo, basis, policy: decision.policy, checks })
}

/** Whether those who approved fill the seats that the rules want now. */
function isSatisfied({ seats, self }: Requirement, { votes, request }: Approval): boolean {
  const counted = votes.filter(
    ({ verdict, person }) => verdict === 'approve' && (self || !isSame(person, request.person)),
  )
  return seated(seats, counted).every(({ person }) => person !== undefined)
}
