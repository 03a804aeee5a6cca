import { byId } from './dom.js'

/** A message is read out when it has stood still for so long: progress that changes every second is not. */
const STILL_MS = 1500

/**
 * Tells a screen reader of messages that came or changed in the place it reads, by their plain text. Answers a function that takes
 * a place's name and its messages each time they are shown; the first time in a place nothing is said.
 */
export function createAnnouncer() {
  let here = ''
  let known = new Map()
  const waiting = new Map()

  function say(message, context) {
    const name = context.userOf(message.user)?.real_name ?? message.user
    byId('announcements').textContent = `${name}: ${message.text}`
  }

  return (place, messages, context) => {
    const arrived = place === here
    const before = known
    known = new Map(messages.map((message) => [message.ts, JSON.stringify([message.text, message.edited])]))
    if (!arrived) {
      here = place
      for (const timer of waiting.values()) clearTimeout(timer)
      waiting.clear()
      return
    }
    for (const message of messages) {
      if (before.get(message.ts) === known.get(message.ts) || message.user === context.user.id) continue
      clearTimeout(waiting.get(message.ts))
      waiting.set(message.ts, setTimeout(say, STILL_MS, message, context))
    }
  }
}
