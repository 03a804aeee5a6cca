import { h } from './dom.js'

/** The first records of a CSV (RFC 4180): quoted fields may hold commas, quotes and line ends. */
export function csvRecords(text, max) {
  const records = []
  let record = []
  const field = /("((?:[^"]|"")*)"|[^,\r\n]*)(,|\r?\n|$)/y
  while (records.length < max && field.lastIndex < text.length) {
    const match = field.exec(text)
    if (!match) break
    record.push(match[2] === undefined ? match[1] : match[2].replaceAll('""', '"'))
    if (match[3] !== ',') {
      records.push(record)
      record = []
    }
  }
  return records
}

/** Records as a table, the first one its header. */
export function csvTable([head = [], ...rows], label) {
  const cells = (tag, record) => record.map((cell) => h(tag, tag === 'th' ? { scope: 'col' } : {}, cell))
  return h(
    'div',
    { class: 'table-scroller', tabIndex: 0, role: 'group', 'aria-label': label },
    h(
      'table',
      { class: 'table csv' },
      h('thead', {}, h('tr', {}, cells('th', head))),
      h(
        'tbody',
        {},
        rows.map((row) => h('tr', {}, cells('td', row))),
      ),
    ),
  )
}
