import { byId } from './dom.js'

const REGIONS = ['sidebar', 'main', 'thread']

const isTyping = (node) => node.closest('input, select, textarea, [contenteditable], dialog') !== null

/** The message before or after the one that has the focus; from its list, the last. */
function toMessage(event) {
  const list = event.target.closest('.scroller')?.querySelector('.messages')
  const isMessage = event.target.matches('article, .scroller')
  if (!list || !isMessage) return
  const all = [...list.querySelectorAll('article')]
  const now = all.indexOf(event.target)
  const next = now < 0 ? all.at(-1) : all[now + (event.key === 'ArrowDown' ? 1 : -1)]
  if (!next) return
  event.preventDefault()
  next.focus()
}

/** The channel before or after in the sidebar. */
function toPlace(event) {
  const all = [...byId('places').querySelectorAll('button')]
  const now = all.indexOf(event.target)
  if (now < 0) return
  event.preventDefault()
  all[(now + (event.key === 'ArrowDown' ? 1 : all.length - 1)) % all.length].focus()
}

/** Slack's F6: from one part of the window to the next. */
function toRegion(backwards) {
  const shown = REGIONS.map(byId).filter((region) => region.checkVisibility({ visibilityProperty: true }))
  const now = shown.findIndex((region) => region.contains(document.activeElement))
  const next = shown[(now + (backwards ? shown.length - 1 : 1)) % shown.length]
  const place = next.querySelector('textarea, [aria-current]') ?? next.querySelector('button')
  place?.focus()
}

/**
 * The page's own keys: `/` begins a command, Escape calls `dismiss` (dialogs and menus close by themselves first), the arrows go from
 * message to message and from channel to channel, F6 from part to part.
 */
export function listenToKeys({ compose, dismiss }) {
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented) return
    if (event.key === 'F6') {
      event.preventDefault()
      toRegion(event.shiftKey)
    } else if (event.key === 'Escape') {
      if (!event.target.closest('dialog, [popover]')) dismiss()
    } else if (event.key === 'ArrowUp' || event.key === 'ArrowDown') {
      toMessage(event)
      toPlace(event)
    } else if (event.key === '/' && !isTyping(event.target) && !event.ctrlKey && !event.metaKey) {
      event.preventDefault()
      compose()
    }
  })
}
