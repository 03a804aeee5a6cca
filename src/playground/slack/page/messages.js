import { act } from './api.js'
import { blocksNode } from './blocks.js'
import { clock, dayName } from './dates.js'
import { h } from './dom.js'
import { emojiOf } from './emoji.js'
import { fileNode } from './files.js'
import { mrkdwn } from './mrkdwn.js'

/** Messages of one person closer together than this are shown under one name. */
const TOGETHER_SECONDS = 300

function avatar(user) {
  const colour = [...(user?.id ?? '')].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % 6
  return h(
    'span',
    { class: `avatar colour-${colour}`, 'aria-hidden': 'true' },
    (user?.real_name ?? '?')[0].toUpperCase(),
  )
}

function badge(user, context) {
  if (!user) return null
  if (user.is_bot) return h('span', { class: 'badge' }, 'APP')
  if (user.team_id !== context.team.id) return h('span', { class: 'badge' }, 'EXTERNAL')
  return user.is_restricted || user.is_ultra_restricted ? h('span', { class: 'badge' }, 'GUEST') : null
}

function body(message, place) {
  const { context } = place
  const inside = message.blocks?.length
    ? blocksNode(message.blocks, place)
    : h('div', { class: 'block' }, mrkdwn(message.text, context))
  return h(
    'div',
    { class: 'body' },
    inside,
    message.attachments?.map((attachment) => h('blockquote', {}, attachment.text ?? attachment.fallback ?? '')),
    message.files?.map((file) => fileNode(file, context.user.id)),
    message.edited && h('span', { class: 'quiet edited' }, '(edited)'),
    message.reactions && h('ul', { class: 'reactions', 'aria-label': 'Reactions' }, message.reactions.map(reaction)),
  )
}

function reaction({ name, count }) {
  return h('li', { 'aria-label': `${name}, ${count}` }, `${emojiOf(name)} ${count}`)
}

function tools(message, place, options) {
  const { context, where } = place
  if (message.is_ephemeral) return null
  const shortcuts = context.shortcuts.filter((shortcut) => shortcut.type === 'message')
  return h(
    'div',
    { class: 'tools' },
    options.openThread &&
      h(
        'button',
        { type: 'button', onclick: () => options.openThread(message.thread_ts ?? message.ts) },
        'Reply in thread',
      ),
    shortcuts.map(({ name, callback_id }) =>
      h(
        'button',
        { type: 'button', onclick: () => act('shortcut', { user: context.user.id, ...where, callback_id }) },
        name,
      ),
    ),
  )
}

/** One message. `options.openThread` is given in a channel, not inside a thread; `options.follows` leaves the name out. */
function messageNode(message, channel, context, options) {
  const user = context.userOf(message.user)
  const place = { context, where: { channel, ts: message.ts }, getters: new Map() }
  const name = user?.real_name ?? message.user
  const count = message.reply_count
  return h(
    'li',
    {
      class: `message${options.follows ? ' follows' : ''}${message.is_ephemeral ? ' ephemeral' : ''}`,
      'data-ts': message.ts,
    },
    h(
      'article',
      { 'aria-label': `${name}, ${clock(message.ts, context.user.tz)}` },
      !options.follows && avatar(user),
      message.is_ephemeral && h('p', { class: 'only-you' }, 'Only visible to you'),
      h(
        'div',
        { class: 'byline' },
        !options.follows && [h('strong', {}, name), badge(user, context)],
        h('time', { title: new Date(message.ts * 1000).toISOString() }, clock(message.ts, context.user.tz)),
      ),
      body(message, place),
      options.openThread &&
        count > 0 &&
        h(
          'button',
          { type: 'button', class: 'thread-link', onclick: () => options.openThread(message.ts) },
          `${count} ${count === 1 ? 'reply' : 'replies'}`,
        ),
      tools(message, place, options),
    ),
  )
}

function follows(message, before) {
  if (!before || before.user !== message.user || before.is_ephemeral !== message.is_ephemeral) return false
  return message.ts - before.ts < TOGETHER_SECONDS && !message.files?.length
}

/**
 * Shows messages in a list, keeping the nodes of those that did not change: an update in place disturbs neither the
 * scroll position nor what is being typed or read elsewhere.
 */
export function showMessages(list, messages, channel, context, options = {}) {
  const old = new Map([...list.children].map((node) => [node.dataset.key, node]))
  const nodes = []
  let day = ''
  for (const [index, message] of messages.entries()) {
    const today = dayName(message.ts, context.user.tz)
    if (today !== day && !options.inThread) nodes.push(h('li', { class: 'day' }, h('span', {}, today)))
    const follow = today === day && follows(message, messages[index - 1])
    day = today
    const key = JSON.stringify([context.user.id, context.version, follow, message])
    const node = old.get(key) ?? messageNode(message, channel, context, { ...options, follows: follow })
    node.dataset.key = key
    nodes.push(node)
  }
  const same = nodes.length === list.children.length && nodes.every((node, index) => list.children[index] === node)
  if (!same) list.replaceChildren(...nodes)
}
