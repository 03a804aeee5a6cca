import { fill, h, newId } from './dom.js'

const GAP = 4
const EDGE = 8

/** Puts a popover beside its button: below or above, where there is room, and inside the window. */
function place(list, button) {
  const at = button.getBoundingClientRect()
  const { offsetHeight: height, offsetWidth: width } = list
  const below = at.bottom + GAP + height <= innerHeight - EDGE
  const top = below ? at.bottom + GAP : Math.max(EDGE, at.top - GAP - height)
  const left = at.left + width <= innerWidth - EDGE ? at.left : Math.max(EDGE, at.right - width)
  list.style.top = `${top}px`
  list.style.left = `${Math.min(left, innerWidth - EDGE - width)}px`
}

/**
 * A button with a menu, called `label`; `named` is empty where the button's own text is its name. `items()` is asked each time it opens: {label, detail?, lead?, checked?, pick} each, `lead` being nodes before
 * the label. Arrows, Home, End and first letters move in it; Escape, Tab and a click elsewhere close it.
 */
export function menuButton({ label, face, named = label, className = '', items }) {
  const id = newId()
  const list = h('div', { id, class: 'menu-items', role: 'menu', 'aria-label': label, popover: 'auto' })
  const button = h(
    'button',
    {
      type: 'button',
      class: className,
      'aria-haspopup': 'menu',
      'aria-expanded': 'false',
      'aria-label': named || undefined,
    },
    face,
  )
  button.popoverTargetElement = list

  const entries = () => [...list.querySelectorAll('button')]

  function item({ label: text, detail, lead, checked, pick }) {
    const role = checked === undefined ? 'menuitem' : 'menuitemradio'
    const choose = () => {
      list.hidePopover()
      void pick()
    }
    return h(
      'button',
      {
        type: 'button',
        role,
        tabIndex: -1,
        'aria-checked': checked === undefined ? undefined : String(checked),
        onclick: choose,
      },
      lead,
      text && h('span', { class: 'menu-label' }, text, detail && h('span', { class: 'quiet' }, detail)),
    )
  }

  function move(by) {
    const all = entries()
    const now = all.indexOf(document.activeElement)
    all[(now + by + all.length) % all.length]?.focus()
  }

  function key(event) {
    const all = entries()
    if (event.key === 'ArrowDown') move(1)
    else if (event.key === 'ArrowUp') move(-1)
    else if (event.key === 'Home') all[0]?.focus()
    else if (event.key === 'End') all.at(-1)?.focus()
    else if (event.key === 'Tab') return list.hidePopover()
    else if (/^\S$/.test(event.key)) byLetter(all, event.key.toLowerCase())
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  function byLetter(all, letter) {
    const now = all.indexOf(document.activeElement)
    const round = [...all.slice(now + 1), ...all.slice(0, now + 1)]
    round.find((each) => each.innerText.trim().toLowerCase().startsWith(letter))?.focus()
  }

  list.addEventListener('beforetoggle', (event) => {
    if (event.newState === 'open') fill(list, items().map(item))
  })
  list.addEventListener('toggle', (event) => {
    const open = event.newState === 'open'
    button.setAttribute('aria-expanded', String(open))
    if (!open) return
    place(list, button)
    const all = entries()
    const checked = all.find((each) => each.getAttribute('aria-checked') === 'true')
    ;(checked ?? all[0])?.focus()
  })
  list.addEventListener('keydown', key)
  button.addEventListener('keydown', (event) => {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
    event.preventDefault()
    list.showPopover()
  })
  return h('span', { class: 'menu' }, button, list)
}
