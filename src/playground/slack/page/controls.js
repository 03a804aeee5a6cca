import { act } from './api.js'
import { asked } from './awaited.js'
import { confirmed } from './dialogs.js'
import { newId } from './dom.js'

/*
 * An element is shown in a place: `place.where` is what a press names it by ({channel, ts} or {view_id}), `place.inputs` holds
 * {get, set} for each input by `block_id/action_id`, and `place.context` knows names and the reader. `ids` are those of an input block:
 * the control's own, its label's, and of what describes it; elsewhere there are none, and the control says itself what it is.
 */

/** What an element is known by in its message or view. */
export const keyOf = (block, element) => `${block.block_id}/${element.action_id}`

/** The ids that tie a control of an input block to its label, hint and error. */
export function inputIds() {
  return { control: newId(), label: newId(), hint: newId(), error: newId() }
}

/** What a control says of itself to a screen reader. `grouped` is for those that a label cannot point at. */
export function naming(block, element, ids, grouped = false) {
  if (!ids) return { 'aria-label': element.accessibility_label ?? element.placeholder?.text ?? element.action_id }
  const described = { 'aria-describedby': `${ids.hint} ${ids.error}`, 'data-field': block.block_id }
  return grouped ? { 'aria-labelledby': ids.label, ...described } : { id: ids.control, ...described }
}

/** What is filled in, by `block_id/action_id`. */
export function valuesOf(place) {
  return Object.fromEntries([...place.inputs].map(([key, { get }]) => [key, get()]))
}

/** Sends a press or choice, after its confirmation; the control is busy meanwhile and takes no second one. */
export async function press(place, block, element, control, value) {
  if (control.getAttribute('aria-busy') === 'true' || !(await confirmed(element.confirm))) return
  control.setAttribute('aria-busy', 'true')
  asked('press', place.where)
  const { action_id } = element
  const named = { user: place.context.user.id, ...place.where, block_id: block.block_id, action_id }
  await act('click', { ...named, value, values: valuesOf(place) })
  control.removeAttribute('aria-busy')
}

/**
 * Makes a control an input of its place: `get` and `set` are its value, which is what a submission sends. Outside an input block, or
 * with dispatch_action, a change is sent by itself.
 */
export function collected(place, block, element, control, { get, set }) {
  place.inputs.set(keyOf(block, element), { get, set, control })
  if (block.type !== 'input' || block.dispatch_action === true)
    control.addEventListener('change', () => press(place, block, element, control, get()))
  if (element.focus_on_load) control.autofocus = true
  return control
}
