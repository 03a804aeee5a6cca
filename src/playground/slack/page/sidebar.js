import { fill, h } from './dom.js'

/** A person may be chosen when they can sign in. */
function canSignIn(user) {
  return !user.deleted && !user.is_bot && user.id !== 'USLACKBOT'
}

/** The list of who one can be. */
export function showUsers(select, state, current) {
  const option = (user) =>
    h('option', { value: user.id, selected: user.id === current }, `${user.real_name} · ${user.title || user.name}`)
  fill(select, state.users.filter(canSignIn).map(option))
}

const MARKS = { public: '#', private: '', im: '●', mpim: '●' }

/** The sign before a name: a hash, a lock, or a dot. */
export function mark(kind) {
  return h('span', { class: `mark ${kind}`, 'aria-hidden': 'true' }, MARKS[kind])
}

/** A channel's name as people know it. */
export function placeName(channel, context) {
  if (channel.kind !== 'im') return channel.name
  return context.userName(channel.members.find((id) => id !== context.user.id))
}

function entry(label, current, unread, open, tags = []) {
  return h(
    'li',
    {},
    h(
      'button',
      { type: 'button', class: unread ? 'unread' : '', 'aria-current': current ? 'page' : undefined, onclick: open },
      label,
      tags.map((tag) => h('span', { class: 'tag' }, tag)),
    ),
  )
}

/** Channels, direct messages and the app, as links; `open` is called with a place id. */
export function showPlaces(holder, state, context, place, seen, open) {
  const link = (channel) => {
    const unread = channel.is_member && channel.id !== place && Number(channel.last_ts) > (seen.get(channel.id) ?? 0)
    const tags = [channel.is_ext_shared && 'shared', channel.is_archived && 'archived'].filter(Boolean)
    return entry(
      [mark(channel.kind), placeName(channel, context)],
      channel.id === place,
      unread,
      () => open(channel.id),
      tags,
    )
  }
  const channels = state.channels.filter((channel) => channel.kind === 'public' || channel.kind === 'private')
  const direct = state.channels.filter((channel) => channel.kind === 'im' || channel.kind === 'mpim')
  const hasDirect = direct.some((channel) => channel.members.includes(state.app.botUserId))
  fill(
    holder,
    h('h2', {}, 'Channels'),
    h('ul', {}, channels.map(link)),
    h('h2', {}, 'Direct messages'),
    h(
      'ul',
      {},
      direct.map(link),
      !hasDirect && entry([mark('im'), state.app.name], place === 'dm', false, () => open('dm')),
    ),
    h('h2', {}, 'Apps'),
    h(
      'ul',
      {},
      entry(`⌂ ${state.app.name} Home`, place === 'home', false, () => open('home')),
    ),
    globalShortcuts(context),
  )
}

function globalShortcuts(context) {
  const all = context.shortcuts.filter((shortcut) => shortcut.type === 'global')
  if (all.length === 0) return null
  return h(
    'ul',
    { 'aria-label': 'Shortcuts' },
    all.map(({ name, callback_id }) => entry(`⚡ ${name}`, false, false, () => context.runShortcut(callback_id))),
  )
}
