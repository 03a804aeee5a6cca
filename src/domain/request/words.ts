import type { Failure } from '../failure.ts'
import { err, ok, type Result } from '../outcome.ts'

/** One word of a request, quotes still on. `name` and `value` are set when it reads `name=value`. */
export type Word = { readonly raw: string; readonly name?: string; readonly value?: string }

const QUOTES = '"\'`'

/**
 * Cuts a normalised text at its spaces. A quote opens only at the beginning of a word, after `=` and after `,`, and closes
 * only before a space, a comma or the end: an apostrophe inside a word is a letter.
 */
export function splitWords(text: string): Result<readonly Word[], Failure> {
  const words: Word[] = []
  let at = 0
  while (at < text.length) {
    if (text[at] === ' ') {
      at += 1
      continue
    }
    const end = endOfWord(text, at)
    if (end === undefined) return err({ code: 'unclosed_quote', input: text.slice(at) })
    words.push(wordOf(text.slice(at, end)))
    at = end
  }
  return ok(words)
}

function endOfWord(text: string, start: number): number | undefined {
  let at = start
  while (at < text.length && text[at] !== ' ') {
    if (opensQuote(text, start, at)) {
      const close = closingQuote(text, at)
      if (close === undefined) return undefined
      at = close + 1
    } else at += 1
  }
  return at
}

function opensQuote(text: string, start: number, at: number): boolean {
  return QUOTES.includes(text.charAt(at)) && (at === start || text[at - 1] === '=' || text[at - 1] === ',')
}

function closingQuote(text: string, open: number): number | undefined {
  for (let at = open + 1; at < text.length; at += 1) {
    if (text[at] === '\\' && (text[at + 1] === text[open] || text[at + 1] === '\\')) at += 1
    else if (text[at] === text[open] && ' ,'.includes(text[at + 1] ?? ' ')) return at
  }
  return undefined
}

function wordOf(raw: string): Word {
  const [, name, value] = /^-{0,2}([A-Za-z][\w.-]*)=(.*)$/s.exec(raw) ?? []
  return name === undefined || value === undefined ? { raw } : { raw, name, value }
}

/** True when the whole text is one quoted piece: such a word is never a keyword. */
export function isQuoted(raw: string): boolean {
  return raw.length > 1 && QUOTES.includes(raw.charAt(0)) && closingQuote(raw, 0) === raw.length - 1
}

/** The text without its quotes; inside them a backslash keeps a quote or a backslash. */
export function unquote(raw: string): string {
  if (!isQuoted(raw)) return raw
  return raw
    .slice(1, -1)
    .replace(/\\(["'`\\])/g, (whole, kept: string) => (kept === '\\' || kept === raw[0] ? kept : whole))
}

/** The pieces of a list separated by commas, quotes still on; empty pieces are left out. */
export function splitList(raw: string): readonly string[] {
  const pieces: string[] = []
  let start = 0
  let at = 0
  while (at < raw.length) {
    const close = opensQuote(raw, 0, at) ? closingQuote(raw, at) : undefined
    if (close !== undefined) at = close + 1
    else if (raw[at] === ',') {
      pieces.push(raw.slice(start, at))
      at += 1
      start = at
    } else at += 1
  }
  return [...pieces, raw.slice(start)].map((piece) => piece.trim()).filter((piece) => unquote(piece) !== '')
}

/** A value as it must be written so that `splitWords` and `unquote` give it back. */
export function quote(value: string): string {
  if (value !== '' && !/[\s,"'`]/.test(value)) return value
  return `"${value.replace(/["\\]/g, '\\$&')}"`
}
