import { isObject, type Json, objects } from './json.ts'

/** The option of a menu, overflow, checkbox or radio element that has this value. */
function optionOf(element: Json, value: unknown): Json | undefined {
  const groups = objects(element['option_groups']).flatMap((group) => objects(group['options']))
  return [...objects(element['options']), ...groups].find((option) => option['value'] === value)
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : value === undefined || value === null || value === '' ? [] : [value]
}

function selected(element: Json, given: unknown): Json | null {
  if (isObject(given)) return given
  if (given === undefined) return isObject(element['initial_option']) ? element['initial_option'] : null
  return optionOf(element, given) ?? null
}

function selectedMany(element: Json, given: unknown): Json[] {
  if (given === undefined) return objects(element['initial_options'])
  return listOf(given).flatMap((each) => {
    const option = isObject(each) ? each : optionOf(element, each)
    return option ? [option] : []
  })
}

function or(given: unknown, initial: unknown): unknown {
  return given === undefined || given === '' ? (given === undefined ? (initial ?? null) : null) : given
}

/**
 * The state of an input element in an interaction payload, from what a person gave: text for text inputs, an option's
 * value for menus, an id for people and channels, a list for the multi kinds; undefined leaves the initial value.
 */
export function stateOf(element: Json, given: unknown): Json {
  const type = String(element['type'])
  const state = { type }
  switch (type) {
    case 'static_select':
    case 'external_select':
    case 'radio_buttons':
    case 'overflow':
      return { ...state, selected_option: selected(element, given) }
    case 'multi_static_select':
    case 'multi_external_select':
    case 'checkboxes':
      return { ...state, selected_options: selectedMany(element, given) }
    case 'users_select':
      return { ...state, selected_user: or(given, element['initial_user']) }
    case 'conversations_select':
      return { ...state, selected_conversation: or(given, element['initial_conversation']) }
    case 'channels_select':
      return { ...state, selected_channel: or(given, element['initial_channel']) }
    case 'multi_users_select':
      return { ...state, selected_users: listOf(given ?? element['initial_users']) }
    case 'multi_conversations_select':
      return { ...state, selected_conversations: listOf(given ?? element['initial_conversations']) }
    case 'multi_channels_select':
      return { ...state, selected_channels: listOf(given ?? element['initial_channels']) }
    case 'datepicker':
      return { ...state, selected_date: or(given, element['initial_date']) }
    case 'timepicker':
      return { ...state, selected_time: or(given, element['initial_time']) }
    case 'datetimepicker':
      return { ...state, selected_date_time: or(given, element['initial_date_time']) }
    default:
      return { ...state, value: or(given, element['initial_value']) }
  }
}

/** True when a state holds nothing, which Slack does not let pass for an input that is not optional. */
export function isEmptyState(state: Json): boolean {
  return Object.entries(state).every(
    ([name, value]) =>
      name === 'type' || value === null || value === '' || (Array.isArray(value) && value.length === 0),
  )
}

const NO_STATE: ReadonlySet<unknown> = new Set([
  'button',
  'overflow',
  'image',
  'plain_text',
  'mrkdwn',
  'workflow_button',
])

/** True for elements that appear in `state.values`. */
export function hasState(element: Json): boolean {
  return typeof element['action_id'] === 'string' && !NO_STATE.has(element['type'])
}
