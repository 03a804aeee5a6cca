import type { Result } from '../domain/outcome.ts'
import type { Grant } from '../domain/policy/grant.ts'
import type { EndedEarly } from '../domain/query/coverage.ts'
import { queryHash } from '../domain/query/query.ts'
import { type Objects, revokedKey, terminalKey } from '../domain/result/objects.ts'

/** Why a token is not good. `expired` is the only one that renewal can mend. */
export type TokenRefusal = { readonly code: 'expired' | 'invalid'; readonly why: string }

/** What asking for a new token came to. `unanswered`: the bot is away, or could not read what it decides by. */
export type Renewal =
  | { readonly kind: 'renewed'; readonly token: string }
  | { readonly kind: 'refused' }
  | { readonly kind: 'unanswered' }

export type AuthorityDeps = {
  /** Signature, type, issuer, audience, times and the shape of every claim. Records the check. */
  readonly verify: (token: string, run: string) => Promise<Result<Grant, TokenRefusal>>
  /** The same, but for expiry: what was asked is proved, nothing more is allowed. */
  readonly verifyExpired: (token: string, run: string) => Promise<Result<Grant, TokenRefusal>>
  /** A new token for the same query and run, from the bot, which decides anew. */
  readonly renew: (token: string, run: string) => Promise<Renewal>
  readonly objects: Pick<Objects, 'size'>
  /** Why a grant's basis does not hold, by the rule of its kind; undefined when it does. */
  readonly basisFault: (grant: Grant) => Promise<string | undefined>
  readonly now: () => Date
  readonly sleep: (ms: number) => Promise<void>
}

/** What a job may do, by its token: kept fresh while the job runs. */
export type Authority =
  | {
      readonly kind: 'granted'
      readonly grant: () => Grant
      readonly token: () => string
      readonly queryHash: string
      /** False when the token has run out and was not renewed, or when renewal was refused. Renews ahead of the end. */
      readonly stillGood: () => Promise<boolean>
      /** Why it is good no more; undefined while it is. */
      readonly ended: () => Promise<EndedEarly | undefined>
    }
  | { readonly kind: 'lapsed'; readonly ended: EndedEarly }
  | { readonly kind: 'refused'; readonly why: string }

/** Renewal is asked for this long before the end, so that reading does not stop for it. */
const RENEW_AHEAD_S = 90
/** An unanswered renewal is tried again after so long, while the token still holds. */
const RENEW_EVERY_MS = 15_000
/** For a token that has run out: nothing is read meanwhile, and a bot that starts anew is back by then. */
const TRIES = 5
const TRY_EVERY_MS = 5_000

/** Checks a job's token: good for this run, and the run not ended. An expired one is sent for renewal. */
export async function authorityOf(
  job: { readonly token: string; readonly run: string },
  deps: AuthorityDeps,
): Promise<Authority> {
  // Replay: a token used in another run, or after this run has ended. Retry and resume are not replay.
  if ((await deps.objects.size(terminalKey(job.run))) !== undefined)
    return { kind: 'refused', why: 'the run has ended' }
  const current = await verified(job.token, job.run, deps)
  if (current === 'expired') return await renewed(job, deps)
  if ('why' in current) return { kind: 'refused', why: current.why }
  return granted(current, deps)
}

async function renewed(job: { readonly token: string; readonly run: string }, deps: AuthorityDeps): Promise<Authority> {
  const before = await deps.verifyExpired(job.token, job.run)
  if (!before.ok) return { kind: 'refused', why: before.error.why }
  if (before.value.run !== job.run) return { kind: 'refused', why: 'the token is for another run' }
  const renewal = await renewedAtLast(job, deps)
  if (renewal.kind !== 'renewed') return { kind: 'lapsed', ended: await endedBy(renewal, job.run, deps.objects) }
  const current = await verified(renewal.token, job.run, deps)
  if (current === 'expired') return { kind: 'lapsed', ended: await endedBy({ kind: 'refused' }, job.run, deps.objects) }
  if ('why' in current) return { kind: 'refused', why: current.why }
  // Renewal copies the query: anything else is a new question, and no renewal.
  if (queryHash(current.grant.query) !== queryHash(before.value.query))
    return { kind: 'refused', why: 'the renewed token is for another query' }
  return granted(current, deps)
}

async function renewedAtLast(
  { token, run }: { readonly token: string; readonly run: string },
  deps: AuthorityDeps,
): Promise<Renewal> {
  for (let tried = 1; ; tried += 1) {
    const renewal = await deps.renew(token, run)
    if (renewal.kind !== 'unanswered' || tried === TRIES) return renewal
    await deps.sleep(TRY_EVERY_MS)
  }
}

/** The bot leaves in the store that it took the right to a run away; what it does not know of has run out by itself. */
async function endedBy(renewal: Renewal, run: string, objects: Pick<Objects, 'size'>): Promise<EndedEarly> {
  if ((await objects.size(revokedKey(run))) !== undefined) return 'revoked'
  return renewal.kind === 'unanswered' ? 'unrenewed' : 'lapsed'
}

type Held = { readonly token: string; readonly grant: Grant }

async function verified(
  token: string,
  run: string,
  deps: AuthorityDeps,
): Promise<Held | 'expired' | { readonly why: string }> {
  const checked = await deps.verify(token, run)
  if (!checked.ok) return checked.error.code === 'expired' ? 'expired' : { why: checked.error.why }
  if (checked.value.run !== run) return { why: 'the token is for another run' }
  const fault = await deps.basisFault(checked.value)
  if (fault === undefined) return { token, grant: checked.value }
  // A basis may end while its runs go on: the bot decides anew, and what was read until then is answered.
  const { kind } = checked.value.basis
  const ends = kind === 'investigation' || kind === 'break_glass'
  return ends || (await deps.objects.size(revokedKey(run))) !== undefined ? 'expired' : { why: fault }
}

function granted(first: Held, deps: AuthorityDeps): Authority {
  const hash = queryHash(first.grant.query)
  let held = first
  let last: Renewal = { kind: 'refused' }
  let refused = false
  let renewing: Promise<void> | undefined
  const secondsLeft = (): number => held.grant.exp - deps.now().getTime() / 1000
  const over = (): boolean => refused || secondsLeft() <= 0
  let notBefore = 0
  const renew = async (): Promise<void> => {
    notBefore = deps.now().getTime() + RENEW_EVERY_MS
    last = await deps.renew(held.token, held.grant.run)
    refused = last.kind === 'refused'
    if (last.kind !== 'renewed') return
    const next = await verified(last.token, held.grant.run, deps)
    // Renewal copies the query: anything else is a new question, and no renewal.
    if (next !== 'expired' && 'grant' in next && queryHash(next.grant.query) === hash) held = next
  }
  const renewInTurn = (): Promise<void> => {
    if (deps.now().getTime() < notBefore) return renewing ?? Promise.resolve()
    renewing ??= renew().finally(() => {
      renewing = undefined
    })
    return renewing
  }
  return {
    kind: 'granted',
    grant: () => held.grant,
    token: () => held.token,
    queryHash: hash,
    ended: async () => (over() ? await endedBy(last, held.grant.run, deps.objects) : undefined),
    stillGood: async () => {
      if (!refused && secondsLeft() <= RENEW_AHEAD_S) await renewInTurn()
      return !over()
    },
  }
}
