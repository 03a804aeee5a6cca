import { quote } from '../request/words.ts'
import type { Answer } from './answer.ts'

/**
 * The words to type to ask once more for what was not read: the same question in the accounts and Regions that are open, known blind spots
 * left out. Undefined when nothing is open, or when asking again cannot help.
 */
export function againWords(answer: Answer): readonly string[] | undefined {
  const open = answer.coverage.open.filter(
    ({ status, fault }) => (status === 'failed' || status === 'stopped') && !HOPELESS.has(fault?.code),
  )
  if (open.length === 0) return undefined
  const { since, until } = answer.coverage.window
  const regions = open.some(({ region }) => region === '*') ? ['all'] : distinct(open.map(({ region }) => region))
  return [
    answer.runbook.name,
    ...Object.entries(answer.parameters).map(([name, value]) => `${name}=${quote(value)}`),
    'since',
    since,
    'until',
    until,
    `account=${distinct(open.map(({ account }) => account)).join(',')}`,
    `region=${regions.join(',')}`,
  ]
}

/** Faults that are the same next time. */
const HOPELESS: ReadonlySet<string | undefined> = new Set(['invalid_request', 'region_not_enabled', 'account_closed'])

function distinct(values: readonly string[]): readonly string[] {
  return [...new Set(values)].sort()
}
