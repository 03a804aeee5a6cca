import type { ScopeWord } from './command.ts'
import { quote, splitList, unquote } from './words.ts'

/** Reads `account=`: ids, names, `@group`, `ou:unit` (also a path or an `ou-…` id), `all`, separated by commas. */
export function readAccounts(raw: string): readonly ScopeWord[] {
  return splitList(raw).map((piece) => (piece.toLowerCase() === 'all' ? { kind: 'all' } : scopeWord(unquote(piece))))
}

/** Reads one account word. `all` is not read here: in a list it must be typed bare, in ctq.yml it is `*`. */
export function scopeWord(text: string): ScopeWord {
  const id = text.replaceAll('-', '')
  if (/^\d{12}$/.test(id)) return { kind: 'id', id }
  if (text.startsWith('@') && text.length > 1) return { kind: 'group', name: text.slice(1) }
  const unit = /^ou:(.+)$/i.exec(text)?.[1]
  if (unit !== undefined) return { kind: 'unit', name: unit }
  return /^ou-|\//i.test(text) ? { kind: 'unit', name: text } : { kind: 'name', name: text }
}

/** An account word as it is typed. */
export function scopeWordText(word: ScopeWord): string {
  switch (word.kind) {
    case 'all':
      return 'all'
    case 'id':
      return word.id
    case 'group':
      return quote(`@${word.name}`)
    case 'unit':
      return quote(`ou:${word.name}`)
    case 'name':
      return word.name.toLowerCase() === 'all' ? `"${word.name}"` : quote(word.name)
  }
}

/** Reads `region=`: names in lower case, sorted, once each; `all` or `enabled` alone means every Region enabled. */
export function readRegions(raw: string): 'enabled' | readonly string[] {
  const names = splitList(raw).map((piece) => unquote(piece).toLowerCase())
  return names.some((name) => name === 'all' || name === 'enabled') ? 'enabled' : [...new Set(names)].toSorted()
}
