import type { JWTVerifyGetKey } from 'jose'
import { type TokenKind, verify } from './adapters/jose/tokens.ts'
import type { Audit } from './domain/audit/step.ts'
import type { Result } from './domain/outcome.ts'
import { askSchema, type SignedAsk } from './domain/policy/ask.ts'
import { type Grant, grantSchema } from './domain/policy/grant.ts'
import { queryHash } from './domain/query/query.ts'
import type { TokenRefusal } from './usecases/authority.ts'
import { RUN_AUDIENCE } from './usecases/mint.ts'

/** A run's token: minted by the bot, used by workers and at delivery. */
export const RUN_TOKEN: TokenKind<Grant> = { typ: 'ctq-run+jwt', audience: RUN_AUDIENCE, schema: grantSchema }

/** A signed ask: minted and used by the bot alone. */
export const ASK_TOKEN: TokenKind<SignedAsk> = { typ: 'ctq-ask+jwt', audience: 'ctq-bot', schema: askSchema }

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
