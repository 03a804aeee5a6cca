import { h } from './dom.js'
import { icon } from './icons.js'

const COLOURS = 6

/** A person may be chosen when they can sign in. */
export function canSignIn(user) {
  return !user.deleted && !user.is_bot && user.id !== 'USLACKBOT'
}

/** A person's initial, or an app's sign, on a colour of their own. */
export function avatar(user, context) {
  const colour = [...(user?.id ?? '')].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % COLOURS
  if (user?.id === context.app.botUserId)
    return h('span', { class: 'avatar app', 'aria-hidden': 'true' }, icon('trail'))
  if (user?.is_bot) return h('span', { class: 'avatar bot', 'aria-hidden': 'true' }, icon('bell'))
  const letter = (user?.real_name ?? '?')[0].toUpperCase()
  return h('span', { class: `avatar colour-${colour}`, 'aria-hidden': 'true' }, letter)
}

/** What Slack writes beside the names of apps, guests and people of other workspaces; none for everybody else. */
export function badge(user, context) {
  const kind = kindOf(user, context)
  return kind && h('span', { class: 'badge' }, kind)
}

function kindOf(user, context) {
  if (!user) return undefined
  if (user.is_bot) return 'APP'
  if (user.team_id !== context.team.id) return 'EXTERNAL'
  return user.is_restricted || user.is_ultra_restricted ? 'GUEST' : undefined
}

/** A person as a line of a list: avatar, name, badge, and what they do. */
export function personLine(user, context) {
  return [
    avatar(user, context),
    h(
      'span',
      { class: 'person' },
      h('span', { class: 'person-name' }, user.real_name, ' ', badge(user, context)),
      h('span', { class: 'quiet' }, user.title || `@${user.name}`),
    ),
  ]
}
