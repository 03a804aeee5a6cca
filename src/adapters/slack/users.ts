import type { Self, SlackClient } from './client.ts'
import { refusedAs } from './errors.ts'

/** What users.info says (Slack: the user object). */
export type SlackUser = {
  readonly id: string
  readonly team_id?: string
  readonly name?: string
  readonly real_name?: string
  readonly tz?: string
  readonly deleted?: boolean
  readonly is_bot?: boolean
  readonly is_restricted?: boolean
  readonly is_ultra_restricted?: boolean
  readonly is_stranger?: boolean
  readonly enterprise_user?: { readonly teams?: readonly string[] }
  readonly profile?: { readonly email?: string; readonly display_name?: string }
}

/** Of another workspace. On Enterprise Grid one person is in several workspaces, and ours must be one of them. */
export function isStranger(user: SlackUser, self: Self): boolean {
  if (user.is_stranger === true) return true
  return user.team_id !== self.team && !user.enterprise_user?.teams?.includes(self.team)
}

/** Whether somebody has an account that is not deactivated. Throws a SlackFault when Slack does not say. */
export async function isThere(client: SlackClient, user: string): Promise<boolean> {
  try {
    return (await client.read<{ user: SlackUser }>('users.info', { user })).user.deleted !== true
  } catch (error) {
    if (refusedAs(error, 'user_not_found')) return false
    throw error
  }
}
