import { isObject, type Json, objects } from '../json.ts'
import { SlackError, withMessages } from '../slackError.ts'
import { type Accepts, checkBlocks } from './blocks.ts'
import { boolean, type Check, complain, object, oneOf, string } from './check.ts'
import { plainText } from './composition.ts'

/** Slack, views reference: lengths in characters, the whole view in bytes. */
const LABEL = plainText(24)
const PRIVATE_METADATA_MAX = 3000
const VIEW_BYTES_MAX = 250_000

const anything: Check = () => undefined
const shared = { private_metadata: string(PRIVATE_METADATA_MAX), callback_id: string(255), external_id: string(255) }

const MODAL = object(
  { type: oneOf('modal'), title: LABEL, blocks: anything },
  {
    close: LABEL,
    submit: LABEL,
    clear_on_close: boolean,
    notify_on_close: boolean,
    submit_disabled: boolean,
    ...shared,
  },
)
const HOME = object(
  { type: oneOf('home'), blocks: anything },
  { title: anything, close: anything, submit: anything, clear_on_close: boolean, notify_on_close: boolean, ...shared },
)

/**
 * A view as Slack would take it for this surface.
 * @throws SlackError view_too_large, or invalid_arguments with the messages.
 */
export function checkedView(value: unknown, kind: 'modal' | 'home', accepts: Accepts): Json {
  if (!isObject(value)) throw withMessages('invalid_arguments', ['[ERROR] must provide an object [json-pointer:/view]'])
  if (Buffer.byteLength(JSON.stringify(value)) > VIEW_BYTES_MAX) throw new SlackError('view_too_large')
  const found: string[] = []
  const check = kind === 'modal' ? MODAL : HOME
  check(value, '/view', found)
  found.push(...checkBlocks(value['blocks'] ?? [], kind, accepts, '/view/blocks'))
  const hasInput = objects(value['blocks']).some((block) => block['type'] === 'input')
  if (kind === 'modal' && hasInput && value['submit'] === undefined)
    complain(found, 'missing required field: submit (the view has an input block)', '/view')
  if (found.length > 0) throw withMessages('invalid_arguments', found)
  return value
}
