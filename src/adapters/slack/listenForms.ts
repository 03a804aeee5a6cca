import type { App, BlockAction, MessageShortcut, ViewSubmitAction } from '@slack/bolt'
import type { FormHeld, FormWanted } from './entry.ts'
import { messageWords } from './messageWords.ts'
import { explained, type ListenDeps, nameOf, quietly, seenBefore } from './replying.ts'
import { ACCOUNTS, accountOptions, CHANGES, FORM, openingView, tellingView } from './views/form.ts'
import { fieldErrors, readFormState, type ShownForm } from './views/readForm.ts'
import { readOpenForm, type View } from './views/view.ts'

/** The shortcuts' `callback_id`s, as the manifest names them. */
export const SHORTCUTS = { global: 'ask_cloudtrail', message: 'ask_about_message' } as const

/** Slack: block_suggestion, options. */
const SUGGESTED_MAX = 100

/** Puts the listeners of forms, shortcuts and the Home tab on a Bolt app. */
export function listenForms(app: App, deps: ListenDeps): void {
  app.shortcut({ type: 'shortcut', callback_id: SHORTCUTS.global }, async ({ ack, shortcut }) => {
    await ack()
    const person = { team: shortcut.user.team_id ?? shortcut.team?.id ?? '', user: shortcut.user.id }
    await deps.track(openForm(shortcut.trigger_id, { person }, deps))
  })
  app.shortcut({ type: 'message_action', callback_id: SHORTCUTS.message }, async ({ ack, shortcut }) => {
    await ack()
    await deps.track(openForm(shortcut.trigger_id, underMessage(shortcut as MessageShortcut), deps))
  })
  app.view<ViewSubmitAction>({ type: 'view_submission', callback_id: FORM }, async ({ ack, body }) => {
    const errors = await deps.track(sent(body, deps))
    if (Object.keys(errors).length > 0) await ack({ response_action: 'errors', errors })
    else await ack()
  })
  app.options<'block_suggestion'>(ACCOUNTS, async ({ ack, body }) => {
    const held = body.view === undefined ? undefined : heldIn(body.view, personOf(body))
    const found = held === undefined ? [] : await deps.track(deps.handlers.onAccounts(held, body.value))
    await ack({ options: accountOptions(found).slice(0, SUGGESTED_MAX) })
  })
  app.event('app_home_opened', async ({ event, body, context }) => {
    if (event.tab !== 'home' || context.isEnterpriseInstall) return
    await deps.track(publishHome({ team: body.team_id, user: event.user }, deps))
  })
}

/** The `callback_id` of the step for workflows, as the manifest names it. */
export const STEP = 'ask_cloudtrail_step'

/** Puts the listener of the workflows' step on a Bolt app. Bolt acknowledges the event by itself; the step ends when the run has. */
export function listenSteps(app: App, deps: ListenDeps): void {
  app.function(STEP, async ({ event, body }) => {
    if (await seenBefore(body.event_id, deps)) return
    const { question, channel } = event.inputs
    const step = {
      execution: event.function_execution_id,
      question: typeof question === 'string' ? question : '',
      channel: typeof channel === 'string' ? channel : '',
    }
    await deps.track(
      deps.handlers.onStep(step).catch((error: unknown) => {
        explained(error, deps)
      }),
    )
  })
}

/** Shows somebody their Home tab as it is now. */
async function publishHome(person: FormWanted['person'], deps: ListenDeps): Promise<void> {
  try {
    const view = await deps.handlers.onHome(person)
    await deps.client.write('views.publish', { user_id: person.user, view })
  } catch (error) {
    deps.log.warn({ error: nameOf(error) }, 'a Home tab could not be shown')
  }
}

function personOf(body: {
  readonly user: { readonly id: string; readonly team_id?: string }
  readonly team?: { readonly id: string } | null
}): FormWanted['person'] {
  return { team: body.user.team_id ?? body.team?.id ?? '', user: body.user.id }
}

/** The answer belongs to the message, in its thread. */
function underMessage({ channel, message, message_ts, user, team }: MessageShortcut): FormWanted {
  const thread = message['thread_ts']
  return {
    person: personOf({ user, team }),
    place: { channel: channel.id, thread: typeof thread === 'string' ? thread : message_ts },
    message: messageWords(message),
  }
}

/**
 * Opens the form: at once, and empty, since a trigger is good for 3 seconds and what the person may ask takes Slack's word; filled in a moment
 * later. False: it was not opened.
 */
export async function openForm(trigger: string, wanted: FormWanted, deps: ListenDeps): Promise<boolean> {
  let id: string
  try {
    const opened = await deps.client.write<{ view: { id: string } }>('views.open', {
      trigger_id: trigger,
      view: openingView(),
    })
    id = opened.view.id
  } catch (error) {
    deps.log.warn({ error: nameOf(error) }, 'a form was not opened')
    return false
  }
  const view = await viewOr(() => deps.handlers.onForm(wanted), deps)
  await quietly(deps.client.write('views.update', { view_id: id, view }), deps)
  return true
}

/** The view, or one that says what went wrong. */
async function viewOr(make: () => Promise<View>, deps: ListenDeps): Promise<View> {
  try {
    return await make()
  } catch (error) {
    return tellingView([explained(error, deps).text])
  }
}

const CHANGING: ReadonlySet<string> = new Set(Object.values(CHANGES))

/** Whether an action is about the form: it opens one, or is inside one or in the Home tab. */
export function isFormAction(body: BlockAction): boolean {
  return body.view !== undefined || body.actions.some(({ action_id }) => readOpenForm(action_id, '{}') !== undefined)
}

/** A press that opens the form, or a choice in it. */
export async function onFormAction(body: BlockAction, deps: ListenDeps): Promise<void> {
  const [action] = body.actions
  if (action === undefined) return
  const person = personOf(body)
  const words = readOpenForm(action.action_id, 'value' in action ? String(action.value ?? '') : '')
  if (words !== undefined) {
    await openForm(body.trigger_id, { person, ...placeOf(body), ...(words === '' ? {} : { words }) }, deps)
    return
  }
  if (body.view?.type === 'home') return await pressedAtHome(body, deps)
  const held = body.view === undefined ? undefined : heldIn(body.view as ShownForm, person)
  if (held === undefined || body.view === undefined || !CHANGING.has(action.action_id)) return
  const { offer: _, ...rest } = held
  const view = await viewOr(() => deps.handlers.onFormChange(action.action_id === CHANGES.offer ? held : rest), deps)
  // somebody who went on choosing has a newer form by now: this one is for what they chose before
  await quietly(deps.client.write('views.update', { view_id: body.view.id, hash: body.view.hash, view }), deps)
}

/** In the Home tab runs can be cancelled; it shows afterwards what became of that. */
async function pressedAtHome(body: BlockAction, deps: ListenDeps): Promise<void> {
  const [action] = body.actions
  const person = personOf(body)
  const value = action !== undefined && 'value' in action ? String(action.value ?? '') : ''
  const press = {
    action: action?.action_id ?? '',
    value,
    person,
    channel: '',
    ts: '',
    trigger: body.trigger_id,
    respond: async () => undefined,
  }
  try {
    await deps.handlers.onAction(press)
  } catch (error) {
    explained(error, deps)
  }
  await publishHome(person, deps)
}

function placeOf(body: BlockAction): Pick<FormWanted, 'place'> {
  const channel = body.channel?.id
  if (channel === undefined) return {}
  const thread = body.message?.['thread_ts'] ?? body.container['thread_ts']
  return { place: { channel, ...(typeof thread === 'string' ? { thread } : {}) } }
}

function heldIn(view: ShownForm, person: FormWanted['person']): FormHeld | undefined {
  const state = readFormState(view)
  return state === undefined ? undefined : { ...state, person }
}

/** What is wrong with a form that was sent, by Slack's ids of its blocks. */
async function sent(body: ViewSubmitAction, deps: ListenDeps): Promise<{ readonly [block: string]: string }> {
  const held = heldIn(body.view, personOf(body))
  if (held === undefined) return {}
  try {
    return fieldErrors(body.view, await deps.handlers.onFormSent(held))
  } catch (error) {
    return fieldErrors(body.view, [{ field: 'runbook', why: explained(error, deps).text }])
  }
}
