import type { Audit, AuditStep } from '../domain/audit/step.ts'
import type { Failure } from '../domain/failure.ts'
import { err, ok, type Result } from '../domain/outcome.ts'
import { type Approval, after, type Click, type VoteRefusal, voteOf } from '../domain/policy/approval.ts'
import type { ClickClaims, RequestClaims } from '../domain/policy/approvalTokens.ts'
import { approvalHash, type Cost } from '../domain/policy/basis.ts'
import type { NeedsApproval } from '../domain/policy/decide.ts'
import { isSame } from '../domain/policy/membership.ts'
import type { Destination, Person, PersonFacts } from '../domain/policy/person.ts'
import type { Policy } from '../domain/policy/policy.ts'
import { queryHash } from '../domain/query/query.ts'
import { approvalKey, approvalOnKey, type Objects, runbookKey } from '../domain/result/objects.ts'
import type { Runbook } from '../domain/runbook/runbook.ts'
import { type ReadApproval, type ReadApprovalDeps, readApproval, type StoredEntry } from './approvalLog.ts'
import { ISSUER, RUN_AUDIENCE } from './mint.ts'

export type ApprovalDeps = ReadApprovalDeps & {
  readonly objects: Pick<Objects, 'create' | 'read'>
  readonly policy: Policy
  readonly signRequest: (claims: RequestClaims) => Promise<string>
  readonly signClick: (claims: ClickClaims) => Promise<string>
  /** Facts as they are now: an approver's right is checked when they click, not when they were asked. */
  readonly personFacts: (person: Person, options: { readonly fresh: true }) => Promise<PersonFacts>
  readonly now: () => Date
  readonly newId: () => string
  readonly audit: Audit
}

/** What approval is asked for: a decision that needs it, and everything that it would start. */
export type Asking = {
  readonly run: string
  readonly person: Person
  readonly decision: NeedsApproval
  readonly runbook: Runbook
  readonly to: Destination
  readonly place: { readonly channel: string; readonly thread?: string }
  /** As it was typed; may be absent where the rule does not want one. */
  readonly reason: string | undefined
  readonly words: string
  readonly scope: string
  readonly cost: Cost
}

/**
 * Asks for the approval of one run: signed, with its hash, and kept in the store before anybody is asked. Repeating it gives what is there.
 * Refuses when the reason is shorter than the rule wants.
 */
export async function requestApproval(asking: Asking, deps: ApprovalDeps): Promise<Result<Approval, Failure>> {
  const reason = asking.reason?.trim() ?? ''
  if (reason.length < asking.decision.needs.reason)
    return err({ code: 'reason_needed', least: asking.decision.needs.reason })
  const request = requestOf(asking, reason, deps)
  const { iat } = request
  const token = await deps.signRequest(request)
  await deps.objects.create(runbookKey(asking.runbook.digest), asking.runbook.text)
  await deps.objects.create(approvalOnKey(new Date(iat * 1000), asking.run), '')
  const first = await append(asking.run, 0, { kind: 'requested', token }, deps)
  const read = await readApproval(asking.run, deps)
  if (read === undefined) throw new Error('a request for approval cannot be read back')
  if (first) await record('approval_requested', 'done', read.approval, asking.person, deps, { reason })
  return ok(read.approval)
}

function requestOf(asking: Asking, reason: string, { now, newId, policy }: ApprovalDeps): RequestClaims {
  const { run, person, decision, to, place, words, scope, cost } = asking
  const { wanted, needs, why } = decision
  const iat = Math.floor(now().getTime() / 1000)
  const exact = { run, person, query: wanted.query, to, cost }
  return {
    iss: ISSUER,
    aud: RUN_AUDIENCE,
    sub: `${person.team}.${person.user}`,
    jti: newId(),
    iat,
    nbf: iat,
    exp: iat + needs.times.expires,
    ...exact,
    hash: approvalHash(exact),
    role: wanted.role,
    tier: wanted.tier,
    why,
    reason,
    words,
    scope,
    place,
    seats: needs.seats,
    rules: needs.rules,
    self: needs.self,
    places: needs.places,
    askedAt: iat,
    expiresAt: iat + needs.times.expires,
    remindAt: needs.times.remind.map((after) => iat + after),
    escalate: needs.times.escalate,
    policy: policy.digest,
  }
}

/**
 * Takes somebody's click: their right is checked anew, by Slack's id, and the state changes once, whoever clicks in the same moment. Gives the
 * approval as it is then, or why the click does not count.
 */
export async function decideApproval(
  run: string,
  person: Person,
  click: Click,
  deps: ApprovalDeps,
): Promise<Result<Approval, VoteRefusal> | undefined> {
  const facts = await deps.personFacts(person, { fresh: true })
  return await changing(run, deps, async ({ approval }) => {
    const at = Math.floor(deps.now().getTime() / 1000)
    const vote = voteOf(approval, click, facts, deps.policy, at)
    if (!vote.ok) {
      await record('approval_voted', 'deny', approval, person, deps, { refused: vote.error.code })
      return vote
    }
    const { request } = approval
    const claims: ClickClaims = {
      iss: ISSUER,
      aud: RUN_AUDIENCE,
      sub: `${person.team}.${person.user}`,
      jti: deps.newId(),
      iat: at,
      nbf: at,
      exp: request.expiresAt,
      attested: 'slack_click',
      ...vote.value,
      policy: deps.policy.digest,
    }
    const entry: StoredEntry = { kind: 'voted', token: await deps.signClick(claims) }
    return ok({
      entry,
      next: after(approval, { kind: 'voted', vote: vote.value }),
      done: (next: Approval) =>
        record('approval_voted', 'allow', next, person, deps, {
          verdict: vote.value.verdict,
          sets: vote.value.sets.join(', '),
        }),
    })
  })
}

/** Takes a request back: its asker's right alone. */
export async function withdrawApproval(
  run: string,
  person: Person,
  deps: ApprovalDeps,
): Promise<Result<Approval, VoteRefusal> | undefined> {
  return await changing(run, deps, async ({ approval }) => {
    if (!isSame(person, approval.request.person)) return err({ code: 'not_an_approver' })
    if (approval.status !== 'requested') return err(handled(approval))
    const entry = { kind: 'withdrawn' as const, person, at: Math.floor(deps.now().getTime() / 1000) }
    const done = (next: Approval) => record('approval_withdrawn', 'done', next, person, deps, {})
    return ok({ entry, next: after(approval, entry), done })
  })
}

/** Ends a request whose time is over. Before that, and when it has ended, it changes nothing and says so. */
export async function expireApproval(
  run: string,
  deps: ApprovalDeps,
): Promise<Result<Approval, VoteRefusal> | undefined> {
  return await changing(run, deps, async ({ approval }) => {
    const at = Math.floor(deps.now().getTime() / 1000)
    if (approval.status !== 'requested' || at < approval.request.expiresAt) return err(handled(approval))
    const entry = { kind: 'expired' as const, at }
    const done = (next: Approval) => record('approval_expired', 'done', next, undefined, deps, {})
    return ok({ entry, next: after(approval, entry), done })
  })
}

function handled({ status, ended, request }: Approval): VoteRefusal {
  const at = ended?.at ?? request.askedAt
  return { code: 'already_handled', status, at, ...(ended?.by === undefined ? {} : { by: ended.by }) }
}

type Change = {
  readonly entry: StoredEntry
  readonly next: Approval
  readonly done: (next: Approval) => Promise<void>
}

/** Changes an approval by one entry, decided on what is there: of several writers one is first, and the others decide anew. */
async function changing(
  run: string,
  deps: ApprovalDeps,
  decide: (read: ReadApproval) => Promise<Result<Change, VoteRefusal>>,
): Promise<Result<Approval, VoteRefusal> | undefined> {
  for (;;) {
    const read = await readApproval(run, deps)
    if (read === undefined) return undefined
    const change = await decide(read)
    if (!change.ok) return change
    if (!(await append(run, read.entries, change.value.entry, deps))) continue
    await change.value.done(change.value.next)
    return ok(change.value.next)
  }
}

async function append(run: string, entries: number, entry: StoredEntry, deps: ApprovalDeps): Promise<boolean> {
  return await deps.objects.create(approvalKey(run, entries + 1), JSON.stringify(entry))
}

async function record(
  step: Extract<AuditStep['step'], `approval_${string}`>,
  outcome: AuditStep['outcome'],
  { request, status }: Approval,
  person: Person | undefined,
  deps: ApprovalDeps,
  detail: { readonly [name: string]: string },
): Promise<void> {
  await deps.audit({
    step,
    outcome,
    at: deps.now().toISOString(),
    run: request.run,
    queryHash: queryHash(request.query),
    ...(person === undefined ? {} : { person }),
    checks: [],
    detail: { approval: request.hash, status, policy: deps.policy.digest, ...detail },
  })
}
