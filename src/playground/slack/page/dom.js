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

/** As `fill`, unless it was filled for the same `value` before: what has the focus or is open then stays so. */
export function fillWhenNew(element, value, nodes) {
  const key = JSON.stringify(value)
  if (element.dataset.shown === key) return
  element.dataset.shown = key
  fill(element, nodes())
}

/** Makes a list hold these nodes in this order, without touching those that are in their place already. */
export function reconcile(list, nodes) {
  const kept = new Set(nodes)
  for (const child of [...list.children]) if (!kept.has(child)) child.remove()
  for (const [index, node] of nodes.entries())
    if (list.children[index] !== node) list.insertBefore(node, list.children[index] ?? null)
}

/** The element with this id. */
export function byId(id) {
  return document.getElementById(id)
}

/** An id for an element that another one names. */
export function newId() {
  return `i${crypto.randomUUID()}`
}

/** Tells the person something that passes, such as why a press did nothing. */
export function toast(text) {
  const note = h('div', { class: 'toast' }, text)
  const toasts = byId('toasts')
  toasts.append(note)
  // Shown anew it lies above a dialog that was opened since.
  toasts.hidePopover()
  toasts.showPopover()
  setTimeout(() => {
    note.remove()
    if (toasts.childElementCount === 0) toasts.hidePopover()
  }, 6000)
}
