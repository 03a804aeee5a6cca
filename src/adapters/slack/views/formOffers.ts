import type { types } from '@slack/bolt'
import { type Form, type FormMemory, runbookOfWords } from '../../../domain/request/form.ts'
import { joined, say, value } from '../../../domain/result/phrase.ts'
import type { Runbook } from '../../../domain/runbook/runbook.ts'
import { mrkdwnOf } from '../messages/markup.ts'
import { type Block, section } from '../messages/message.ts'
import { blockId, input } from './formInput.ts'
import { OPTIONS_MAX, option, plainText } from './view.ts'

/** The `action_id` of the menu of questions that fit a message. */
export const CHOOSE_OFFER = 'form_offer'
/** Slack: private_metadata. */
const MEMORY_MAX = 3_000
/** Things found in a message that are named. */
const FOUND_MAX = 10

/** What Slack keeps with the form. Offers are left out from the end until it fits: each that stays is whole, and can be chosen. */
export function keptMemory({ offer, ...memory }: FormMemory): FormMemory {
  const found = memory.found.slice(0, FOUND_MAX)
  for (let most = memory.offers.length; most > 0; most--) {
    const offers = memory.offers.slice(0, most)
    const kept = { ...memory, offers, found, ...(offer === undefined || offer >= most ? {} : { offer }) }
    if (JSON.stringify(kept).length <= MEMORY_MAX) return kept
  }
  const bare = { ...memory, offers: [], found }
  return JSON.stringify(bare).length <= MEMORY_MAX ? bare : { ...bare, found: [] }
}

/** What was found in the message that the form was opened under, and the questions that fit, the one that is filled in chosen. */
export function foundBlocks({ memory, runbooks }: Form): readonly Block[] {
  const { found, offers, offer } = memory
  const things = joined(
    found.map((text) => say`${value(text)}`),
    ', ',
  )
  const said = found.length === 0 ? [] : section([`Found in the message: ${mrkdwnOf(things, 1_500)}`])
  if (offers.length === 0) return said
  const options = offers.slice(0, OPTIONS_MAX).map((words, index) => offerOption(words, index, runbooks))
  const chosen = offer === undefined ? undefined : options[offer]
  return [
    ...said,
    input({
      // Another id when none is chosen any more: Slack keeps what an input of the same id held.
      id: blockId('offer', memory, chosen === undefined ? 'open' : ''),
      label: 'Questions that fit',
      hint: 'Choosing one fills in the form; change what you like.',
      optional: true,
      dispatches: true,
      element: {
        type: 'static_select',
        action_id: CHOOSE_OFFER,
        options,
        placeholder: plainText('Choose one', 150),
        ...(chosen === undefined ? {} : { initial_option: chosen }),
      },
    }),
  ]
}

/** A question by its runbook's title, with what it is about and when and where below. */
function offerOption(words: string, index: number, runbooks: readonly Runbook[]): types.PlainTextOption {
  const name = runbookOfWords(words)
  const title = runbooks.find((runbook) => runbook.name === name)?.title
  if (title === undefined) return option(words, String(index))
  const about = words.slice(name.length + 1)
  return about === '' ? option(title, String(index)) : option(title, String(index), about)
}
