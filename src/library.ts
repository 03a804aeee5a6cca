import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { asRunbook } from './domain/playbook/asRunbook.ts'
import { isPlaybook, parsePlaybook } from './domain/playbook/parsePlaybook.ts'
import { libraryOf } from './domain/runbook/library.ts'
import { parseRunbook } from './domain/runbook/parse.ts'
import type { Library, Problem, Runbook } from './domain/runbook/runbook.ts'

/** Reads every runbook and playbook of a folder. Throws a RunbookProblems with everything that is wrong in any of them. */
export async function readLibrary(folder: string): Promise<Library> {
  const names = (await readdir(folder)).filter(isRunbook).sort()
  const files = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))
  const { runbooks, problems } = parseAll(files.map((text, at) => ({ text, file: join(folder, names[at] ?? '') })))
  const errors = problems.filter(({ severity }) => severity === 'error')
  if (errors.length > 0) throw new RunbookProblems(errors)
  const library = libraryOf(runbooks)
  if (!library.ok) throw new RunbookProblems(library.error)
  return library.value
}

/** A text of a runbook or playbook, and where it lies. */
export type Written = { readonly text: string; readonly file: string }

/** Parses runbooks, then the playbooks, which are made of them. */
export function parseAll(written: readonly Written[]): {
  readonly runbooks: readonly Runbook[]
  readonly problems: readonly Problem[]
} {
  const single = written.filter(({ text }) => !isPlaybook(text)).map(({ text, file }) => parseRunbook(text, file))
  const runbooks = single.flatMap(({ runbook }) => runbook ?? [])
  const known = {
    find: (name: string) => runbooks.find((runbook) => runbook.name === name),
    names: runbooks.map(({ name }) => name),
  }
  const playbooks = written
    .filter(({ text }) => isPlaybook(text))
    .map(({ text, file }) => parsePlaybook(text, file, known))
  return {
    runbooks: [
      ...runbooks,
      ...playbooks.flatMap(({ playbook }) => (playbook === undefined ? [] : asRunbook(playbook))),
    ],
    problems: [...single, ...playbooks].flatMap(({ problems }) => problems),
  }
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
