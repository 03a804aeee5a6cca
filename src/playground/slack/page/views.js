import { act } from './api.js'
import { blocksNode } from './blocks.js'
import { valuesOf } from './controls.js'
import { dialogHead, openDialog } from './dialogs.js'
import { fill, h } from './dom.js'

/**
 * The modals of a person, lying on one another. Those below stay as they are, unseen, so that what was typed there is
 * still there when the one above goes; one that the app updates keeps what was typed into inputs of the same name.
 */
export function createModals() {
  const stack = []

  /** Brings the dialogs in line with the person's views, lowest first. */
  function show(views, context) {
    for (const state of stack.toReversed())
      if (!views.some(({ id }) => id === state.id)) {
        state.gone = true
        state.dialog.close()
      }
    for (const view of views) {
      const state = stack.find(({ id }) => id === view.id)
      if (!state) open(view, context)
      else if (state.hash !== view.hash) update(state, view, context)
      else showErrors(state, view.errors)
    }
    for (const state of stack) state.dialog.classList.toggle('below', state !== stack.at(-1))
  }

  function open(view, context) {
    const user = context.user.id
    const title = `title-${view.id}`
    const dialog = h('dialog', { class: 'dialog modal', 'aria-labelledby': title })
    const state = { id: view.id, user, title, dialog, gone: false, errors: '{}' }
    render(state, view, context)
    stack.push(state)
    openDialog(dialog, () => {
      stack.splice(stack.indexOf(state), 1)
      for (const each of stack) each.dialog.classList.toggle('below', each !== stack.at(-1))
      if (!state.gone) void act('close', { user, view_id: view.id })
    })
    dialog.querySelector('[autofocus], .dialog-body :is(input, select, textarea, button)')?.focus()
  }

  return { show }
}

function render(state, view, context) {
  const { dialog, user } = state
  const place = { context, where: { view_id: view.id }, inputs: new Map(), errors: view.errors }
  Object.assign(state, { hash: view.hash, place, errors: JSON.stringify(view.errors) })
  const failed = h('p', { class: 'field-error failed', role: 'alert', hidden: true })
  const submit = async (event) => {
    event.preventDefault()
    if (dialog.getAttribute('aria-busy') === 'true') return
    state.errors = ''
    dialog.setAttribute('aria-busy', 'true')
    const sent = await act('submit', { user, view_id: view.id, values: valuesOf(state.place) })
    dialog.removeAttribute('aria-busy')
    failed.textContent = sent?.error ? `We had some trouble connecting. Try again? (${sent.error})` : ''
    failed.hidden = failed.textContent === ''
  }
  fill(
    dialog,
    h(
      'form',
      { onsubmit: submit, noValidate: true },
      dialogHead(state.title, view.title.text, () => dialog),
      h('div', { class: 'dialog-body' }, blocksNode(view.blocks, place)),
      failed,
      (view.submit || view.close) &&
        h(
          'div',
          { class: 'dialog-foot' },
          h('button', { type: 'button', onclick: () => dialog.close() }, view.close?.text ?? 'Cancel'),
          view.submit && h('button', { type: 'submit', class: 'primary' }, view.submit.text),
        ),
    ),
  )
}

function update(state, view, context) {
  const typed = valuesOf(state.place)
  const focused = [...state.place.inputs].find(([, { control }]) => control.contains(document.activeElement))?.[0]
  render(state, view, context)
  for (const [key, { set }] of state.place.inputs) if (Object.hasOwn(typed, key)) set(typed[key])
  const control = state.place.inputs.get(focused)?.control
  const inner = control?.matches('input, select, textarea') ? control : control?.querySelector('input')
  inner?.focus()
}

/** Says beside each field what is wrong with it, and takes the person to the first. */
function showErrors(state, errors) {
  const told = JSON.stringify(errors)
  if (told === state.errors) return
  state.errors = told
  for (const block of state.dialog.querySelectorAll('[data-block]')) {
    const error = errors[block.dataset.block]
    const note = block.querySelector('.field-error')
    note.textContent = error ?? ''
    note.hidden = !error
    for (const field of block.querySelectorAll('[data-field]'))
      field.setAttribute('aria-invalid', String(Boolean(error)))
  }
  state.dialog.querySelector('[aria-invalid="true"]')?.focus()
}

/** Shows a person's Home tab. */
export function showHome(holder, home, context) {
  if (!home) return fill(holder, h('p', { class: 'quiet' }, `${context.app.name} has not shown anything here yet.`))
  const place = { context, where: { view_id: home.id }, inputs: new Map() }
  fill(holder, blocksNode(home.blocks, place))
}
