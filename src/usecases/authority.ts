import type { Result } from '../domain/outcome.ts'
import type { Grant } from '../domain/policy/grant.ts'
import { queryHash } from '../domain/query/query.ts'
import { type Objects, terminalKey } from '../domain/result/objects.ts'

/** Why a token is not good. `expired` is the only one that renewal can mend. */
export type TokenRefusal = { readonly code: 'expired' | 'invalid'; readonly why: string }

export type AuthorityDeps = {
  /** Signature, type, issuer, audience, times and the shape of every claim. Records the check. */
  readonly verify: (token: string, run: string) => Promise<Result<Grant, TokenRefusal>>
  /** The same, but for expiry: what was asked is proved, nothing more is allowed. */
  readonly verifyExpired: (token: string, run: string) => Promise<Result<Grant, TokenRefusal>>
  /** A new token for the same query and run, from the bot, which decides anew. Undefined: refused, or nobody answered in a few seconds. */
  readonly renew: (token: string, run: string) => Promise<string | undefined>
  readonly objects: Pick<Objects, 'size'>
  /** Why a grant's basis does not hold, by the rule of its kind; undefined when it does. */
  readonly basisFault: (grant: Grant) => Promise<string | undefined>
  readonly now: () => Date
}

/** What a job may do, by its token: kept fresh while the job runs. */
export type Authority =
  | {
      readonly kind: 'granted'
      readonly grant: () => Grant
      readonly token: () => string
      readonly queryHash: string
      /** False when the token has lapsed and was not renewed. Renews ahead of the end. */
      readonly stillGood: () => Promise<boolean>
      readonly lapsed: () => boolean
    }
  | { readonly kind: 'lapsed' }
  | { readonly kind: 'refused'; readonly why: string }

/** Renewal is asked for this long before the end, so that reading does not stop for it. */
const RENEW_AHEAD_S = 90
/** A refused or unanswered renewal is tried again after so long, while the token still holds. */
const RENEW_EVERY_MS = 15_000

/** Checks a job's token: good for this run, and the run not ended. An expired one is sent for renewal once. */
export async function authorityOf(
  job: { readonly token: string; readonly run: string },
  deps: AuthorityDeps,
): Promise<Authority> {
  // Replay: a token used in another run, or after this run has ended. Retry and resume are not replay.
  if ((await deps.objects.size(terminalKey(job.run))) !== undefined)
    return { kind: 'refused', why: 'the run has ended' }
  let current = await verified(job.token, job.run, deps)
  if (current === 'expired') {
    const before = await deps.verifyExpired(job.token, job.run)
    if (!before.ok) return { kind: 'refused', why: before.error.why }
    if (before.value.run !== job.run) return { kind: 'refused', why: 'the token is for another run' }
    const renewed = await deps.renew(job.token, job.run)
    if (renewed === undefined) return { kind: 'lapsed' }
    current = await verified(renewed, job.run, deps)
    // Renewal copies the query: anything else is a new question, and no renewal.
    if (current !== 'expired' && 'grant' in current && queryHash(current.grant.query) !== queryHash(before.value.query))
      return { kind: 'refused', why: 'the renewed token is for another query' }
  }
  if (current === 'expired') return { kind: 'lapsed' }
  if ('why' in current) return { kind: 'refused', why: current.why }
  return granted(current, deps)
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
  // An investigation ends, or is narrowed, while its runs go on: the bot decides anew, and what was read until then is answered.
  return checked.value.basis.kind === 'investigation' ? 'expired' : { why: fault }
}

function granted(first: Held, deps: AuthorityDeps): Authority {
  const hash = queryHash(first.grant.query)
  let held = first
  let renewing: Promise<void> | undefined
  const secondsLeft = (): number => held.grant.exp - deps.now().getTime() / 1000
  let notBefore = 0
  const renew = async (): Promise<void> => {
    notBefore = deps.now().getTime() + RENEW_EVERY_MS
    const token = await deps.renew(held.token, held.grant.run)
    const next = token === undefined ? undefined : await verified(token, held.grant.run, deps)
    // Renewal copies the query: anything else is a new question, and no renewal.
    if (next !== undefined && next !== 'expired' && 'grant' in next && queryHash(next.grant.query) === hash) held = next
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
    lapsed: () => secondsLeft() <= 0,
    stillGood: async () => {
      if (secondsLeft() > RENEW_AHEAD_S) return true
      await renewInTurn()
      return secondsLeft() > 0
    },
  }
}
