import { get } from './api.js'

/** After a press the app answers soon; after a shortcut somebody fills in a form first. */
const AFTER_MS = { press: 30_000, shortcut: 600_000 }

/** Says, for whoever awaits it (below), that the reader asked something of the app under a message: `where` is {channel, ts}. */
export function asked(kind, where) {
  if (where.ts) document.dispatchEvent(new CustomEvent('asked', { detail: { kind, ...where } }))
}

/**
 * Follows what is asked of the app under a message to where it is answered. `follow(ts)` is called once when the app has replied under a
 * message of the channel; a file alone is no answer. `inThread(ts)` is called at once for a message of the open thread. Answers a function to
 * call with the place's messages each time they are shown.
 */
export function createAwaited({ at, app, isInThread, inThread, follow }) {
  let awaited
  let messages = []

  document.addEventListener('asked', ({ detail }) => {
    const { kind, channel, ts } = detail
    if (isInThread(ts)) return inThread(ts)
    const message = messages.find((each) => each.ts === ts)
    const [replies, last] = [message?.reply_count ?? 0, message?.latest_reply ?? ts]
    awaited = { user: at.user, channel, ts, replies, last, until: Date.now() + AFTER_MS[kind] }
  })

  return async (said) => {
    messages = said
    const mine = awaited
    if (!mine) return
    if (mine.user !== at.user || mine.channel !== at.place || Date.now() > mine.until) {
      awaited = undefined
      return
    }
    const count = said.find(({ ts }) => ts === mine.ts)?.reply_count ?? 0
    if (count <= mine.replies) return
    mine.replies = count
    const replies = await get('messages', { user: at.user, channel: mine.channel, thread_ts: mine.ts })
    const isAnswer = ({ ts, user, files }) => ts !== mine.ts && user === app() && !files?.length
    if (awaited !== mine || !replies.some((reply) => reply.ts > mine.last && isAnswer(reply))) return
    awaited = undefined
    follow(mine.ts)
  }
}
