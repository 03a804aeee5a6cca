import { attachmentNode } from './attachments.js'
import { blocksNode } from './blocks.js'
import { clock, dayName, fullTime } from './dates.js'
import { h, reconcile } from './dom.js'
import { emojiOf } from './emoji.js'
import { fileNode } from './files.js'
import { icon } from './icons.js'
import { mrkdwn } from './mrkdwn.js'
import { avatar, badge } from './people.js'
import { threadLink, tools } from './tools.js'

/** Messages of one person closer together than this are shown under one name. */
const TOGETHER_SECONDS = 300

function body(message, place) {
  const { context } = place
  const inside = message.blocks?.length
    ? blocksNode(message.blocks, place)
    : h('div', { class: 'block' }, mrkdwn(message.text, context))
  return h(
    'div',
    { class: 'body' },
    inside,
    message.attachments?.map((attachment) => attachmentNode(attachment, place)),
    message.files?.map((file) => fileNode(file, context.user.id)),
    message.edited && h('span', { class: 'quiet edited' }, '(edited)'),
    message.reactions && h('ul', { class: 'reactions', 'aria-label': 'Reactions' }, message.reactions.map(reaction)),
  )
}

function reaction({ name, count }) {
  return h(
    'li',
    {},
    h('span', { 'aria-hidden': 'true' }, emojiOf(name)),
    h('span', { class: 'unseen' }, name),
    ` ${count}`,
  )
}

/** One message. `options.openThread` is given in a channel, not inside a thread; `options.follows` leaves the name out. */
function messageNode(message, channel, context, options) {
  const user = context.userOf(message.user)
  const place = { context, where: { channel, ts: message.ts }, inputs: new Map() }
  const name = user?.real_name ?? message.user
  const time = clock(message.ts, context.user.tz)
  const only = message.is_ephemeral ? ', only visible to you' : ''
  return h(
    'li',
    {
      class: `message${options.follows ? ' follows' : ''}${message.is_ephemeral ? ' ephemeral' : ''}`,
      'data-ts': message.ts,
    },
    h(
      'article',
      { 'aria-label': `${name}, ${time}${only}`, tabIndex: -1 },
      !options.follows && avatar(user, context),
      message.is_ephemeral && h('p', { class: 'only-you' }, icon('eye'), 'Only visible to you'),
      h(
        'div',
        { class: 'byline' },
        !options.follows && [h('strong', {}, name), badge(user, context)],
        h('time', { title: fullTime(message.ts, context.user.tz) }, time),
      ),
      body(message, place),
      options.openThread && message.reply_count > 0 && threadLink(message, context, options.openThread),
      tools(message, place, options),
    ),
  )
}

function follows(message, before) {
  if (!before || before.user !== message.user || before.is_ephemeral !== message.is_ephemeral) return false
  return message.ts - before.ts < TOGETHER_SECONDS && !message.files?.length
}

function divider(text) {
  return h('li', { class: 'day' }, h('span', {}, text))
}

function repliesText(count) {
  return `${count} ${count === 1 ? 'reply' : 'replies'}`
}

/** Where the focus is in a list, so that it can be given back to the same button of a message that was made anew. */
function focusIn(list) {
  const focused = document.activeElement
  if (!list.contains(focused)) return undefined
  return { ts: focused.closest('.message')?.dataset.ts, key: focused.dataset.key, focused }
}

function giveBack(list, was) {
  if (!was?.ts || was.focused.isConnected) return
  const message = list.querySelector(`[data-ts="${CSS.escape(was.ts)}"]`)
  const same = was.key && message?.querySelector(`[data-key="${CSS.escape(was.key)}"]`)
  ;(same || message?.querySelector('article'))?.focus()
}

/**
 * Shows messages in a list, keeping the nodes of those that did not change: an update in place disturbs neither the
 * scroll position nor what is being typed or read elsewhere.
 */
export function showMessages(list, messages, channel, context, options = {}) {
  const old = new Map([...list.children].map((node) => [node.dataset.key, node]))
  const was = focusIn(list)
  const nodes = []
  let day = ''
  for (const [index, message] of messages.entries()) {
    const today = dayName(message.ts, context.user.tz)
    if (today !== day && !options.inThread) nodes.push(divider(today))
    const follow = today === day && follows(message, messages[index - 1]) && !(options.inThread && index === 1)
    day = today
    const key = JSON.stringify([context.version, follow, message])
    const node = old.get(key) ?? messageNode(message, channel, context, { ...options, follows: follow })
    node.dataset.key = key
    nodes.push(node)
    if (options.inThread && index === 0 && messages.length > 1) nodes.push(divider(repliesText(messages.length - 1)))
  }
  reconcile(list, nodes)
  giveBack(list, was)
}
