import type { Approval } from '../domain/policy/approval.ts'
import { type Investigation, type InvestigationEntry, isOpen, openedBy } from '../domain/policy/investigation.ts'
import { investigationDay, investigationKey, type Objects } from '../domain/result/objects.ts'
import { type ReadApprovalDeps, readApproval } from './approvalLog.ts'
import { entriesOf, type LeavingOut, readEach } from './storedLog.ts'

/** An investigation and how many entries its log has. */
export type ReadInvestigation = { readonly investigation: Investigation; readonly entries: number }

/**
 * Reads an investigation: what was approved, by signed request and votes, less what its log has taken away. Undefined when no such
 * investigation was approved.
 */
export async function readInvestigation(id: string, deps: ReadApprovalDeps): Promise<ReadInvestigation | undefined> {
  const approval = (await readApproval(id, deps))?.approval
  return approval === undefined ? undefined : await investigationOf(approval, deps)
}

/** The same, where its approval has been read. */
export async function investigationOf(
  approval: Approval,
  deps: Pick<ReadApprovalDeps, 'objects'>,
): Promise<ReadInvestigation | undefined> {
  if (openedBy(approval) === undefined) return undefined
  const keyOf = (seq: number): string => investigationKey(approval.request.run, seq)
  const entries = await entriesOf<InvestigationEntry>(keyOf, deps.objects)
  const investigation = openedBy(approval, entries)
  return investigation === undefined ? undefined : { investigation, entries: entries.length }
}

/** No investigation is open for longer: whoever looks for open ones looks at two days. Seconds. */
export const LONGEST_INVESTIGATION_S = 86_400

type ListDeps = ReadApprovalDeps &
  LeavingOut & {
    readonly objects: Pick<Objects, 'read' | 'list'>
    readonly now: () => Date
  }

/** The ids of the investigations whose time ends in some days around today. */
export async function investigationsUntil(
  days: readonly number[],
  { objects, now }: Pick<ListDeps, 'objects' | 'now'>,
): Promise<readonly string[]> {
  const today = now().getTime()
  const found = await Promise.all(
    days.map((day) => objects.list(investigationDay(new Date(today + day * LONGEST_INVESTIGATION_S * 1000)))),
  )
  return [...new Set(found.flat())]
}

/** Every investigation that is open now, the one that ends first before the others. One that cannot be read grants nothing. */
export async function openInvestigations(deps: ListDeps): Promise<readonly Investigation[]> {
  const ids = await investigationsUntil([0, 1], deps)
  const read = await readEach(ids, (id) => readInvestigation(id, deps), deps)
  const at = deps.now().getTime() / 1000
  return read
    .flatMap(({ investigation }) => (isOpen(investigation, at) ? [investigation] : []))
    .toSorted((a, b) => a.until - b.until)
}
