import { checkedView } from '../blocks/view.ts'
import type { Json } from '../json.ts'
import { SlackError } from '../slackError.ts'
import type { StoredView, Trigger } from '../types.ts'
import { putView, replaceView, viewJson } from '../views.ts'
import type { Workspace } from '../workspace.ts'
import { type Args, json, required, text } from './args.ts'
import { type Methods, TIER } from './method.ts'

export const views: Methods = {
  'views.open': { token: 'bot', scopes: [], perMinute: TIER.four, run: open },
  'views.push': { token: 'bot', scopes: [], perMinute: TIER.four, run: push },
  'views.update': { token: 'bot', scopes: [], perMinute: TIER.four, run: update },
  'views.publish': { token: 'bot', scopes: [], perMinute: TIER.four, run: publish },
}

function accepts(ws: Workspace): { table: boolean; dataTable: boolean } {
  return { table: ws.settings.acceptsTable, dataTable: ws.settings.acceptsDataTable }
}

/** Slack: a trigger is used once and lives 3 seconds. */
function takeTrigger(ws: Workspace, args: Args): Trigger {
  const trigger = ws.triggers.get(required(args, 'trigger_id'))
  if (!trigger) throw new SlackError('invalid_trigger_id')
  if (ws.now() - trigger.created > ws.settings.triggerMs) throw new SlackError('expired_trigger_id')
  if (trigger.used) throw new SlackError('exchanged_trigger_id')
  trigger.used = true
  return trigger
}

function modalOf(ws: Workspace, args: Args): Json {
  return checkedView(json(args, 'view', 'invalid_json'), 'modal', accepts(ws))
}

function open(ws: Workspace, args: Args): Json {
  const view = modalOf(ws, args)
  const trigger = takeTrigger(ws, args)
  ws.modals.delete(trigger.user)
  return { view: viewJson(ws, putView(ws, trigger.user, view)) }
}

function push(ws: Workspace, args: Args): Json {
  const view = modalOf(ws, args)
  const trigger = takeTrigger(ws, args)
  if (!trigger.view_id) throw new SlackError('invalid_trigger_id')
  return { view: viewJson(ws, putView(ws, trigger.user, view)) }
}

function requireHash(view: StoredView, args: Args): void {
  const hash = text(args, 'hash')
  if (hash !== '' && hash !== view.hash) throw new SlackError('hash_conflict')
}

function update(ws: Workspace, args: Args): Json {
  const id = text(args, 'view_id')
  const external = text(args, 'external_id')
  if (id === '' && external === '') throw new SlackError('invalid_arguments')
  const all = [...ws.modals.values()].flat()
  const old = all.find((view) => (id === '' ? view.json['external_id'] === external : view.id === id))
  if (!old) throw new SlackError('not_found')
  requireHash(old, args)
  return { view: viewJson(ws, replaceView(ws, old, modalOf(ws, args))) }
}

function publish(ws: Workspace, args: Args): Json {
  const user = ws.users.get(required(args, 'user_id'))
  if (!user || user.deleted) throw new SlackError('invalid_user_id')
  const view = checkedView(json(args, 'view', 'invalid_json'), 'home', accepts(ws))
  const old = ws.homes.get(user.id)
  if (old) requireHash(old, args)
  return { view: viewJson(ws, old ? replaceView(ws, old, view) : putView(ws, user.id, view)) }
}
