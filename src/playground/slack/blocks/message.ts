import { isObject, type Json, objects } from '../json.ts'
import { SlackError, withMessages } from '../slackError.ts'
import { type Accepts, checkBlocks } from './blocks.ts'
import { textLength } from './tables.ts'

/** bolt-js issues 2509 and 2867: somewhere above 13,200 characters of text Slack answers msg_blocks_too_long. */
const TEXT_BUDGET = 13_200
/** Slack, markdown block reference: 12,000 characters for all markdown blocks of a payload together. */
const MARKDOWN_BUDGET = 12_000

/**
 * The blocks of a message as a list, checked as Slack checks them. `budget` is off for response_url, which takes more.
 * @throws SlackError invalid_blocks_format, invalid_blocks (with messages) or msg_blocks_too_long.
 */
export function messageBlocks(value: unknown, accepts: Accepts, budget = true): Json[] {
  if (value === undefined) return []
  if (!Array.isArray(value)) throw new SlackError('invalid_blocks_format')
  const found = [...checkBlocks(value, 'message', accepts), ...oneTable(value), ...markdownBudget(value)]
  if (found.length > 0) throw withMessages('invalid_blocks', found)
  if (budget && textLength(value) > TEXT_BUDGET) throw new SlackError('msg_blocks_too_long')
  return value.filter(isObject)
}

/** Slack, table block reference: one table a message, only_one_table_allowed. */
function oneTable(blocks: unknown[]): string[] {
  const all = objects(blocks).flatMap((block) => [block, ...objects(block['child_blocks'])])
  const tables = all.filter((block) => block['type'] === 'table' || block['type'] === 'data_table')
  return tables.length > 1 ? ['[ERROR] only_one_table_allowed [json-pointer:/blocks]'] : []
}

function markdownBudget(blocks: unknown[]): string[] {
  const markdown = objects(blocks).filter((block) => block['type'] === 'markdown')
  const over = textLength(markdown) > MARKDOWN_BUDGET
  return over
    ? [`[ERROR] markdown blocks must be less than ${MARKDOWN_BUDGET + 1} characters together [json-pointer:/blocks]`]
    : []
}
