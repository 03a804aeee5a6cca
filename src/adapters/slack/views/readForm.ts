import type { FieldError, Filled, FormMemory } from '../../../domain/request/form.ts'

/** What Slack sends of an open form: the blocks it shows and what their inputs hold. */
export type ShownForm = {
  readonly private_metadata?: string
  readonly blocks: readonly { readonly block_id?: string }[]
  readonly state: { readonly values: Values }
}

type Values = { readonly [block: string]: { readonly [action: string]: State } }

type Option = { readonly value?: string }

/** The state of one input: Slack's names by kind of element. */
type State = {
  readonly value?: string | null
  readonly selected_option?: Option | null
  readonly selected_options?: readonly Option[]
  readonly selected_date_time?: number | null
  readonly selected_conversation?: string | null
}

/** A form as it was filled in. `place` and `offer` are what was chosen of these, if anything. */
export type FormState = {
  readonly filled: Filled
  readonly memory: FormMemory
  readonly place?: string
  readonly offer?: number
}

/** Reads what a form holds; undefined when it is not one of ours. */
export function readFormState(view: ShownForm): FormState | undefined {
  const memory = memoryOf(view.private_metadata ?? '')
  if (memory === undefined) return undefined
  const held = new Map<string, State>()
  for (const [block, actions] of Object.entries(view.state.values)) {
    const [state] = Object.values(actions)
    if (state !== undefined) held.set(fieldOf(block), state)
  }
  const text = (field: string): string => held.get(field)?.value ?? ''
  const many = (field: string): readonly string[] =>
    (held.get(field)?.selected_options ?? []).flatMap(({ value }) => (value === undefined ? [] : [value]))
  const parameters = [...held.keys()].flatMap((field) =>
    field.startsWith('parameter:') && text(field) !== '' ? [[field.slice('parameter:'.length), text(field)]] : [],
  )
  const since = held.get('since')?.selected_date_time
  const until = held.get('until')?.selected_date_time
  const place = held.get('place')?.selected_conversation
  const offer = Number.parseInt(held.get('offer')?.selected_option?.value ?? '', 10)
  const reason = text('reason')
  return {
    filled: {
      runbook: held.get('runbook')?.selected_option?.value ?? '',
      parameters: Object.fromEntries(parameters),
      ...(typeof since === 'number' ? { since } : {}),
      ...(typeof until === 'number' ? { until } : {}),
      accounts: many('account'),
      regions: many('region'),
      ...(reason === '' ? {} : { reason }),
    },
    memory,
    ...(place ? { place } : {}),
    ...(Number.isInteger(offer) ? { offer } : {}),
  }
}

function fieldOf(block: string): string {
  return block.split('/')[0] ?? ''
}

function memoryOf(text: string): FormMemory | undefined {
  try {
    const memory = JSON.parse(text) as FormMemory
    return typeof memory.channel === 'string' ? memory : undefined
  } catch {
    return undefined
  }
}

/** Slack: `response_action: errors` names blocks. A field that the form does not show is told at its first one. */
export function fieldErrors(view: ShownForm, errors: readonly FieldError[]): { readonly [block: string]: string } {
  const blocks = view.blocks.flatMap(({ block_id }) => (block_id === undefined ? [] : [block_id]))
  const found = errors.flatMap(({ field, why }) => {
    const block =
      blocks.find((id) => fieldOf(id) === field) ?? blocks.find((id) => fieldOf(id) === 'runbook') ?? blocks[0]
    return block === undefined ? [] : [[block, why] as const]
  })
  return Object.fromEntries(found)
}
