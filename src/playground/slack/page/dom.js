/**
 * Makes an element. Strings among the children become text nodes, never HTML: what a message says cannot become markup.
 * Properties starting with `on` are listeners; `class`, `role`, `aria-*` and `data-*` are attributes; others are set on
 * the element. Children and properties that are null, undefined or false are left out.
 */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value)
    else if (name in element && !name.includes('-') && name !== 'list') element[name] = value
    else element.setAttribute(name === 'class' ? 'class' : name, value === true ? '' : String(value))
  }
  append(element, children)
  return element
}

/** Adds children: nodes, strings, and lists of them. */
export function append(parent, children) {
  for (const child of children.flat(Number.POSITIVE_INFINITY)) {
    if (child === undefined || child === null || child === false) continue
    parent.append(child instanceof Node ? child : document.createTextNode(String(child)))
  }
}

/** Replaces everything in an element. */
export function fill(element, ...children) {
  element.replaceChildren()
  append(element, children)
}

/** The element with this id. */
export function byId(id) {
  return document.getElementById(id)
}

/** Tells the person something that passes, such as why a press did nothing. */
export function toast(text) {
  const note = h('div', { class: 'toast' }, text)
  byId('toasts').append(note)
  setTimeout(() => note.remove(), 6000)
}
