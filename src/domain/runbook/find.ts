import type { Library, Runbook } from './runbook.ts'

/** Where a word counts most: what people call a runbook, then what it asks, then the rest. */
const WEIGHTS = { name: 8, alias: 8, tag: 4, title: 3, parameter: 2, about: 1 } as const

/** Runbooks that words are about, the best first: every word must be found somewhere in name, aliases, tags, title, parameters or text. */
export function findRunbooks(library: Library, words: readonly string[]): readonly Runbook[] {
  const wanted = words.map((word) => word.toLowerCase()).filter((word) => word !== '')
  return library.all
    .map((runbook) => ({ runbook, weight: weightOf(runbook, wanted) }))
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight || (a.runbook.name < b.runbook.name ? -1 : 1))
    .map(({ runbook }) => runbook)
}

function weightOf(runbook: Runbook, words: readonly string[]): number {
  const texts: readonly (readonly [number, string])[] = [
    [WEIGHTS.name, runbook.name],
    [WEIGHTS.alias, runbook.aliases.join(' ')],
    [WEIGHTS.tag, runbook.tags.join(' ')],
    [WEIGHTS.title, runbook.title],
    [WEIGHTS.parameter, Object.keys(runbook.parameters).join(' ')],
    [WEIGHTS.about, runbook.about],
  ]
  let sum = 0
  for (const word of words) {
    const best = texts.reduce(
      (most, [weight, text]) => (text.toLowerCase().includes(word) ? Math.max(most, weight) : most),
      0,
    )
    if (best === 0) return 0
    sum += best
  }
  return sum
}
