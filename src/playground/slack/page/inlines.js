import { h } from './dom.js'
import { withEmoji } from './emoji.js'
import { mrkdwn } from './mrkdwn.js'

/** A text object as nodes: mrkdwn with its marks, plain text with its line ends and emoji. */
export function textNode(text, context) {
  if (text.type === 'mrkdwn') return mrkdwn(text.text, context)
  return withEmoji(text.text)
    .split('\n')
    .flatMap((line, index) => (index > 0 ? [h('br'), line] : [line]))
}

/** An image from the web, or its description where the address is of no kind that shows one. */
export function imageNode(element, className = 'small-image') {
  const url = element.image_url ?? element.slack_file?.url ?? ''
  if (!/^(https?:|data:image\/)/.test(url)) return h('span', { class: 'quiet' }, `[${element.alt_text}]`)
  return h('img', { src: url, alt: element.alt_text, class: className, loading: 'lazy', referrerPolicy: 'no-referrer' })
}
