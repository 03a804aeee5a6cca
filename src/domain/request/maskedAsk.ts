import { markedIn, markOf, maskedTyped } from '../result/secrets.ts'
import { withIds } from './investigate.ts'
import { normalise, type Origin } from './normalise.ts'
import { typedSecret } from './typedSecret.ts'
import { quote, splitWords, unquote, type Word } from './words.ts'

/**
 * A question as it may wait in the queue: each secret in its reason is masked, and each word that is one; everything else means what it meant. Without
 * a secret it is what was typed, letter by letter.
 */
export function maskedAsk(text: string, origin: Origin): string {
  const normal = normalise(origin === 'slack' ? withIds(text) : text, origin)
  const split = splitWords(normal)
  // With a quote that nothing closes it is refused in any case, and that is repeated.
  const words = split.ok ? split.value : normal.split(' ').map((raw) => ({ raw }))
  const masked = words.map(maskedWord)
  if (masked.every((word, index) => word === words[index]?.raw)) return text
  const line = masked.join(' ')
  return origin === 'slack' ? escaped(line) : line
}

function maskedWord(word: Word): string {
  const { raw, name, value } = word
  if (name?.toLowerCase() !== 'reason' || value === undefined) return maskedValue(word)
  const reason = unquote(value)
  const kept = maskedTyped(reason)
  return kept === reason.slice(0, kept.length) ? raw : `reason=${quote(kept)}`
}

function maskedValue(word: Word): string {
  const what = markedIn(word.raw) === undefined ? typedSecret(word) : undefined
  if (what === undefined) return word.raw
  return word.name === undefined ? quote(markOf(what)) : `${word.name}=${quote(markOf(what))}`
}

/** As Slack would have sent it (Slack: escaping text). */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
