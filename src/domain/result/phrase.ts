import { visible } from './safe.ts'

/** A piece of a sentence: our own words, or a value that came from outside and is shown literally. */
export type Span = string | { readonly value: string }

/** A sentence that Slack, a terminal and a log each write in their own way. */
export type Phrase = readonly Span[]

/** Marks text from outside, so that whoever writes the phrase quotes and escapes it. */
export function value(text: string): Span {
  return { value: text }
}

/** Builds a phrase from a template; what is put in is a number, our own words, a value, or another phrase. */
export function say(words: TemplateStringsArray, ...parts: readonly (number | Span | Phrase)[]): Phrase {
  const spans: Span[] = []
  words.forEach((word, index) => {
    if (word !== '') spans.push(word)
    const part = parts[index]
    if (typeof part === 'number') spans.push(numberWords(part))
    else if (part !== undefined) spans.push(...(isPhrase(part) ? part : [part]))
  })
  return spans
}

function isPhrase(part: Span | Phrase): part is Phrase {
  return Array.isArray(part)
}

/** Phrases one after another, with words between them. Empty phrases are left out. */
export function joined(phrases: readonly Phrase[], between: string): Phrase {
  const said = phrases.filter((phrase) => phrase.length > 0)
  return said.flatMap((phrase, index) => (index === 0 ? phrase : [between, ...phrase]))
}

/** The phrase as plain text on one line: values stand without quotes, nothing hidden stays hidden. */
export function plainText(phrase: Phrase): string {
  return phrase.map((span) => visible(typeof span === 'string' ? span : span.value)).join('')
}

/** A whole number with thousands apart: `20,000`. */
export function numberWords(number: number): string {
  return String(number).replace(/\B(?=(\d{3})+(?!\d))/g, ',')
}

/** A number and its noun: `1 call`, `214 calls`. */
export function counted(number: number, one: string, many = `${one}s`): string {
  return `${numberWords(number)} ${number === 1 ? one : many}`
}
