import { byId, h, newId } from './dom.js'
import { icon } from './icons.js'

/** Shows a dialog until it is closed; the element is gone afterwards. */
export function openDialog(dialog, onclose) {
  byId('dialogs').append(dialog)
  dialog.addEventListener('close', () => {
    dialog.remove()
    onclose?.()
  })
  dialog.showModal()
}

/** The head of a dialog: its title and the button that closes it. */
export function dialogHead(id, title, dialog) {
  return h(
    'header',
    { class: 'dialog-head' },
    h('h2', { id }, title),
    h(
      'button',
      { type: 'button', class: 'icon-button', 'aria-label': 'Close', onclick: () => dialog().close() },
      icon('close'),
    ),
  )
}

/** Shows something to look at, under a title. */
export function showDialog(title, className, ...content) {
  const id = newId()
  const dialog = h(
    'dialog',
    { class: `dialog ${className}`, 'aria-labelledby': id },
    dialogHead(id, title, () => dialog),
    h('div', { class: 'dialog-body' }, content),
  )
  openDialog(dialog)
}

/** Asks what a `confirm` object asks; true when it was confirmed. Without one there is nothing to ask. */
export function confirmed(confirm) {
  if (!confirm) return Promise.resolve(true)
  return new Promise((resolve) => {
    const [title, text] = [newId(), newId()]
    const yes = confirm.style === 'danger' ? 'danger' : 'primary'
    const dialog = h(
      'dialog',
      { class: 'dialog small-dialog', 'aria-labelledby': title, 'aria-describedby': text },
      dialogHead(title, confirm.title?.text ?? 'Are you sure?', () => dialog),
      h('div', { class: 'dialog-body' }, h('p', { id: text }, confirm.text.text)),
      h(
        'div',
        { class: 'dialog-foot' },
        h('button', { type: 'button', onclick: () => dialog.close('') }, confirm.deny?.text ?? 'Cancel'),
        h('button', { type: 'button', class: yes, onclick: () => dialog.close('yes') }, confirm.confirm?.text ?? 'Yes'),
      ),
    )
    openDialog(dialog, () => resolve(dialog.returnValue === 'yes'))
  })
}
