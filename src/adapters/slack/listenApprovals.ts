import type { App, BlockAction, ViewSubmitAction } from '@slack/bolt'
import { DENY, readAnswerPress } from './messages/approval.ts'
import { ephemerally, explained, type ListenDeps, nameOf, quietly, type Respond } from './replying.ts'
import { DENIAL, denyView, REASON_BLOCK, readReason } from './views/deny.ts'

/** Whether an action is the press of a button that denies a request. */
export function isDenial(body: BlockAction): boolean {
  return body.actions.some(({ action_id }) => action_id === DENY)
}

/** Opens the dialog at once: a trigger is good for 3 seconds, so the right to deny is looked at when the reason is sent. */
export async function openDenial(body: BlockAction, respond: Respond, deps: ListenDeps): Promise<void> {
  const [action] = body.actions
  const carried = action !== undefined && 'value' in action ? String(action.value ?? '') : ''
  try {
    await deps.client.write('views.open', { trigger_id: body.trigger_id, view: denyView(carried) })
  } catch (error) {
    deps.log.warn({ error: nameOf(error) }, 'a dialog was not opened')
    const { run = '' } = readAnswerPress(carried) ?? {}
    const text = `Slack opened no dialog. Type \`/ctq deny ${/^[0-9a-f-]{8,36}$/.test(run) ? run.slice(0, 8) : '…'} why\` instead.`
    await quietly(ephemerally(respond)({ text }), deps)
  }
}

/** Puts the listener of the dialog on a Bolt app. What is wrong is said in the dialog, which then stays open. */
export function listenApprovals(app: App, deps: ListenDeps): void {
  app.view<ViewSubmitAction>({ type: 'view_submission', callback_id: DENIAL }, async ({ ack, body }) => {
    const wrong = await deps.track(denied(body, deps))
    if (wrong === undefined) await ack()
    else await ack({ response_action: 'errors', errors: { [REASON_BLOCK]: wrong.slice(0, 1_000) } })
  })
}

async function denied(body: ViewSubmitAction, deps: ListenDeps): Promise<string | undefined> {
  const carried = readAnswerPress(body.view.private_metadata)
  if (carried === undefined) return 'This dialog is of no request.'
  const person = { team: body.user.team_id ?? body.team?.id ?? '', user: body.user.id }
  try {
    return await deps.handlers.onDenied({ ...carried, person, reason: readReason(body.view) })
  } catch (error) {
    return explained(error, deps).text
  }
}
