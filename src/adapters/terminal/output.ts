import type { Answer } from '../../domain/result/answer.ts'
import { standingOf } from '../../domain/result/headline.ts'

export type Format = 'table' | 'csv' | 'json' | 'ndjson'
export const FORMATS: readonly Format[] = ['table', 'csv', 'json', 'ndjson']

/** The format that `--format` names, or undefined when it names none. */
export function formatOf(word: string): Format | undefined {
  return FORMATS.find((format) => format === word.toLowerCase())
}

/** Exit status of `ctq run` for an answer: 0 complete, 3 partial, 1 failed. One that says nothing about what happened is partial. */
export function exitStatus(answer: Answer): 0 | 1 | 3 {
  const standing = standingOf(answer)
  if (standing === 'complete') return 0
  return standing === 'failed' ? 1 : 3
}

/** The answer as one JSON document, the same fields as in the result store. */
export function answerJson(answer: Answer): string {
  return `${JSON.stringify(answer, null, 2)}\n`
}

/**
 * A record exactly as CloudTrail gave it, on a line of its own. Raw line ends, which JSON has only between its parts, become spaces:
 * nothing else is touched.
 */
export function ndjsonLine(text: string): string {
  return `${text.replace(/[\r\n]+/g, ' ')}\n`
}
