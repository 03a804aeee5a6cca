import type { Verdict } from '../../../domain/request/command.ts'
import { section } from '../messages/message.ts'
import { plainText, type View } from './view.ts'

/** The `callback_id` of the dialog in which somebody says what they found, and its blocks. */
export const REVIEWING = 'review_dialog'
export const NOTE_BLOCK = 'note'
export const VERDICT_BLOCK = 'verdict'
const VALUE = 'value'
/** As long as a note may be where it is signed (reviewTokens.ts), and as short. */
const NOTE_MAX = 500
const NOTE_MIN = 3

/** The dialog that closes a review. `carried` is what the button carried; it is believed in nothing, and what it is about stands on the card. */
export function reviewView(carried: string): View {
  const option = (value: Verdict, text: string) => ({ text: plainText(text, 75), value })
  return {
    type: 'modal',
    callback_id: REVIEWING,
    private_metadata: carried.slice(0, 3_000),
    title: plainText('Close the review', 24),
    submit: plainText('Close it', 24),
    close: plainText('Back', 24),
    blocks: [
      ...section([
        'Whoever asked, and everybody who was told, reads what you found. Your right to close it is looked at when you send it.',
      ]),
      {
        type: 'input',
        block_id: VERDICT_BLOCK,
        label: plainText('Was it right not to wait for approval?', 2_000),
        element: {
          type: 'radio_buttons',
          action_id: VALUE,
          options: [option('justified', 'Yes: it was justified'), option('not_justified', 'No: it was not justified')],
        },
      },
      {
        type: 'input',
        block_id: NOTE_BLOCK,
        label: plainText('What did you find?', 2_000),
        element: {
          type: 'plain_text_input',
          action_id: VALUE,
          multiline: true,
          min_length: NOTE_MIN,
          max_length: NOTE_MAX,
        },
      },
    ],
  }
}

type State = {
  readonly state: {
    readonly values: {
      readonly [block: string]: {
        readonly [action: string]: {
          readonly value?: string | null
          readonly selected_option?: { readonly value?: string } | null
        }
      }
    }
  }
}

/** What was chosen and typed in the dialog. Undefined when nothing was chosen. */
export function readReviewed({ state }: State): { readonly verdict: Verdict; readonly note: string } | undefined {
  const verdict = state.values[VERDICT_BLOCK]?.[VALUE]?.selected_option?.value
  const note = state.values[NOTE_BLOCK]?.[VALUE]?.value ?? ''
  return verdict === 'justified' || verdict === 'not_justified' ? { verdict, note } : undefined
}
