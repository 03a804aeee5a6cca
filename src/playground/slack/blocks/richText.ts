import { boolean, byType, type Check, integer, list, object, oneOf, string } from './check.ts'
import { id, URL_MAX } from './composition.ts'

const MANY = 2000
const style: Check = object(
  {},
  {
    bold: boolean,
    italic: boolean,
    strike: boolean,
    code: boolean,
    underline: boolean,
    highlight: boolean,
    client_highlight: boolean,
    unlink: boolean,
  },
)

function leaf(type: string, required: Record<string, Check>, optional: Record<string, Check> = {}): Check {
  return object({ type: oneOf(type), ...required }, { style, ...optional })
}

const LEAVES: Readonly<Record<string, Check>> = {
  text: leaf('text', { text: string(MANY * 10, 1) }),
  link: leaf('link', { url: string(URL_MAX, 1) }, { text: string(MANY * 10), unsafe: boolean }),
  emoji: leaf('emoji', { name: string(255, 1) }, { unicode: string(255), url: string(URL_MAX) }),
  user: leaf('user', { user_id: string(255, 1) }),
  usergroup: leaf('usergroup', { usergroup_id: string(255, 1) }),
  channel: leaf('channel', { channel_id: string(255, 1) }),
  team: leaf('team', { team_id: string(255, 1) }),
  broadcast: leaf('broadcast', { range: oneOf('here', 'channel', 'everyone') }),
  color: leaf('color', { value: string(255, 1) }),
  date: leaf(
    'date',
    { timestamp: integer(0, 9_999_999_999), format: string(MANY, 1) },
    { url: string(URL_MAX), fallback: string(MANY) },
  ),
}

const leaves = list(byType(LEAVES), MANY, 0)
const border = { border: integer(0, 1) }
const section = object({ type: oneOf('rich_text_section'), elements: leaves })

const PARTS: Readonly<Record<string, Check>> = {
  rich_text_section: section,
  rich_text_list: object(
    {
      type: oneOf('rich_text_list'),
      elements: list(byType({ rich_text_section: section }), MANY, 0),
      style: oneOf('bullet', 'ordered'),
    },
    { indent: integer(0, 8), offset: integer(0, MANY), ...border },
  ),
  rich_text_quote: object({ type: oneOf('rich_text_quote'), elements: leaves }, border),
  rich_text_preformatted: object(
    { type: oneOf('rich_text_preformatted'), elements: leaves },
    { language: string(255), ...border },
  ),
}

/** The rich_text block, also a table cell and a task card's details. */
export const richTextBlock: Check = byType({
  rich_text: object({ type: oneOf('rich_text'), elements: list(byType(PARTS), MANY, 0) }, { block_id: id }),
})
