import type { SlackClient } from './client.ts'
import { refusedAs } from './errors.ts'

/** Groups by user: the ids (S…) of the user groups somebody is in. */
export type Groups = ReadonlyMap<string, readonly string[]>

type UserGroup = { readonly id: string; readonly date_delete?: number; readonly users?: readonly string[] }

/**
 * All user groups and who is in them. Workspaces on a free plan have none (`plan_upgrade_required`); any other failure is
 * thrown, since an empty set would take people's roles away or, under a rule that excludes a group, give them one.
 */
export async function readGroups(client: SlackClient): Promise<Groups> {
  const groups = new Map<string, string[]>()
  for (const group of await listGroups(client)) {
    if (group.date_delete) continue
    for (const user of group.users ?? (await usersOf(client, group.id))) {
      groups.set(user, [...(groups.get(user) ?? []), group.id])
    }
  }
  return groups
}

/** How many are in each user group that exists. Throws like `readGroups`. */
export async function countGroups(client: SlackClient): Promise<ReadonlyMap<string, number>> {
  const groups = (await listGroups(client)).filter(({ date_delete }) => !date_delete)
  const counts = groups.map(async ({ id, users }) => [id, (users ?? (await usersOf(client, id))).length] as const)
  return new Map(await Promise.all(counts))
}

async function listGroups(client: SlackClient): Promise<readonly UserGroup[]> {
  try {
    const answer = await client.read<{ usergroups?: readonly UserGroup[] }>('usergroups.list', { include_users: true })
    return answer.usergroups ?? []
  } catch (error) {
    if (refusedAs(error, 'plan_upgrade_required')) return []
    throw error
  }
}

async function usersOf(client: SlackClient, group: string): Promise<readonly string[]> {
  try {
    const answer = await client.read<{ users?: readonly string[] }>('usergroups.users.list', { usergroup: group })
    return answer.users ?? []
  } catch (error) {
    // gone between the two calls: nobody is in it
    if (refusedAs(error, 'no_such_subteam', 'subteam_is_deleted')) return []
    throw error
  }
}
