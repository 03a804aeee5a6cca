import type { App, BlockAction, ViewSubmitAction } from '@slack/bolt'
import type { Person } from '../../domain/policy/person.ts'
import { DENY, readAnswerPress } from './messages/approval.ts'
import { REVIEW } from './messages/review.ts'
import { ephemerally, explained, type ListenDeps, nameOf, quietly, type Respond } from './replying.ts'
import { DENIAL, denyView, REASON_BLOCK, readReason } from './views/deny.ts'
import { NOTE_BLOCK, REVIEWING, readReviewed, reviewView } from './views/review.ts'
import type { View } from './views/view.ts'

type Dialog = {
  readonly view: (carried: string) => View
  /** What is typed instead, where Slack opens none; `run` is as people see it. */
  readonly typed: (run: string) => string
}

/** Buttons that open a dialog, by their `action_id`. */
const DIALOGS: ReadonlyMap<string, Dialog> = new Map([
  [DENY, { view: denyView, typed: (run) => `/ctq deny ${run} why` }],
  [REVIEW, { view: reviewView, typed: (run) => `/ctq review ${run} justified why` }],
])

/** The dialog that an action opens, if it opens one. */
function dialogOf(body: BlockAction): Dialog | undefined {
  return body.actions.flatMap(({ action_id }) => DIALOGS.get(action_id) ?? [])[0]
}

/** Whether an action is the press of a button that opens a dialog about a request or a review. */
export function opensDialog(body: BlockAction): boolean {
  return dialogOf(body) !== undefined
}

/** Opens the dialog at once: a trigger is good for 3 seconds, so the right to answer is looked at when it is sent. */
export async function openDialog(body: BlockAction, respond: Respond, deps: ListenDeps): Promise<void> {
  const [action] = body.actions
  const dialog = dialogOf(body)
  if (dialog === undefined) return
  const carried = action !== undefined && 'value' in action ? String(action.value ?? '') : ''
  try {
    await deps.client.write('views.open', { trigger_id: body.trigger_id, view: dialog.view(carried) })
  } catch (error) {
    deps.log.warn({ error: nameOf(error) }, 'a dialog was not opened')
    const { run = '' } = readAnswerPress(carried) ?? {}
    const shown = /^[0-9a-f-]{8,36}$/.test(run) ? run.slice(0, 8) : '…'
    const text = `Slack opened no dialog. Type \`${dialog.typed(shown)}\` instead.`
    await quietly(ephemerally(respond)({ text }), deps)
  }
}

/** Puts the listeners of the dialogs on a Bolt app. What is wrong is said in the dialog, which then stays open. */
export function listenApprovals(app: App, deps: ListenDeps): void {
  const listenTo = (dialog: string, block: string, take: Take): void => {
    app.view<ViewSubmitAction>({ type: 'view_submission', callback_id: dialog }, async ({ ack, body }) => {
      const wrong = await deps.track(sent(body, take, deps))
      if (wrong === undefined) await ack()
      else await ack({ response_action: 'errors', errors: { [block]: wrong.slice(0, 1_000) } })
    })
  }
  const { onDenied, onReviewed } = deps.handlers
  listenTo(DENIAL, REASON_BLOCK, (about, view) => onDenied({ ...about, reason: readReason(view) }))
  listenTo(REVIEWING, NOTE_BLOCK, async (about, view) => {
    const found = readReviewed(view)
    return found === undefined ? 'Choose what you found.' : await onReviewed({ ...about, ...found })
  })
}

type Take = (
  about: { readonly run: string; readonly hash: string; readonly person: Person },
  view: ViewSubmitAction['view'],
) => Promise<string | undefined>

async function sent({ view, user, team }: ViewSubmitAction, take: Take, deps: ListenDeps): Promise<string | undefined> {
  const carried = readAnswerPress(view.private_metadata)
  if (carried === undefined) return 'This dialog is of no request.'
  const person = { team: user.team_id ?? team?.id ?? '', user: user.id }
  try {
    return await take({ ...carried, person }, view)
  } catch (error) {
    return explained(error, deps).text
  }
}
