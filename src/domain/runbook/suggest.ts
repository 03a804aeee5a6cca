import { closest, distance } from 'fastest-levenshtein'

/** The known word that a wrong one was most likely meant to be, or undefined when none is near. Case does not count. */
export function nearest(input: string, known: readonly string[]): string | undefined {
  const wanted = input.slice(0, 100).toLowerCase()
  const same = known.find((word) => word.toLowerCase() === wanted)
  if (same !== undefined) return same
  if (known.length === 0) return undefined
  const found = closest(wanted, [...new Set(known.map((word) => word.toLowerCase()))])
  // Two swapped letters are one slip, though they are two edits.
  const slips = letters(wanted) === letters(found) ? distance(wanted, found) / 2 : distance(wanted, found)
  const allowed = Math.max(1, Math.floor(Math.max(wanted.length, found.length) / 3))
  return slips <= allowed ? known.find((word) => word.toLowerCase() === found) : undefined
}

function letters(word: string): string {
  return [...word].sort().join('')
}

/** "Did you mean …?", or the list to choose from when nothing is near. */
export function suggestion(input: string, known: readonly string[]): string {
  const near = nearest(input, known)
  if (near !== undefined) return `Did you mean ${near}?`
  return known.length === 0 ? 'There are none here.' : `Known: ${known.join(', ')}.`
}
