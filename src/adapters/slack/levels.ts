import type { Message } from './entry.ts'
import { refusedAs } from './errors.ts'

/** What a workspace's clients accept for a table: each lower one is understood by more. */
export type Level = 'data_table' | 'table' | 'plain'

const LOWER: { readonly [level in Level]: Level | undefined } = {
  data_table: 'table',
  table: 'plain',
  plain: undefined,
}

/** What is known of a workspace: the highest level it was seen to accept. A Map serves. */
export type Levels = {
  readonly get: (team: string) => Level | undefined
  readonly set: (team: string, level: Level) => void
}

/**
 * Sends a message at the highest level the workspace takes. Refused blocks are built again one level lower; the level is
 * remembered when it was the table that was not taken. A message that is too long is only made plainer this once.
 */
export async function atLevel<T>(
  levels: Levels,
  team: string,
  build: (level: Level) => Message,
  send: (message: Message) => Promise<T>,
): Promise<T> {
  let level = levels.get(team) ?? 'data_table'
  let refusedTable = false
  for (;;) {
    const message = build(level)
    try {
      const sent = await send(message)
      if (refusedTable) levels.set(team, level)
      return sent
    } catch (error) {
      const badBlocks = refusedAs(error, 'invalid_blocks', 'invalid_blocks_format')
      const lower = LOWER[level]
      if (lower === undefined || !(badBlocks || refusedAs(error, 'msg_blocks_too_long', 'msg_too_long'))) throw error
      refusedTable ||= badBlocks && holdsTable(message, level)
      level = lower
    }
  }
}

function holdsTable(message: Message, level: Level): boolean {
  return (message.blocks ?? []).some((block) => (block as { type?: unknown }).type === level)
}
