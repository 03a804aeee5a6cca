import { act } from './api.js'
import { completions } from './completions.js'
import { fill, h } from './dom.js'
import { icon } from './icons.js'
import { menuButton } from './menu.js'

const ERROR_MS = 8000

/**
 * A message box in `form`. `options.target()` says where it sends to ({channel, thread_ts?}), `options.context()` who is writing,
 * `options.inThread` that it is a reply; `options.sent()` is called when something goes out. Enter sends, Shift+Enter makes a line, the arrow up in an empty box brings the last message back.
 */
export function createComposer(form, id, { target, context, sent: onsent, inThread = false }) {
  const drafts = new Map()
  let here = ''
  let last = ''
  let picked = 0
  let offered = []
  const list = h('ul', {
    class: 'completions',
    role: 'listbox',
    id: `${id}-list`,
    'aria-label': 'Suggestions',
    hidden: true,
  })
  const text = h('textarea', {
    id,
    rows: 1,
    role: 'combobox',
    'aria-controls': `${id}-list`,
    'aria-expanded': 'false',
    'aria-autocomplete': 'list',
    oninput: offer,
    onkeydown: key,
    onblur: () => setTimeout(close, 150),
  })
  const send = h('button', { type: 'submit', class: 'send', title: 'Send', 'aria-label': 'Send' }, icon('send'))
  const note = h('p', { class: 'note', role: 'status' })
  const bar = h('div', { class: 'bar' }, tools(), send)
  fill(form, list, h('div', { class: 'box' }, text, bar), note)

  function tools() {
    const tool = (name, label, insert) =>
      h(
        'button',
        { type: 'button', class: 'icon-button', title: label, 'aria-label': label, onclick: () => begin(insert) },
        icon(name),
      )
    const shortcuts = () => context().shortcuts.filter(({ type }) => type === 'global')
    const items = () =>
      shortcuts().map(({ name, callback_id }) => ({
        label: name,
        detail: context().app.name,
        lead: icon('bolt'),
        pick: () => run(callback_id),
      }))
    const bolt = menuButton({ label: 'Shortcuts', face: icon('bolt'), className: 'icon-button', items })
    return [!inThread && [bolt, tool('slash', 'Type a command', '/')], tool('at', 'Mention somebody', '@')]
  }

  const run = (callback_id) => act('shortcut', { user: context().user.id, callback_id })

  /** Begins a command, or a mention at the end, as if it had been typed. */
  function begin(sign) {
    const gap = text.value === '' || text.value.endsWith(' ') ? '' : ' '
    text.value = sign === '/' ? '/' : `${text.value}${gap}${sign}`
    text.focus()
    offer()
  }

  function offer() {
    offered = completions(text.value, context(), inThread)
    picked = 0
    show()
  }

  function show() {
    const open = offered.length > 0
    list.hidden = !open
    text.setAttribute('aria-expanded', String(open))
    if (open) text.setAttribute('aria-activedescendant', `${id}-option-${picked}`)
    else text.removeAttribute('aria-activedescendant')
    const option = ({ label, detail }, index) =>
      h(
        'li',
        {
          role: 'option',
          id: `${id}-option-${index}`,
          'aria-selected': String(index === picked),
          onmousedown: (event) => {
            event.preventDefault()
            take(index)
          },
        },
        h('strong', {}, label),
        h('span', { class: 'quiet' }, detail),
      )
    fill(list, offered.map(option))
  }

  function close() {
    offered = []
    show()
  }

  function take(index) {
    const { insert, shortcut } = offered[index]
    text.value = insert ?? ''
    close()
    if (shortcut) void run(shortcut)
    else text.focus()
  }

  function key(event) {
    const open = offered.length > 0
    if (open && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
      event.preventDefault()
      picked = (picked + (event.key === 'ArrowDown' ? 1 : offered.length - 1)) % offered.length
      show()
    } else if (open && event.key === 'Escape') {
      event.stopPropagation()
      close()
    } else if (open && (event.key === 'Tab' || event.key === 'Enter') && !event.shiftKey) {
      event.preventDefault()
      take(picked)
    } else if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
      event.preventDefault()
      form.requestSubmit()
    } else if (event.key === 'ArrowUp' && text.value === '' && last !== '') {
      event.preventDefault()
      text.value = last
    }
  }

  function tell(words, ms) {
    note.textContent = words
    if (ms) setTimeout(() => note.textContent === words && fill(note), ms)
  }

  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    const typed = text.value.trim()
    if (typed === '' || text.disabled) return
    last = typed
    text.value = ''
    close()
    tell(typed.startsWith('/') ? 'Sending…' : '')
    onsent()
    const from = here
    const sent = await act('type', { user: context().user.id, ...target(), text: typed })
    if (!sent && from === here) text.value = typed
    tell(sent?.error ?? '', ERROR_MS)
  })

  return {
    focus: () => text.focus(),
    begin,
    /** The box is now one in another place: what was typed there before is there again. */
    at: (place) => {
      if (place === here) return
      drafts.set(here, text.value)
      here = place
      text.value = drafts.get(here) ?? ''
      close()
    },
    /** Puts a text into the box; when it is there already, sends it. */
    offer: (words) => {
      if (text.value === words) return form.requestSubmit()
      text.value = words
      close()
      text.focus()
    },
    label: (label, disabled) => {
      text.placeholder = label
      text.setAttribute('aria-label', label)
      text.disabled = disabled
      send.disabled = disabled
      form.classList.toggle('no-shortcuts', !context()?.shortcuts.some(({ type }) => type === 'global'))
    },
  }
}
