import type { types } from '@slack/bolt'
import { plainForSlack } from '../../../domain/result/safe.ts'

export type View = types.ModalView
export type HomeView = types.HomeView

/** Slack: a view's title, submit and close; an option's text and description; an option's value. */
const TITLE_MAX = 24
const OPTION_MAX = 75
export const VALUE_MAX = 150
/** Slack: select menu, multi-select menu. */
export const OPTIONS_MAX = 100

export const TITLE = plainText('Ask CloudTrail', TITLE_MAX)

/** Text without markup, at most so many characters; what hides in it is shown. */
export function plainText(text: string, max: number): types.PlainTextElement {
  return { type: 'plain_text', text: plainForSlack(text, max), emoji: false }
}

/** One choice of a menu. */
export function option(text: string, value: string, description?: string): types.PlainTextOption {
  return {
    text: plainText(text === '' ? '–' : text, OPTION_MAX),
    value,
    ...(description === undefined ? {} : { description: plainText(description, OPTION_MAX) }),
  }
}

/** The `action_id` of every button that opens the form begins so; in one block each is different, as Slack wants it. */
export const OPEN_FORM = 'open_form'
/** Slack: button object, value. */
const CARRIED_MAX = 2_000

/** A button that opens the form. `words`: what it is prefilled with, as typed; cut they would be another question, so longer ones are left out. */
export function formButton(label: string, about: string, words: string, id: string): types.Button {
  const carried = JSON.stringify({ words })
  return {
    type: 'button',
    action_id: `${OPEN_FORM}:${id}`,
    value: carried.length <= CARRIED_MAX ? carried : JSON.stringify({ words: '' }),
    text: plainText(label, OPTION_MAX),
    // what the button shows comes first: who speaks to a computer says what they see
    accessibility_label: plainForSlack(`${label}: ${about}`, OPTION_MAX),
  }
}

/** The words that a button opens the form with, possibly none; undefined when it is not such a button. */
export function readOpenForm(action: string, value: string): string | undefined {
  if (!action.startsWith(`${OPEN_FORM}:`)) return undefined
  try {
    const carried: unknown = JSON.parse(value)
    const { words } = (carried ?? {}) as { readonly words?: unknown }
    return typeof words === 'string' ? words : ''
  } catch {
    return ''
  }
}
