import { type Phrase, say } from '../../../domain/result/phrase.ts'
import { code } from '../../../domain/result/safe.ts'
import { type Block, section } from './message.ts'

/** Longest of a reason beside an answer: the card of the review has all of it. */
const REASON = 300

/** Beside everything that a run without approval shows: that it is one, and why. Empty for any other. */
export function glassBlocks(reason: string | undefined): readonly Block[] {
  if (reason === undefined) return []
  return section([`🚨 *Break-glass:* nobody approved this, and it is reviewed. Reason: ${code(reason, REASON)}`])
}

/** The same in a few words, for notifications. */
export function glassPhrases(reason: string | undefined): readonly Phrase[] {
  return reason === undefined ? [] : [say`Break-glass`]
}
