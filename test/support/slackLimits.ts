/**
 * What Slack refuses in a message, written from its reference and apart from the code under test (docs.slack.dev, Block Kit blocks,
 * composition objects, chat.update; the total of all text is from slackapi/bolt-js issues 2509 and 2867).
 */
type Problem = string
type Json = { readonly [name: string]: unknown }

/** Every limit of Slack that a message breaks, in words; none for a message that Slack takes. */
export function slackProblems(
  shown: { readonly text: string; readonly blocks: readonly unknown[] },
  people: readonly string[] = [],
): Problem[] {
  const message = people.reduce(
    (json, user) => JSON.parse(JSON.stringify(json).replaceAll(`<@${user}>`, `@${user}`)) as typeof shown,
    shown,
  )
  const blocks = message.blocks as readonly Json[]
  const tables = blocks.filter(({ type }) => type === 'table' || type === 'data_table').length
  return [
    ...length('text', message.text, 1, 4_000),
    ...mentions('text', message.text),
    ...(blocks.length < 1 || blocks.length > 50 ? [`${blocks.length} blocks`] : []),
    ...(tables > 1 ? [`${tables} tables`] : []),
    ...(allText(blocks) > 9_000 ? [`${allText(blocks)} characters in all blocks`] : []),
    ...blocks.flatMap((block, index) => blockProblems(`blocks[${index}]`, block)),
  ]
}

function blockProblems(at: string, block: Json): Problem[] {
  switch (block['type']) {
    case 'section':
      return textObject(at, block['text'] as Json, 3_000)
    case 'context': {
      const elements = block['elements'] as readonly Json[]
      const count = elements.length < 1 || elements.length > 10 ? [`${at}: ${elements.length} elements`] : []
      return [...count, ...elements.flatMap((element) => textObject(at, element, 3_000))]
    }
    case 'header':
      return textObject(at, block['text'] as Json, 150)
    case 'divider':
      return []
    case 'actions': {
      const elements = block['elements'] as readonly Json[]
      const count = elements.length < 1 || elements.length > 25 ? [`${at}: ${elements.length} elements`] : []
      return [...count, ...elements.flatMap((element) => buttonProblems(at, element))]
    }
    case 'table':
      return cellProblems(at, block['rows'] as Json[][], 1, 100, 10_000)
    case 'data_table':
      return [
        ...length(`${at}.caption`, block['caption'], 1, 3_000),
        ...mentions(at, block['caption']),
        ...equalRows(at, block['rows'] as Json[][]),
        ...cellProblems(at, block['rows'] as Json[][], 2, 201, 20_000),
      ]
    default:
      return [`${at}: a block of type ${String(block['type'])} is not known here`]
  }
}

function textObject(at: string, text: Json, max: number): Problem[] {
  return [
    ...(text['type'] === 'mrkdwn' || text['type'] === 'plain_text'
      ? []
      : [`${at}: text of type ${String(text['type'])}`]),
    ...length(at, text['text'], 1, max),
    ...mentions(at, text['text']),
    ...(text['type'] === 'mrkdwn' ? fences(at, String(text['text'])) : []),
    ...(text['type'] === 'mrkdwn' && text['verbatim'] !== true ? [`${at}: not verbatim`] : []),
  ]
}

function menuProblems(at: string, menu: Json): Problem[] {
  const options = menu['options'] as readonly Json[]
  return [
    ...length(`${at}.action_id`, menu['action_id'], 1, 255),
    ...textObject(`${at}.placeholder`, menu['placeholder'] as Json, 150),
    ...(options.length < 1 || options.length > 100 ? [`${at}: ${options.length} options`] : []),
    ...options.flatMap(({ text, value }) => [
      ...textObject(`${at} option`, text as Json, 75),
      ...length(`${at} option`, value, 1, 150),
    ]),
  ]
}

function buttonProblems(at: string, button: Json): Problem[] {
  if (button['type'] === 'static_select') return menuProblems(at, button)
  return [
    ...textObject(at, button['text'] as Json, 75),
    ...length(`${at}.value`, button['value'], 1, 2_000),
    ...length(`${at}.action_id`, button['action_id'], 1, 255),
    ...length(`${at}.accessibility_label`, button['accessibility_label'], 1, 75),
  ]
}

function cellProblems(at: string, rows: readonly Json[][], least: number, most: number, total: number): Problem[] {
  const cells = rows.flat()
  const sum = cells.reduce((length, cell) => length + String(cell['text']).length, 0)
  return [
    ...(rows.length < least || rows.length > most ? [`${at}: ${rows.length} rows`] : []),
    ...(rows.some((row) => row.length < 1 || row.length > 20) ? [`${at}: a row of more than 20 cells, or none`] : []),
    ...(sum > total ? [`${at}: ${sum} characters in cells`] : []),
    ...cells.flatMap((cell) => [
      ...length(`${at} cell`, cell['text'], 1, 20_000),
      ...mentions(`${at} cell`, cell['text']),
    ]),
    ...cells
      .filter(({ type, value }) => type !== 'raw_text' && !(type === 'raw_number' && typeof value === 'number'))
      .map(({ type }) => `${at}: a cell of type ${String(type)}`),
  ]
}

function equalRows(at: string, rows: readonly Json[][]): Problem[] {
  return new Set(rows.map((row) => row.length)).size > 1 ? [`${at}: rows of unequal length`] : []
}

function length(at: string, text: unknown, least: number, most: number): Problem[] {
  if (typeof text !== 'string') return [`${at}: not a string`]
  if (text.length < least || text.length > most) return [`${at}: ${text.length} characters`]
  return !/\p{Surrogate}/u.test(text) ? [] : [`${at}: half a character`]
}

/** Nothing may ping: no mention, no channel, no broadcast, and no character that hides or reorders what follows. */
function mentions(at: string, text: unknown): Problem[] {
  const shown = String(text)
  return [
    ...(/<[!@]|<#(?![CG][A-Z0-9]+>)/.test(shown) ? [`${at}: a mention`] : []),
    ...(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/.test(shown)
      ? [`${at}: a hidden character`]
      : []),
  ]
}

/** Code spans and fences are closed, and outside our own markup no raw angle bracket is left. */
function fences(at: string, text: string): Problem[] {
  const ticks = text.split('`').length - 1
  return [
    ...(ticks % 2 === 0 ? [] : [`${at}: a code span is not closed`]),
    ...(/[<>]/.test(text.replace(/<#[CG][A-Z0-9]+>/g, '')) ? [`${at}: a raw angle bracket`] : []),
    ...(/&(?!amp;|lt;|gt;)/.test(text) ? [`${at}: a raw ampersand`] : []),
  ]
}

function allText(value: unknown): number {
  if (typeof value === 'string') return value.length
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + allText(item), 0)
  if (typeof value !== 'object' || value === null) return 0
  return Object.entries(value).reduce(
    (sum, [name, item]) => sum + (/^(type|.*_id|style)$/.test(name) ? 0 : allText(item)),
    0,
  )
}
