import { type Self, type SlackClient, whoAmI } from './client.ts'
import { BOT_SCOPES, OPTIONAL_SCOPES } from './scopes.ts'

/** What a bot token is and may do, beside what ctq needs. */
export type TokenFacts = {
  readonly self: Self
  /** Scopes that ctq needs and the token does not have. */
  readonly missing: readonly string[]
  /** Scopes that the token has and ctq never uses. */
  readonly unused: readonly string[]
  /** Whether members' e-mail addresses can be read. */
  readonly emails: boolean
}

/** Asks Slack about a bot token. The scopes come with every answer (Slack: x-oauth-scopes). Throws a SlackFault. */
export async function inspectToken(client: SlackClient): Promise<TokenFacts> {
  const self = await whoAmI(client)
  const answer = await client.read<{ response_metadata?: { scopes?: readonly string[] } }>('auth.test')
  const granted = answer.response_metadata?.scopes ?? []
  const known: readonly string[] = [...BOT_SCOPES, ...OPTIONAL_SCOPES]
  return {
    self,
    missing: BOT_SCOPES.filter((scope) => !granted.includes(scope)),
    unused: granted.filter((scope) => !known.includes(scope)),
    emails: granted.includes('users:read.email'),
  }
}

/** Asks for the address of a Socket Mode connection with an app-level token, and does not use it. Throws a SlackFault. */
export async function inspectAppToken(client: SlackClient): Promise<void> {
  await client.read('apps.connections.open')
}
