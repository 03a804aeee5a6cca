import type { types } from '@slack/bolt'
import type { Field, FormMemory } from '../../../domain/request/form.ts'
import { plainText } from './view.ts'

/** Slack: input block. */
const LABEL_MAX = 2_000

/** The id of a field's block in this turn of the form; the field is what stands before the first slash. */
export function blockId(field: Field | 'offer' | 'place', { turn }: FormMemory, of = ''): string {
  return `${field}/${of}/${turn}`
}

export type Input = Pick<types.InputBlock, 'element'> & {
  readonly id: string
  readonly label: string
  readonly hint?: string
  readonly optional?: boolean
  readonly dispatches?: boolean
}

/** An input block with its label. */
export function input({ id, label, hint, optional = false, dispatches = false, element }: Input): types.InputBlock {
  return {
    type: 'input',
    block_id: id,
    label: plainText(label, LABEL_MAX),
    optional,
    ...(hint === undefined ? {} : { hint: plainText(hint, LABEL_MAX) }),
    ...(dispatches ? { dispatch_action: true } : {}),
    element,
  }
}
