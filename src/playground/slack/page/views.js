import { act } from './api.js'
import { blocksNode } from './blocks.js'
import { openDialog } from './dialogs.js'
import { fill, h } from './dom.js'
import { valuesOf } from './elements.js'

let shown

/** Shows a person's topmost modal, or none. A view that changed only in its errors keeps what was typed. */
export function showModal(modals, context) {
  const top = modals.at(-1)
  if (shown && shown.id === top?.id && shown.hash === top.hash) return showErrors(top)
  if (shown) {
    shown.replaced = true
    shown.dialog.close()
  }
  shown = top && openModal(top, context)
}

function openModal(view, context) {
  const place = { context, where: { view_id: view.id }, getters: new Map(), errors: view.errors }
  const user = context.user.id
  const submit = async (event) => {
    event.preventDefault()
    dialog.setAttribute('aria-busy', 'true')
    await act('submit', { user, view_id: view.id, values: valuesOf(place) })
    dialog.removeAttribute('aria-busy')
  }
  const dialog = h(
    'dialog',
    { class: 'dialog', 'aria-labelledby': `title-${view.id}` },
    h(
      'form',
      { onsubmit: submit, noValidate: true },
      h('h2', { id: `title-${view.id}` }, view.title.text),
      h('div', { class: 'dialog-body' }, blocksNode(view.blocks, place)),
      h(
        'div',
        { class: 'dialog-foot' },
        h('button', { type: 'button', onclick: () => dialog.close() }, view.close?.text ?? 'Close'),
        view.submit && h('button', { type: 'submit', class: 'primary' }, view.submit.text),
      ),
    ),
  )
  const state = { id: view.id, hash: view.hash, dialog, replaced: false }
  openDialog(dialog, () => {
    if (shown === state) shown = undefined
    if (!state.replaced) void act('close', { user, view_id: view.id })
  })
  return state
}

function showErrors(view) {
  for (const old of shown.dialog.querySelectorAll('.field-error')) old.remove()
  for (const [id, error] of Object.entries(view.errors)) {
    const block = shown.dialog.querySelector(`[data-block="${CSS.escape(id)}"]`)
    block?.append(h('p', { class: 'field-error', role: 'alert' }, error))
  }
}

/** Shows a person's Home tab. */
export function showHome(holder, home, context) {
  if (!home) return fill(holder, h('p', { class: 'quiet' }, 'This app has not shown anything here yet.'))
  const place = { context, where: { view_id: home.id }, getters: new Map() }
  fill(holder, blocksNode(home.blocks, place))
}
