import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { libraryOf } from './domain/runbook/library.ts'
import { parseRunbook } from './domain/runbook/parse.ts'
import type { Library, Problem, Runbook } from './domain/runbook/runbook.ts'

/** Reads every runbook of a folder. Throws a RunbookProblems with everything that is wrong in any of them. */
export async function readLibrary(folder: string): Promise<Library> {
  const problems: Problem[] = []
  const runbooks: Runbook[] = []
  for (const name of (await readdir(folder)).filter(isRunbook).sort()) {
    const file = join(folder, name)
    const parsed = parseRunbook(await readFile(file, 'utf8'), file)
    problems.push(...parsed.problems)
    if (parsed.runbook !== undefined) runbooks.push(parsed.runbook)
  }
  const errors = problems.filter(({ severity }) => severity === 'error')
  if (errors.length > 0) throw new RunbookProblems(errors)
  const library = libraryOf(runbooks)
  if (!library.ok) throw new RunbookProblems(library.error)
  return library.value
}

/** Runbooks lie beside their fixtures. */
export function isRunbook(name: string): boolean {
  return name.endsWith('.yaml') && !name.endsWith('.fixtures.yaml')
}

export class RunbookProblems extends Error {
  readonly problems: readonly Problem[]

  constructor(problems: readonly Problem[]) {
    super(problems.map(problemLine).join('\n'))
    this.problems = problems
  }
}

/** One problem in one line: file, line, column, what, and what to do. */
export function problemLine(problem: Problem): string {
  const place = `${problem.file}:${problem.line}:${problem.column}`
  const hint = problem.suggestion === undefined ? '' : ` ${problem.suggestion}`
  const rule = problem.rule === undefined ? '' : ` [${problem.rule}]`
  return `${place} ${problem.severity}: ${problem.message}${hint}${rule}`
}
