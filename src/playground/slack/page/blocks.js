import { cardNode, carousel, taskCard, taskPlan } from './cards.js'
import { inputIds } from './controls.js'
import { h } from './dom.js'
import { elementNode, GROUPS } from './elements.js'
import { withEmoji } from './emoji.js'
import { icon } from './icons.js'
import { imageNode, textNode } from './inlines.js'
import { markdown } from './markdown.js'
import { link } from './mrkdwn.js'
import { richText } from './richText.js'
import { dataTable, table } from './tables.js'

function section(block, place) {
  const { accessory } = block
  return h(
    'div',
    { class: 'block section' },
    h(
      'div',
      { class: 'section-body' },
      block.text && h('div', {}, textNode(block.text, place.context)),
      block.fields &&
        h(
          'div',
          { class: 'fields' },
          block.fields.map((field) => h('div', {}, textNode(field, place.context))),
        ),
    ),
    accessory &&
      h(
        'div',
        { class: 'accessory' },
        accessory.type === 'image' ? imageNode(accessory) : elementNode(place, block, accessory),
      ),
  )
}

function context(block, place) {
  const part = (element) =>
    element.type === 'image' ? imageNode(element) : h('span', {}, textNode(element, place.context))
  return h('div', { class: 'block context' }, block.elements.map(part))
}

function actions(block, place) {
  const nodes = block.elements.map((element) => elementNode(place, block, element))
  return h('div', { class: 'block actions' }, nodes)
}

/** A label, its control, a hint, and the error of the last submission. */
function input(block, place) {
  const ids = inputIds()
  const error = place.errors?.[block.block_id]
  const label = [block.label.text, block.optional && h('span', { class: 'quiet' }, ' (optional)')]
  return h(
    'div',
    { class: 'block input', 'data-block': block.block_id },
    GROUPS.has(block.element.type)
      ? h('div', { class: 'label', id: ids.label }, label)
      : h('label', { class: 'label', id: ids.label, for: ids.control }, label),
    elementNode(place, block, block.element, ids),
    h('p', { class: 'quiet hint', id: ids.hint, hidden: !block.hint }, block.hint?.text),
    h('p', { class: 'field-error', id: ids.error, role: 'alert', hidden: !error }, error),
  )
}

function container(block, place) {
  const title = block.rich_text_title ? richText(block.rich_text_title, place.context) : withEmoji(block.title.text)
  const head = [
    block.icon && imageNode(block.icon),
    h('strong', { class: 'container-title' }, title),
    block.subtitle && h('span', { class: 'quiet' }, textNode(block.subtitle, place.context)),
  ]
  const inside = h('div', { class: 'container-body' }, blocksNode(block.child_blocks, place))
  const look = `block container ${block.width ?? 'standard'}${block.has_header_divider ? ' divided' : ''}`
  if (!block.is_collapsible) return h('section', { class: look }, h('div', { class: 'container-head' }, head), inside)
  const summary = h('summary', { class: 'container-head' }, icon('down'), head)
  return h('details', { class: look, open: !block.default_collapsed }, summary, inside)
}

function video(block) {
  const address = block.title_url ?? block.video_url
  return h(
    'figure',
    { class: 'block' },
    h('strong', {}, link(address, block.title.text)),
    imageNode({ image_url: block.thumbnail_url, alt_text: block.alt_text }, 'block-image'),
  )
}

function image(block) {
  const caption = block.title && h('figcaption', { class: 'quiet' }, withEmoji(block.title.text))
  return h('figure', { class: 'block' }, caption, imageNode(block, 'block-image'))
}

const BLOCKS = {
  section,
  context,
  actions,
  context_actions: actions,
  input,
  container,
  image,
  video,
  card: cardNode,
  carousel,
  task_card: taskCard,
  plan: taskPlan,
  header: (block) => h('h3', { class: 'block header' }, withEmoji(block.text.text)),
  divider: () => h('hr', { class: 'block' }),
  markdown: (block) => h('div', { class: 'block markdown' }, markdown(block.text)),
  rich_text: (block, place) => h('div', { class: 'block rich' }, richText(block, place.context)),
  table: (block, place) => h('div', { class: 'block' }, table(block, place.context)),
  data_table: (block, place) => h('div', { class: 'block' }, dataTable(block, place.context)),
  alert: (block, place) =>
    h('div', { class: `block alert ${block.level ?? 'default'}`, role: 'note' }, textNode(block.text, place.context)),
  file: (block) => h('p', { class: 'block remote-file' }, icon('link'), `Remote file ${block.external_id}`),
}

/** Blocks as nodes, shown in a place (see controls.js). Kinds that this page does not know say so. */
export function blocksNode(blocks, place) {
  return blocks.map(
    (block) => BLOCKS[block.type]?.(block, place) ?? h('p', { class: 'block quiet' }, `[${block.type}]`),
  )
}
