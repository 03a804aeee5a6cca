import type { types } from '@slack/bolt'
import { bounded } from '../../../domain/result/safe.ts'

export type Block = types.KnownBlock

/** A message for Slack. `text` is a plain sentence, for notifications and screen readers; it is mrkdwn and escaped. */
export type Message = { readonly text: string; readonly blocks: Block[] }

/**
 * Most characters in all blocks of a message together. Slack documents no such limit and refuses with msg_blocks_too_long at about
 * 11,000 to 13,000 (slackapi/bolt-js issues 2509 and 2867).
 */
export const MESSAGE_MAX = 9_000
/** chat.update refuses a longer `text` with msg_too_long at 4,000; a notification shows far less. */
export const TEXT_MAX = 1_000
/** Slack: section block. */
export const SECTION_MAX = 3_000
/** Slack: button object, accessibility_label and text. */
const BUTTON_MAX = 75

/** A piece of a message: blocks of at most so many characters. It may give none when there is no room for anything useful. */
export type Piece = (room: number) => readonly Block[]

/**
 * Puts pieces together within the limit of a message. `pieces` come as they stand; `first` names them by importance: each takes what
 * room the more important ones left.
 */
export function compose(pieces: readonly Piece[], byImportance: readonly Piece[] = pieces): Block[] {
  const built = new Map<Piece, readonly Block[]>()
  let room = MESSAGE_MAX
  for (const piece of byImportance) {
    const blocks = piece(room)
    const length = blocksLength(blocks)
    if (length > room) continue
    built.set(piece, blocks)
    room -= length
  }
  return pieces.flatMap((piece) => built.get(piece) ?? [])
}

/** Characters of everything in blocks that Slack may count as text: each string but types and ids, in UTF-16 units. */
export function blocksLength(value: unknown): number {
  if (typeof value === 'string') return value.length
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + blocksLength(item), 0)
  if (typeof value !== 'object' || value === null) return 0
  return Object.entries(value).reduce(
    (sum, [name, member]) => (UNCOUNTED.has(name) ? sum : sum + blocksLength(member)),
    0,
  )
}

const UNCOUNTED: ReadonlySet<string> = new Set(['type', 'block_id', 'action_id', 'style'])

/** Lines of mrkdwn in one section; lines that do not fit are left out and counted. Nothing is linked or mentioned by itself. */
export function section(lines: readonly string[], room = SECTION_MAX): readonly Block[] {
  const text = fittingLines(lines, Math.min(room, SECTION_MAX))
  return text === '' ? [] : [{ type: 'section', text: { type: 'mrkdwn', text, verbatim: true }, expand: true }]
}

/** Lines of mrkdwn in as many sections as they need; what has no room is left out and counted, followed by `rest`. */
export function sections(lines: readonly string[], room: number, rest: string): readonly Block[] {
  const blocks: Block[] = []
  let held: string[] = []
  let left = room - rest.length - 40
  for (const [index, line] of lines.entries()) {
    left -= line.length + 1
    if (left < 0) return [...blocks, ...section(held), ...section([`… and ${lines.length - index} more. ${rest}`])]
    const length = held.reduce((sum, one) => sum + one.length + 1, line.length)
    if (length > SECTION_MAX) {
      blocks.push(...section(held))
      held = []
    }
    held.push(line)
  }
  return [...blocks, ...section(held)]
}

/** Lines of mrkdwn in small print. */
export function context(lines: readonly string[], room = SECTION_MAX): readonly Block[] {
  const text = fittingLines(lines, Math.min(room, SECTION_MAX))
  return text === '' ? [] : [{ type: 'context', elements: [{ type: 'mrkdwn', text, verbatim: true }] }]
}

/** A button that cancels a run; the listener on `cancel_run` decides who may. */
export function cancelButton(run: string, question: string, label = 'Cancel'): Block {
  return {
    type: 'actions',
    elements: [
      {
        type: 'button',
        action_id: 'cancel_run',
        value: run,
        text: { type: 'plain_text', text: bounded(label, BUTTON_MAX), emoji: false },
        // what the button shows comes first: who speaks to a computer says what they see
        accessibility_label: bounded(`Cancel ${shortRun(run)}: ${question}`, BUTTON_MAX),
      },
    ],
  }
}

/** A run's id as people see and type it. */
export function shortRun(run: string): string {
  return run.slice(0, 8)
}

function fittingLines(lines: readonly string[], max: number): string {
  const whole = lines.join('\n')
  if (whole.length <= max) return whole
  let text = ''
  for (const [index, line] of lines.entries()) {
    const more = `\n… and ${lines.length - index} more`
    const next = index === 0 ? line : `${text}\n${line}`
    if (next.length + more.length > max) return index === 0 ? '' : `${text}${more}`
    text = next
  }
  return text
}
