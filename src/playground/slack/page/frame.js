import { act } from './api.js'
import { showDialog } from './dialogs.js'
import { byId, fill, fillWhenNew, h } from './dom.js'
import { icon } from './icons.js'
import { avatar, personLine } from './people.js'
import { mark, placeName, showPlaces, showUsers } from './sidebar.js'

const FACES_MAX = 3

function tagsOf(here, context) {
  if (!here || here.kind === 'im') return []
  const isGuest = (user) => user?.is_restricted || user?.is_ultra_restricted
  return [
    here.is_ext_shared && 'shared with another company',
    here.members.some((id) => isGuest(context.userOf(id))) && 'has guests',
    !here.has_bot && `without ${context.app.name}`,
  ].filter(Boolean)
}

function showMembers(here, context) {
  const people = here.members.map((id) => context.userOf(id)).filter(Boolean)
  const line = (user) => h('li', {}, personLine(user, context))
  showDialog(`Members of #${here.name}`, 'small-dialog', h('ul', { class: 'members' }, people.map(line)))
}

function membersButton(here, context) {
  if (!here || here.kind === 'im') return null
  return h(
    'button',
    { type: 'button', class: 'faces', onclick: () => showMembers(here, context) },
    here.members.slice(0, FACES_MAX).map((id) => avatar(context.userOf(id), context)),
    h('span', {}, here.members.length, h('span', { class: 'unseen' }, ' members')),
  )
}

/** What stands above an app's Home and messages: where one can go there. */
function showTabs({ place, here, context, open }) {
  const isApp =
    place === 'home' || place === 'dm' || (here?.kind === 'im' && here.members.includes(context.app.botUserId))
  byId('tabs').hidden = !isApp
  if (!isApp) return
  const tab = (id, label, current) =>
    h('button', { type: 'button', 'aria-current': current ? 'page' : undefined, onclick: () => open(id) }, label)
  const tabs = () => [tab('home', 'Home', place === 'home'), tab('dm', 'Messages', place !== 'home')]
  fillWhenNew(byId('tabs'), place === 'home', tabs)
}

function showQuestions({ state, here, place, composer }) {
  const { questions } = state
  const shown = questions.length > 0 && (here?.has_bot || place === 'dm') && !here?.is_archived
  byId('tries').hidden = !shown
  const chip = (question) =>
    h('li', {}, h('button', { type: 'button', title: question, onclick: () => composer.offer(question) }, question))
  fillWhenNew(byId('tries-list'), questions, () => questions.map(chip))
}

/** The beginning of a channel, which says what it is. */
function showBeginning(here, name) {
  byId('beginning').hidden = !here
  if (!here) return
  const words =
    here.kind === 'im'
      ? `This is where you and ${name} write to each other, and nobody else.`
      : `This is the very beginning of #${name}. ${here.topic}`
  fill(
    byId('beginning'),
    h('h3', {}, here.kind === 'im' ? name : [mark(here.kind), name]),
    h('p', { class: 'quiet' }, words),
  )
}

function whyNoMessages(here, name) {
  if (here?.is_archived) return `#${name} is archived`
  return here && !here.is_member && here.kind !== 'im' ? `You are not in #${name}: commands only` : undefined
}

/** Shows everything around the messages: sidebar, header, tabs, questions to try, the labels of the message boxes. */
export function showFrame(view) {
  const { state, context, place, thread, seen, here, open, become, composer, replies } = view
  const { connections, app } = state
  const name = here ? placeName(here, context) : app.name
  byId('team-name').textContent = state.team.name
  byId('connection').textContent = connections > 0 ? `${app.name} is connected` : `${app.name} is not connected`
  byId('connection').className = connections > 0 ? 'on' : 'off'
  showUsers(byId('user'), state, context, become)
  showPlaces(byId('places'), state, context, place, seen, open)
  const isChannel = here && here.kind !== 'im'
  fill(byId('place-name'), isChannel ? mark(here.kind) : avatar({ id: app.botUserId }, context), name)
  document.title = `${name} · ${state.team.name}`
  byId('place-topic').textContent = here?.topic ?? ''
  fill(
    byId('place-tags'),
    tagsOf(here, context).map((tag) => h('li', { class: 'tag' }, tag)),
  )
  byId('place-tags').hidden = byId('place-tags').childElementCount === 0
  fillWhenNew(byId('members'), [here?.members, here?.name], () => membersButton(here, context))
  showTabs(view)
  showQuestions(view)
  showBeginning(here, name)
  byId('thread').hidden = thread === ''
  byId('frame').classList.toggle('with-thread', thread !== '')
  byId('thread-place').textContent = isChannel ? `#${name}` : name
  byId('below').hidden = place === 'home'
  const archived = here?.is_archived ?? false
  composer.label(whyNoMessages(here, name) ?? `Message ${isChannel ? '#' : ''}${name}`, archived)
  replies.label('Reply…', archived)
}

/** Tells the app that a person looks at its Home, or at its messages. */
export function tellHome(user, place) {
  return act('home', { user, tab: place === 'home' ? 'home' : 'messages' })
}

/** Fills what never changes: the pictures on the frame's own buttons. */
export function drawFrame() {
  fill(byId('open-sidebar'), icon('menu'))
  fill(byId('close-thread'), icon('close'))
}
