import { byId, h } from './dom.js'

/** Shows a dialog until it is closed; the element is gone afterwards. */
export function openDialog(dialog, onclose) {
  byId('dialogs').append(dialog)
  dialog.addEventListener('close', () => {
    dialog.remove()
    onclose?.()
  })
  dialog.showModal()
}

/** Asks what a `confirm` object asks; true when it was confirmed. Without one there is nothing to ask. */
export function confirmed(confirm) {
  if (!confirm) return Promise.resolve(true)
  return new Promise((resolve) => {
    const dialog = h(
      'dialog',
      { class: 'dialog small-dialog', 'aria-labelledby': 'confirm-title' },
      h('h2', { id: 'confirm-title' }, confirm.title?.text ?? 'Are you sure?'),
      h('p', {}, confirm.text.text),
      h(
        'div',
        { class: 'dialog-foot' },
        h('button', { type: 'button', onclick: () => dialog.close('') }, confirm.deny?.text ?? 'Cancel'),
        h(
          'button',
          {
            type: 'button',
            class: confirm.style === 'danger' ? 'danger solid' : 'primary',
            onclick: () => dialog.close('yes'),
          },
          confirm.confirm?.text ?? 'Yes',
        ),
      ),
    )
    openDialog(dialog, () => resolve(dialog.returnValue === 'yes'))
  })
}
