import type { Answer } from '../../domain/result/answer.ts'
import { standingOf } from '../../domain/result/headline.ts'
import type { Pivot } from '../../domain/result/pivots.ts'
import { visibleJson, visibleLines } from '../../domain/result/safe.ts'

export type Format = 'table' | 'text' | 'csv' | 'json' | 'ndjson'
export const FORMATS: readonly Format[] = ['table', 'text', 'csv', 'json', 'ndjson']

/** The format that `--format` names, or undefined when it names none. */
export function formatOf(word: string): Format | undefined {
  return FORMATS.find((format) => format === word.toLowerCase())
}

/**
 * Exit status of `ctq run` for an answer: 0 complete, 3 partial, 1 failed. One that says nothing about what happened is partial, and one that
 * was stopped.
 */
export function exitStatus(answer: Answer): 0 | 1 | 3 {
  if (answer.coverage.ended === 'cancelled') return 3
  const standing = standingOf(answer)
  if (standing === 'complete') return 0
  return standing === 'failed' ? 1 : 3
}

/** The answer as one JSON document, the same fields as in the result store, and what may be asked next; nothing in it can command a terminal. */
export function answerJson(answer: Answer, pivots: readonly Pivot[] = []): string {
  const next = pivots.flatMap((pivot) => (pivot.kind === 'ask' ? [nextOf(pivot)] : []))
  return `${visibleJson(JSON.stringify({ ...answer, next }, null, 2))}\n`
}

/** A question that leads on, as data. Without a window it is asked over its runbook's own. */
function nextOf({ label, request, words }: Extract<Pivot, { kind: 'ask' }>): object {
  const { runbook, parameters, span, regions } = request
  const iso = (seconds: number): string => `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`
  const window = span && { since: iso(span.since), ...(span.until === undefined ? {} : { until: iso(span.until) }) }
  const accounts = request.accounts.flatMap((word) => (word.kind === 'id' ? [word.id] : []))
  return { label, runbook, parameters, window, accounts, regions, words }
}

/**
 * A record exactly as CloudTrail gave it, on a line of its own. Raw line ends, which JSON has only between its parts, become spaces:
 * nothing else is touched, unless `terminal` says that it goes to one. Then hidden characters are escaped as JSON has it.
 */
export function ndjsonLine(text: string, terminal = false): string {
  const line = text.replace(/[\r\n]+/g, ' ')
  return `${terminal ? visibleJson(line) : line}\n`
}

/** A refusal as a terminal shows it; nothing in it can command the terminal. */
export function refusalText(explained: string): string {
  return `${visibleLines(explained.replace(/\r\n?/g, '\n'))}\n`
}
