import { checkedView } from '../blocks/view.ts'
import { isEmptyState } from '../elementState.ts'
import { isObject, type Json, objects } from '../json.ts'
import { SlackError } from '../slackError.ts'
import type { StoredView, User } from '../types.ts'
import { putView, replaceView, viewJson } from '../views.ts'
import { changed, type Workspace } from '../workspace.ts'
import { type Act, ActError, actOf, actorOf, newTrigger, type Play, teamAndUser } from './act.ts'
import { valuesOf, viewOf } from './interact.ts'

/** What a person filled in, by `block_id/action_id` or one of the two; `view_id` defaults to the modal on top. */
export type Submission = { readonly user: string; readonly view_id?: string; readonly values?: Json }

function topModal(ws: Workspace, user: User, id: string | undefined): StoredView {
  if (id !== undefined) return viewOf(ws, user, id)
  const top = ws.modals.get(user.id)?.at(-1)
  if (!top) throw new ActError(`${user.name} has no modal open`)
  return top
}

/** A person submits a modal; what the app acknowledges with (errors, update, push, clear) takes effect. */
export async function submit(play: Play, filled: Submission): Promise<Act> {
  const { ws } = play
  const user = actorOf(ws, filled.user)
  const view = topModal(ws, user, filled.view_id)
  const values = valuesOf(objects(view.json['blocks']), filled.values ?? {})
  const missing = missingInputs(view, values)
  if (Object.keys(missing).length > 0) return showErrors(ws, view, missing)
  const outcome = await play.deliver({
    type: 'interactive',
    payload: {
      type: 'view_submission',
      ...teamAndUser(ws, user),
      trigger_id: newTrigger(ws, user.id, view).id,
      view: viewJson(ws, view, values),
      response_urls: [],
    },
  })
  if (outcome.status !== 'acked') return actOf(outcome)
  return { ...actOf(outcome), ...answered(ws, user, view, outcome.body) }
}

/** Slack's client lets nobody submit an empty input that is not optional. */
function missingInputs(view: StoredView, values: Record<string, Record<string, Json>>): Record<string, string> {
  const missing: Record<string, string> = {}
  for (const block of objects(view.json['blocks'])) {
    if (block['type'] !== 'input' || block['optional'] === true) continue
    const blockId = String(block['block_id'])
    const states = Object.values(values[blockId] ?? {})
    if (states.every(isEmptyState)) missing[blockId] = 'Please complete this required field.'
  }
  return missing
}

function showErrors(ws: Workspace, view: StoredView, errors: Record<string, string>): Act {
  view.errors = errors
  changed(ws, { type: 'views', user: view.user })
  return { ok: false, status: 'refused', errors }
}

function answered(ws: Workspace, user: User, view: StoredView, body: unknown): Partial<Act> {
  const { response_action, view: next, errors } = isObject(body) ? body : {}
  const accepts = { table: ws.settings.acceptsTable, dataTable: ws.settings.acceptsDataTable }
  try {
    switch (response_action) {
      case undefined:
        closeTop(ws, user, view)
        return {}
      case 'clear':
        ws.modals.delete(user.id)
        changed(ws, { type: 'views', user: user.id })
        return {}
      case 'update':
        replaceView(ws, view, checkedView(next, 'modal', accepts))
        return {}
      case 'push':
        putView(ws, user.id, checkedView(next, 'modal', accepts))
        return {}
      case 'errors': {
        const told = isObject(errors) ? Object.entries(errors).map(([id, text]) => [id, String(text)] as const) : []
        return showErrors(ws, view, Object.fromEntries(told))
      }
      default:
        return { ok: false, status: 'refused', error: 'invalid_response_action' }
    }
  } catch (error) {
    // Slack shows "We had some trouble connecting" when the view in an acknowledgement is not valid.
    if (error instanceof SlackError) return { ok: false, status: 'refused', error: error.code }
    throw error
  }
}

function closeTop(ws: Workspace, user: User, view: StoredView): void {
  const left = (ws.modals.get(user.id) ?? []).filter((each) => each !== view)
  if (left.length > 0) ws.modals.set(user.id, left)
  else ws.modals.delete(user.id)
  changed(ws, { type: 'views', user: user.id })
}

/** A person closes a modal (`all`: the whole stack); the app hears of it only where the view asked to. */
export async function close(play: Play, which: { user: string; view_id?: string; all?: boolean }): Promise<Act> {
  const { ws } = play
  const user = actorOf(ws, which.user)
  const top = topModal(ws, user, which.view_id)
  const clears = which.all === true || top.json['clear_on_close'] === true
  const closed = clears ? [...(ws.modals.get(user.id) ?? [])] : [top]
  for (const view of closed) closeTop(ws, user, view)
  const told = closed.filter((view) => view.json['notify_on_close'] === true)
  for (const view of told) {
    const payload = { type: 'view_closed', ...teamAndUser(ws, user), view: viewJson(ws, view), is_cleared: clears }
    await play.deliver({ type: 'interactive', payload })
  }
  return { ok: true, status: 'posted' }
}
