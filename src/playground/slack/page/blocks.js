import { h } from './dom.js'
import { elementNode } from './elements.js'
import { withEmoji } from './emoji.js'
import { markdown } from './markdown.js'
import { mrkdwn } from './mrkdwn.js'
import { richText } from './richText.js'
import { dataTable, table } from './tables.js'

function textNode(text, context) {
  if (text.type === 'mrkdwn') return mrkdwn(text.text, context)
  return withEmoji(text.text)
    .split('\n')
    .flatMap((line, index) => (index > 0 ? [h('br'), line] : [line]))
}

function image(element, large) {
  const url = element.image_url ?? ''
  if (!/^(https?:|data:image\/)/.test(url)) return h('span', { class: 'quiet' }, `[${element.alt_text}]`)
  return h('img', { src: url, alt: element.alt_text, class: large ? 'block-image' : 'small-image', loading: 'lazy' })
}

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
        accessory.type === 'image' ? image(accessory) : elementNode(place, block, accessory),
      ),
  )
}

function context(block, place) {
  const part = (element) =>
    element.type === 'image' ? image(element) : h('span', {}, textNode(element, place.context))
  return h('div', { class: 'block context' }, block.elements.map(part))
}

/** A label, its control, a hint, and the error of the last submission. */
function input(block, place) {
  const error = place.errors?.[block.block_id]
  return h(
    'div',
    { class: 'block input', 'data-block': block.block_id },
    h('div', { class: 'label' }, block.label.text, block.optional && h('span', { class: 'quiet' }, ' (optional)')),
    elementNode(place, block, block.element),
    block.hint && h('p', { class: 'quiet' }, block.hint.text),
    error && h('p', { class: 'field-error', role: 'alert' }, error),
  )
}

function container(block, place) {
  const title = block.rich_text_title ? richText(block.rich_text_title, place.context) : withEmoji(block.title.text)
  const head = [
    h('strong', {}, title),
    block.subtitle && h('span', { class: 'quiet' }, textNode(block.subtitle, place.context)),
  ]
  const inside = h('div', { class: 'container-body' }, blocksNode(block.child_blocks, place))
  if (!block.is_collapsible)
    return h('section', { class: 'block container' }, h('div', { class: 'container-head' }, head), inside)
  return h('details', { class: 'block container', open: !block.default_collapsed }, h('summary', {}, head), inside)
}

const BLOCKS = {
  section,
  context,
  input,
  container,
  header: (block) => h('h3', { class: 'block header' }, withEmoji(block.text.text)),
  divider: () => h('hr', { class: 'block' }),
  actions: (block, place) =>
    h(
      'div',
      { class: 'block actions' },
      block.elements.map((element) => elementNode(place, block, element)),
    ),
  image: (block) =>
    h(
      'figure',
      { class: 'block' },
      block.title && h('figcaption', { class: 'quiet' }, block.title.text),
      image(block, true),
    ),
  markdown: (block) => h('div', { class: 'block markdown' }, markdown(block.text)),
  rich_text: (block, place) => h('div', { class: 'block rich' }, richText(block, place.context)),
  table: (block, place) => h('div', { class: 'block' }, table(block, place.context)),
  data_table: (block, place) => h('div', { class: 'block' }, dataTable(block, place.context)),
  alert: (block, place) =>
    h('div', { class: `block alert ${block.level ?? 'default'}`, role: 'note' }, textNode(block.text, place.context)),
}

/** Blocks as nodes, shown in a place (see elements.js). Kinds that this page does not know say so. */
export function blocksNode(blocks, place) {
  return blocks.map(
    (block) => BLOCKS[block.type]?.(block, place) ?? h('p', { class: 'block quiet' }, `[${block.type}]`),
  )
}
