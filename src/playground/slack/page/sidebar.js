import { fill, fillWhenNew, h } from './dom.js'
import { icon } from './icons.js'
import { menuButton } from './menu.js'
import { avatar, canSignIn, personLine } from './people.js'

/** Who one is, as a menu of who one can be; `choose` is called with a user's id. */
export function showUsers(holder, state, context, choose) {
  const { user } = context
  const items = () =>
    state.users.filter(canSignIn).map((each) => ({
      lead: personLine(each, context),
      checked: each.id === user.id,
      pick: () => choose(each.id),
    }))
  const face = () => [h('span', { class: 'unseen' }, 'You are'), ...personLine(user, context), icon('down')]
  fillWhenNew(holder, [state.users, user.id], () =>
    menuButton({ label: 'Be somebody else', named: '', face: face(), className: 'you', items }),
  )
}

/** A channel's name as people know it. */
export function placeName(channel, context) {
  if (channel.kind !== 'im') return channel.name
  return context.userName(channel.members.find((id) => id !== context.user.id))
}

/** The sign before a channel's name. */
export function mark(kind) {
  return icon(kind === 'private' ? 'lock' : 'hash')
}

function entry({ key, lead, label, current, unread, open, tags = [] }) {
  return h(
    'li',
    {},
    h(
      'button',
      {
        type: 'button',
        class: unread ? 'unread' : '',
        'data-key': key,
        'aria-current': current ? 'page' : undefined,
        onclick: open,
      },
      lead,
      h('span', { class: 'name' }, label),
      unread && h('span', { class: 'unseen' }, 'unread'),
      tags.map((tag) => h('span', { class: 'tag' }, tag)),
    ),
  )
}

function group(title, entries) {
  return [h('h2', {}, title), h('ul', {}, entries)]
}

/** Channels, direct messages and the app, as links; `open` is called with a place id. */
export function showPlaces(holder, state, context, place, seen, open) {
  const focused = holder.contains(document.activeElement) ? document.activeElement.dataset.key : undefined
  const link = (channel) =>
    entry({
      key: channel.id,
      lead: channel.kind === 'im' ? avatar(other(channel, context), context) : mark(channel.kind),
      label: placeName(channel, context),
      current: channel.id === place,
      unread: channel.is_member && channel.id !== place && Number(channel.last_ts) > (seen.get(channel.id) ?? 0),
      open: () => open(channel.id),
      tags: [channel.is_ext_shared && 'shared', channel.is_archived && 'archived'].filter(Boolean),
    })
  const { app } = state
  const bot = avatar({ id: app.botUserId }, context)
  const channels = state.channels.filter((channel) => channel.kind === 'public' || channel.kind === 'private')
  const direct = state.channels.filter((channel) => channel.kind === 'im' || channel.kind === 'mpim')
  const hasDirect = direct.some((channel) => channel.members.includes(app.botUserId))
  const begin = { key: 'dm', lead: bot, label: app.name, current: place === 'dm', open: () => open('dm') }
  const home = { key: 'home', lead: icon('home'), label: `${app.name} Home`, current: place === 'home' }
  fill(
    holder,
    group('Channels', channels.map(link)),
    group('Direct messages', [direct.map(link), !hasDirect && entry(begin)]),
    group('Apps', [entry({ ...home, open: () => open('home') })]),
  )
  if (focused) holder.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus()
}

function other(channel, context) {
  return context.userOf(channel.members.find((id) => id !== context.user.id))
}
