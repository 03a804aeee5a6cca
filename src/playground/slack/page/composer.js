import { act } from './api.js'
import { fill, h } from './dom.js'

/** What may be completed at the end of the typed text: a command at its start, or a name after `@`. */
function completions(text, context) {
  const command = /^\/\S*$/.exec(text)
  if (command)
    return context.commands
      .filter((each) => each.command.startsWith(text))
      .map((each) => ({ insert: `${each.command} `, label: each.command, detail: each.usage_hint }))
  const name = /(?:^|\s)@([\w.-]*)$/.exec(text)
  if (!name) return []
  const people = context.mentionable().filter((each) => each.name.startsWith(name[1]))
  const before = text.slice(0, text.length - name[1].length)
  return people
    .slice(0, 6)
    .map((each) => ({ insert: `${before}${each.name} `, label: `@${each.name}`, detail: each.detail }))
}

/**
 * A message box in `form`. `target()` says where it sends to ({channel, thread_ts?}), `context()` who is writing.
 * Enter sends, Shift+Enter makes a line, the arrow up in an empty box brings the last message back.
 */
export function createComposer(form, id, target, context) {
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
    'aria-controls': `${id}-list`,
    'aria-autocomplete': 'list',
    oninput: offer,
    onkeydown: key,
    onblur: () => setTimeout(close, 150),
  })
  const send = h('button', { type: 'submit', class: 'send', 'aria-label': 'Send' }, '➤')
  fill(form, list, h('div', { class: 'box' }, text, send), h('p', { class: 'note', role: 'status' }))

  function offer() {
    offered = completions(text.value, context())
    picked = 0
    show()
  }

  function show() {
    const open = offered.length > 0
    list.hidden = !open
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
    text.value = offered[index].insert
    close()
    text.focus()
  }

  function key(event) {
    const open = offered.length > 0
    if (open && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
      event.preventDefault()
      picked = (picked + (event.key === 'ArrowDown' ? 1 : offered.length - 1)) % offered.length
      show()
    } else if (open && event.key === 'Escape') close()
    else if (open && (event.key === 'Tab' || event.key === 'Enter') && !event.shiftKey) {
      event.preventDefault()
      take(picked)
    } else if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
      event.preventDefault()
      form.requestSubmit()
    } else if (event.key === 'ArrowUp' && text.value === '') text.value = last
  }

  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    const typed = text.value.trim()
    if (typed === '') return
    last = typed
    text.value = ''
    close()
    const note = form.querySelector('.note')
    note.textContent = typed.startsWith('/') ? 'Sending…' : ''
    const sent = await act('type', { user: context().user.id, ...target(), text: typed })
    if (!sent) text.value = typed
    note.textContent = sent?.error ?? ''
    if (sent?.error) setTimeout(() => fill(note), 8000)
  })

  return {
    focus: () => text.focus(),
    label: (label, disabled) => {
      text.placeholder = label
      text.setAttribute('aria-label', label)
      text.disabled = disabled
      send.disabled = disabled
    },
  }
}
