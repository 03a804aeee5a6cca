import { isObject } from '../json.ts'
import { boolean, both, byType, type Check, complain, list, object, oneOf, string } from './check.ts'

/** Slack, Block Kit reference (composition objects): lengths in characters. */
const OPTION_TEXT = 75
const OPTION_VALUE = 150
const CONFIRM = { title: 100, text: 300, button: 30 }
const ID_MAX = 255
export const URL_MAX = 3000
/** Slack: a text object holds at most 3000 characters wherever no smaller limit is given. */
export const TEXT_MAX = 3000

const type = (name: string): Check => oneOf(name)

/** A plain_text object of 1 to `max` characters. */
export function plainText(max: number): Check {
  return byType({ plain_text: object({ type: type('plain_text'), text: string(max, 1) }, { emoji: boolean }) })
}

/** A plain_text or mrkdwn object of 1 to `max` characters. */
export function anyText(max: number): Check {
  return byType({
    plain_text: object({ type: type('plain_text'), text: string(max, 1) }, { emoji: boolean }),
    mrkdwn: object({ type: type('mrkdwn'), text: string(max, 1) }, { verbatim: boolean }),
  })
}

/** A mrkdwn object of 1 to `max` characters. */
export function mrkdwn(max: number): Check {
  return byType({ mrkdwn: object({ type: type('mrkdwn'), text: string(max, 1) }, { verbatim: boolean }) })
}

export const id: Check = string(ID_MAX, 1)

const optionFields = { value: string(OPTION_VALUE, 1) }
export const option: Check = object(
  { text: plainText(OPTION_TEXT), ...optionFields },
  { description: plainText(OPTION_TEXT), url: string(URL_MAX) },
)
/** Radio buttons and checkboxes take mrkdwn in their options, menus do not. */
export const richOption: Check = object(
  { text: anyText(OPTION_TEXT), ...optionFields },
  { description: anyText(OPTION_TEXT), url: string(URL_MAX) },
)
export const optionGroup: Check = object({ label: plainText(OPTION_TEXT), options: list(option, 100) })

export const confirm: Check = object(
  { text: anyText(CONFIRM.text) },
  {
    title: plainText(CONFIRM.title),
    confirm: plainText(CONFIRM.button),
    deny: plainText(CONFIRM.button),
    style: oneOf('primary', 'danger'),
  },
)

export const dispatchConfig: Check = object(
  {},
  { trigger_actions_on: list(oneOf('on_enter_pressed', 'on_character_entered'), 2) },
)

const slackFile: Check = object({}, { id: string(ID_MAX, 1), url: string(URL_MAX, 1) })

const oneImageSource: Check = (value, at, found) => {
  if (!isObject(value)) return
  if ((value['image_url'] === undefined) === (value['slack_file'] === undefined))
    complain(found, 'exactly one of image_url and slack_file is required', at)
}

/** Slack: image alt_text 2000 and URL 3000 characters. */
export const imageFields = { alt_text: string(2000, 1) }
export const imageSource = { image_url: string(URL_MAX, 1), slack_file: slackFile }

export const imageElement: Check = both(object({ type: type('image'), ...imageFields }, imageSource), oneImageSource)

/** The image block: the element's fields with a title of at most 2000 characters. */
export const imageBlock: Check = both(
  object({ type: type('image'), ...imageFields }, { ...imageSource, title: plainText(2000), block_id: id }),
  oneImageSource,
)
