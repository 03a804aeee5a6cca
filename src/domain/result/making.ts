import type { Answer } from './answer.ts'
import { shownCount } from './headline.ts'
import { type Phrase, say } from './phrase.ts'

/** Whether the call that made the key which was asked about is among the calls. */
export function isMade({ parameters, facets, timeline }: Pick<Answer, 'parameters' | 'facets' | 'timeline'>): boolean {
  const key = parameters['accessKeyId']
  if (key === undefined) return false
  const told = [...facets.changes.rows, ...facets.credentials.rows, ...timeline.rows]
  return told.some(({ credential }) => credential === key)
}

/** Other calls about a key say nothing of whose it is. Nothing where its making is there, or where no call is: then the runbook's own words stand. */
export function makingPhrase(answer: Answer): Phrase {
  const key = answer.parameters['accessKeyId']
  if (key === undefined || shownCount(answer) === 0 || isMade(answer)) return []
  // What does not fit in an answer may have it.
  if (answer.cut || answer.timeline.more > 0) return []
  return key.startsWith('AKIA')
    ? say`Not found: who made it. It may be older than 90 days; who is named below only switched it or deleted it. key-activity tells whose it is.`
    : say`Not found: who made it. It may be of before the window, of a service, or of another account. key-activity tells whose it is.`
}
