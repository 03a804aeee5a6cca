import { slackDate } from './dates.js'
import { h } from './dom.js'
import { emojiOf } from './emoji.js'
import { channelMention, groupMention, link, userMention } from './mrkdwn.js'

const STYLES = [
  ['code', 'code'],
  ['bold', 'strong'],
  ['italic', 'em'],
  ['strike', 'del'],
  ['underline', 'u'],
]

const LEAVES = {
  text: (leaf) => leaf.text,
  link: (leaf) => link(leaf.url, leaf.text || leaf.url),
  emoji: (leaf) => emojiOf(leaf.name),
  user: (leaf, context) => userMention(leaf.user_id, context),
  usergroup: (leaf, context) => groupMention(leaf.usergroup_id, undefined, context),
  channel: (leaf, context) => channelMention(leaf.channel_id, undefined, context),
  broadcast: (leaf) => h('span', { class: 'mention mine' }, `@${leaf.range}`),
  color: (leaf) => leaf.value,
  date: (leaf, context) => h('time', {}, slackDate(leaf.timestamp, leaf.format, leaf.fallback ?? '', context.user.tz)),
}

/** Line ends inside text become breaks. */
function broken(node) {
  if (typeof node !== 'string') return [node]
  return node.split('\n').flatMap((line, index) => (index > 0 ? [h('br'), line] : [line]))
}

function leafNode(leaf, context) {
  let nodes = broken(LEAVES[leaf.type]?.(leaf, context) ?? '')
  for (const [name, tag] of STYLES) if (leaf.style?.[name]) nodes = [h(tag, {}, nodes)]
  return nodes
}

const leaves = (part, context) => part.elements.flatMap((leaf) => leafNode(leaf, context))

const PARTS = {
  rich_text_section: (part, context) => h('div', {}, leaves(part, context)),
  rich_text_quote: (part, context) => h('blockquote', {}, leaves(part, context)),
  rich_text_preformatted: (part, context) => h('pre', {}, leaves(part, context)),
  rich_text_list: (part, context) =>
    h(
      part.style === 'ordered' ? 'ol' : 'ul',
      { class: `indent-${part.indent ?? 0}`, start: (part.offset ?? 0) + 1 },
      part.elements.map((item) => h('li', {}, leaves(item, context))),
    ),
}

/** A rich_text block as nodes. */
export function richText(block, context) {
  return block.elements.map((part) => PARTS[part.type]?.(part, context))
}
