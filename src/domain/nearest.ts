import { distance } from 'fastest-levenshtein'

/** Longer inputs are nobody's typing slip, and the distance costs length × length. */
const LONGEST = 80

/** The share of the letters that may be wrong. */
const FORGIVEN = 1 / 3

/** The candidate most like the input, when it is like enough to be what was meant; case is ignored. `share`: how much may be wrong. */
export function nearest(input: string, candidates: Iterable<string>, share = FORGIVEN): string | undefined {
  if (input.length === 0 || input.length > LONGEST) return undefined
  const wanted = input.toLowerCase()
  let best: { readonly candidate: string; readonly score: number } | undefined
  for (const candidate of candidates) {
    const score = unlikeness(wanted, candidate.toLowerCase(), share)
    if (score !== undefined && (best === undefined || score < best.score)) best = { candidate, score }
  }
  return best?.candidate
}

/** All candidates that are like enough to be what was meant, the likest first. */
export function nearestFew(input: string, candidates: Iterable<string>): readonly string[] {
  if (input.length === 0 || input.length > LONGEST) return []
  const wanted = input.toLowerCase()
  return [...new Set(candidates)]
    .map((candidate) => ({ candidate, score: unlikeness(wanted, candidate.toLowerCase(), FORGIVEN) }))
    .filter(({ score }) => score !== undefined)
    .toSorted((a, b) => (a.score ?? 0) - (b.score ?? 0))
    .map(({ candidate }) => candidate)
}

/** Letters in the wrong order are one slip, not two. */
function hasSameLetters(a: string, b: string): boolean {
  return a.length === b.length && a !== b && [...a].toSorted().join('') === [...b].toSorted().join('')
}

/** One letter may always be wrong; a beginning of three letters or more counts as nearly right. */
function unlikeness(wanted: string, candidate: string, share: number): number | undefined {
  if (candidate.length > LONGEST) return undefined
  const apart = hasSameLetters(wanted, candidate) ? 1 : distance(wanted, candidate)
  const allowed = Math.max(1, Math.floor(Math.max(wanted.length, candidate.length) * share))
  if (apart <= allowed) return apart
  return wanted.length >= 3 && candidate.startsWith(wanted) ? allowed + 1 : undefined
}
