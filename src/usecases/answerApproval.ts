import type { Failure } from '../domain/failure.ts'
import { err, ok, type Result } from '../domain/outcome.ts'
import type { Approval, ApprovalRequest, Click, VoteRefusal } from '../domain/policy/approval.ts'
import { isToldIn } from '../domain/policy/grant.ts'
import type { Person } from '../domain/policy/person.ts'
import { mayApprove, requestStatus } from '../domain/policy/requestStatus.ts'
import { rolesOf } from '../domain/policy/roles.ts'
import { approvalDay, type Objects } from '../domain/result/objects.ts'
import { actOnApproval } from './actOnApproval.ts'
import { readApproval, unprovenBy } from './approvalLog.ts'
import { type ApprovalDeps, decideApproval, withdrawApproval } from './approvals.ts'
import type { ApprovedRunDeps } from './approvedRun.ts'
import { idNamed } from './named.ts'
import { type LeavingOut, readEach } from './storedLog.ts'

export type AnswerDeps = ApprovalDeps &
  ApprovedRunDeps & {
    readonly objects: ApprovalDeps['objects'] & Pick<Objects, 'list' | 'size'>
    /** Has everybody shown what became of a request, soon. */
    readonly advance: (run: string) => Promise<void>
    /** Hears of a request that is there and cannot be verified, and why. */
    readonly onUnproven: (run: string, why: string) => void
    /** Hears what could not be done at once and will be done later. */
    readonly onLate: (run: string, error: unknown) => void
  }

/** What somebody answered to a request. `run` and `hash` are what the button carried, or what was typed, and are believed in nothing. */
export type ApprovalAnswer = {
  readonly run: string
  /** Absent where somebody typed the id: then it is about what is asked under it. */
  readonly hash?: string
  /** Where they typed it. */
  readonly channel?: string
  readonly person: Person
} & (Omit<Click, 'hash'> | { readonly verdict: 'withdraw' })

/** Why an answer came to nothing. */
export type AnswerRefusal =
  | { readonly kind: 'vote'; readonly refusal: VoteRefusal; readonly run: string }
  | { readonly kind: 'failure'; readonly failure: Failure }

/**
 * Takes somebody's approval, denial or withdrawal. What satisfies a request starts its run at once; cards are edited by whoever does that. Gives the
 * request as it stands then.
 */
export async function answerApproval(
  answer: ApprovalAnswer,
  deps: AnswerDeps,
): Promise<Result<Approval, AnswerRefusal>> {
  const run = await requestNamed(answer.run, deps.objects)
  const request = run === undefined ? undefined : (await readApproval(run, deps))?.approval.request
  if (run !== undefined && request === undefined) await sayUnproven(run, deps)
  // Whoever pressed saw its card; to whoever typed an id it may be nobody's.
  if (run !== undefined && request === undefined && answer.hash !== undefined)
    return err({ kind: 'failure', failure: { code: 'request_unproven', run } })
  if (run === undefined || request === undefined) return unknown(answer.run)
  const hash = answer.hash ?? request.hash
  const decided =
    answer.verdict === 'withdraw'
      ? await withdrawApproval(run, answer.person, deps)
      : await decideApproval(run, answer.person, { ...answer, hash }, deps)
  if (decided === undefined) return unknown(answer.run)
  if (!decided.ok) {
    const known = answer.hash !== undefined || (await mayKnow(request, answer, decided.error, deps))
    return known ? err({ kind: 'vote', refusal: decided.error, run }) : unknown(answer.run)
  }
  try {
    if (decided.value.status === 'approved') await actOnApproval(run, deps)
    await deps.advance(run)
  } catch (error) {
    // The decision stands in the store: whoever looks there next starts the run and edits the cards.
    deps.onLate(run, error)
  }
  return ok(decided.value)
}

/** Says in the log why a request that is there cannot be verified, such as that it is not good yet by this bot's clock. */
async function sayUnproven(run: string, deps: AnswerDeps): Promise<void> {
  const why = await unprovenBy(run, deps)
  if (why !== undefined) deps.onUnproven(run, why)
}

/** Whether somebody who typed an id, and whose answer does not count, may learn that there is such a request. */
async function mayKnow(
  request: ApprovalRequest,
  { person, channel }: ApprovalAnswer,
  refusal: VoteRefusal,
  deps: AnswerDeps,
): Promise<boolean> {
  if (refusal.code !== 'not_an_approver' && refusal.code !== 'not_the_asker') return true
  if (isToldIn(request, channel)) return true
  const facts = await deps.personFacts(person, { fresh: true })
  return mayApprove(request, facts, deps.policy) || rolesOf(facts, deps.policy).some(({ cancel }) => cancel)
}

function unknown(input: string): Result<never, AnswerRefusal> {
  return err({ kind: 'failure', failure: { code: 'unknown_request', input: input.slice(0, 40) } })
}

/** The request that somebody means by its run's id or the beginning of it. Undefined: none, or more than one. */
export async function requestNamed(typed: string, objects: Pick<Objects, 'list'>): Promise<string | undefined> {
  return await idNamed('approvals', typed, objects)
}

const DAY_MS = 86_400_000

/** The runs whose approval was asked for today and the day before: nothing waits longer (UTC). */
export async function recentRequests(objects: Pick<Objects, 'list'>, now: Date): Promise<readonly string[]> {
  const days = [new Date(now.getTime() - DAY_MS), now]
  const runs = await Promise.all(days.map((day) => objects.list(approvalDay(day))))
  return [...new Set(runs.flat())]
}

/** Requests that somebody may answer now, oldest first. */
export async function waitingFor(
  person: Person,
  deps: Pick<ApprovalDeps, 'personFacts' | 'policy' | 'now' | 'verifyRequest' | 'verifyClick'> &
    LeavingOut & { readonly objects: Pick<Objects, 'list' | 'read'> },
): Promise<readonly Approval[]> {
  const runs = await recentRequests(deps.objects, deps.now())
  const read = await readEach(runs, (run) => readApproval(run, deps), deps)
  const now = deps.now().getTime() / 1000
  const facts = await deps.personFacts(person, { fresh: true })
  return read
    .map(({ approval }) => approval)
    .filter((approval) => requestStatus(approval, facts, deps.policy, now).answerable)
    .toSorted((a, b) => a.request.askedAt - b.request.askedAt)
}
