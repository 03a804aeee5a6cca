import { nearest } from '../domain/nearest.ts'
import { parameterNamed, SCOPE_NAMES } from '../domain/request/names.ts'
import { COMMANDS } from '../domain/request/parse.ts'
import { WINDOW_WORDS, windowKeyword } from '../domain/request/span.ts'
import { visible } from '../domain/result/safe.ts'
import type { Library } from '../domain/runbook/runbook.ts'
import { OPTIONS } from './completions.ts'

const OWN = Object.keys(OPTIONS['run'] ?? {})
/** Options of the AWS CLI, whose users expect them here. */
const OF_AWS: { readonly [name: string]: string } = {
  profile: 'Credentials are chosen by the variable AWS_PROFILE.',
  'endpoint-url': 'Where AWS answers is said by the variable AWS_ENDPOINT_URL.',
  output: 'The format is said by --format.',
}
/** Of a word so much is repeated. */
const SHOWN = 40

/**
 * What is wrong with the first word that has an option's dashes and is none, nor a parameter of any runbook: it would be taken for somebody's name,
 * and another question be answered. Words after `find` are searched for, whatever they are; a value with dashes can be told by its name.
 */
export function unknownOption(words: readonly string[], library: Library): string | undefined {
  if (words[0]?.toLowerCase() === 'find') return undefined
  const parameters = library.all.flatMap((runbook) => Object.keys(runbook.parameters))
  const isKnown = (name: string): boolean =>
    ['help', 'h'].includes(name) ||
    windowKeyword(name) !== undefined ||
    SCOPE_NAMES.includes(name) ||
    library.all.some((runbook) => parameterNamed(runbook, name) !== undefined)
  for (const [at, word] of words.entries()) {
    const [, name = ''] = /^--([a-z][\w-]*)(?:=.*)?$/is.exec(word) ?? []
    // A command may have dashes too: --list.
    if (name === '' || isKnown(name.toLowerCase()) || (at === 0 && COMMANDS.includes(name.toLowerCase()))) continue
    const meant = nearest(name, [...OWN, ...WINDOW_WORDS, ...SCOPE_NAMES, ...parameters])
    const instead = OF_AWS[name] ?? (meant === undefined ? '"ctq run --help" lists them.' : `Did you mean --${meant}?`)
    return `There is no option --${visible(name.slice(0, SHOWN))}. ${instead}`
  }
  return undefined
}
