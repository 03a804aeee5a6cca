import { type Phrase, plainText } from '../../../domain/result/phrase.ts'
import { code, mrkdwn, plain } from '../../../domain/result/safe.ts'

/** Characters of a value from outside that are shown within a sentence. */
const VALUE_MAX = 200

/** A phrase as one line of mrkdwn, at most `max` characters: values as code spans, everything escaped, no span cut open. */
export function mrkdwnOf(phrase: Phrase, max = 1_000): string {
  let text = ''
  for (const span of phrase) {
    const piece = typeof span === 'string' ? mrkdwn(span, VALUE_MAX * 5) : code(span.value, VALUE_MAX)
    if (text.length + piece.length > max - 1) return `${text}…`
    text += piece
  }
  return text
}

/** A phrase in bold. Only for our own words: what comes from outside stands in code spans, not in bold. */
export function bold(phrase: Phrase): string {
  return `*${mrkdwn(plainText(phrase), 200).replaceAll('*', '')}*`
}

/** Sentences as the plain text of a message: escaped, on one line, without markup. */
export function sentence(phrases: readonly Phrase[], max: number): string {
  return mrkdwn(phrases.map((phrase) => plain(plainText(phrase), max)).join(' '), max)
}
