import type { AppsManifestCreateArguments } from '@slack/web-api'

type Manifest = AppsManifestCreateArguments['manifest']
/** The SDK's own list: a scope that is not one does not compile. */
export type BotScope = NonNullable<NonNullable<NonNullable<Manifest['oauth_config']>['scopes']>['bot']>[number]
type KnownEvent = NonNullable<
  NonNullable<NonNullable<Manifest['settings']>['event_subscriptions']>['bot_events']
>[number]
/** The SDK's list lacks the event of steps for workflows (@slack/web-api 8.2.0). */
export type BotEvent = KnownEvent | 'function_executed'

/** Channels are of four kinds for Slack, each with scopes of its own. */
const READ: readonly BotScope[] = ['channels:read', 'groups:read', 'mpim:read']
const HISTORY: readonly BotScope[] = ['channels:history', 'groups:history', 'mpim:history', 'im:history']

/** Every Web API method that ctq calls with the bot's token, and what it needs for that (Slack: each method's reference page). */
export const METHOD_SCOPES: { readonly [method: string]: readonly BotScope[] } = {
  'auth.test': [],
  'chat.getPermalink': [],
  // when an answer's time in Slack is over
  'chat.delete': ['chat:write'],
  'chat.postEphemeral': ['chat:write'],
  'chat.postMessage': ['chat:write'],
  'chat.update': ['chat:write'],
  // a message whose outcome was lost is looked for where it was posted
  'conversations.history': HISTORY,
  'conversations.replies': HISTORY,
  // who can read in a place; for a direct message this is not asked
  'conversations.info': READ,
  'conversations.members': READ,
  'conversations.open': ['im:write'],
  'files.completeUploadExternal': ['files:write'],
  'files.delete': ['files:write'],
  'files.getUploadURLExternal': ['files:write'],
  'files.info': ['files:read'],
  'functions.completeError': [],
  'functions.completeSuccess': [],
  'usergroups.list': ['usergroups:read'],
  'usergroups.users.list': ['usergroups:read'],
  'users.info': ['users:read'],
  'views.open': [],
  'views.publish': [],
  'views.update': [],
}

/** Every event that ctq listens to, and what Slack wants for it. Button presses need no scope. */
export const EVENT_SCOPES: { readonly [event in BotEvent]?: readonly BotScope[] } = {
  app_home_opened: [],
  app_mention: ['app_mentions:read'],
  function_executed: [],
  'message.im': ['im:history'],
}

/** The slash command. */
export const COMMAND = '/ctq'
const COMMAND_SCOPES: readonly BotScope[] = ['commands']

/** Asked for, but ctq runs without them: e-mail addresses count only where ctq.yml says `matchEmails: true`. */
export const OPTIONAL_SCOPES: readonly BotScope[] = ['users:read.email']

/** What the bot's token must have, sorted: no more and no less than the methods and events above need. */
export const BOT_SCOPES: readonly BotScope[] = [
  ...new Set([...COMMAND_SCOPES, ...Object.values(METHOD_SCOPES).flat(), ...Object.values(EVENT_SCOPES).flat()]),
].toSorted()

/** The events that the app subscribes to, sorted. */
export const BOT_EVENTS: readonly BotEvent[] = (Object.keys(EVENT_SCOPES) as BotEvent[]).toSorted()

/** What the app-level token of Socket Mode must have, for apps.connections.open. */
export const APP_SCOPES: readonly string[] = ['connections:write']
