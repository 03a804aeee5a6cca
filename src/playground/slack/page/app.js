import { createAnnouncer } from './announce.js'
import { get, watch } from './api.js'
import { createAwaited } from './awaited.js'
import { coalesced } from './coalesced.js'
import { createComposer } from './composer.js'
import { contextOf } from './context.js'
import { byId, toast } from './dom.js'
import { drawFrame, showFrame, tellHome } from './frame.js'
import { listenToKeys } from './keys.js'
import { showMessages } from './messages.js'
import { canSignIn } from './people.js'
import { createFollower } from './scrolling.js'
import { createModals, showHome } from './views.js'

/** Where the page is: who is reading, which place (a channel id, `dm` or `home`), which thread, which message to show. */
const at = { user: '', place: '', thread: '', ts: '' }
const seen = new Map()
let state
let context

const announce = createAnnouncer()
const modals = createModals()
const inChannel = createFollower(byId('scroller'), byId('messages'))
const inThread = createFollower(byId('thread-scroller'), byId('thread-messages'))
const composer = createComposer(byId('composer'), 'composer-text', {
  target: () => ({ channel: at.place }),
  context: () => context,
  sent: inChannel.sent,
})
const replies = createComposer(byId('thread-composer'), 'thread-text', {
  target: () => ({ channel: at.place, thread_ts: at.thread }),
  context: () => context,
  sent: inThread.sent,
  inThread: true,
})

const answered = createAwaited({
  at,
  app: () => context.app.botUserId,
  isInThread: (ts) =>
    at.thread !== '' && byId('thread-messages').querySelector(`[data-ts="${CSS.escape(ts)}"]`) !== null,
  inThread: inThread.sent,
  follow: followThread,
})

function channel() {
  return state.channels.find((each) => each.id === at.place)
}

/** The address keeps user, place and thread, so that a reload or a link comes back to them. */
function remember() {
  const parts = [context.user.name, at.place, at.thread].filter(Boolean)
  history.replaceState(null, '', `/#${parts.join('/')}`)
}

/** Where an address leads: this page's own, or the permalink of a message. */
function recall(address) {
  const permalink = /^\/archives\/(\w+)\/p(\d{10})(\d{6})$/.exec(address.pathname)
  if (permalink) {
    const thread = address.searchParams.get('thread_ts') ?? ''
    return { place: permalink[1], thread, ts: `${permalink[2]}.${permalink[3]}` }
  }
  const [user = '', place = '', thread = ''] = decodeURIComponent(address.hash.slice(1)).split('/')
  return { user, place, thread, ts: '' }
}

async function loadState() {
  state = await get('state', { user: at.user })
  const wanted = state.users.find((user) => user.id === at.user || user.name === at.user)
  const reader = wanted ?? state.users.find(canSignIn)
  if (reader.id !== at.user) {
    at.user = reader.id
    state = await get('state', { user: at.user })
  }
  context = contextOf(state, reader)
  if (at.place !== 'home' && at.place !== 'dm' && !channel()) {
    const first = state.channels.find((each) => each.is_member && !each.is_archived)
    Object.assign(at, { place: first?.id ?? 'home', thread: '' })
  }
  if (at.place === 'dm') {
    const direct = state.channels.find((each) => each.kind === 'im' && each.members.includes(state.app.botUserId))
    at.place = direct?.id ?? 'dm'
  }
}

/** Fills a list and follows its end when that is where one was. */
async function loadList(list, follower, query, options) {
  const asked = { ...at }
  const messages = query.channel === 'dm' ? [] : await get('messages', { ...query, user: at.user })
  if (asked.user !== at.user || asked.place !== at.place || asked.thread !== at.thread) return undefined
  showMessages(list, messages, query.channel, context, options)
  follower.follow(options.jump)
  return messages
}

async function loadMessages(jump = false) {
  byId('home').hidden = at.place !== 'home'
  byId('talk').hidden = at.place === 'home'
  if (at.place === 'home') return
  seen.set(at.place, Date.now() / 1000)
  const said = await loadList(byId('messages'), inChannel, { channel: at.place }, { openThread, jump })
  const query = { channel: at.place, thread_ts: at.thread }
  const options = { inThread: true, jump }
  const replied = at.thread === '' ? [] : await loadList(byId('thread-messages'), inThread, query, options)
  if (said && replied) announce(`${at.user} ${at.place} ${at.thread}`, [...said, ...replied], context)
  pointOut()
  if (said) await answered(said)
}

/** Shows the message that a permalink leads to, once. */
function pointOut() {
  if (at.ts === '') return
  const node = document.querySelector(`[data-ts="${CSS.escape(at.ts)}"] article`)
  at.ts = ''
  node?.scrollIntoView({ block: 'center' })
  node?.focus()
}

async function loadViews() {
  const user = at.user
  const views = await get('views', { user })
  if (user !== at.user) return
  modals.show(views.modals, context)
  if (at.place === 'home') showHome(byId('home'), views.home, context)
}

async function refresh(jump = false) {
  await loadState()
  settle()
  const { place, thread } = at
  showFrame({ place, thread, state, context, seen, here: channel(), open, become, composer, replies })
  remember()
  await Promise.all([loadMessages(jump), loadViews()])
}

async function open(place) {
  Object.assign(at, { place, thread: '' })
  showSidebar(false)
  if (place === 'home' || place === 'dm') await tellHome(at.user, place)
  byId('below').hidden = place === 'home'
  settle()
  write(composer)
  await refresh(true)
}

/** Tells the message boxes where they are: each place has a draft of its own. */
function settle() {
  composer.at(`${at.user} ${at.place}`)
  replies.at(`${at.user} ${at.place} ${at.thread}`)
}

/** The focus goes to a message box at once, so that nothing that is typed meanwhile is lost; not where that brings up a keyboard. */
function write(box) {
  if (matchMedia('(hover: hover)').matches) box.focus()
}

async function openThread(ts) {
  at.thread = ts
  byId('thread').hidden = false
  settle()
  write(replies)
  await refresh(true)
}

/** Opens the thread in which something is answered. Whoever writes something elsewhere meanwhile is left to it. */
async function followThread(ts) {
  const { activeElement } = document
  const isFree = activeElement === document.body || byId('messages').contains(activeElement)
  if (isFree) return await openThread(ts)
  at.thread = ts
  await refresh(true)
}

function closeThread() {
  const ts = at.thread
  at.thread = ''
  refreshSoon()
  const message = byId('messages').querySelector(`[data-ts="${CSS.escape(ts)}"]`)
  // The link to its replies may not be drawn yet.
  const parent = message?.querySelector('.thread-link') ?? message?.querySelector('article')
  if (parent) parent.focus()
  else composer.focus()
}

async function become(user) {
  Object.assign(at, { user, thread: '' })
  showSidebar(false)
  seen.clear()
  await refresh(true)
  if (at.place === 'home') await tellHome(at.user, at.place)
}

function showSidebar(shown) {
  document.body.classList.toggle('sidebar-open', shown)
  byId('open-sidebar').setAttribute('aria-expanded', String(shown))
  if (shown) byId('places').querySelector('[aria-current]')?.focus()
}

const isSidebarOpen = () => document.body.classList.contains('sidebar-open')

const refreshSoon = coalesced(() => refresh())
const messagesSoon = coalesced(() => loadMessages())
const viewsSoon = coalesced(() => loadViews())

function heard(change) {
  if (change.type === 'views') {
    if (change.user === at.user) viewsSoon()
  } else if (change.type === 'messages' && change.channel === at.place) messagesSoon()
  else if (change.type !== 'delivery') refreshSoon()
}

/** A link to a message of this workspace is followed here. */
function follow(event) {
  const address = event.target.closest('a')?.href
  if (!address || event.ctrlKey || event.metaKey) return
  const url = new URL(address)
  if (url.origin !== location.origin || !url.pathname.startsWith('/archives/')) return
  event.preventDefault()
  Object.assign(at, recall(url))
  refreshSoon()
}

drawFrame()
byId('close-thread').addEventListener('click', closeThread)
byId('open-sidebar').addEventListener('click', () => showSidebar(!isSidebarOpen()))
byId('shade').addEventListener('click', () => showSidebar(false))
document.addEventListener('click', follow)
window.addEventListener('hashchange', () => {
  Object.assign(at, recall(location))
  refreshSoon()
})
listenToKeys({
  compose: () => composer.begin('/'),
  dismiss: () => {
    if (isSidebarOpen()) {
      showSidebar(false)
      byId('open-sidebar').focus()
    } else if (at.thread !== '') closeThread()
  },
})

Object.assign(at, recall(new URL(location.href)))
let opened = false
watch(heard, async () => {
  const isFirst = !opened
  opened = true
  await refresh(isFirst).catch((error) => toast(error.message))
  if (isFirst && at.place === 'home') await tellHome(at.user, at.place)
})
