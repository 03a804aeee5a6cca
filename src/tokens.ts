import type { JWTVerifyGetKey } from 'jose'
import { type TokenKind, verify } from './adapters/jose/tokens.ts'
import type { Audit } from './domain/audit/step.ts'
import type { Result } from './domain/outcome.ts'
import { type ClickClaims, clickSchema, type RequestClaims, requestSchema } from './domain/policy/approvalTokens.ts'
import { askSchema, type SignedAsk } from './domain/policy/ask.ts'
import { type Grant, grantSchema } from './domain/policy/grant.ts'
import { type BrokenClaims, brokenSchema, type ClosingClaims, closingSchema } from './domain/policy/reviewTokens.ts'
import { queryHash } from './domain/query/query.ts'
import type { ReadApprovalDeps } from './usecases/approvalLog.ts'
import type { TokenRefusal } from './usecases/authority.ts'
import { RUN_AUDIENCE } from './usecases/mint.ts'
import type { ReadReviewDeps } from './usecases/reviewLog.ts'

/** A run's token: minted by the bot, used by workers and at delivery. */
export const RUN_TOKEN: TokenKind<Grant> = { typ: 'ctq-run+jwt', audience: RUN_AUDIENCE, schema: grantSchema }

/** A signed ask: minted and used by the bot alone. */
export const ASK_TOKEN: TokenKind<SignedAsk> = { typ: 'ctq-ask+jwt', audience: 'ctq-bot', schema: askSchema }

/** A request for approval: made by the bot, read by it and by workers. */
export const APPROVAL_TOKEN: TokenKind<RequestClaims> = {
  typ: 'ctq-approval+jwt',
  audience: RUN_AUDIENCE,
  schema: requestSchema,
}

/** A vote, attested from a Slack click: made by the bot, read by it and by workers. */
export const CLICK_TOKEN: TokenKind<ClickClaims> = { typ: 'ctq-click+jwt', audience: RUN_AUDIENCE, schema: clickSchema }

/** A use of break-glass: made by the bot before its run starts, read by it and by workers. */
export const BROKEN_TOKEN: TokenKind<BrokenClaims> = {
  typ: 'ctq-broken+jwt',
  audience: RUN_AUDIENCE,
  schema: brokenSchema,
}

/** The verdict of a review, attested from a Slack click: made by the bot, read by it and by workers. */
export const CLOSING_TOKEN: TokenKind<ClosingClaims> = {
  typ: 'ctq-closing+jwt',
  audience: RUN_AUDIENCE,
  schema: closingSchema,
}

/**
 * Reads requests and votes, uses of break-glass and verdicts: their signature and their shape. Whether they are too old is looked at where it
 * matters.
 */
export function approvalReaders(
  keys: JWTVerifyGetKey,
  now: () => Date,
): Pick<ReadApprovalDeps, 'verifyRequest' | 'verifyClick'> & Pick<ReadReviewDeps, 'verifyBroken' | 'verifyClosing'> {
  return {
    verifyBroken: (token) => verify(keys, BROKEN_TOKEN, token, now(), 'ignore'),
    verifyClosing: (token) => verify(keys, CLOSING_TOKEN, token, now(), 'ignore'),
    verifyRequest: (token) => verify(keys, APPROVAL_TOKEN, token, now(), 'ignore'),
    verifyClick: (token) => verify(keys, CLICK_TOKEN, token, now(), 'ignore'),
  }
}

export type GrantVerifier = (token: string, run?: string) => Promise<Result<Grant, TokenRefusal>>

/** Checks run tokens against the keys and records every check, allow or deny. `used` says for what, in the record. */
export function grantVerifier(
  keys: JWTVerifyGetKey,
  expiry: 'check' | 'ignore',
  used: string,
  deps: { readonly audit: Audit; readonly now: () => Date },
): GrantVerifier {
  return async (token, run) => {
    const checked = await verify(keys, RUN_TOKEN, token, deps.now(), expiry)
    const grant = checked.ok ? checked.value : undefined
    const sameRun = grant === undefined || run === undefined || grant.run === run
    await deps.audit({
      step: 'token_checked',
      outcome: checked.ok && sameRun ? 'allow' : 'deny',
      at: deps.now().toISOString(),
      ...(run === undefined ? {} : { run }),
      ...(grant === undefined ? {} : { jti: grant.jti, queryHash: queryHash(grant.query), person: grant.person }),
      checks: [
        { check: 'token', passed: checked.ok, ...(checked.ok ? {} : { detail: checked.error.why }) },
        { check: 'same_run', passed: sameRun },
      ],
      detail: { used },
    })
    return checked
  }
}
