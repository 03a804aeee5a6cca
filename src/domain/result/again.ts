import type { FrozenWindow } from '../query/query.ts'
import { quote } from '../request/words.ts'
import type { Answer } from './answer.ts'

/** Where something is open that asking again may read: how many parts, in which accounts and Regions. */
export type AgainPlaces = {
  readonly parts: number
  readonly accounts: readonly string[]
  readonly regions: 'enabled' | readonly string[]
}

/** The accounts and Regions that are open, known blind spots left out; undefined when none is, or when asking again cannot help. */
export function againPlaces({ coverage }: Answer): AgainPlaces | undefined {
  const open = coverage.open.filter(
    ({ status, fault }) => (status === 'failed' || status === 'stopped') && !HOPELESS.has(fault?.code),
  )
  if (open.length === 0) return undefined
  const everyRegion = open.some(({ region }) => region === '*')
  return {
    parts: open.length,
    accounts: distinct(open.map(({ account }) => account)),
    regions: everyRegion ? 'enabled' : distinct(open.map(({ region }) => region)),
  }
}

/**
 * The words to type to ask once more for what was not read: the same question in the accounts and Regions that are open. Undefined when
 * nothing is open, or when asking again cannot help.
 */
export function againWords(answer: Answer): readonly string[] | undefined {
  const open = againPlaces(answer)
  if (open === undefined) return undefined
  const { since, until } = answer.coverage.window
  return [
    answer.runbook.name,
    ...Object.entries(answer.parameters).map(([name, value]) => `${name}=${quote(value)}`),
    'since',
    since,
    'until',
    until,
    `account=${open.accounts.join(',')}`,
    `region=${open.regions === 'enabled' ? 'all' : open.regions.join(',')}`,
  ]
}

/** The words to type to ask a part of an answer's window once more, everywhere it was asked. */
export function windowWords(answer: Answer, { since, until }: FrozenWindow): string {
  const { runbook, parameters, accounts, asked } = answer
  return [
    runbook.name,
    ...Object.entries(parameters).map(([name, value]) => `${name}=${quote(value)}`),
    `since ${since} until ${until}`,
    `account=${accounts.map(({ id }) => id).join(',')}`,
    `region=${asked.regions === 'enabled' ? 'all' : asked.regions.join(',')}`,
  ].join(' ')
}

/** Faults that are the same next time. */
const HOPELESS: ReadonlySet<string | undefined> = new Set(['invalid_request', 'region_not_enabled', 'account_closed'])

function distinct(values: readonly string[]): readonly string[] {
  return [...new Set(values)].sort()
}
