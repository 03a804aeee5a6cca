import { z } from 'zod'
import type { Policy } from './policy.ts'

/** Since when each user has been seen in each group, seconds since 1970: `memory[group][user]`. */
export type GroupMemory = { readonly [group: string]: { readonly [user: string]: number } }

/** Somebody who came into a group, or left it. */
export type GroupChange = { readonly group: string; readonly user: string; readonly change: 'joined' | 'left' }

/** Users of a group as they are now, by group. */
export type GroupMembers = ReadonlyMap<string, readonly string[]>

/** One change of the memory, as it is kept. */
export const groupEntrySchema = z.object({
  version: z.literal(1),
  at: z.string(),
  memory: z.record(z.string(), z.record(z.string(), z.number())),
  changes: z.array(z.object({ group: z.string(), user: z.string(), change: z.enum(['joined', 'left']) })),
})
export type GroupEntry = z.output<typeof groupEntrySchema>

/** Who was in a group when the policy first named it was there from the beginning: whoever reviewed the policy named them. */
const FROM_THE_BEGINNING = 0

/**
 * What is known of the groups now, and who came and left since. A group that was not known before is taken as it is. Whoever leaves and
 * comes back is new. Groups that are not looked at keep what was known of them.
 */
export function rememberGroups(
  before: GroupMemory,
  members: GroupMembers,
  groups: readonly string[],
  at: number,
): { readonly memory: GroupMemory; readonly changes: readonly GroupChange[]; readonly known: boolean } {
  const changes: GroupChange[] = []
  const seen = groups.map((group) => {
    const known = Object.hasOwn(before, group) ? before[group] : undefined
    const now = members.get(group) ?? []
    if (known === undefined) return [group, Object.fromEntries(now.map((user) => [user, FROM_THE_BEGINNING]))] as const
    for (const user of now) if (!Object.hasOwn(known, user)) changes.push({ group, user, change: 'joined' })
    for (const user of Object.keys(known)) if (!now.includes(user)) changes.push({ group, user, change: 'left' })
    return [group, Object.fromEntries(now.map((user) => [user, known[user] ?? at]))] as const
  })
  const known = groups.every((group) => Object.hasOwn(before, group))
  return { memory: { ...before, ...Object.fromEntries(seen) }, changes, known }
}

/** The groups that give somebody something under a policy. A denied group needs no memory: being in it counts at once. */
export function groupsOf(policy: Policy): readonly string[] {
  const named = [
    ...policy.roles.flatMap(({ members }) => members.groups),
    ...policy.approvers.flatMap(({ groups }) => groups),
    ...policy.onCall.flatMap(({ fallback }) => fallback.groups),
    ...(policy.breakGlass?.members.groups ?? []),
  ]
  return [...new Set(named)].toSorted()
}

/** Since when somebody has been in each of their groups, as far as it is known. */
export function sinceOf(memory: GroupMemory, user: string): { readonly [group: string]: number } {
  return Object.fromEntries(
    Object.entries(memory).flatMap(([group, users]) => {
      const since = Object.hasOwn(users, user) ? users[user] : undefined
      return since === undefined ? [] : [[group, since] as const]
    }),
  )
}

/** A change of a group in words, for whoever watches over the rules. */
export function groupChangeWords({ group, user, change }: GroupChange, policy: Policy): string {
  const name = policy.groups.find((rule) => rule.group === group)?.name
  const where = name === undefined ? group : `${name} (${group})`
  return change === 'joined' ? `${user} came into ${where}` : `${user} left ${where}`
}
