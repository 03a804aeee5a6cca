import { blocksNode } from './blocks.js'
import { h } from './dom.js'
import { link, mrkdwn } from './mrkdwn.js'

const COLOURS = { good: '#2eb67d', warning: '#daa038', danger: '#d1242f' }

function colourOf(colour = '') {
  return COLOURS[colour] ?? (/^#[0-9a-f]{6}$/i.test(colour) ? colour : undefined)
}

/** An attachment as older integrations send it: a bar in a colour, then title, text, fields and footer, or blocks. */
export function attachmentNode(attachment, place) {
  const { title, title_link, pretext, author_name, text, fallback, fields = [], footer, blocks } = attachment
  const words = (value) => mrkdwn(value, place.context)
  const bare = !title && !text && !blocks
  const node = h(
    'div',
    { class: 'attachment' },
    author_name && h('div', { class: 'quiet' }, author_name),
    title && h('div', {}, h('strong', {}, title_link ? link(title_link, title) : title)),
    text && h('div', {}, words(text)),
    bare && h('div', {}, fallback ?? ''),
    fields.length > 0 &&
      h(
        'dl',
        { class: 'attachment-fields' },
        fields.map((field) =>
          h('div', { class: field.short ? '' : 'long' }, h('dt', {}, field.title), h('dd', {}, words(field.value))),
        ),
      ),
    blocks && blocksNode(blocks, place),
    footer && h('div', { class: 'quiet footer' }, footer),
  )
  const colour = colourOf(attachment.color)
  if (colour) node.style.borderLeftColor = colour
  return [pretext && h('div', {}, words(pretext)), node]
}
