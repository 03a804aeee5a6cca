import { isObject } from '../json.ts'
import { boolean, both, byType, type Check, complain, integer, list, object, oneOf, pick, string } from './check.ts'
import {
  anyText,
  confirm,
  dispatchConfig,
  id,
  imageElement,
  option,
  optionGroup,
  plainText,
  richOption,
  TEXT_MAX,
  URL_MAX,
} from './composition.ts'
import { richTextBlock } from './richText.ts'

/** Slack, Block Kit reference (block elements). */
const BUTTON = { text: 75, value: 2000, label: 75 }
const PLACEHOLDER = plainText(150)
const SELECT_OPTIONS = 100
const INPUT_MAX = 3000
const date: Check = (value, at, found) => {
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(value)) complain(found, 'must be a date YYYY-MM-DD', at)
}
const time: Check = (value, at, found) => {
  if (typeof value !== 'string' || !/^([01]\d|2[0-3]):[0-5]\d$/.test(value)) complain(found, 'must be a time HH:mm', at)
}

function element(type: string, required: Record<string, Check>, optional: Record<string, Check> = {}): Check {
  return object({ type: oneOf(type), ...required }, { action_id: id, ...optional })
}

const focus = { focus_on_load: boolean }
const menu = { ...focus, confirm, placeholder: PLACEHOLDER }
const many = { max_selected_items: integer(1, 100) }
const typed = { ...focus, placeholder: PLACEHOLDER, dispatch_action_config: dispatchConfig }
const filter = object(
  {},
  {
    include: list(oneOf('im', 'mpim', 'private', 'public'), 4),
    exclude_external_shared_channels: boolean,
    exclude_bot_users: boolean,
  },
)
const conversations = { default_to_current_conversation: boolean, filter }

/** A menu gives its options or option groups, one of the two. */
function withOptions(check: Check): Check {
  return both(check, (value, at, found) => {
    if (!isObject(value)) return
    if ((value['options'] === undefined) === (value['option_groups'] === undefined))
      complain(found, 'exactly one of options and option_groups is required', at)
  })
}

const options = { options: list(option, SELECT_OPTIONS), option_groups: list(optionGroup, 100) }
const ids = list(string(255, 1), 100, 0)

const button = element(
  'button',
  { text: plainText(BUTTON.text) },
  {
    value: string(BUTTON.value),
    url: string(URL_MAX),
    style: oneOf('primary', 'danger'),
    confirm,
    accessibility_label: string(BUTTON.label),
  },
)

const feedback = object({ text: plainText(75), value: string(2000) }, { accessibility_label: string(75) })

const ELEMENTS: Readonly<Record<string, Check>> = {
  button,
  image: imageElement,
  plain_text: anyText(TEXT_MAX),
  mrkdwn: anyText(TEXT_MAX),
  checkboxes: element(
    'checkboxes',
    { options: list(richOption, 10) },
    { initial_options: list(richOption, 10), confirm, ...focus },
  ),
  radio_buttons: element(
    'radio_buttons',
    { options: list(richOption, 10) },
    { initial_option: richOption, confirm, ...focus },
  ),
  overflow: element('overflow', { options: list(option, 5) }, { confirm }),
  datepicker: element('datepicker', {}, { initial_date: date, ...menu }),
  timepicker: element('timepicker', {}, { initial_time: time, timezone: string(100), ...menu }),
  datetimepicker: element('datetimepicker', {}, { initial_date_time: integer(1e9, 9_999_999_999), confirm, ...focus }),
  static_select: withOptions(element('static_select', {}, { ...options, initial_option: option, ...menu })),
  multi_static_select: withOptions(
    element('multi_static_select', {}, { ...options, initial_options: list(option, 100), ...menu, ...many }),
  ),
  external_select: element(
    'external_select',
    {},
    { initial_option: option, min_query_length: integer(0, 100), ...menu },
  ),
  multi_external_select: element(
    'multi_external_select',
    {},
    { initial_options: list(option, 100), min_query_length: integer(0, 100), ...menu, ...many },
  ),
  users_select: element('users_select', {}, { initial_user: string(255), ...menu }),
  multi_users_select: element('multi_users_select', {}, { initial_users: ids, ...menu, ...many }),
  conversations_select: element(
    'conversations_select',
    {},
    { initial_conversation: string(255), response_url_enabled: boolean, ...conversations, ...menu },
  ),
  multi_conversations_select: element(
    'multi_conversations_select',
    {},
    { initial_conversations: ids, ...conversations, ...menu, ...many },
  ),
  channels_select: element(
    'channels_select',
    {},
    { initial_channel: string(255), response_url_enabled: boolean, ...menu },
  ),
  multi_channels_select: element('multi_channels_select', {}, { initial_channels: ids, ...menu, ...many }),
  plain_text_input: element(
    'plain_text_input',
    {},
    {
      initial_value: string(INPUT_MAX),
      multiline: boolean,
      min_length: integer(0, INPUT_MAX),
      max_length: integer(1, INPUT_MAX),
      ...typed,
    },
  ),
  email_text_input: element('email_text_input', {}, { initial_value: string(INPUT_MAX), ...typed }),
  url_text_input: element('url_text_input', {}, { initial_value: string(INPUT_MAX), ...typed }),
  number_input: element(
    'number_input',
    { is_decimal_allowed: boolean },
    { initial_value: string(50), min_value: string(50), max_value: string(50), ...typed },
  ),
  rich_text_input: element('rich_text_input', {}, { initial_value: richTextBlock, ...typed }),
  file_input: element('file_input', {}, { filetypes: list(string(50, 1), 100), max_files: integer(1, 10) }),
  feedback_buttons: element('feedback_buttons', { positive_button: feedback, negative_button: feedback }),
  icon_button: element(
    'icon_button',
    { icon: string(50, 1), text: plainText(75) },
    { value: string(2000), accessibility_label: string(75), visible_to_user_ids: ids, confirm },
  ),
}

const MENUS = ['static_select', 'external_select', 'users_select', 'conversations_select', 'channels_select']
const CHOICES = [
  'checkboxes',
  'radio_buttons',
  'datepicker',
  'timepicker',
  ...MENUS,
  ...MENUS.map((name) => `multi_${name}`),
]
const INPUTS = [
  'plain_text_input',
  'email_text_input',
  'url_text_input',
  'number_input',
  'rich_text_input',
  'file_input',
]

export const buttonElement: Check = byType({ button })
export const actionsElement: Check = byType(
  pick(ELEMENTS, ['button', 'overflow', 'datetimepicker', 'rich_text_input', ...CHOICES]),
)
export const accessoryElement: Check = byType(pick(ELEMENTS, ['button', 'overflow', 'image', ...CHOICES]))
export const inputElement: Check = byType(pick(ELEMENTS, ['datetimepicker', ...CHOICES, ...INPUTS]))
export const contextElement: Check = byType(pick(ELEMENTS, ['image', 'plain_text', 'mrkdwn']))
export const contextAction: Check = byType(pick(ELEMENTS, ['feedback_buttons', 'icon_button']))
