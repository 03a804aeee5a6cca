import type { Audit } from '../domain/audit/step.ts'
import {
  type GroupChange,
  type GroupEntry,
  type GroupMembers,
  type GroupMemory,
  groupEntrySchema,
  groupsOf,
  rememberGroups,
} from '../domain/policy/groupMemory.ts'
import type { Policy } from '../domain/policy/policy.ts'
import { membershipsKey, type Objects } from '../domain/result/objects.ts'
import { type Chain, openChain } from './chain.ts'

export type WatchGroupsDeps = {
  readonly objects: Pick<Objects, 'create' | 'read' | 'list'>
  readonly policy: Policy
  readonly audit: Audit
  readonly announce: (changes: readonly GroupChange[]) => Promise<void>
  readonly now: () => Date
}

/**
 * Remembers in the result store since when people have been in the groups that the policy names. Gives the memory after a reading; a
 * change is written once, whichever bot sees it first, and that bot records and announces it. Throws when the store cannot be read:
 * then nobody's membership is known.
 */
export function watchGroups(deps: WatchGroupsDeps): (members: GroupMembers) => Promise<GroupMemory> {
  const chain: Chain<GroupEntry> = openChain(
    'policy/memberships',
    membershipsKey,
    (value) => groupEntrySchema.parse(value),
    deps,
  )
  const groups = groupsOf(deps.policy)
  return async (members) => {
    for (;;) {
      const last = await chain.last()
      const { memory, changes, known } = rememberGroups(
        last?.entry.memory ?? {},
        members,
        groups,
        Math.floor(deps.now().getTime() / 1000),
      )
      if (known && changes.length === 0) return memory
      const entry: GroupEntry = {
        version: 1,
        at: deps.now().toISOString(),
        memory: { ...memory },
        changes: [...changes],
      }
      if (!(await chain.add(last, entry))) continue
      if (changes.length > 0) await tell(changes, deps)
      return memory
    }
  }
}

async function tell(changes: readonly GroupChange[], deps: WatchGroupsDeps): Promise<void> {
  const words = (which: GroupChange['change']): string =>
    changes
      .filter(({ change }) => change === which)
      .map(({ group, user }) => `${user} ${group}`)
      .join(', ')
  await deps.audit({
    step: 'groups_changed',
    outcome: 'done',
    at: deps.now().toISOString(),
    checks: [],
    detail: { policy: deps.policy.digest, joined: words('joined'), left: words('left') },
  })
  await deps.announce(changes)
}
