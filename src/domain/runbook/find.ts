import { nearest } from '../nearest.ts'
import { exactValues, testsOf } from './indexed.ts'
import type { Library, Runbook } from './runbook.ts'

/** Where a word counts most: what people call a runbook, then what it asks, then the rest. */
const WEIGHTS = { called: 8, tag: 4, title: 3, value: 2, about: 1 } as const

/** What is asked for by its whole name or question is meant, whatever else has the same words. */
const WHOLE = 100

/** How much less a word counts that only begins the same, or is only spelled nearly so. */
const BEGINS = 0.7
const NEARLY = 0.5

/** Of the letters of a word this share may be wrong. */
const MISSPELT = 1 / 4

/** More words than this make a search no better, and each is compared with every word of the library. */
const MOST_WORDS = 12

/** Words that a question has whatever it is about. */
const SAY_NOTHING = new Set(
  (
    'a about all an and any are at be been by can could did do does done for from had has have how i if in into is it its me my of on or ' +
    'our out please runbook show tell that the their them they this to us was we were what when where which who whom why will with you'
  ).split(' '),
)

/** Whether a word is one that a question has whatever it is about. */
export function saysNothing(word: string): boolean {
  return SAY_NOTHING.has(word.toLowerCase())
}

type Indexed = { readonly runbook: Runbook; readonly words: ReadonlyMap<string, number> }

/**
 * Runbooks that words are about, the best first: those that have the most of the words, in name, aliases, tags, title, parameters, event names
 * or text. The beginning of a word is enough, and a word that is nowhere is read as the nearest that is somewhere.
 */
export function findRunbooks(library: Library, words: readonly string[]): readonly Runbook[] {
  const index = library.all.map(indexed)
  const wanted = spelled(telling(words), index)
  const found = index
    .map(({ runbook, words: known }) => {
      const weights = wanted.flatMap(({ word, share }) => weightOf(word, known) * share || [])
      const sum = weights.reduce((all, weight) => all + weight, isCalled(runbook, wanted) ? WHOLE : 0)
      return { runbook, count: weights.length, weight: sum }
    })
    .filter(({ count }) => count > 0)
  const most = Math.max(...found.map(({ count }) => count))
  return found
    .filter(({ count }) => count === most)
    .sort((a, b) => b.weight - a.weight || (a.runbook.name < b.runbook.name ? -1 : 1))
    .map(({ runbook }) => runbook)
}

/** The words together are just what people call the runbook, or its whole question. */
function isCalled({ name, aliases, title }: Runbook, wanted: readonly Wanted[]): boolean {
  const words = wanted.map(({ word }) => word).join('-')
  return [name, ...aliases, title].some((called) => telling([called]).join('-') === words)
}

/** The words that say something, unless none does. */
function telling(words: readonly string[]): readonly string[] {
  const all = [...new Set(wordsOf(words.join(' ')))]
  const some = all.filter((word) => !SAY_NOTHING.has(word))
  return (some.length > 0 ? some : all).slice(0, MOST_WORDS)
}

type Wanted = { readonly word: string; readonly share: number }

function spelled(words: readonly string[], index: readonly Indexed[]): readonly Wanted[] {
  const vocabulary = new Set(
    // Running text has a word like any: `alike` is no `alice`.
    index.flatMap(({ words: known }) => [...known].flatMap(([word, weight]) => (weight > WEIGHTS.about ? [word] : []))),
  )
  return words.map((word) => {
    if (index.some(({ words: known }) => weightOf(word, known) > 0)) return { word, share: 1 }
    return { word: nearest(word, vocabulary, MISSPELT) ?? word, share: NEARLY }
  })
}

function weightOf(wanted: string, known: ReadonlyMap<string, number>): number {
  let best = known.get(wanted) ?? 0
  for (const [word, weight] of known) if (weight * BEGINS > best && beginsAlike(wanted, word)) best = weight * BEGINS
  return best
}

/** `log` finds `logging`, and `keys` finds `key`: of two words one is the beginning, and what was typed is hardly longer. */
function beginsAlike(wanted: string, word: string): boolean {
  if (wanted.length < 3 || word.length < 3) return false
  return word.startsWith(wanted) || (wanted.startsWith(word) && wanted.length <= word.length + 3)
}

function indexed(runbook: Runbook): Indexed {
  const values = [
    ...Object.keys(runbook.parameters),
    ...Object.values(runbook.parameters).map(({ type }) => type),
    ...runbook.answers,
    ...eventNames(runbook),
  ]
  const words = new Map<string, number>()
  const add = (weight: number, text: string) => {
    for (const word of wordsOf(text)) words.set(word, Math.max(weight, words.get(word) ?? 0))
  }
  add(WEIGHTS.called, [runbook.name, ...runbook.aliases].join(' '))
  add(WEIGHTS.tag, runbook.tags.join(' '))
  add(WEIGHTS.title, runbook.title)
  add(WEIGHTS.value, [...values, ...values.map(apart)].join(' '))
  add(WEIGHTS.about, runbook.about)
  return { runbook, words }
}

/** The events that a runbook looks for by name. */
function eventNames({ match }: Runbook): readonly string[] {
  return testsOf(match).flatMap(({ test }) => (test.field === 'eventName' ? (exactValues(test) ?? []).map(String) : []))
}

/** `accessKeyId` as the words it is made of. */
function apart(name: string): string {
  return name.replace(/(?<=[a-z0-9])(?=[A-Z])/g, ' ')
}

function wordsOf(text: string): readonly string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []
}
