import { sha256 } from '../canonical.ts'
import { checkRunbook } from './check.ts'
import { parseDuration } from './duration.ts'
import type { Column, Match, Problem, Runbook } from './runbook.ts'
import { knownKeys, type RawRunbook, rawRunbook } from './schema.ts'
import { reportIssues } from './shape.ts'
import { completeStage } from './stageSchema.ts'
import { readYaml, reporter } from './yaml.ts'

/** A runbook is read by people: longer texts than this are refused before they are parsed. */
const LONGEST_TEXT = 64 * 1024

/**
 * Reads a runbook's text. All that is wrong is in `problems`, with file, line and column; without an error there is a runbook, complete and
 * checked. Never throws, whatever the text.
 */
export function parseRunbook(
  text: string,
  file: string,
): { readonly runbook?: Runbook; readonly problems: readonly Problem[] } {
  const source = readYaml(text, file, LONGEST_TEXT)
  if (source.problems.length > 0) return { problems: source.problems }
  const { report, problems } = reporter(source, file)
  const shaped = rawRunbook.safeParse(source.value, { reportInput: true })
  if (!shaped.success) reportIssues(shaped.error.issues, report, knownKeys)
  checkRunbook(source.value, report)
  problems.sort((a, b) => a.line - b.line || a.column - b.column)
  if (!shaped.success || problems.some((problem) => problem.severity === 'error')) return { problems }
  return { runbook: complete(shaped.data, text), problems }
}

function complete(raw: RawRunbook, text: string): Runbook {
  const { then, ...rest } = raw
  return Object.freeze({
    ...rest,
    window: { default: parseDuration(raw.window.default) ?? 0, max: parseDuration(raw.window.max) ?? 0 },
    // Its shape was checked by zod and, one form a clause, by checkMatch: what is left is exactly a Match.
    match: raw.match as Match,
    stages: then.map(completeStage),
    columns: raw.columns.map(
      (column): Column => (typeof column === 'string' ? { name: column, field: column } : column),
    ),
    fold: [...new Set(['ctq' as const, ...raw.fold])],
    digest: sha256(text),
    text,
  })
}
