import { act } from './api.js'
import { confirmed } from './dialogs.js'
import { h } from './dom.js'
import { withEmoji } from './emoji.js'

/*
 * An element is shown in a place: `place.where` is what a press names it by ({channel, ts} or {view_id}),
 * `place.getters` holds a function for the value of each input of a view, and `place.context` knows names and the reader.
 */

/** Sends a press or choice, after its confirmation; the control is busy meanwhile. */
async function press(place, block, element, control, value) {
  if (!(await confirmed(element.confirm))) return
  control.setAttribute('aria-busy', 'true')
  control.disabled = true
  const values = valuesOf(place)
  const { action_id } = element
  const click = { user: place.context.user.id, ...place.where, block_id: block.block_id, action_id, value, values }
  await act('click', click)
  control.removeAttribute('aria-busy')
  control.disabled = false
}

/** What is filled in, by `block_id/action_id`. */
export function valuesOf(place) {
  return Object.fromEntries([...place.getters].map(([key, get]) => [key, get()]))
}

const keyOf = (block, element) => `${block.block_id}/${element.action_id}`
const labelOf = (block, element) => block.label?.text ?? element.placeholder?.text ?? element.accessibility_label

/** An input whose value is collected, and which presses by itself outside an input block (or with dispatch_action). */
function collected(place, block, element, control, value) {
  place.getters.set(keyOf(block, element), value)
  if (block.type !== 'input' || block.dispatch_action === true)
    control.addEventListener('change', () => press(place, block, element, control, value()))
  if (element.focus_on_load) control.autofocus = true
  return control
}

function button(place, block, element) {
  const style = element.style === 'primary' ? 'primary' : element.style === 'danger' ? 'danger' : ''
  const control = h(
    'button',
    {
      type: 'button',
      class: style,
      'aria-label': element.accessibility_label,
      onclick: () => {
        if (element.url && /^https?:\/\//.test(element.url)) window.open(element.url, '_blank', 'noopener,noreferrer')
        return press(place, block, element, control)
      },
    },
    withEmoji(element.text.text),
  )
  return control
}

const optionText = (option) => withEmoji(option.text.text)

function menu(choose) {
  return (place, block, element) => {
    const { placeholder, options, groups, initial } = choose(element, place.context)
    const one = (option) => h('option', { value: option.value, selected: initial === option.value }, option.label)
    const control = h(
      'select',
      { 'aria-label': labelOf(block, element) ?? placeholder },
      h('option', { value: '' }, placeholder),
      options.map(one),
      groups.map((group) => h('optgroup', { label: group.label }, group.options.map(one))),
    )
    return collected(place, block, element, control, () => control.value)
  }
}

function many(choose) {
  return (place, block, element) => {
    const { placeholder, options, groups, initial } = choose(element, place.context)
    const boxes = []
    const one = (option) => {
      const box = h('input', { type: 'checkbox', value: option.value, checked: initial?.includes(option.value) })
      boxes.push(box)
      return h('label', { class: 'choice' }, box, option.label)
    }
    const control = h(
      'fieldset',
      { class: 'choices', 'aria-label': labelOf(block, element) ?? placeholder },
      options.map(one),
      groups.map((group) => [h('p', { class: 'quiet' }, group.label), group.options.map(one)]),
    )
    return collected(place, block, element, control, () => boxes.filter((box) => box.checked).map((box) => box.value))
  }
}

const choiceOf = (option) => ({ value: option.value, label: optionText(option) })

function staticChoice(element) {
  return {
    placeholder: element.placeholder?.text ?? 'Choose…',
    options: (element.options ?? []).map(choiceOf),
    groups: (element.option_groups ?? []).map((group) => ({
      label: group.label.text,
      options: group.options.map(choiceOf),
    })),
    initial: element.initial_option?.value ?? element.initial_options?.map((option) => option.value),
  }
}

function userChoice(element, context) {
  const options = context.people().map((user) => ({ value: user.id, label: `${user.real_name} (@${user.name})` }))
  return {
    placeholder: element.placeholder?.text ?? 'Choose a person…',
    options,
    groups: [],
    initial: element.initial_user ?? element.initial_users,
  }
}

function channelChoice(element, context) {
  const options = context.channels().map((channel) => ({ value: channel.id, label: `#${channel.name}` }))
  const initial =
    element.initial_channel ?? element.initial_conversation ?? element.initial_channels ?? element.initial_conversations
  return { placeholder: element.placeholder?.text ?? 'Choose a channel…', options, groups: [], initial }
}

/** A menu whose options the app offers for what is typed. */
function externalSelect(place, block, element) {
  const id = `options-${crypto.randomUUID()}`
  const list = h('datalist', { id })
  const found = new Map()
  const least = element.min_query_length ?? 3
  const ask = async () => {
    if (control.value.length < least || found.has(control.value)) return
    const asked = {
      user: place.context.user.id,
      ...place.where,
      block_id: block.block_id,
      action_id: element.action_id,
    }
    const { options = [] } = (await act('suggest', { ...asked, value: control.value })) ?? {}
    for (const option of options) found.set(optionText(option), option)
    list.replaceChildren(...options.map((option) => h('option', { value: optionText(option) })))
  }
  const control = h('input', {
    type: 'text',
    list: id,
    autocomplete: 'off',
    value: element.initial_option ? optionText(element.initial_option) : '',
    placeholder: element.placeholder?.text ?? 'Type to search…',
    'aria-label': labelOf(block, element) ?? 'Search',
    oninput: ask,
    onfocus: ask,
  })
  const value = () => found.get(control.value) ?? element.initial_option
  return [collected(place, block, element, control, value), list]
}

function overflow(place, block, element) {
  const details = h('details', { class: 'menu' })
  const item = (option) =>
    h(
      'button',
      {
        type: 'button',
        role: 'menuitem',
        onclick: (event) => {
          details.open = false
          return press(place, block, element, event.currentTarget, option.value)
        },
      },
      optionText(option),
    )
  details.append(
    h('summary', { 'aria-label': 'More actions' }, '⋯'),
    h('div', { class: 'menu-items', role: 'menu' }, element.options.map(item)),
  )
  details.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') details.open = false
  })
  return details
}

function choices(type) {
  return (place, block, element) => {
    const name = `choice-${crypto.randomUUID()}`
    const initial = element.initial_options?.map((option) => option.value) ?? [element.initial_option?.value]
    const boxes = element.options.map((option) =>
      h('input', { type, name, value: option.value, checked: initial.includes(option.value) }),
    )
    const control = h(
      'fieldset',
      { class: 'choices', 'aria-label': labelOf(block, element) },
      element.options.map((option, index) =>
        h(
          'label',
          { class: 'choice' },
          boxes[index],
          optionText(option),
          option.description && h('span', { class: 'quiet' }, option.description.text),
        ),
      ),
    )
    const checked = () => boxes.filter((box) => box.checked).map((box) => box.value)
    return collected(place, block, element, control, () => (type === 'radio' ? checked()[0] : checked()))
  }
}

function typed(type, initial, read = (value) => value) {
  return (place, block, element) => {
    const multiline = type === 'text' && element.multiline
    const control = h(multiline ? 'textarea' : 'input', {
      ...(multiline ? { rows: 4 } : { type }),
      value: initial(element) ?? '',
      placeholder: element.placeholder?.text ?? '',
      maxLength: element.max_length ?? 3000,
      'aria-label': labelOf(block, element),
    })
    return collected(place, block, element, control, () => read(control.value))
  }
}

const epoch = (value) => (value === '' ? undefined : Math.floor(new Date(value).getTime() / 1000))
const local = (seconds) => (seconds ? new Date(seconds * 1000).toISOString().slice(0, 16) : '')

const ELEMENTS = {
  button,
  overflow,
  static_select: menu(staticChoice),
  external_select: externalSelect,
  users_select: menu(userChoice),
  conversations_select: menu(channelChoice),
  channels_select: menu(channelChoice),
  multi_static_select: many(staticChoice),
  multi_users_select: many(userChoice),
  multi_conversations_select: many(channelChoice),
  multi_channels_select: many(channelChoice),
  radio_buttons: choices('radio'),
  checkboxes: choices('checkbox'),
  datepicker: typed('date', (element) => element.initial_date),
  timepicker: typed('time', (element) => element.initial_time),
  datetimepicker: typed('datetime-local', (element) => local(element.initial_date_time), epoch),
  plain_text_input: typed('text', (element) => element.initial_value),
  email_text_input: typed('email', (element) => element.initial_value),
  url_text_input: typed('url', (element) => element.initial_value),
  number_input: typed('number', (element) => element.initial_value),
}

/** An interactive element, or a note that this page does not know its kind. */
export function elementNode(place, block, element) {
  const make = ELEMENTS[element.type]
  return make ? make(place, block, element) : h('span', { class: 'quiet' }, `[${element.type}]`)
}
