import { isObject, type Json, objects } from '../json.ts'
import { boolean, both, byType, type Check, complain, list, object, oneOf, pick, string } from './check.ts'
import { anyText, id, imageBlock, imageElement, mrkdwn, plainText, TEXT_MAX } from './composition.ts'
import {
  accessoryElement,
  actionsElement,
  buttonElement,
  contextAction,
  contextElement,
  inputElement,
} from './elements.ts'
import { richTextBlock } from './richText.ts'
import { dataTableBlock, tableBlock } from './tables.ts'

export type Surface = 'message' | 'modal' | 'home'

/** Which of the newer blocks this workspace takes; Slack rolls them out workspace by workspace. */
export type Accepts = { readonly table: boolean; readonly dataTable: boolean }

/** Slack, Block Kit reference: blocks in a message and in a view. */
const BLOCKS_MAX: Readonly<Record<Surface, number>> = { message: 50, modal: 100, home: 100 }

function block(type: string, required: Record<string, Check>, optional: Record<string, Check> = {}): Check {
  return object({ type: oneOf(type), ...required }, { block_id: id, ...optional })
}

const needsTextOrFields: Check = (value, at, found) => {
  if (isObject(value) && value['text'] === undefined && value['fields'] === undefined)
    complain(found, 'missing required field: text', at)
}

const section = both(
  block(
    'section',
    {},
    { text: anyText(TEXT_MAX), fields: list(anyText(2000), 10), accessory: accessoryElement, expand: boolean },
  ),
  needsTextOrFields,
)

const card = block(
  'card',
  {},
  {
    hero_image: imageElement,
    icon: imageElement,
    title: mrkdwn(150),
    subtitle: mrkdwn(150),
    body: mrkdwn(200),
    actions: list(buttonElement, 5),
  },
)

const task = block(
  'task_card',
  { task_id: string(255, 1), title: string(TEXT_MAX, 1), status: oneOf('pending', 'in_progress', 'complete', 'error') },
  {
    details: richTextBlock,
    output: richTextBlock,
    sources: list(object({ type: oneOf('url'), url: string(3000, 1), text: string(TEXT_MAX, 1) }), 50),
  },
)

const BLOCKS: Readonly<Record<string, Check>> = {
  section,
  header: block('header', { text: plainText(150) }),
  divider: block('divider', {}),
  context: block('context', { elements: list(contextElement, 10) }),
  actions: block('actions', { elements: list(actionsElement, 25) }),
  image: imageBlock,
  input: block(
    'input',
    { label: plainText(2000), element: inputElement },
    { hint: plainText(2000), optional: boolean, dispatch_action: boolean },
  ),
  markdown: block('markdown', { text: string(12_000, 1) }),
  rich_text: richTextBlock,
  table: tableBlock,
  data_table: dataTableBlock,
  context_actions: block('context_actions', { elements: list(contextAction, 5) }),
  alert: block(
    'alert',
    { text: anyText(TEXT_MAX) },
    { level: oneOf('default', 'info', 'warning', 'error', 'success') },
  ),
  card,
  carousel: block('carousel', { elements: list(byType({ card }), 10) }),
  task_card: task,
  plan: block('plan', { title: string(TEXT_MAX, 1) }, { tasks: list(byType({ task_card: task }), 50) }),
  file: block('file', { source: oneOf('remote'), external_id: string(255, 1) }),
  video: block(
    'video',
    { alt_text: string(2000, 1), title: plainText(199), thumbnail_url: string(3000, 1), video_url: string(3000, 1) },
    {
      title_url: string(3000),
      author_name: string(49),
      provider_name: string(50),
      provider_icon_url: string(3000),
      description: plainText(200),
    },
  ),
}

const IN_CONTAINER = [
  'actions',
  'context',
  'divider',
  'file',
  'header',
  'image',
  'input',
  'rich_text',
  'section',
  'table',
  'video',
]

const container = both(
  block(
    'container',
    { child_blocks: list(byType(pick(BLOCKS, IN_CONTAINER)), 10) },
    {
      title: plainText(150),
      rich_text_title: richTextBlock,
      subtitle: anyText(150),
      width: oneOf('narrow', 'standard', 'wide', 'full'),
      icon: imageElement,
      is_collapsible: boolean,
      default_collapsed: boolean,
      has_header_divider: boolean,
    },
  ),
  (value, at, found) => {
    if (isObject(value) && value['title'] === undefined && value['rich_text_title'] === undefined)
      complain(found, 'missing required field: title', at)
  },
)

const EVERYWHERE = [
  'section',
  'header',
  'divider',
  'context',
  'actions',
  'image',
  'input',
  'rich_text',
  'video',
  'card',
]
const SURFACES: Readonly<Record<Surface, readonly string[]>> = {
  message: [
    ...EVERYWHERE,
    'markdown',
    'table',
    'data_table',
    'container',
    'context_actions',
    'carousel',
    'plan',
    'task_card',
    'file',
  ],
  modal: [...EVERYWHERE, 'alert'],
  home: [...EVERYWHERE, 'table', 'data_table', 'container', 'carousel'],
}

/** What Slack would say against these blocks on this surface; empty when it takes them. */
export function checkBlocks(blocks: unknown, surface: Surface, accepts: Accepts, at = '/blocks'): string[] {
  const known = pick({ ...BLOCKS, container }, SURFACES[surface])
  if (!accepts.table) delete known['table']
  if (!accepts.dataTable) delete known['data_table']
  const found: string[] = []
  list(byType(known), BLOCKS_MAX[surface], 0)(blocks, at, found)
  if (found.length === 0) complainOfRepeats(objects(blocks), at, found)
  return found
}

/** block_id is unique in the payload, action_id in its block. */
function complainOfRepeats(blocks: readonly Json[], at: string, found: string[]): void {
  const seen = new Set<string>()
  for (const [index, each] of blocks.entries()) {
    const blockId = each['block_id']
    if (typeof blockId === 'string') {
      if (seen.has(blockId)) complain(found, `\`block_id\` "${blockId}" already exists`, `${at}/${index}/block_id`)
      seen.add(blockId)
    }
    const actions = elementsOf(each).map((element) => element['action_id'])
    for (const [position, action] of actions.entries())
      if (typeof action === 'string' && actions.indexOf(action) !== position)
        complain(found, `\`action_id\` "${action}" already exists in this block`, `${at}/${index}`)
  }
}

/** The interactive elements of one block, wherever that block keeps them. */
export function elementsOf(block: Json): Json[] {
  const single = [block['accessory'], block['element']].filter(isObject)
  return [...single, ...objects(block['elements']), ...objects(block['actions'])]
}
