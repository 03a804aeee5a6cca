import { act } from './api.js'
import { asked } from './awaited.js'
import { clock, dayName } from './dates.js'
import { h, toast } from './dom.js'
import { icon } from './icons.js'
import { menuButton } from './menu.js'
import { avatar } from './people.js'

const FACES_MAX = 4

/** Under a message that has replies: who replied, how often, when last. */
export function threadLink(message, context, openThread) {
  const { reply_count: count, reply_users: people = [], latest_reply: last } = message
  const when = `Last reply ${dayName(last, context.user.tz).toLowerCase()} at ${clock(last, context.user.tz)}`
  return h(
    'button',
    { type: 'button', class: 'thread-link', 'data-key': 'thread', onclick: () => openThread(message.ts) },
    people.slice(0, FACES_MAX).map((id) => avatar(context.userOf(id), context)),
    h('span', { class: 'count' }, `${count} ${count === 1 ? 'reply' : 'replies'}`),
    h('span', { class: 'quiet' }, when),
  )
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text)
    toast('Link copied')
  } catch {
    toast(text)
  }
}

function linkTo(message, channel) {
  const thread = message.thread_ts && message.thread_ts !== message.ts ? `?thread_ts=${message.thread_ts}` : ''
  return `${location.origin}/archives/${channel}/p${message.ts.replace('.', '')}${thread}`
}

/** What can be done with a message: reply, an app's shortcuts, copy its link. Ephemeral ones have none of these. */
export function tools(message, place, options) {
  const { context, where } = place
  if (message.is_ephemeral) return null
  const shortcuts = context.shortcuts.filter((shortcut) => shortcut.type === 'message')
  const run = (callback_id) => {
    asked('shortcut', where)
    return act('shortcut', { user: context.user.id, ...where, callback_id })
  }
  const items = () => [
    ...shortcuts.map(({ name, callback_id }) => ({
      label: name,
      detail: context.app.name,
      lead: icon('bolt'),
      pick: () => run(callback_id),
    })),
    { label: 'Copy link', lead: icon('link'), pick: () => copy(linkTo(message, where.channel)) },
  ]
  const reply = {
    type: 'button',
    class: 'icon-button',
    title: 'Reply in thread',
    'aria-label': 'Reply in thread',
    'data-key': 'reply',
    onclick: () => options.openThread(message.thread_ts ?? message.ts),
  }
  return h(
    'div',
    { class: 'tools' },
    options.openThread && h('button', reply, icon('thread')),
    menuButton({ label: 'More actions', face: icon('more'), className: 'icon-button', items }),
  )
}
