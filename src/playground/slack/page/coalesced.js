import { toast } from './dom.js'

/** Runs the work once for any number of calls before the next frame, and says what fails. */
export function coalesced(work) {
  let waiting = false
  return () => {
    if (waiting) return
    waiting = true
    setTimeout(() => {
      waiting = false
      work().catch((error) => toast(`This page could not be brought up to date: ${error.message}`))
    }, 40)
  }
}
