import { type Complain, type Env, type ReadFile, required, secret, url } from './env.ts'

/** How the bot reaches Slack. */
export type SlackConfig = {
  readonly botToken: string
  readonly mode:
    | { readonly kind: 'socket'; readonly appToken: string }
    | { readonly kind: 'http'; readonly signingSecret: string }
  /** Absent: Slack's own. */
  readonly apiUrl?: string
}

/** Reads Slack's tokens and how its events come in: over a socket or over signed HTTP, never both. */
export function slackOf(env: Env, read: ReadFile, complain: Complain): SlackConfig | undefined {
  const botToken = begins('SLACK_BOT_TOKEN', 'xoxb-', required(env, 'SLACK_BOT_TOKEN', read, complain), complain)
  const mode = modeOf(env, read, complain)
  const apiUrl = apiUrlOf(env, read, complain)
  return botToken === undefined || mode === undefined ? undefined : { botToken, mode, ...apiUrl }
}

/** Reads what calling Slack needs; undefined where no token is set, or something is wrong. */
export function slackApiOf(
  env: Env,
  read: ReadFile,
  complain: Complain,
): { readonly token: string; readonly apiUrl?: string } | undefined {
  const token = begins('SLACK_BOT_TOKEN', 'xoxb-', secret(env, 'SLACK_BOT_TOKEN', read, complain), complain)
  const apiUrl = apiUrlOf(env, read, complain)
  const isWrong = apiUrl.apiUrl === undefined && (env['SLACK_API_URL']?.trim() ?? '') !== ''
  return token === undefined || isWrong ? undefined : { token, ...apiUrl }
}

function apiUrlOf(env: Env, read: ReadFile, complain: Complain): { readonly apiUrl?: string } {
  const api = secret(env, 'SLACK_API_URL', read, complain)
  const apiUrl = api === undefined ? undefined : url('SLACK_API_URL', api, ['https'], complain)
  return apiUrl === undefined ? {} : { apiUrl: apiUrl.href }
}

function modeOf(env: Env, read: ReadFile, complain: Complain): SlackConfig['mode'] | undefined {
  const appToken = begins('SLACK_APP_TOKEN', 'xapp-', secret(env, 'SLACK_APP_TOKEN', read, complain), complain)
  const signingSecret = secret(env, 'SLACK_SIGNING_SECRET', read, complain)
  const names = ['SLACK_APP_TOKEN', 'SLACK_SIGNING_SECRET'].filter((name) => (env[name] ?? '').trim() !== '')
  if (names.length !== 1) {
    const found = names.length === 0 ? 'neither is' : 'both are'
    complain(`exactly one of SLACK_APP_TOKEN (Socket Mode) and SLACK_SIGNING_SECRET (HTTP) must be set: ${found}`)
    return undefined
  }
  if (appToken !== undefined) return { kind: 'socket', appToken }
  return signingSecret === undefined ? undefined : { kind: 'http', signingSecret }
}

function begins(name: string, prefix: string, value: string | undefined, complain: Complain): string | undefined {
  if (value === undefined || value.startsWith(prefix)) return value
  complain(`${name} does not begin with ${prefix}`)
  return undefined
}
