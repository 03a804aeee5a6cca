import { collected, naming } from './controls.js'
import { h } from './dom.js'
import { secondsOf, wallTime } from './zoned.js'

const plain = { shown: (value) => value ?? '', read: (text) => text }

function placeTyped(control, place, block, element, { shown, read }) {
  const set = (value) => {
    control.value = shown(value, place.context)
  }
  return collected(place, block, element, control, { get: () => read(control.value, place.context), set })
}

/** An input that is typed into, or picked with what the browser has for its type. `initial` names the field of its first value. */
export function typed(type, initial, form = plain) {
  return (place, block, element, ids) => {
    const limits = {
      min: element.min_value,
      max: element.max_value,
      step: element.is_decimal_allowed ? 'any' : undefined,
      maxLength: element.max_length ?? (type === 'text' ? 3000 : undefined),
    }
    const control = h('input', {
      type,
      ...limits,
      placeholder: element.placeholder?.text ?? '',
      ...naming(block, element, ids),
    })
    control.value = form.shown(element[initial], place.context)
    return placeTyped(control, place, block, element, form)
  }
}

function textarea(place, block, element, ids, form, initial) {
  const control = h('textarea', {
    rows: 3,
    maxLength: element.max_length ?? 3000,
    placeholder: element.placeholder?.text ?? '',
    ...naming(block, element, ids),
  })
  control.value = form.shown(initial, place.context)
  return placeTyped(control, place, block, element, form)
}

/** Plain text: one line, or several. */
export function plainText(place, block, element, ids) {
  if (element.multiline) return textarea(place, block, element, ids, plain, element.initial_value)
  return typed('text', 'initial_value')(place, block, element, ids)
}

const leafText = (leaf) => leaf.text ?? leaf.url ?? leaf.elements?.map(leafText).join('') ?? ''

/** A rich text input, of which this page knows the plain part. */
export function richTextInput(place, block, element, ids) {
  const form = {
    shown: (value) => value?.elements?.map(leafText).join('\n') ?? '',
    read: (text) => {
      if (text === '') return ''
      return { type: 'rich_text', elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text }] }] }
    },
  }
  return textarea(place, block, element, ids, form, element.initial_value)
}

/** Date and time in the reader's own time zone, which stands beside it. */
export function dateTime(place, block, element, ids) {
  const form = {
    shown: (seconds, { user }) => (seconds ? wallTime(seconds, user.tz) : ''),
    read: (text, { user }) => (text === '' ? '' : secondsOf(text, user.tz)),
  }
  const control = typed('datetime-local', 'initial_date_time', form)(place, block, element, ids)
  return h('div', { class: 'with-zone' }, control, h('span', { class: 'quiet' }, place.context.user.tz))
}
