import { slackClient } from '../adapters/slack/client.ts'
import { SlackFault } from '../adapters/slack/errors.ts'
import { inspectAppToken, inspectToken } from '../adapters/slack/inspect.ts'
import { APP_SCOPES } from '../adapters/slack/scopes.ts'
import type { Settings, SlackConfig } from '../config.ts'
import { bad, type Finding, good, note } from './finding.ts'

const REINSTALL = "in the app's settings (OAuth & Permissions), then install it again; manifest.yml lists them all"

/** The bot token with its scopes, and the app-level token when Socket Mode is used. */
export async function* slackFindings(slack: SlackConfig, settings: Settings | undefined): AsyncGenerator<Finding> {
  const client = (token: string) =>
    slackClient({ token, log: SILENT, ...(slack.apiUrl !== undefined && { apiUrl: slack.apiUrl }) })
  yield* tokenFindings(client(slack.botToken), settings)
  if (slack.mode.kind === 'http') yield good('events', 'come over signed HTTP: the request URLs are set in the app')
  else yield await socketFinding(client(slack.mode.appToken))
}

async function* tokenFindings(
  client: ReturnType<typeof slackClient>,
  settings: Settings | undefined,
): AsyncGenerator<Finding> {
  try {
    const { self, missing, unused, emails } = await inspectToken(client)
    yield good('bot token', `team ${self.team}, user ${self.botUser}`)
    if (missing.length > 0) yield bad('scopes', `missing: ${missing.join(', ')}`, `Add them ${REINSTALL}.`)
    else yield good('scopes', 'all that ctq uses')
    if (unused.length > 0)
      yield note('scopes', `more than ctq uses: ${unused.join(', ')}`, `Take them away ${REINSTALL}.`)
    if (settings?.policy.emails === true && !emails)
      yield bad('e-mails', 'ctq.yml says matchEmails, and users:read.email is missing', `Add it ${REINSTALL}.`)
  } catch (error) {
    yield refused('bot token', error, 'SLACK_BOT_TOKEN is the Bot User OAuth Token of the installed app.')
  }
}

async function socketFinding(client: ReturnType<typeof slackClient>): Promise<Finding> {
  try {
    await inspectAppToken(client)
    return good('app token', 'a Socket Mode connection may be opened')
  } catch (error) {
    const mend = `SLACK_APP_TOKEN is an app-level token with ${APP_SCOPES.join(', ')}, and Socket Mode is on in the app.`
    return refused('app token', error, mend)
  }
}

function refused(what: string, error: unknown, mend: string): Finding {
  if (!(error instanceof SlackFault)) throw error
  return bad(
    what,
    error.message,
    error.kind === 'unknown_outcome' ? 'Slack did not answer: is it reachable from here?' : mend,
  )
}

const SILENT = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }
