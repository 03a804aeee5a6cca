import { act, get, watch } from './api.js'
import { createComposer } from './composer.js'
import { contextOf } from './context.js'
import { byId, fill, h, toast } from './dom.js'
import { showMessages } from './messages.js'
import { mark, placeName, showPlaces, showUsers } from './sidebar.js'
import { showHome, showModal } from './views.js'

/** Where the page is: who is reading, which place (a channel id, `dm` or `home`), which thread. */
const at = { user: '', place: '', thread: '' }
const seen = new Map()
let state
let context

const composer = createComposer(
  byId('composer'),
  'composer-text',
  () => ({ channel: at.place }),
  () => context,
)
const replies = createComposer(
  byId('thread-composer'),
  'thread-text',
  () => ({ channel: at.place, thread_ts: at.thread }),
  () => context,
)

function channel() {
  return state.channels.find((each) => each.id === at.place)
}

/** The address keeps user, place and thread, so that a reload or a link comes back to them. */
function remember() {
  const parts = [context.user.name, at.place, at.thread].filter(Boolean)
  history.replaceState(null, '', `/#${parts.join('/')}`)
}

function recall() {
  const permalink = /^\/archives\/(\w+)\/p(\d{10})(\d{6})$/.exec(location.pathname)
  const [user = '', place = '', thread = ''] = decodeURIComponent(location.hash.slice(1)).split('/')
  const query = new URLSearchParams(location.search)
  if (permalink)
    return {
      user: '',
      place: permalink[1],
      thread: query.get('thread_ts') ?? '',
      ts: `${permalink[2]}.${permalink[3]}`,
    }
  return { user, place, thread }
}

async function loadState() {
  state = await get('state', { user: at.user })
  const wanted = state.users.find((user) => user.id === at.user || user.name === at.user)
  const reader = wanted ?? state.users.find((user) => !user.deleted && !user.is_bot && user.id !== 'USLACKBOT')
  if (reader.id !== at.user) {
    at.user = reader.id
    state = await get('state', { user: at.user })
  }
  context = contextOf(state, reader)
  context.runShortcut = (callback_id) => act('shortcut', { user: at.user, callback_id })
  if (at.place !== 'home' && at.place !== 'dm' && !channel()) {
    const first = state.channels.find((each) => each.is_member && !each.is_archived)
    Object.assign(at, { place: first?.id ?? 'home', thread: '' })
  }
  if (at.place === 'dm') {
    const direct = state.channels.find((each) => each.kind === 'im' && each.members.includes(state.app.botUserId))
    at.place = direct?.id ?? 'dm'
  }
}

function showFrame() {
  byId('team-name').textContent = state.team.name
  const { connections, app } = state
  byId('connection').textContent = connections > 0 ? `${app.name} is connected` : `${app.name} is not connected`
  byId('connection').className = connections > 0 ? 'on' : 'off'
  showUsers(byId('user'), state, at.user)
  showPlaces(byId('places'), state, context, at.place, seen, open)
  const here = channel()
  const name = here ? placeName(here, context) : at.place === 'home' ? `${app.name} Home` : app.name
  fill(byId('place-name'), here && mark(here.kind), name)
  document.title = `${name} · ${state.team.name}`
  byId('place-topic').textContent = here?.topic ?? ''
  fill(
    byId('place-tags'),
    tagsOf(here).map((tag) => h('li', { class: 'tag' }, tag)),
  )
  byId('thread').hidden = at.thread === ''
  byId('thread-place').textContent = name
  byId('composer').hidden = at.place === 'home'
  const closed = here && (here.is_archived || (!here.is_member && here.kind !== 'im'))
  const why = here?.is_archived ? 'This channel is archived' : `You are not in ${name}: commands only`
  composer.label(closed ? why : `Message ${here?.kind === 'public' ? '#' : ''}${name}`, here?.is_archived ?? false)
  replies.label('Reply…', here?.is_archived ?? false)
}

function tagsOf(here) {
  if (!here || here.kind === 'im') return []
  const guests = here.members.some((id) => context.userOf(id)?.is_restricted || context.userOf(id)?.is_ultra_restricted)
  return [
    `${here.members.length} members`,
    here.is_ext_shared && 'shared with another company',
    guests && 'has guests',
    !here.has_bot && `${state.app.name} is not in this channel`,
  ].filter(Boolean)
}

/** Fills a list and keeps it at its end when it was there. */
async function loadList(list, scroller, query, options) {
  const messages = query.channel === 'dm' ? [] : await get('messages', { ...query, user: at.user })
  if (query.channel !== at.place || (query.thread_ts ?? at.thread) !== at.thread) return
  const atEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 60
  showMessages(list, messages, query.channel, context, options)
  if (atEnd || options.jump) scroller.scrollTop = scroller.scrollHeight
}

async function loadMessages(jump = false) {
  byId('home').hidden = at.place !== 'home'
  byId('messages').hidden = at.place === 'home'
  if (at.place === 'home') return
  seen.set(at.place, Date.now() / 1000)
  await loadList(byId('messages'), byId('scroller'), { channel: at.place }, { openThread, jump })
  if (at.thread === '') return
  const query = { channel: at.place, thread_ts: at.thread }
  await loadList(byId('thread-messages'), byId('thread-scroller'), query, { inThread: true, jump })
}

async function loadViews() {
  const { modals, home } = await get('views', { user: at.user })
  showModal(modals, context)
  if (at.place === 'home') showHome(byId('home'), home, context)
}

async function refresh(jump = false) {
  await loadState()
  showFrame()
  remember()
  await Promise.all([loadMessages(jump), loadViews()])
}

async function open(place) {
  Object.assign(at, { place, thread: '' })
  showSidebar(false)
  if (place === 'home' || place === 'dm')
    await act('home', { user: at.user, tab: place === 'home' ? 'home' : 'messages' })
  await refresh(true)
  if (place !== 'home') composer.focus()
}

async function openThread(ts) {
  at.thread = ts
  await refresh(true)
  replies.focus()
}

function showSidebar(shown) {
  document.body.classList.toggle('sidebar-open', shown)
  byId('open-sidebar').setAttribute('aria-expanded', String(shown))
}

/** Runs the work once for any number of calls before the next frame, and says what fails. */
function coalesced(work) {
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

const refreshSoon = coalesced(() => refresh())
const messagesSoon = coalesced(() => loadMessages())
const viewsSoon = coalesced(() => loadViews())

function heard(change) {
  if (change.type === 'views') {
    if (change.user === at.user) viewsSoon()
  } else if (change.type === 'messages' && change.channel === at.place) messagesSoon()
  else if (change.type !== 'delivery') refreshSoon()
}

byId('user').addEventListener('change', async (event) => {
  Object.assign(at, { user: event.target.value, thread: '' })
  seen.clear()
  await refresh(true)
})
byId('close-thread').addEventListener('click', () => {
  at.thread = ''
  refreshSoon()
  composer.focus()
})
byId('open-sidebar').addEventListener('click', () => showSidebar(!document.body.classList.contains('sidebar-open')))
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') showSidebar(false)
})
window.addEventListener('hashchange', () => {
  Object.assign(at, recall())
  refreshSoon()
})

Object.assign(at, recall())
watch(heard, () => refresh(true).catch((error) => toast(error.message)))
