import { h } from './dom.js'
import { elementNode } from './elements.js'
import { imageNode, textNode } from './inlines.js'
import { link } from './mrkdwn.js'
import { richText } from './richText.js'

/** A card: picture, title, a few words, and its buttons. */
export function cardNode(block, place) {
  const part = (className, text) => text && h('div', { class: className }, textNode(text, place.context))
  return h(
    'section',
    { class: 'block card' },
    block.hero_image && imageNode(block.hero_image, 'hero'),
    h(
      'div',
      { class: 'card-head' },
      block.icon && imageNode(block.icon, 'card-icon'),
      h('div', {}, part('card-title', block.title), part('quiet', block.subtitle)),
    ),
    part('card-text', block.body),
    block.actions &&
      h(
        'div',
        { class: 'actions' },
        block.actions.map((element) => elementNode(place, block, element)),
      ),
  )
}

/** Cards side by side, scrolled when they do not fit. */
export function carousel(block, place) {
  const cards = block.elements.map((card) => cardNode({ ...card, block_id: block.block_id }, place))
  return h('div', { class: 'block carousel', tabIndex: 0, role: 'group', 'aria-label': 'Cards' }, cards)
}

const STATES = { pending: '○', in_progress: '◔', complete: '●', error: '✕' }

/** One step of an app's work: its state in a sign and a word, and what came of it. */
export function taskCard(block, place) {
  const sources = block.sources?.map(({ url, text }) => h('li', {}, link(url, text)))
  return h(
    'div',
    { class: `block task ${block.status}` },
    h('div', {}, h('span', { 'aria-hidden': 'true' }, `${STATES[block.status]} `), h('strong', {}, block.title), ' '),
    h('span', { class: 'quiet' }, block.status.replaceAll('_', ' ')),
    block.details && richText(block.details, place.context),
    block.output && richText(block.output, place.context),
    sources && h('ul', {}, sources),
  )
}

/** The steps of an app's work under one title. */
export function taskPlan(block, place) {
  const tasks = block.tasks?.map((task) => taskCard(task, place))
  return h('section', { class: 'block container' }, h('strong', {}, block.title), tasks)
}
