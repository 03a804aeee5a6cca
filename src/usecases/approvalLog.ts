import type { Result } from '../domain/outcome.ts'
import { type Approval, type ApprovalEntry, after, isIntact, opened } from '../domain/policy/approval.ts'
import type { ClickClaims, RequestClaims } from '../domain/policy/approvalTokens.ts'
import type { Person } from '../domain/policy/person.ts'
import { approvalKey, type Objects } from '../domain/result/objects.ts'
import type { TokenRefusal } from './authority.ts'

export type ReadApprovalDeps = {
  readonly objects: Pick<Objects, 'read'>
  /** The signature and the shape of a request; its expiry is looked at where it matters. */
  readonly verifyRequest: (token: string) => Promise<Result<RequestClaims, TokenRefusal>>
  /** The same of a vote. */
  readonly verifyClick: (token: string) => Promise<Result<ClickClaims, TokenRefusal>>
}

/** An entry as it is stored. What gives a right is a token; the others can only take it away. */
export type StoredEntry =
  | { readonly kind: 'requested'; readonly token: string }
  | { readonly kind: 'voted'; readonly token: string }
  | { readonly kind: 'withdrawn'; readonly person: Person; readonly at: number }
  | { readonly kind: 'taken_back'; readonly person: Person; readonly at: number }
  | { readonly kind: 'expired'; readonly at: number }

/** An approval and how many entries its log has: the next one is written after them, or not at all. */
export type ReadApproval = { readonly approval: Approval; readonly entries: number }

/**
 * Reads an approval from its log and checks every signature on the way. Undefined when nothing was asked for, or when the request itself is
 * not what the bot signed for this run. A vote that was not signed for exactly this request counts for nothing.
 */
export async function readApproval(run: string, deps: ReadApprovalDeps): Promise<ReadApproval | undefined> {
  const first = await entryAt(run, 1, deps)
  if (first?.kind !== 'requested') return undefined
  const request = await deps.verifyRequest(first.token)
  if (!request.ok || request.value.run !== run || !isIntact(request.value)) return undefined
  let approval = opened(request.value)
  let entries = 1
  for (;;) {
    const stored = await entryAt(run, entries + 1, deps)
    if (stored === undefined) return { approval, entries }
    entries += 1
    const entry = await provenEntry(stored, deps)
    if (entry !== undefined) approval = after(approval, entry)
  }
}

/** Why a request that is there is not what the bot signed, as far as can be told; undefined where there is none. */
export async function unprovenBy(run: string, deps: ReadApprovalDeps): Promise<string | undefined> {
  const first = await entryAt(run, 1, deps)
  if (first === undefined) return undefined
  if (first.kind !== 'requested') return 'its log does not begin with a request'
  const request = await deps.verifyRequest(first.token)
  return request.ok ? 'it is of another run, or not what its hash says' : request.error.why
}

async function entryAt(run: string, seq: number, { objects }: ReadApprovalDeps): Promise<StoredEntry | undefined> {
  const found = await objects.read(approvalKey(run, seq))
  return found === undefined ? undefined : (JSON.parse(found.toString('utf8')) as StoredEntry)
}

async function provenEntry(stored: StoredEntry, deps: ReadApprovalDeps): Promise<ApprovalEntry | undefined> {
  if (stored.kind === 'requested') return undefined
  if (stored.kind !== 'voted') return stored
  const click = await deps.verifyClick(stored.token)
  return click.ok ? { kind: 'voted', vote: click.value } : undefined
}
