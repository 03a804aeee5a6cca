import { fileAddress } from './api.js'
import { csvRecords, csvTable } from './csv.js'
import { showDialog } from './dialogs.js'
import { fill, h } from './dom.js'
import { icon } from './icons.js'

/** A preview reads so much of a file, and shows so many records or characters of it. */
const READ_BYTES = 262_144
const IN_MESSAGE = { records: 6, characters: 1000 }
const IN_DIALOG = { records: 200, characters: 50_000 }

/** Bytes as people say them. */
function size(bytes) {
  if (bytes < 1024) return `${bytes} bytes`
  return bytes < 1_048_576 ? `${(bytes / 1024).toFixed(1)} KB` : `${(bytes / 1_048_576).toFixed(1)} MB`
}

/** The beginning of a file as text; `whole` says whether that is all of it. @throws Error when it cannot be read. */
async function beginning(file, user) {
  const response = await fetch(fileAddress(file.id, user))
  if (!response.ok) throw new Error(`the file cannot be read: HTTP ${response.status}`)
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return { text, whole: true }
    text += value
    if (text.length < READ_BYTES) continue
    await reader.cancel()
    return { text, whole: false }
  }
}

function csvPreview({ text, whole }, file, { records: max }) {
  const all = csvRecords(text, max + 2)
  const complete = whole || all.length > max + 1 ? all : all.slice(0, -1)
  const shown = complete.slice(0, max + 1)
  const left = !whole || all.length > shown.length
  return [
    csvTable(shown, `First rows of ${file.name}`),
    h('p', { class: 'quiet' }, left ? `The first ${shown.length - 1} rows` : `All ${shown.length - 1} rows`),
  ]
}

function textPreview({ text, whole }, { characters }) {
  const left = !whole || text.length > characters
  return [h('pre', {}, text.slice(0, characters)), left && h('p', { class: 'quiet' }, 'The beginning of the file')]
}

async function preview(file, user, bounds) {
  const read = await beginning(file, user)
  return file.filetype === 'csv' ? csvPreview(read, file, bounds) : textPreview(read, bounds)
}

/** Fills an element with a preview, or with why there is none. */
async function showIn(holder, file, user, bounds) {
  try {
    fill(holder, await preview(file, user, bounds))
  } catch (error) {
    fill(holder, h('p', { class: 'quiet' }, error.message))
  }
}

const SHOWN = new Set(['csv', 'txt', 'json', 'log'])

function previewNode(file, user) {
  const holder = h('div', { class: 'preview', 'aria-live': 'polite' })
  const look = (event) => event.target.open && holder.childElementCount === 0 && showIn(holder, file, user, IN_MESSAGE)
  return h('details', { ontoggle: look }, h('summary', {}, 'Preview'), holder)
}

function openFile(file, user) {
  const holder = h('div', {}, 'Reading…')
  void showIn(holder, file, user, IN_DIALOG)
  showDialog(file.title, 'wide', holder)
}

/** A file of a message: its name, a preview of text and CSV, a larger view, and the download. */
export function fileNode(file, user) {
  if (file.mode === 'tombstone') return h('div', { class: 'file quiet' }, 'This file was deleted.')
  const kind = file.filetype.toUpperCase().slice(0, 4)
  const label = { class: 'icon-button', title: 'Open', 'aria-label': `Open ${file.name}` }
  return h(
    'div',
    { class: 'file' },
    h(
      'div',
      { class: 'file-head' },
      h('span', { class: 'file-type', 'aria-hidden': 'true' }, kind),
      h('div', {}, h('strong', {}, file.title), h('span', { class: 'quiet' }, `${kind} · ${size(file.size)}`)),
      SHOWN.has(file.filetype) &&
        h('button', { type: 'button', ...label, onclick: () => openFile(file, user) }, icon('expand')),
      h(
        'a',
        {
          class: 'button icon-button',
          href: fileAddress(file.id, user),
          download: file.name,
          title: 'Download',
          'aria-label': `Download ${file.name}`,
        },
        icon('download'),
      ),
    ),
    SHOWN.has(file.filetype) && previewNode(file, user),
  )
}
