import { elementsOf } from '../blocks/blocks.ts'
import { hasState, stateOf } from '../elementState.ts'
import { homeEvent } from '../events.ts'
import { isObject, type Json, objects } from '../json.ts'
import { findShown, messageJson } from '../messages.ts'
import { issueResponseUrl, responseAddress } from '../responses.ts'
import type { Channel, Message, StoredView, User } from '../types.ts'
import { viewJson } from '../views.ts'
import { directMessage, type Workspace } from '../workspace.ts'
import { type Act, ActError, actOf, actorOf, newTrigger, type Play, placeOf, teamAndUser } from './act.ts'

/** A press or a choice on a message (`channel` and `ts`) or in a view (`view_id`). */
export type Click = {
  readonly user: string
  readonly channel?: string
  readonly ts?: string
  readonly view_id?: string
  readonly action_id: string
  readonly block_id?: string
  /** What was chosen, for menus and inputs: an option's value, an id, a date, a list. */
  readonly value?: unknown
  /** Inputs of a view that were filled in but not sent, by `block_id/action_id` or one of the two. */
  readonly values?: Json
}

/** A person presses a button or chooses in a menu. */
export async function click(play: Play, press: Click): Promise<Act> {
  const { ws } = play
  const user = actorOf(ws, press.user)
  const where = press.view_id === undefined ? onMessage(ws, user, press) : inView(ws, user, press.view_id, press)
  const { block, element } = find(where.blocks, press)
  const outcome = await play.deliver({
    type: 'interactive',
    payload: {
      type: 'block_actions',
      ...teamAndUser(ws, user),
      ...where.payload,
      state: { values: valuesOf(where.blocks, { ...press.values, [press.action_id]: press.value }) },
      trigger_id: newTrigger(ws, user.id, where.view).id,
      actions: [actionOf(ws, block, element, press.value)],
    },
  })
  return actOf(outcome)
}

type Where = { readonly blocks: Json[]; readonly payload: Json; readonly view?: StoredView }

function shownTo(ws: Workspace, user: User, channelId: string, ts: string): { channel: Channel; message: Message } {
  const channel = placeOf(ws, user, channelId)
  const message = findShown(ws, channel.id, ts)
  if (!message || (message.ephemeral_to && message.ephemeral_to !== user.id))
    throw new ActError(`${user.name} sees no message ${ts} there`)
  return { channel, message }
}

function onMessage(ws: Workspace, user: User, press: Click): Where {
  const { channel, message } = shownTo(ws, user, press.channel ?? '', press.ts ?? '')
  const ephemeral = message.ephemeral_to !== undefined
  const thread = message.thread_ts ? { thread_ts: message.thread_ts } : {}
  return {
    blocks: message.blocks,
    payload: {
      container: {
        type: 'message',
        message_ts: message.ts,
        channel_id: channel.id,
        is_ephemeral: ephemeral,
        ...thread,
      },
      channel: { id: channel.id, name: channel.kind === 'im' ? 'directmessage' : channel.name },
      // Slack keeps no ephemeral message, so it cannot send its content back.
      ...(ephemeral ? {} : { message: messageJson(ws, channel.id, message) }),
      response_url: responseAddress(ws, issueResponseUrl(ws, user.id, channel, message)),
    },
  }
}

/** The user's view that has this id, their Home tab included. @throws ActError when it is not open. */
export function viewOf(ws: Workspace, user: User, id: string): StoredView {
  const open = [...(ws.modals.get(user.id) ?? []), ws.homes.get(user.id)]
  const view = open.find((each) => each?.id === id)
  if (!view) throw new ActError(`${user.name} has no view ${id} open`)
  return view
}

function inView(ws: Workspace, user: User, id: string, press: Click): Where {
  const view = viewOf(ws, user, id)
  const blocks = objects(view.json['blocks'])
  const values = valuesOf(blocks, { ...press.values, [press.action_id]: press.value })
  return { blocks, view, payload: { container: { type: 'view', view_id: view.id }, view: viewJson(ws, view, values) } }
}

function nested(blocks: readonly Json[]): Json[] {
  return blocks.flatMap((block) => [block, ...objects(block['child_blocks']), ...objects(block['elements'])])
}

function find(blocks: readonly Json[], press: Click): { block: Json; element: Json } {
  for (const block of nested(blocks)) {
    if (press.block_id !== undefined && block['block_id'] !== press.block_id) continue
    const element = elementsOf(block).find((each) => each['action_id'] === press.action_id)
    if (element) return { block, element }
  }
  throw new ActError(`there is no action ${press.action_id}`)
}

/** `state.values` of all inputs; what a person gave is named by `block_id/action_id`, or by one of the two. */
export function valuesOf(blocks: readonly Json[], given: Json): Record<string, Record<string, Json>> {
  const values: Record<string, Record<string, Json>> = {}
  for (const block of nested(blocks)) {
    const blockId = String(block['block_id'] ?? '')
    for (const element of elementsOf(block).filter(hasState)) {
      const actionId = String(element['action_id'])
      const byBlock = block['type'] === 'input' ? given[blockId] : undefined
      const value = given[`${blockId}/${actionId}`] ?? given[actionId] ?? byBlock
      values[blockId] = { ...values[blockId], [actionId]: stateOf(element, value) }
    }
  }
  return values
}

function actionOf(ws: Workspace, block: Json, element: Json, value: unknown): Json {
  const base = {
    action_id: element['action_id'],
    block_id: block['block_id'],
    action_ts: (ws.now() / 1000).toFixed(6),
  }
  if (element['type'] !== 'button') return { ...base, ...stateOf(element, value) }
  const { text, value: own, style, url, confirm } = element
  const defined = Object.entries({ value: own, style, url, confirm }).filter(([, each]) => each !== undefined)
  return { ...base, type: 'button', text, ...Object.fromEntries(defined) }
}

/** A shortcut that a person picks: a global one, or one under a message (`channel` and `ts`). */
export async function shortcut(
  play: Play,
  pick: { readonly user: string; readonly callback_id: string; readonly channel?: string; readonly ts?: string },
): Promise<Act> {
  const { ws } = play
  const user = actorOf(ws, pick.user)
  const common = { ...teamAndUser(ws, user), callback_id: pick.callback_id, action_ts: (ws.now() / 1000).toFixed(6) }
  const trigger = { trigger_id: newTrigger(ws, user.id).id }
  if (pick.ts === undefined)
    return actOf(await play.deliver({ type: 'interactive', payload: { type: 'shortcut', ...common, ...trigger } }))
  const { channel, message } = shownTo(ws, user, pick.channel ?? '', pick.ts)
  if (message.ephemeral_to) throw new ActError('an ephemeral message has no shortcuts')
  const payload = {
    type: 'message_action',
    ...common,
    ...trigger,
    message_ts: message.ts,
    message: messageJson(ws, channel.id, message),
    channel: { id: channel.id, name: channel.kind === 'im' ? 'directmessage' : channel.name },
    response_url: responseAddress(ws, issueResponseUrl(ws, user.id, channel, message)),
  }
  return actOf(await play.deliver({ type: 'interactive', payload }))
}

/** A person types into an external select; resolves with the options that the app offers. */
export async function suggest(play: Play, press: Click): Promise<Act> {
  const { ws } = play
  const user = actorOf(ws, press.user)
  const where = press.view_id === undefined ? onMessage(ws, user, press) : inView(ws, user, press.view_id, press)
  const { block, element } = find(where.blocks, press)
  const outcome = await play.deliver({
    type: 'interactive',
    payload: {
      type: 'block_suggestion',
      ...teamAndUser(ws, user),
      ...where.payload,
      block_id: block['block_id'],
      action_id: element['action_id'],
      value: typeof press.value === 'string' ? press.value : '',
    },
  })
  const body = outcome.status === 'acked' && isObject(outcome.body) ? outcome.body : {}
  const groups = objects(body['option_groups']).flatMap((group) => objects(group['options']))
  return { ...actOf(outcome), options: [...objects(body['options']), ...groups] }
}

/** A person opens the app's Home tab (or its messages). */
export function openHome(play: Play, id: string, tab: 'home' | 'messages' = 'home'): Act {
  const { ws } = play
  const user = actorOf(ws, id)
  const view = ws.homes.get(user.id)
  const channel = directMessage(ws, user.id)
  homeEvent(ws, user.id, channel.id, tab, view && viewJson(ws, view))
  return { ok: true, status: 'posted', channel: channel.id }
}
