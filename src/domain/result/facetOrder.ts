import { compareTexts } from './kept.ts'

/** The first rule that tells two apart decides; larger comes first. */
export function ordered<T>(
  rules: readonly ((value: T) => number)[],
  name: (value: T) => string,
): (a: T, b: T) => number {
  return (a, b) => {
    for (const rule of rules) {
      const difference = rule(b) - rule(a)
      if (difference !== 0) return difference
    }
    return compareTexts(name(a), name(b))
  }
}
