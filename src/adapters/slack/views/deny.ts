import { section } from '../messages/message.ts'
import { plainText, type View } from './view.ts'

/** The `callback_id` of the dialog in which somebody says why they deny a request, and the block of the reason. */
export const DENIAL = 'deny_dialog'
export const REASON_BLOCK = 'reason'
const REASON = 'value'
/** As long as a reason may be where it is signed (approvalTokens.ts), and as short. */
const REASON_MAX = 500
const REASON_MIN = 3

/** The dialog for a denial. `carried` is what the button carried; it is believed in nothing, and what it is about stands on the card. */
export function denyView(carried: string): View {
  return {
    type: 'modal',
    callback_id: DENIAL,
    private_metadata: carried.slice(0, 3_000),
    title: plainText('Deny', 24),
    submit: plainText('Deny', 24),
    close: plainText('Back', 24),
    blocks: [
      ...section([
        'Whoever asked, and everybody who was asked, reads the reason. Your right to deny is looked at when you send it.',
      ]),
      {
        type: 'input',
        block_id: REASON_BLOCK,
        label: plainText('Why not?', 2_000),
        element: {
          type: 'plain_text_input',
          action_id: REASON,
          multiline: true,
          min_length: REASON_MIN,
          max_length: REASON_MAX,
          focus_on_load: true,
        },
      },
    ],
  }
}

/** The reason that was typed into the dialog. */
export function readReason(view: {
  readonly state: {
    readonly values: { readonly [block: string]: { readonly [action: string]: { readonly value?: string | null } } }
  }
}): string {
  return view.state.values[REASON_BLOCK]?.[REASON]?.value ?? ''
}
