import type { App, BlockAction, SlackCommandMiddlewareArgs } from '@slack/bolt'
import type { Ask, Message, Press, Reply } from './entry.ts'
import { listenApprovals, openDialog, opensDialog } from './listenApprovals.ts'
import { isFormAction, listenForms, listenSteps, onFormAction, openForm } from './listenForms.ts'
import {
  ephemerally,
  explained,
  failingSafely,
  type ListenDeps,
  nameOf,
  plain,
  quietly,
  type Respond,
  seenBefore,
} from './replying.ts'

/** Puts ctq's listeners on a Bolt app. Two apps with the same listeners share one set of handlers. */
export function listen(app: App, deps: ListenDeps): void {
  app.command(/./, (args) => deps.track(onCommand(args, deps)))
  app.event('app_mention', ({ event, body, context }) =>
    deps.track(
      onMention(event as WordsEvent, { id: body.event_id, team: body.team_id }, context.isEnterpriseInstall, deps),
    ),
  )
  app.event('message', ({ event, body, context }) =>
    deps.track(
      onMessage(event as WordsEvent, { id: body.event_id, team: body.team_id }, context.isEnterpriseInstall, deps),
    ),
  )
  app.action<BlockAction>(/./, async ({ ack, body, respond }) => {
    await ack()
    if (opensDialog(body)) return await deps.track(openDialog(body, respond as Respond, deps))
    if (isFormAction(body)) return await deps.track(onFormAction(body, deps))
    const thread = body.message?.['thread_ts'] ?? body.container['thread_ts']
    const place = typeof thread === 'string' ? { thread_ts: thread } : {}
    await deps.track(onAction(body, ephemerally(respond as Respond, place), deps))
  })
  listenForms(app, deps)
  listenSteps(app, deps)
  listenApprovals(app, deps)
  app.error(async (error) => deps.log.error({ code: error.code }, 'a Slack listener failed'))
}

type Ack = SlackCommandMiddlewareArgs['ack']

async function onCommand(
  args: SlackCommandMiddlewareArgs & { context: { isEnterpriseInstall: boolean } },
  deps: ListenDeps,
): Promise<void> {
  const { command, ack, respond, context } = args
  const tell = ephemerally(respond as Respond)
  const answer = replyTo(deps, {
    entry: 'command',
    text: command.text,
    person: { team: command.team_id, user: command.user_id },
    channel: command.channel_id,
    trigger: command.trigger_id,
    isEnterpriseInstall: context.isEnterpriseInstall,
    respond: tell,
  })
  const inTime = await within(answer, deps.ackWithinMs)
  if (inTime && inTime.kind !== 'form') return acknowledge(ack, inTime.message, deps)
  await acknowledge(ack, undefined, deps)
  const late = await answer
  if (late.kind === 'form' && (await openFormFor(args, late.words, deps))) return
  if (late.message) await quietly(tell(late.message), deps)
}

/** Opens the form for a command that lacks something. False: Slack opened none, as when its trigger is too old. */
async function openFormFor({ command }: SlackCommandMiddlewareArgs, words: string, deps: ListenDeps): Promise<boolean> {
  const person = { team: command.team_id, user: command.user_id }
  return await openForm(command.trigger_id, { person, place: { channel: command.channel_id }, words }, deps)
}

/** A failed ack (the connection went away) loses the answer, not the process. */
async function acknowledge(ack: Ack, message: Message | undefined, deps: ListenDeps): Promise<void> {
  const acked = message ? ack({ response_type: 'ephemeral', ...plain(message) }) : ack()
  await acked.catch((error: unknown) => deps.log.warn({ error: nameOf(error) }, 'an ack did not reach Slack'))
}

/** What a mention and a direct message have in common. */
type WordsEvent = {
  readonly channel_type?: string
  readonly subtype?: string
  readonly user?: string
  readonly text?: string
  readonly channel: string
  readonly ts: string
  readonly thread_ts?: string
  readonly bot_id?: string
  readonly edited?: object
  readonly team?: string
  readonly user_team?: string
}

type Envelope = { readonly id: string; readonly team: string }

async function onMention(event: WordsEvent, envelope: Envelope, enterprise: boolean, deps: ListenDeps): Promise<void> {
  // in a direct message the same words also come as a message event
  if (event.channel.startsWith('D')) return
  await onWords('mention', event, envelope, enterprise, deps)
}

async function onMessage(event: WordsEvent, envelope: Envelope, enterprise: boolean, deps: ListenDeps): Promise<void> {
  // in channels only mentions are for us; a subtype is an edit, a deletion, a join, a bot
  if (event.channel_type !== 'im' || event.subtype !== undefined) return
  await onWords('direct', event, envelope, enterprise, deps)
}

async function onWords(
  entry: 'mention' | 'direct',
  event: WordsEvent,
  envelope: Envelope,
  enterprise: boolean,
  deps: ListenDeps,
): Promise<void> {
  if (!event.user || event.bot_id !== undefined || event.edited !== undefined || event.user === deps.botUser) return
  if (await seenBefore(envelope.id, deps)) return
  const ask: Ask = {
    entry,
    text: withoutMention(event.text ?? '', deps.botUser),
    // in a shared channel the writer may be of another workspace: then it is that one's person
    person: { team: event.user_team ?? event.team ?? envelope.team, user: event.user },
    channel: event.channel,
    ...(event.thread_ts === undefined ? {} : { thread: event.thread_ts }),
    ts: event.ts,
    eventId: envelope.id,
    isEnterpriseInstall: enterprise,
    respond: (message) => tellInPlace(entry, event, message, deps),
  }
  const { message } = await replyTo(deps, ask)
  if (message) await quietly(ask.respond(message), deps)
}

async function tellInPlace(
  entry: 'mention' | 'direct',
  event: WordsEvent,
  message: Message,
  deps: ListenDeps,
): Promise<void> {
  const place = { channel: event.channel, ...(event.thread_ts === undefined ? {} : { thread_ts: event.thread_ts }) }
  const quiet = { unfurl_links: false, unfurl_media: false }
  if (entry === 'direct') await deps.client.write('chat.postMessage', { ...place, ...quiet, ...message })
  else await deps.client.write('chat.postEphemeral', { ...place, user: event.user, ...message })
}

async function onAction(body: BlockAction, respond: Press['respond'], deps: ListenDeps): Promise<void> {
  const [action] = body.actions
  const channel = body.channel?.id
  // of a message that only one person sees Slack sends no content, but where it is
  const ts = body.message?.['ts'] ?? body.container['message_ts']
  if (!action || channel === undefined || typeof ts !== 'string') return
  const thread = body.message?.['thread_ts'] ?? body.container['thread_ts']
  const press: Press = {
    action: action.action_id,
    value: carriedBy(action),
    person: { team: body.user.team_id ?? body.team?.id ?? '', user: body.user.id },
    channel,
    ts,
    ...(typeof thread === 'string' ? { thread } : {}),
    trigger: body.trigger_id,
    respond,
  }
  const message = await failingSafely(() => deps.handlers.onAction(press), deps)
  if (message) await quietly(respond(message), deps)
}

/** What a button carries, or the choice that was made in a menu. */
function carriedBy(action: BlockAction['actions'][number]): string {
  if ('value' in action && typeof action.value === 'string') return action.value
  return action.type === 'static_select' ? (action.selected_option?.value ?? '') : ''
}

async function replyTo(deps: ListenDeps, ask: Ask): Promise<Reply> {
  const failed = (error: unknown): Reply => ({ kind: 'ephemeral', message: explained(error, deps) })
  return await deps.handlers.onAsk(ask).catch(failed)
}

/** The words after the first mention of the bot, or before it when nothing follows. Linear: a label holds no bracket, and is short (Slack: names). */
export function withoutMention(text: string, botUser: string): string {
  const mention = new RegExp(`<@${botUser}(?:\\|[^<>]{0,200})?>`).exec(text)
  if (mention === null) return text.includes(`<@${botUser}`) ? '' : text
  const after = text.slice(mention.index + mention[0].length).trim()
  return after === '' ? text.slice(0, mention.index).trim() : after
}

async function within<T>(work: Promise<T>, ms: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
