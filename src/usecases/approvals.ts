import type { Audit, AuditStep } from '../domain/audit/step.ts'
import type { Failure } from '../domain/failure.ts'
import { err, ok, type Result } from '../domain/outcome.ts'
import {
  type Approval,
  type ApprovalRequest,
  after,
  type Click,
  type VoteRefusal,
  voteOf,
} from '../domain/policy/approval.ts'
import type { ClickClaims, RequestClaims } from '../domain/policy/approvalTokens.ts'
import type { Requirement } from '../domain/policy/approvers.ts'
import { type Approvable, approvalHash, type Cost } from '../domain/policy/basis.ts'
import { reasonLength } from '../domain/policy/breakGlass.ts'
import type { NeedsApproval } from '../domain/policy/decide.ts'
import type { Proposal } from '../domain/policy/investigation.ts'
import { isSame } from '../domain/policy/membership.ts'
import type { Destination, Person, PersonFacts } from '../domain/policy/person.ts'
import type { Policy } from '../domain/policy/policy.ts'
import { queryHash } from '../domain/query/query.ts'
import { approvalKey, approvalOnKey, type Objects, runbookKey } from '../domain/result/objects.ts'
import { maskedTyped } from '../domain/result/secrets.ts'
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
  const { run, person, to, cost, decision, runbook } = asking
  const { wanted, needs, why } = decision
  const exact = { run, person, query: wanted.query, to, cost }
  const keep = (): Promise<unknown> => deps.objects.create(runbookKey(runbook.digest), runbook.text)
  return await ask(exact, { ...asking, role: wanted.role, tier: wanted.tier, why, needs, keep }, deps)
}

/** What opening an investigation asks approval for. */
export type AskingInvestigation = Pick<Asking, 'person' | 'to' | 'place' | 'reason' | 'words' | 'scope'> & {
  readonly id: string
  readonly proposal: Proposal
  readonly needs: Requirement
  readonly role: string
}

/** Asks for the approval of an investigation, as `requestApproval` does for a question. */
export async function requestInvestigation(
  asking: AskingInvestigation,
  deps: ApprovalDeps,
): Promise<Result<Approval, Failure>> {
  const { id, person, to, proposal } = asking
  // Each question under it is looked at by itself: LookupEvents costs nothing.
  const exact = { run: id, person, investigation: proposal, to, cost: { usd: 0 } }
  const why = 'every question within what stands below needs no further approval until it ends'
  return await ask(exact, { ...asking, tier: proposal.tier, why, keep: async () => undefined }, deps)
}

type Terms = Pick<Asking, 'place' | 'reason' | 'words' | 'scope'> &
  Pick<ApprovalRequest, 'role' | 'tier' | 'why'> & {
    readonly needs: Requirement
    /** Keeps what must be there when it is approved. */
    readonly keep: () => Promise<unknown>
  }

async function ask(exact: Approvable, terms: Terms, deps: ApprovalDeps): Promise<Result<Approval, Failure>> {
  const { run, person } = exact
  const { needs } = terms
  const typed = terms.reason?.trim() ?? ''
  if (reasonLength(typed) < needs.reason) return err({ code: 'reason_needed', least: needs.reason })
  const reason = maskedTyped(typed)
  const request = requestOf(exact, terms, reason, deps)
  const token = await deps.signRequest(request)
  await terms.keep()
  await deps.objects.create(approvalOnKey(new Date(request.iat * 1000), run), '')
  const first = await append(run, 0, { kind: 'requested', token }, deps)
  const read = await readApproval(run, deps)
  if (read === undefined) throw new Error('a request for approval cannot be read back')
  if (first) await record('approval_requested', 'done', read.approval, person, deps, { reason })
  return ok(read.approval)
}

function requestOf(
  exact: Approvable,
  { role, tier, why, words, scope, place, needs }: Terms,
  reason: string,
  { now, newId, policy }: ApprovalDeps,
): RequestClaims {
  const { person } = exact
  const iat = Math.floor(now().getTime() / 1000)
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
    role,
    tier,
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
    // Bots' clocks differ a little: what is answered has been asked.
    const at = Math.max(Math.floor(deps.now().getTime() / 1000), approval.request.askedAt)
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
    if (!isSame(person, approval.request.person)) return err({ code: 'not_the_asker' })
    if (approval.status !== 'requested') return err(handled(approval))
    const entry = { kind: 'withdrawn' as const, person, at: Math.floor(deps.now().getTime() / 1000) }
    const done = (next: Approval) => record('approval_withdrawn', 'done', next, person, deps, {})
    return ok({ entry, next: after(approval, entry), done })
  })
}

/** Takes an approval back that was given. Whether somebody may is looked at before. Undefined when nothing is approved. */
export async function takeBackApproval(run: string, person: Person, deps: ApprovalDeps): Promise<Approval | undefined> {
  const taken = await changing(run, deps, async ({ approval }) => {
    const entry = { kind: 'taken_back' as const, person, at: Math.floor(deps.now().getTime() / 1000) }
    const next = after(approval, entry)
    if (next === approval) return err(handled(approval))
    const done = (then: Approval) => record('approval_withdrawn', 'done', then, person, deps, {})
    return ok({ entry, next, done })
  })
  return taken?.ok === true ? taken.value : undefined
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
    ...(request.query === undefined ? {} : { queryHash: queryHash(request.query) }),
    ...(person === undefined ? {} : { person }),
    checks: [],
    detail: { approval: request.hash, status, policy: deps.policy.digest, ...detail },
  })
}
