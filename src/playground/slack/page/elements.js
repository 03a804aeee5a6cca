import { boxes, externalSelect, multiSelect, select } from './choices.js'
import { keyOf, press } from './controls.js'
import { h } from './dom.js'
import { withEmoji } from './emoji.js'
import { icon } from './icons.js'
import { dateTime, plainText, richTextInput, typed } from './inputs.js'
import { menuButton } from './menu.js'
import { channelChoices, peopleChoices, staticChoices } from './options.js'

function openAddress(url) {
  if (url && /^https?:\/\//.test(url)) window.open(url, '_blank', 'noopener,noreferrer')
}

function button(place, block, element) {
  const style = element.style === 'primary' || element.style === 'danger' ? element.style : ''
  const control = h(
    'button',
    {
      type: 'button',
      class: style,
      'aria-label': element.accessibility_label,
      'data-key': keyOf(block, element),
      onclick: () => {
        openAddress(element.url)
        return press(place, block, element, control)
      },
    },
    withEmoji(element.text.text),
  )
  return control
}

function overflow(place, block, element) {
  const pick = (option) => {
    openAddress(option.url)
    return press(place, block, element, menu, option.value)
  }
  const menu = menuButton({
    label: 'More actions',
    face: icon('more'),
    items: () =>
      element.options.map((option) => ({
        label: withEmoji(option.text.text),
        detail: option.description?.text,
        pick: () => pick(option),
      })),
  })
  return menu
}

/** Two buttons that say whether an answer was good. */
function feedback(place, block, element) {
  const one = ({ text, value, accessibility_label }) => {
    const control = h(
      'button',
      {
        type: 'button',
        class: 'small',
        'aria-label': accessibility_label,
        onclick: () => press(place, block, element, control, value),
      },
      withEmoji(text.text),
    )
    return control
  }
  return h('span', { class: 'feedback' }, one(element.positive_button), one(element.negative_button))
}

const ELEMENTS = {
  button,
  overflow,
  feedback_buttons: feedback,
  icon_button: button,
  static_select: select(staticChoices),
  external_select: externalSelect(false),
  users_select: select(peopleChoices),
  conversations_select: select(channelChoices),
  channels_select: select(channelChoices),
  multi_static_select: multiSelect(staticChoices),
  multi_external_select: externalSelect(true),
  multi_users_select: multiSelect(peopleChoices),
  multi_conversations_select: multiSelect(channelChoices),
  multi_channels_select: multiSelect(channelChoices),
  radio_buttons: boxes('radio'),
  checkboxes: boxes('checkbox'),
  datepicker: typed('date', 'initial_date'),
  timepicker: typed('time', 'initial_time'),
  datetimepicker: dateTime,
  plain_text_input: plainText,
  rich_text_input: richTextInput,
  email_text_input: typed('email', 'initial_value'),
  url_text_input: typed('url', 'initial_value'),
  number_input: typed('number', 'initial_value'),
}

/** Those that are several controls under one label. */
export const GROUPS = new Set(['radio_buttons', 'checkboxes'])

/** An interactive element (see controls.js), or a note that this page does not know its kind. */
export function elementNode(place, block, element, ids) {
  const make = ELEMENTS[element.type]
  return make ? make(place, block, element, ids) : h('span', { class: 'quiet' }, `[${element.type}]`)
}
