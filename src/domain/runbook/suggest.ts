import { nearest } from '../nearest.ts'

/** "Did you mean …?", or the list to choose from when nothing is near. */
export function suggestion(input: string, known: readonly string[]): string {
  const near = nearest(input, known)
  if (near !== undefined) return `Did you mean ${near}?`
  return known.length === 0 ? 'There are none here.' : `Known: ${known.join(', ')}.`
}
