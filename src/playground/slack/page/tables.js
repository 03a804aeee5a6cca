import { h, newId } from './dom.js'
import { richText } from './richText.js'

const DEFAULT_PAGE = 5

function cellNode(cell, context) {
  return cell.type === 'rich_text' ? richText(cell, context) : cell.text
}

/** The text of a cell, for sorting and filtering. */
function textOf(cell) {
  return cell.elements?.map(textOf).join(' ') ?? cell.text ?? cell.url ?? cell.name ?? ''
}

/** Numbers stand under one another. */
const alignOf = (cell) => (cell.type === 'raw_number' ? 'align-right' : 'align-left')

/** The table block: rows as they are, the first one as the header. */
export function table(block, context) {
  const settings = block.column_settings ?? []
  const cell = (tag) => (each, column) => {
    const { align = 'left', is_wrapped = false } = settings[column] ?? {}
    return h(tag, { class: `align-${align}${is_wrapped ? ' wrap' : ''}` }, cellNode(each, context))
  }
  const [head = [], ...rows] = block.rows
  return h(
    'div',
    { class: 'table-scroller', tabIndex: 0, role: 'group', 'aria-label': 'Table' },
    h(
      'table',
      { class: 'table' },
      h('thead', {}, h('tr', {}, head.map(cell('th')))),
      h(
        'tbody',
        {},
        rows.map((row) => h('tr', {}, row.map(cell('td')))),
      ),
    ),
  )
}

function compare(a, b) {
  if (a.type === 'raw_number' && b.type === 'raw_number') return a.value - b.value
  return textOf(a).localeCompare(textOf(b), 'en', { numeric: true })
}

/** The data_table block: sorted by its header buttons, filtered by words, page by page. */
export function dataTable(block, context) {
  const [head = [], ...rows] = block.rows
  const size = block.page_size ?? DEFAULT_PAGE
  const rowHeader = block.row_header_column_index ?? 0
  const caption = newId()
  const view = { column: -1, down: false, words: '', page: 0 }

  const body = h('tbody')
  const count = h('span', { class: 'quiet', role: 'status' })
  const previous = h('button', { type: 'button', class: 'small', onclick: () => turn(-1) }, 'Previous')
  const next = h('button', { type: 'button', class: 'small', onclick: () => turn(1) }, 'Next')
  const headers = head.map((cell, column) =>
    h(
      'th',
      { scope: 'col', 'aria-sort': 'none', class: alignOf(rows[0]?.[column] ?? cell) },
      h('button', { type: 'button', class: 'sort', onclick: () => sort(column) }, cellNode(cell, context)),
    ),
  )

  function chosen() {
    const words = view.words.toLowerCase().split(/\s+/).filter(Boolean)
    const found = rows.filter((row) =>
      words.every((word) => row.some((cell) => textOf(cell).toLowerCase().includes(word))),
    )
    if (view.column < 0) return found
    const sorted = found.toSorted((a, b) => compare(a[view.column], b[view.column]))
    return view.down ? sorted.reverse() : sorted
  }

  function show() {
    const found = chosen()
    const pages = Math.max(1, Math.ceil(found.length / size))
    view.page = Math.min(view.page, pages - 1)
    const start = view.page * size
    body.replaceChildren(
      ...found.slice(start, start + size).map((row) =>
        h(
          'tr',
          {},
          row.map((cell, column) =>
            h(
              column === rowHeader ? 'th' : 'td',
              { scope: column === rowHeader ? 'row' : undefined, class: alignOf(cell) },
              cellNode(cell, context),
            ),
          ),
        ),
      ),
    )
    const last = Math.min(start + size, found.length)
    count.textContent = found.length === 0 ? 'No rows' : `${start + 1}–${last} of ${found.length}`
    previous.disabled = view.page === 0
    next.disabled = view.page >= pages - 1
    for (const [column, header] of headers.entries())
      header.setAttribute('aria-sort', column !== view.column ? 'none' : view.down ? 'descending' : 'ascending')
  }

  function sort(column) {
    view.down = view.column === column && !view.down
    view.column = column
    show()
  }

  function turn(by) {
    view.page += by
    show()
  }

  const filter = h('input', {
    type: 'search',
    placeholder: 'Filter rows',
    'aria-label': `Filter ${block.caption}`,
    oninput: (event) => {
      view.words = event.target.value
      view.page = 0
      show()
    },
  })
  show()
  return h(
    'div',
    { class: 'data-table' },
    h('p', { class: 'caption', id: caption }, block.caption),
    h(
      'div',
      { class: 'table-scroller', tabIndex: 0, role: 'group', 'aria-label': block.caption },
      h('table', { class: 'table', 'aria-labelledby': caption }, h('thead', {}, h('tr', {}, headers)), body),
    ),
    h(
      'div',
      { class: 'table-foot' },
      rows.length > size && filter,
      count,
      rows.length > size && h('span', { class: 'turn' }, previous, next),
    ),
  )
}
