import { fill, h, newId } from './dom.js'
import { icon } from './icons.js'

const SHOWN_MAX = 100

/**
 * A box to search and choose several things in, or one. `find(text)` gives or promises groups of choices ({value, label, detail?});
 * what is chosen is kept as choices. The box is a combobox: arrows move, Enter takes, Backspace in an empty box gives back the last.
 * Answers {node, get, set}: `node` fires `change`, `get` and `set` are the list of choices.
 */
export function combo({ named, placeholder, many, max = Number.POSITIVE_INFINITY, find, initial }) {
  let chosen = [...initial]
  let offered = []
  let at = 0
  let asked = 0
  const listId = newId()
  const list = h('div', {
    id: listId,
    class: 'menu-items options',
    role: 'listbox',
    'aria-label': 'Options',
    hidden: true,
  })
  const text = h('input', {
    ...named,
    type: 'text',
    role: 'combobox',
    autocomplete: 'off',
    'aria-controls': listId,
    'aria-expanded': 'false',
    'aria-autocomplete': 'list',
    oninput: () => offer(),
    onfocus: () => offer(),
    onclick: () => list.hidden && offer(),
    onkeydown: key,
    onblur: leave,
  })
  const tokens = h('ul', { class: 'tokens', 'aria-label': 'Chosen' })
  const box = h('div', { class: 'combo' }, tokens, text, list)

  function leave() {
    close()
    if (!many) text.value = chosen[0]?.label ?? ''
  }

  function close() {
    list.hidden = true
    text.setAttribute('aria-expanded', 'false')
    text.removeAttribute('aria-activedescendant')
  }

  async function offer() {
    asked += 1
    const mine = asked
    const query = !many && text.value === chosen[0]?.label ? '' : text.value
    const groups = await find(query)
    if (mine !== asked || document.activeElement !== text) return
    offered = []
    at = 0
    fill(list, groups.map(group))
    if (offered.length === 0) list.append(h('p', { class: 'quiet nothing' }, 'Nothing found'))
    list.hidden = false
    text.setAttribute('aria-expanded', 'true')
    mark()
  }

  function group({ label, options }) {
    const nodes = options.slice(0, SHOWN_MAX).map(option)
    return label ? h('div', { role: 'group', 'aria-label': label }, h('p', { class: 'group' }, label), nodes) : nodes
  }

  const isChosen = (choice) => chosen.some(({ value }) => value === choice.value)

  function option(choice) {
    const node = h(
      'div',
      {
        id: newId(),
        class: 'option',
        role: 'option',
        'aria-selected': String(isChosen(choice)),
        onmousedown: (event) => {
          event.preventDefault()
          toggle(choice)
        },
      },
      h('span', {}, choice.label, ' ', choice.detail && h('span', { class: 'quiet' }, choice.detail)),
      icon('check'),
    )
    offered.push({ choice, node })
    return node
  }

  function mark() {
    for (const [index, { node }] of offered.entries()) node.classList.toggle('at', index === at)
    const now = offered[at]?.node
    if (now) text.setAttribute('aria-activedescendant', now.id)
    now?.scrollIntoView({ block: 'nearest' })
  }

  function toggle(choice) {
    if (!many) chosen = [choice]
    else if (isChosen(choice)) chosen = chosen.filter(({ value }) => value !== choice.value)
    else if (chosen.length < max) chosen = [...chosen, choice]
    text.value = many ? '' : choice.label
    show()
    if (many) void offer()
    else close()
    box.dispatchEvent(new Event('change'))
  }

  function key(event) {
    const open = !list.hidden
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      if (!open) return void offer()
      at = (at + (event.key === 'ArrowDown' ? 1 : offered.length - 1)) % Math.max(1, offered.length)
      mark()
    } else if (event.key === 'Enter') {
      event.preventDefault()
      if (open && offered[at]) toggle(offered[at].choice)
    } else if (event.key === 'Escape' && open) {
      event.preventDefault()
      close()
    } else if (event.key === 'Backspace' && text.value === '' && many && chosen.length > 0) toggle(chosen.at(-1))
  }

  function show() {
    text.placeholder = chosen.length === 0 || !many ? placeholder : ''
    if (!many) return
    const token = (choice) =>
      h(
        'li',
        {},
        choice.label,
        h(
          'button',
          { type: 'button', 'aria-label': `Remove ${choice.label}`, onclick: () => toggle(choice) },
          icon('close'),
        ),
      )
    fill(tokens, chosen.map(token))
    tokens.hidden = chosen.length === 0
  }

  function set(choices) {
    chosen = [...choices]
    if (!many) text.value = chosen[0]?.label ?? ''
    show()
  }

  // A change event of the text itself is not a choice.
  text.addEventListener('change', (event) => event.stopPropagation())
  set(initial)
  return { node: box, get: () => chosen, set }
}
