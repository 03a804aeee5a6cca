import { h } from './dom.js'
import { icon } from './icons.js'

/** So near its end a list counts as being there. Pixels. */
const NEAR = 60
const ABOVE = 12

const lastOf = (list) => list.lastElementChild?.dataset.ts ?? ''

/**
 * Keeps a list of messages at its end as it grows, for whom was there: `follow(jump)` after each change, `jump` to go there from
 * anywhere. A last message that is taller than the window is shown from its beginning, since what it says first is what matters; what
 * comes after it is announced by a button instead.
 */
export function createFollower(scroller, list) {
  let following = true
  let last = ''
  let set = 0
  // True while the last message stands at the top because it does not fit.
  let tall = false
  // True from sending something until the next message is there.
  let awaiting = false
  const more = h('button', { type: 'button', class: 'more', onclick: () => go() }, icon('down'), 'New messages')
  const holder = h('div', { class: 'more-holder', hidden: true }, more)
  scroller.after(holder)

  const isAtEnd = () => scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR

  function go() {
    const node = list.lastElementChild
    if (!node) return
    const top = node.getBoundingClientRect().top - scroller.getBoundingClientRect().top + scroller.scrollTop
    scroller.scrollTop = Math.min(scroller.scrollHeight, top - ABOVE)
    set = scroller.scrollTop
    following = true
    tall = !isAtEnd()
    last = lastOf(list)
    holder.hidden = true
  }

  scroller.addEventListener('scroll', () => {
    if (isAtEnd()) holder.hidden = true
    if (Math.abs(scroller.scrollTop - set) < 2) return
    following = isAtEnd()
    tall = false
  })

  return {
    /** Whoever sends something wants to see what comes of it, wherever they were. */
    sent: () => {
      awaiting = true
      go()
    },
    follow: (jump = false) => {
      const isNew = lastOf(list) !== last
      const answered = awaiting && isNew
      if (isNew) awaiting = false
      if (jump || answered || (following && !(isNew && tall))) return go()
      following = false
      if (isNew && !isAtEnd()) holder.hidden = false
      last = lastOf(list)
    },
  }
}
