import { h } from './dom.js'
import { emojiOf } from './emoji.js'
import { link } from './mrkdwn.js'

const INLINE = /`([^`]+)`|\[([^\]]+)\]\(([^)\s]+)\)|(\*\*|__)(.+?)\4|(~~)(.+?)~~|([*_])([^*_]+?)\8|:([a-z0-9_+-]+):/g

function inline(text) {
  const nodes = []
  let end = 0
  for (const match of text.matchAll(INLINE)) {
    const [whole, code, label, url, strongMark, strong, , struck, , emphasised, emoji] = match
    nodes.push(text.slice(end, match.index))
    if (code !== undefined) nodes.push(h('code', {}, code))
    else if (label !== undefined) nodes.push(link(url, label))
    else if (strongMark !== undefined) nodes.push(h('strong', {}, inline(strong)))
    else if (struck !== undefined) nodes.push(h('del', {}, inline(struck)))
    else if (emphasised !== undefined) nodes.push(h('em', {}, inline(emphasised)))
    else nodes.push(emojiOf(emoji))
    end = match.index + whole.length
  }
  nodes.push(text.slice(end))
  return nodes
}

const cellsOf = (line) => line.replace(/^\s*\||\|\s*$/g, '').split('|')

function table(rows) {
  const [head, , ...body] = rows
  const row = (line, tag) =>
    h(
      'tr',
      {},
      cellsOf(line).map((cell) => h(tag, {}, inline(cell.trim()))),
    )
  return h(
    'table',
    { class: 'table' },
    h('thead', {}, row(head, 'th')),
    h(
      'tbody',
      {},
      body.map((line) => row(line, 'td')),
    ),
  )
}

/** The kinds of blocks by the line they start with: a test, and how a run of such lines is shown. */
const KINDS = [
  [/^#{1,6} /, (run) => run.map((line) => h('h4', {}, inline(line.replace(/^#+ /, ''))))],
  [
    /^> ?/,
    (run) =>
      h(
        'blockquote',
        {},
        run.map((line) => [inline(line.replace(/^> ?/, '')), h('br')]),
      ),
  ],
  [
    /^\s*[-*+] /,
    (run) =>
      h(
        'ul',
        {},
        run.map((line) => h('li', {}, inline(line.replace(/^\s*[-*+] /, '')))),
      ),
  ],
  [
    /^\s*\d+[.)] /,
    (run) =>
      h(
        'ol',
        {},
        run.map((line) => h('li', {}, inline(line.replace(/^\s*\d+[.)] /, '')))),
      ),
  ],
  [/^(-{3,}|\*{3,})$/, () => h('hr')],
  [/^\s*\|/, (run) => (run.length > 1 ? table(run) : h('p', {}, inline(run[0])))],
  [/^\s*$/, () => []],
]

function kindOf(line) {
  return KINDS.find(([test]) => test.test(line))
}

function paragraphs(text) {
  const nodes = []
  const all = text.split('\n')
  for (let start = 0; start < all.length; ) {
    const kind = kindOf(all[start])
    let end = start + 1
    while (end < all.length && kindOf(all[end]) === kind) end += 1
    const run = all.slice(start, end)
    nodes.push(
      kind
        ? kind[1](run)
        : h(
            'p',
            {},
            run.map((line, index) => [index > 0 && h('br'), inline(line)]),
          ),
    )
    start = end
  }
  return nodes
}

/** Standard markdown, as the markdown block takes it, as nodes. */
export function markdown(text) {
  return text
    .split(/^```[^\n]*\n([\s\S]*?)\n?```$/m)
    .map((part, index) => (index % 2 === 1 ? h('pre', {}, part) : paragraphs(part)))
}
