import type { Failure } from '../domain/failure.ts'
import { type AwsFaultCode, isAwsFault } from '../domain/fault.ts'
import { err, ok, type Result } from '../domain/outcome.ts'
import type { Request } from '../domain/request/command.ts'
import type { Inventory } from '../domain/request/inventory.ts'
import { type KeyAccounts, resolveScope, type Scope, type ScopeDefault } from '../domain/request/scope.ts'
import type { Runbook } from '../domain/runbook/runbook.ts'

export type ScopeDeps = {
  readonly inventory: () => Inventory
  /** The account of a key whose id does not tell: null when AWS does not know the key. Throws an AwsFault. */
  readonly accountOfKey: (accessKeyId: string) => Promise<string | null>
}

/** Resolves accounts and Regions, asking AWS for the account of a key when its id does not tell. */
export async function scopeOf(
  request: Request,
  runbook: Runbook,
  defaults: ScopeDefault | undefined,
  deps: ScopeDeps,
): Promise<Result<Scope, Failure>> {
  let hints: KeyAccounts = {}
  for (;;) {
    const resolved = resolveScope(request, runbook, deps.inventory(), defaults, hints)
    if (!resolved.ok) return resolved
    if (resolved.value.kind === 'scope') return ok(resolved.value)
    const { key } = resolved.value.needs
    if (Object.hasOwn(hints, key)) return err({ code: 'no_account', hint: 'account=' })
    const account = await deps.accountOfKey(key).catch(keyIsUnknown)
    if (account === 'unknown') return err({ code: 'unknown_key_account', key })
    hints = { ...hints, [key]: account }
  }
}

/** AWS refuses to say whose a key is that does not exist, just as when it may not be asked (AWS: GetAccessKeyInfo): asking again changes nothing. */
function keyIsUnknown(error: unknown): 'unknown' {
  if (isAwsFault(error) && UNKNOWN_KEY.includes(error.code)) return 'unknown'
  throw error
}

const UNKNOWN_KEY: readonly AwsFaultCode[] = ['access_denied', 'scp_denied', 'invalid_request']
