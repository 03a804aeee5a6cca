import { slackDate } from './dates.js'
import { h } from './dom.js'
import { emojiOf } from './emoji.js'

const ENTITIES = { amp: '&', lt: '<', gt: '>' }

function unescaped(text) {
  return text.replaceAll(/&(amp|lt|gt);/g, (_, name) => ENTITIES[name])
}

/** A link that leaves the page, only to the web or to a mail program; anything else stays text. */
export function link(url, label) {
  if (!/^(https?:\/\/|mailto:)/i.test(url)) return label
  return h('a', { href: url, target: '_blank', rel: 'noopener noreferrer' }, label)
}

/** A mention chip; `mine` marks the reader. */
function mention(text, mine) {
  return h('span', { class: mine ? 'mention mine' : 'mention' }, text)
}

export function userMention(id, context) {
  return mention(`@${context.userName(id)}`, id === context.user.id)
}

export function groupMention(id, label, context) {
  return mention(label || `@${context.groupHandle(id)}`, context.inGroup(id))
}

export function channelMention(id, label, context) {
  return mention(`#${context.channelName(id) ?? label ?? id}`, false)
}

/** `<…>` of mrkdwn: a mention, a date, or a link. */
function angle(inner, context) {
  const [target, ...rest] = inner.split('|')
  const label = rest.length > 0 ? unescaped(rest.join('|')) : undefined
  if (target.startsWith('@')) return userMention(target.slice(1), context)
  if (target.startsWith('#')) return channelMention(target.slice(1), label, context)
  if (target.startsWith('!date^')) {
    const [, seconds, format = '', url] = target.split('^')
    const text = slackDate(seconds, unescaped(format), label ?? '', context.user.tz)
    return url ? link(unescaped(url), text) : h('time', {}, text)
  }
  if (target.startsWith('!subteam^')) return groupMention(target.slice(9), label, context)
  if (target.startsWith('!')) return mention(`@${label ?? target.slice(1)}`, true)
  return link(unescaped(target), label ?? unescaped(target).replace(/^mailto:/, ''))
}

const STYLES = { '*': 'strong', _: 'em', '~': 'del' }
const INLINE =
  /`([^`\n]+)`|<([^<>\n]+)>|(?<![\p{L}\p{N}*_~])([*_~])(?=\S)([^\n]*?\S)\3(?![\p{L}\p{N}*_~])|:([a-z0-9_+-]+):|(https?:\/\/[^\s<>|]+)/gu

/** Text between block marks: code, mentions, links, bold, italic, strike, emoji. */
function inline(text, context) {
  const nodes = []
  let end = 0
  for (const match of text.matchAll(INLINE)) {
    const [whole, code, inner, mark, styled, emoji, url] = match
    nodes.push(unescaped(text.slice(end, match.index)))
    if (code !== undefined) nodes.push(h('code', {}, unescaped(code)))
    else if (inner !== undefined) nodes.push(angle(inner, context))
    else if (mark !== undefined) nodes.push(h(STYLES[mark], {}, inline(styled, context)))
    else if (emoji !== undefined) nodes.push(emojiOf(emoji))
    else nodes.push(link(unescaped(url), unescaped(url)))
    end = match.index + whole.length
  }
  nodes.push(unescaped(text.slice(end)))
  return nodes
}

function lines(text, context) {
  const nodes = []
  let quote = null
  for (const [index, line] of text.split('\n').entries()) {
    const quoted = /^&gt; ?(.*)$/.exec(line)
    if (quoted) {
      if (!quote) {
        quote = h('blockquote')
        nodes.push(quote)
      } else quote.append(h('br'))
      quote.append(...inline(quoted[1], context))
      continue
    }
    if (index > 0 && !quote) nodes.push(h('br'))
    quote = null
    nodes.push(...inline(line, context))
  }
  return nodes
}

/** Slack's mrkdwn as nodes. `context` knows names and the reader; see context.js. */
export function mrkdwn(text, context) {
  return text.split(/```\n?([\s\S]*?)\n?```/).flatMap((part, index) => {
    if (index % 2 === 1)
      return [h('pre', {}, unescaped(part.replaceAll(/<[^|>\s]+\|([^>]*)>|<(https?:[^>\s]+)>/g, '$1$2')))]
    return part === '' ? [] : lines(part.replace(/^\n|\n$/g, ''), context)
  })
}
