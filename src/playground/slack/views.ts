import type { Json } from './json.ts'
import { objects } from './json.ts'
import { withIds } from './messages.ts'
import { SlackError } from './slackError.ts'
import type { StoredView } from './types.ts'
import { changed, newId, type Workspace } from './workspace.ts'

/** Slack: at most three modals lie on one another. */
const STACK_MAX = 3

/**
 * Puts a checked view on top of the user's modals, or as their Home tab.
 * @throws SlackError push_limit_reached, duplicate_external_id.
 */
export function putView(ws: Workspace, user: string, json: Json): StoredView {
  const kind = json['type'] === 'home' ? 'home' : 'modal'
  const stack = kind === 'modal' ? (ws.modals.get(user) ?? []) : []
  if (stack.length >= STACK_MAX) throw new SlackError('push_limit_reached')
  requireNewExternalId(ws, json, undefined)
  const id = newId(ws, 'V')
  const view: StoredView = {
    id,
    user,
    kind,
    json: { ...json, blocks: withIds(ws, objects(json['blocks'])) },
    hash: newHash(ws),
    root_view_id: stack[0]?.id ?? id,
    previous_view_id: stack.at(-1)?.id,
    errors: {},
  }
  if (kind === 'home') ws.homes.set(user, view)
  else ws.modals.set(user, [...stack, view])
  changed(ws, { type: 'views', user })
  return view
}

/** Replaces what a view shows; its id stays, its hash is new. */
export function replaceView(ws: Workspace, view: StoredView, json: Json): StoredView {
  requireNewExternalId(ws, json, view)
  view.json = { ...json, blocks: withIds(ws, objects(json['blocks'])) }
  view.hash = newHash(ws)
  view.errors = {}
  changed(ws, { type: 'views', user: view.user })
  return view
}

function requireNewExternalId(ws: Workspace, json: Json, self: StoredView | undefined): void {
  const external = json['external_id']
  if (external === undefined || external === '') return
  const all = [...ws.homes.values(), ...[...ws.modals.values()].flat()]
  if (all.some((view) => view !== self && view.json['external_id'] === external))
    throw new SlackError('duplicate_external_id')
}

function newHash(ws: Workspace): string {
  return `${Math.floor(ws.now() / 1000)}.${newId(ws, 'h').slice(2)}`
}

/** A view as the Web API and interaction payloads show it; `values` is the state of its inputs. */
export function viewJson(ws: Workspace, view: StoredView, values: Json = {}): Json {
  const { json } = view
  return {
    id: view.id,
    team_id: ws.team.id,
    type: view.kind,
    blocks: json['blocks'],
    private_metadata: json['private_metadata'] ?? '',
    callback_id: json['callback_id'] ?? '',
    external_id: json['external_id'] ?? '',
    title: json['title'] ?? { type: 'plain_text', text: 'View Title', emoji: true },
    close: json['close'] ?? null,
    submit: json['submit'] ?? null,
    clear_on_close: json['clear_on_close'] ?? false,
    notify_on_close: json['notify_on_close'] ?? false,
    state: { values },
    hash: view.hash,
    root_view_id: view.root_view_id,
    previous_view_id: view.previous_view_id ?? null,
    app_id: ws.app.id,
    app_installed_team_id: ws.team.id,
    bot_id: ws.app.botId,
  }
}
