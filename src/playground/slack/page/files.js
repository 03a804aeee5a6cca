import { fileAddress } from './api.js'
import { h } from './dom.js'

const PREVIEW_ROWS = 12

/** Bytes as people say them. */
function size(bytes) {
  if (bytes < 1024) return `${bytes} bytes`
  return bytes < 1_048_576 ? `${(bytes / 1024).toFixed(1)} KB` : `${(bytes / 1_048_576).toFixed(1)} MB`
}

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

async function preview(file, user, holder) {
  if (holder.childElementCount > 0) return
  const response = await fetch(fileAddress(file.id, user))
  const text = await response.text()
  if (file.filetype !== 'csv') return holder.append(h('pre', {}, text.slice(0, 4000)))
  const [head = [], ...rows] = csvRecords(text.replace(/^\ufeff/, ''), PREVIEW_ROWS + 1)
  holder.append(
    h(
      'div',
      { class: 'table-scroller', tabIndex: 0, role: 'group', 'aria-label': `First rows of ${file.name}` },
      h(
        'table',
        { class: 'table' },
        h(
          'thead',
          {},
          h(
            'tr',
            {},
            head.map((cell) => h('th', { scope: 'col' }, cell)),
          ),
        ),
        h(
          'tbody',
          {},
          rows.map((row) =>
            h(
              'tr',
              {},
              row.map((cell) => h('td', {}, cell)),
            ),
          ),
        ),
      ),
    ),
  )
}

const SHOWN = new Set(['csv', 'txt', 'json', 'log'])

/** A file of a message: its name, a preview of text and CSV, and the download. */
export function fileNode(file, user) {
  if (file.mode === 'tombstone') return h('div', { class: 'file quiet' }, 'This file was deleted.')
  const holder = h('div')
  return h(
    'div',
    { class: 'file' },
    h(
      'div',
      { class: 'file-head' },
      h('span', { class: 'file-type', 'aria-hidden': 'true' }, file.filetype.toUpperCase().slice(0, 4)),
      h('div', {}, h('strong', {}, file.title), h('span', { class: 'quiet' }, `${file.name} · ${size(file.size)}`)),
      h('a', { class: 'button', href: fileAddress(file.id, user), download: file.name }, 'Download'),
    ),
    SHOWN.has(file.filetype) &&
      h(
        'details',
        { ontoggle: (event) => event.target.open && preview(file, user, holder) },
        h('summary', {}, 'Preview'),
        holder,
      ),
  )
}
