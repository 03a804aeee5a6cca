/** So near its end a list counts as being there. Pixels. */
const NEAR = 60
const ABOVE = 6

/**
 * Keeps a list of messages at its end as it grows, for whom was there: `follow(jump)` after each change, `jump` to go there from
 * anywhere. A last message that is taller than the window is shown from its beginning: what it says first is what matters.
 */
export function createFollower(scroller, list) {
  let following = true
  let set = 0

  scroller.addEventListener('scroll', () => {
    if (Math.abs(scroller.scrollTop - set) < 2) return
    following = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR
  })

  return {
    follow: (jump = false) => {
      following ||= jump
      const last = list.lastElementChild
      if (!following || !last) return
      const top = last.getBoundingClientRect().top - scroller.getBoundingClientRect().top + scroller.scrollTop
      scroller.scrollTop = Math.min(scroller.scrollHeight, top - ABOVE)
      set = scroller.scrollTop
    },
  }
}
