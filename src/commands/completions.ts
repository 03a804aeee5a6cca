import { FORMATS } from '../adapters/terminal/output.ts'
import { durationWords } from '../domain/request/duration.ts'
import type { Inventory } from '../domain/request/inventory.ts'
import { PARTITIONS, regionsOf } from '../domain/request/regions.ts'
import { WINDOW_WORDS, windowKeyword } from '../domain/request/span.ts'
import { visible } from '../domain/result/safe.ts'
import type { Library, Runbook } from '../domain/runbook/runbook.ts'
import { FACT_FLAGS, FACT_VALUES } from './policyFacts.ts'

/** A word that may stand where the cursor is, whole, and what it is. One that ends in `=` is gone on with. */
export type Candidate = { readonly word: string; readonly about: string }

/** What may stand there: words, or a file or folder, which the shell knows better. */
export type Completions =
  | { readonly kind: 'words'; readonly candidates: readonly Candidate[] }
  | { readonly kind: 'files' | 'folders' }

/** What words are completed from. What cannot be read is left out: a completion complains to nobody. */
export type Known = {
  readonly commands: readonly { readonly name: string; readonly usage: string; readonly does: string }[]
  readonly library: Library | undefined
  readonly inventory: Inventory | undefined
  /** Runs that are kept, newest first: the id as people type it, and its question. */
  readonly kept?: readonly Candidate[]
}

/** Commands that take so many runs. */
const OF_RUNS: { readonly [command: string]: number } = { show: 1, text: 1, status: 1, again: 1, diff: 2 }

/** What an option is followed by. */
type Value = 'file' | 'folder' | 'other' | readonly string[]
type Options = { readonly [name: string]: Value | 'flag' }

/** Of whatever gives an answer. */
const ASKING: Options = {
  format: FORMATS,
  text: 'flag',
  csv: 'flag',
  json: 'flag',
  ndjson: 'flag',
  out: 'file',
  config: 'file',
  runbooks: 'folder',
  rows: 'other',
  keep: 'folder',
  help: 'flag',
}

/** The options that each command takes out of its words by itself. */
export const OPTIONS: { readonly [command: string]: Options } = {
  run: ASKING,
  ...Object.fromEntries(['last', 'show', 'text', 'status', 'again', 'diff'].map((command) => [command, ASKING])),
  runbooks: { runbooks: 'folder', strict: 'flag', help: 'flag' },
  policy: { config: 'file', runbooks: 'folder', help: 'flag', ...facts() },
  keys: { file: 'file', public: 'flag', 'keep-hours': 'other' },
  iam: { 'worker-role': 'other', config: 'file', terminal: 'flag', help: 'flag' },
  doctor: { config: 'file', help: 'flag' },
  completion: { help: 'flag' },
}

/** What `ctq policy explain` is told of a person and a place. */
function facts(): Options {
  const values = FACT_VALUES.map((name) => [name, 'other'] as const)
  return Object.fromEntries([...values, ...FACT_FLAGS.map((name) => [name, 'flag'] as const)])
}

/** The words of `ctq run` that are about the runbooks instead of AWS. */
const ABOUT_RUNBOOKS: readonly Candidate[] = [
  { word: 'list', about: 'the runbooks there are' },
  { word: 'help', about: 'all about one runbook' },
  { word: 'find', about: 'runbooks by words' },
]
const SCOPE: readonly Candidate[] = [
  { word: 'account=', about: 'where to look: a name, an id, @group, ou:unit, all' },
  { word: 'region=', about: 'where to look: names, all, global' },
  { word: 'reason=', about: 'kept with the question' },
]
/** Lengths that people ask for, in seconds. */
const LENGTHS: readonly number[] = [3600, 6 * 3600, 86_400, 7 * 86_400, 30 * 86_400, 90 * 86_400]

/** What the last of `words` may become; they are those after `ctq`, the last one up to the cursor. Pure; never throws. */
export function completionsFor(words: readonly string[], known: Known): Completions {
  const [name = '', ...rest] = words
  const now = rest.at(-1)
  if (now === undefined) return fitting(name, commandWords(known))
  const command = known.commands.find((one) => one.name === name)
  if (name === 'help' || command === undefined) return { kind: 'words', candidates: [] }
  const options = OPTIONS[name] ?? {}
  const { expected, positional } = read(rest.slice(0, -1), options)
  if (expected !== undefined) return ofValue(expected, now)
  const own = optionWords(options)
  if (name === 'run') return ofQuestion(positional, now, own, known)
  if (now.startsWith('-')) return fitting(now, own)
  if (Object.hasOwn(OF_RUNS, name))
    return fitting(
      now,
      positional.length < (OF_RUNS[name] ?? 0)
        ? (known.kept ?? []).filter(({ word }) => !positional.includes(word))
        : [],
    )
  if (name === 'runbooks' && ['lint', 'test', 'docs'].includes(positional[0] ?? '')) return { kind: 'files' }
  if (name === 'policy' && positional[0] === 'test') return { kind: 'files' }
  if (name === 'runbooks' && positional[0] === 'show' && positional.length === 1)
    return fitting(now, runbookWords(known))
  return fitting(now, positional.length === 0 ? verbs(command) : [])
}

/** Only what begins with what stands there; nothing that would be shown as something else. */
function fitting(now: string, candidates: readonly Candidate[]): Completions {
  const shown = candidates.filter(({ word }) => word.startsWith(now) && visible(word) === word)
  return { kind: 'words', candidates: shown.map(({ word, about }) => ({ word, about: visible(about) })) }
}

function commandWords({ commands }: Known): readonly Candidate[] {
  return [
    ...commands.map(({ name, does }) => ({ word: name, about: does })),
    { word: 'help', about: 'what there is' },
    { word: '--version', about: 'which ctq this is' },
  ]
}

/** The first words that a command takes, by how its usage names them: `[bot|worker|serve]`. */
function verbs({ usage }: { readonly usage: string }): readonly Candidate[] {
  const [, list = ''] = /^\[?([a-z]+(?:\|[a-z]+)+)/.exec(usage) ?? []
  return list.split('|').flatMap((word) => (word === '' ? [] : [{ word, about: '' }]))
}

/** Own options out of the words: which one waits for its value, and what is left. */
function read(
  words: readonly string[],
  options: Options,
): { readonly expected: Value | undefined; readonly positional: readonly string[] } {
  const positional: string[] = []
  let expected: Value | undefined
  for (const word of words) {
    const [, name = '', given] = /^--([a-z-]+)(=.*)?$/s.exec(word) ?? []
    const option = Object.hasOwn(options, name) ? options[name] : undefined
    if (expected !== undefined) expected = undefined
    else if (option === undefined) positional.push(word)
    else if (option !== 'flag' && given === undefined) expected = option
  }
  return { expected, positional }
}

function ofValue(value: Value, now: string): Completions {
  if (value === 'file') return { kind: 'files' }
  if (value === 'folder') return { kind: 'folders' }
  return fitting(now, value === 'other' ? [] : value.map((word) => ({ word, about: '' })))
}

function optionWords(options: Options): readonly Candidate[] {
  return Object.keys(options).map((name) => ({ word: `--${name}`, about: '' }))
}

/** The words of a question, as the grammar has them. */
function ofQuestion(before: readonly string[], now: string, own: readonly Candidate[], known: Known): Completions {
  const [head] = before
  const last = before.at(-1)
  if (head === undefined) return fitting(now, now.startsWith('-') ? own : [...runbookWords(known), ...ABOUT_RUNBOOKS])
  if (head === 'help') return fitting(now, before.length === 1 ? runbookWords(known) : [])
  if (head === 'list' || head === 'find') return fitting(now, [])
  const runbook = known.library?.find(head)
  const [, assigned, value] = /^(-{0,2}[A-Za-z]+=)(.*)$/s.exec(now) ?? []
  if (assigned !== undefined && value !== undefined) return ofNamed(bareName(assigned), assigned, value, runbook, known)
  if (last !== undefined && /^--?[A-Za-z]+$/.test(last)) return ofNamed(bareName(last), '', now, runbook, known)
  if (last !== undefined && windowKeyword(last) !== undefined)
    return ofNamed(last.toLowerCase(), '', now, runbook, known)
  const names = [...parameterWords(runbook, before), ...notYet(SCOPE, before)]
  if (now.startsWith('-'))
    return fitting(now, [...[...names, ...windowWords()].map(({ word, about }) => optionOf(word, about)), ...own])
  const others = before.length === 1 && runbook === undefined ? runbookWords(known) : []
  return fitting(now, [...names, ...windowWords(), ...others])
}

function bareName(word: string): string {
  return word.replace(/^--?/, '').replace(/=$/, '').toLowerCase()
}

function optionOf(word: string, about: string): Candidate {
  return { word: `--${word.replace(/=$/, '')}`, about }
}

function windowWords(): readonly Candidate[] {
  return WINDOW_WORDS.map((word) => ({ word, about: 'a time' }))
}

/** The values of a name: accounts, Regions, lengths of time. Of others nothing is known. */
function ofNamed(
  name: string,
  assigned: string,
  value: string,
  runbook: Runbook | undefined,
  known: Known,
): Completions {
  const lengths = (): readonly Candidate[] =>
    LENGTHS.filter((length) => length <= (runbook?.window.max ?? Number.POSITIVE_INFINITY)).map((length) => ({
      word: durationWords(length),
      about: '',
    }))
  if (name === 'account' || name === 'accounts') return inList(assigned, value, accountWords(value, known))
  if (name === 'region' || name === 'regions') return inList(assigned, value, regionWords(known))
  if (windowKeyword(name) === 'last')
    return fitting(
      assigned + value,
      lengths().map(({ word, about }) => ({ word: assigned + word, about })),
    )
  return fitting(value, [])
}

/** Several values stand in one word, separated by commas; each once. */
function inList(assigned: string, value: string, candidates: readonly Candidate[]): Completions {
  const before = value.slice(0, value.lastIndexOf(',') + 1)
  const given = before.split(',')
  const more = candidates.filter(({ word }) => !given.includes(word))
  return fitting(
    assigned + value,
    more.map(({ word, about }) => ({ word: assigned + before + word, about })),
  )
}

/** Names that need no quotes in the grammar; an account with another one by its id, like whoever begins with a digit. */
function accountWords(value: string, { inventory }: Known): readonly Candidate[] {
  const accounts = inventory?.accounts ?? []
  const isPlain = (name: string): boolean => /^[^\s,"'`\\]+$/.test(name)
  const byId = /(?:^|,)\d+$/.test(value)
  const groups = new Set(accounts.flatMap((account) => account.groups).filter(isPlain))
  const units = new Set(accounts.map(({ unit }) => unit).filter((unit) => isPlain(unit)))
  return [
    ...accounts.map(({ id, name }) => (byId || !isPlain(name) ? { word: id, about: name } : { word: name, about: id })),
    ...[...groups].map((group) => ({ word: `@${group}`, about: 'a group of accounts' })),
    ...[...units].map((unit) => ({ word: `ou:${unit}`, about: 'an organisational unit' })),
    { word: 'all', about: 'every account' },
  ]
}

function regionWords({ inventory }: Known): readonly Candidate[] {
  const known = new Set([...PARTITIONS.flatMap(regionsOf), ...(inventory?.regions ?? [])])
  return [
    ...[...known].map((word) => ({ word, about: '' })),
    { word: 'all', about: 'every Region that the account has enabled' },
    { word: 'global', about: 'where global services are recorded' },
  ]
}

function runbookWords({ library }: Known): readonly Candidate[] {
  return (library?.all ?? []).flatMap(({ name, aliases, title }) =>
    [name, ...aliases].map((word) => ({ word, about: title })),
  )
}

function parameterWords(runbook: Runbook | undefined, before: readonly string[]): readonly Candidate[] {
  const names = Object.entries(runbook?.parameters ?? {})
  return notYet(
    names.map(([name, { help }]) => ({ word: `${name}=`, about: help })),
    before,
  )
}

function notYet(candidates: readonly Candidate[], before: readonly string[]): readonly Candidate[] {
  const given = new Set(before.map((word) => bareName(word.replace(/=.*$/s, ''))))
  return candidates.filter(({ word }) => !given.has(bareName(word)))
}
