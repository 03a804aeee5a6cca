import type { Failure } from '../failure.ts'
import { nearestFew } from '../nearest.ts'
import { maskedTyped } from '../result/secrets.ts'
import { saysNothing } from '../runbook/find.ts'
import type { Library } from '../runbook/runbook.ts'
import type { Command } from './command.ts'
import { BREAK_GLASS } from './echo.ts'
import { namesOf } from './names.ts'
import { normalise } from './normalise.ts'
import { COMMANDS, type ParseContext, parseCommand } from './parse.ts'
import { splitWords, unquote, type Word } from './words.ts'

/** Nobody reads more. */
const MOST = 3
/** Slips in one question that are mended together. */
const SLIPS = 3

/** Longer questions are typed again: more than this is not kept when secrets are masked (secrets.ts). */
const LONGEST = 500

/** What is offered beside questions: nothing that stops, decides or keeps anything. */
const HARMLESS: readonly Command['kind'][] = [
  'run',
  'help',
  'list',
  'find',
  'status',
  'last',
  'whoami',
  'grants',
  'diff',
]

/**
 * What somebody may have meant by a mistyped name of a runbook or of a parameter: up to three texts that are understood, or lack only a value,
 * likeliest first, with everything else as it was typed. Secrets in them are masked.
 */
export function correctionsOf(text: string, library: Library, context: ParseContext): readonly string[] {
  return corrected(normalise(text, context.origin ?? 'slack'), library, { ...context, origin: 'terminal' }, SLIPS)
}

function corrected(text: string, library: Library, context: ParseContext, slips: number): readonly string[] {
  if (text.length > LONGEST) return []
  const command = parseCommand(text, library, context)
  if (command.ok) return HARMLESS.includes(command.value.kind) ? [maskedTyped(text)] : []
  if (command.error.code === 'missing_parameter') return [maskedTyped(text)]
  const words = splitWords(text)
  if (slips === 0 || !words.ok) return []
  const found = candidates(command.error, words.value, library).flatMap((candidate) =>
    corrected(candidate, library, context, slips - 1).slice(0, 1),
  )
  return [...new Set(found)].filter((each) => each !== text).slice(0, MOST)
}

function candidates(failure: Failure, words: readonly Word[], library: Library): readonly string[] {
  if (failure.code === 'unknown_runbook') return otherHeads(failure, words, library)
  return failure.code === 'unknown_parameter' ? otherNames(failure, words, library) : []
}

/** The word that is no runbook's, exchanged for what is nearly it. */
function otherHeads(
  { input, nearest, asks }: Extract<Failure, { code: 'unknown_runbook' }>,
  words: readonly Word[],
  library: Library,
): readonly string[] {
  const at = words.findIndex(({ raw }) => unquote(raw).toLowerCase() === input)
  if (at < 0) return []
  const known = [...COMMANDS, ...library.all.flatMap(({ name, aliases }) => [name, ...aliases])]
  const near = saysNothing(input) ? [] : nearestFew(input, known)
  const named = [...new Set(near.map((name) => library.find(name)?.name ?? name))]
  const before = words.slice(0, at)
  const put = (name: string): string => said([...before, { raw: name }, ...words.slice(at + 1)])
  const glass = before.filter(({ raw }) => raw.toLowerCase() === BREAK_GLASS)
  // A question that was made of all the words stands for all of them.
  const whole = nearest?.includes(' ') === true ? [said([...glass, { raw: nearest }])] : []
  return [...named.map(put), ...whole, ...(asks === undefined ? [] : [put(asks)])]
}

/** The name that the runbook does not have, exchanged for those that it has. */
function otherNames(
  { runbook, input }: Extract<Failure, { code: 'unknown_parameter' }>,
  words: readonly Word[],
  library: Library,
): readonly string[] {
  const found = library.find(runbook)
  const at = words.findIndex(({ name }) => name === input)
  const value = words[at]?.value
  if (found === undefined || value === undefined) return []
  const meant = nearestFew(input, namesOf(found))
  return meant.map((name) => said([...words.slice(0, at), { raw: `${name}=${value}` }, ...words.slice(at + 1)]))
}

function said(words: readonly Word[]): string {
  return words.map(({ raw }) => raw).join(' ')
}
