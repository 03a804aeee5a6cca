import type { AuditStep } from '../domain/audit/step.ts'
import type { Failure } from '../domain/failure.ts'
import { err, ok, type Result } from '../domain/outcome.ts'
import { approverIn } from '../domain/policy/approvers.ts'
import { isToldIn } from '../domain/policy/grant.ts'
import { isSame } from '../domain/policy/membership.ts'
import type { Person, PersonFacts } from '../domain/policy/person.ts'
import type { Policy } from '../domain/policy/policy.ts'
import {
  afterReview,
  closingOf,
  type Judgement,
  mayClose,
  type Review,
  type ReviewRefusal,
  reviewerSets,
} from '../domain/policy/review.ts'
import type { ClosingClaims } from '../domain/policy/reviewTokens.ts'
import { rolesOf } from '../domain/policy/roles.ts'
import { queryHash } from '../domain/query/query.ts'
import { type Objects, REVIEWS, reviewKey, terminalKey } from '../domain/result/objects.ts'
import { readAsked, type StopDeps } from './cancelRun.ts'
import { ISSUER, RUN_AUDIENCE } from './mint.ts'
import { idNamed } from './named.ts'
import {
  openReviewRuns,
  type ReadReview,
  type ReadReviewDeps,
  readAll,
  readReview,
  type StoredReviewEntry,
} from './reviewLog.ts'
import { revokeRun } from './revokeRun.ts'
import type { LeavingOut } from './storedLog.ts'

export type ReviewDeps = ReadReviewDeps &
  LeavingOut &
  StopDeps & {
    readonly objects: Objects
    readonly policy: Policy
    readonly signClosing: (claims: ClosingClaims) => Promise<string>
    /** Facts as they are now: a reviewer's right is checked when they say what they found. */
    readonly personFacts: (person: Person) => Promise<PersonFacts>
    readonly newId: () => string
    /** Has everybody shown what became of a review, soon. */
    readonly advance: (run: string) => Promise<void>
  }

/** What somebody found, about a run as it was typed or as a button carried it. Without a hash it is about what was asked in that run. */
export type Found = Omit<Judgement, 'hash'> & {
  readonly run: string
  readonly hash?: string
  readonly person: Person
  readonly channel?: string
}

/** Why a verdict came to nothing. */
export type CloseRefusal =
  | { readonly kind: 'review'; readonly refusal: ReviewRefusal }
  | { readonly kind: 'failure'; readonly failure: Failure }

/**
 * Takes somebody's verdict: their right is checked anew, by Slack's id, and a review is closed once, whoever says so in the same moment. A run
 * that is found not justified while it goes on is stopped.
 */
export async function closeReview(found: Found, deps: ReviewDeps): Promise<Result<Review, CloseRefusal>> {
  const run = await idNamed(REVIEWS, found.run, deps.objects)
  const facts = await deps.personFacts(found.person)
  const closed =
    run === undefined
      ? undefined
      : await changing<ReviewRefusal>(run, deps, async ({ review }) => {
          // Bots' clocks differ a little: what is reviewed has been used.
          const at = Math.max(Math.floor(deps.now().getTime() / 1000), review.broken.at)
          const judgement = { ...found, hash: found.hash ?? review.broken.hash }
          const closing = closingOf(review, judgement, facts, deps.policy, at)
          if (!closing.ok) {
            await record('review_closed', 'deny', review, found.person, deps, { refused: closing.error.code })
            return closing
          }
          const claims: ClosingClaims = {
            ...{ iss: ISSUER, aud: RUN_AUDIENCE, sub: `${found.person.team}.${found.person.user}`, jti: deps.newId() },
            ...{ iat: at, nbf: at, exp: at + 1, attested: 'slack_click', policy: deps.policy.digest },
            ...closing.value,
          }
          const { verdict, note, sets } = closing.value
          return ok({
            entry: { kind: 'closed', token: await deps.signClosing(claims) },
            next: afterReview(review, { kind: 'closed', closing: closing.value }),
            done: (next) =>
              record('review_closed', 'allow', next, found.person, deps, { verdict, note, sets: sets.join(', ') }),
          })
        })
  if (run === undefined || closed === undefined) return unknownReview(found.run)
  if (!closed.ok) {
    const { code } = closed.error
    const hidden = code === 'not_a_reviewer' && found.hash === undefined && !(await isTold(run, found.channel, deps))
    return hidden ? unknownReview(found.run) : err({ kind: 'review', refusal: closed.error })
  }
  if (found.verdict === 'not_justified') await stopIfRunning(run, found.person, deps)
  await deps.advance(run)
  return closed
}

/** Whether a use of break-glass is told in a channel: its answer comes there, or its card was shown there. */
async function isTold(run: string, channel: string | undefined, deps: ReviewDeps): Promise<boolean> {
  const broken = (await readReview(run, deps))?.review.broken
  return broken !== undefined && isToldIn(broken, channel)
}

function unknownReview(typed: string): Result<never, CloseRefusal> {
  return err({ kind: 'failure', failure: { code: 'unknown_review', input: typed.slice(0, 40) } })
}

/** A run that broke the glass, after somebody stopped it. `running`: it was under way. */
export type Stopped = { readonly review: Review; readonly running: boolean }

/**
 * Stops a run that broke the glass: its tokens are no longer good, and what it has read is answered as partial. The right of whoever asked, of those
 * who could approve or review it now, and of whoever may cancel what others started. Undefined: there is no such run. The review stays open.
 */
export async function stopBroken(
  typed: string,
  by: Person,
  deps: ReviewDeps,
): Promise<Result<Stopped, Failure> | undefined> {
  const run = await idNamed(REVIEWS, typed, deps.objects)
  const facts = await deps.personFacts(by)
  const stopped =
    run === undefined
      ? undefined
      : await changing<Failure>(run, deps, async ({ review }) => {
          if (!mayStop(review, facts, deps.policy)) {
            await record('glass_stopped', 'deny', review, by, deps, { refused: 'not theirs' })
            return err({ code: 'not_yours_to_cancel', run })
          }
          if (review.stopped !== undefined) return ok('as it is')
          const entry = { kind: 'stopped' as const, by, at: Math.floor(deps.now().getTime() / 1000) }
          const done = (next: Review): Promise<void> => record('glass_stopped', 'allow', next, by, deps, {})
          return ok({ entry, next: afterReview(review, entry), done })
        })
  if (run === undefined || stopped === undefined) return undefined
  if (!stopped.ok) return stopped
  const running = await stopIfRunning(run, by, deps)
  await deps.advance(run)
  return ok({ review: stopped.value, running })
}

function mayStop({ broken }: Review, facts: PersonFacts, policy: Policy): boolean {
  if (isSame(broken.person, facts.person) || reviewerSets(broken, facts, policy).length > 0) return true
  const sets = approverIn(facts, policy)
  const approves = broken.seats.some(({ by }) => by.some((set) => sets.has(set)))
  return approves || rolesOf(facts, policy).some(({ cancel }) => cancel)
}

async function stopIfRunning(run: string, by: Person, deps: ReviewDeps): Promise<boolean> {
  if ((await deps.objects.size(terminalKey(run))) !== undefined) return false
  const found = await readAsked(run, deps)
  if (found === undefined) return false
  const why = 'it was stopped, or found not justified'
  return await revokeRun(run, found.asked.token, { by: 'break_glass', why, person: by }, deps)
}

/** Reviews that somebody may close now, those that are due first before the others. */
export async function reviewsFor(
  person: Person,
  deps: ReadReviewDeps & Pick<ReviewDeps, 'policy' | 'personFacts' | 'leftOut'> & { readonly objects: Objects },
): Promise<readonly Review[]> {
  const open = await readAll(await openReviewRuns(deps.objects), deps)
  if (open.length === 0) return []
  const facts = await deps.personFacts(person)
  return open
    .filter((review) => mayClose(review, facts, deps.policy))
    .toSorted((a, b) => a.broken.dueAt - b.broken.dueAt)
}

type Change = {
  readonly entry: StoredReviewEntry
  readonly next: Review
  readonly done: (next: Review) => Promise<void>
}

/** Changes a review by one entry, or leaves it as it is, decided on what is there: of several writers one is first, and the others decide anew. */
async function changing<E>(
  run: string,
  deps: ReviewDeps,
  decide: (read: ReadReview) => Promise<Result<Change | 'as it is', E>>,
): Promise<Result<Review, E> | undefined> {
  for (;;) {
    const read = await readReview(run, deps)
    if (read === undefined) return undefined
    const change = await decide(read)
    if (!change.ok) return change
    if (change.value === 'as it is') return ok(read.review)
    const { entry, next, done } = change.value
    if (!(await deps.objects.create(reviewKey(run, read.entries + 1), JSON.stringify(entry)))) continue
    await done(next)
    return ok(next)
  }
}

async function record(
  step: Extract<AuditStep['step'], 'review_closed' | 'glass_stopped'>,
  outcome: AuditStep['outcome'],
  { broken }: Review,
  person: Person,
  deps: Pick<ReviewDeps, 'audit' | 'now' | 'policy'>,
  detail: { readonly [name: string]: string },
): Promise<void> {
  await deps.audit({
    step,
    outcome,
    at: deps.now().toISOString(),
    run: broken.run,
    queryHash: queryHash(broken.query),
    person,
    checks: [],
    detail: { asker: broken.person.user, policy: deps.policy.digest, ...detail },
  })
}
