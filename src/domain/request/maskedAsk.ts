import { maskedTyped } from '../result/secrets.ts'
import { withIds } from './investigate.ts'
import { normalise, type Origin } from './normalise.ts'
import { quote, splitWords, unquote, type Word } from './words.ts'

/**
 * A question as it may wait in the queue: each secret in its reason is masked, everything else means what it meant. Without one it is what was typed,
 * letter by letter.
 */
export function maskedAsk(text: string, origin: Origin): string {
  const words = splitWords(normalise(origin === 'slack' ? withIds(text) : text, origin))
  if (!words.ok) return text
  const masked = words.value.map(maskedWord)
  if (masked.every((word, index) => word === words.value[index]?.raw)) return text
  const line = masked.join(' ')
  return origin === 'slack' ? escaped(line) : line
}

function maskedWord({ raw, name, value }: Word): string {
  if (name?.toLowerCase() !== 'reason' || value === undefined) return raw
  const reason = unquote(value)
  const kept = maskedTyped(reason)
  return kept === reason.slice(0, kept.length) ? raw : `reason=${quote(kept)}`
}

/** As Slack would have sent it (Slack: escaping text). */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
