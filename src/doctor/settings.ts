import type { Parts } from '../config.ts'
import { problemLine, RunbookProblems, readLibrary } from '../library.ts'
import { bad, type Finding, good, note } from './finding.ts'

/** Problems of runbooks that are told one by one. */
const TOLD = 5

/** The environment, ctq.yml and the runbooks: everything wrong at once. */
export async function* settingsFindings(parts: Parts, withRunbooks: boolean): AsyncGenerator<Finding> {
  for (const problem of parts.problems) yield bad('settings', problem)
  if (parts.problems.length === 0) yield good('settings', 'the environment and ctq.yml are complete')
  if (parts.settings !== undefined && parts.settings.policy.roles.length === 0)
    yield bad('policy', 'ctq.yml gives nobody a role: every question is refused', 'Add roles: as ctq.example.yml does.')
  if (withRunbooks) yield* runbookFindings(parts.runbooks)
}

async function* runbookFindings(folder: string): AsyncGenerator<Finding> {
  try {
    const { all } = await readLibrary(folder)
    if (all.length > 0) yield good('runbooks', `${all.length} in ${folder}`)
    else yield note('runbooks', `none in ${folder}`, 'CTQ_RUNBOOKS names their folder.')
  } catch (error) {
    if (error instanceof RunbookProblems)
      for (const problem of error.problems.slice(0, TOLD)) yield bad('runbooks', problemLine(problem))
    else yield bad('runbooks', `${folder} cannot be read (${codeOf(error)})`, 'CTQ_RUNBOOKS names their folder.')
  }
}

/** The system's name of an error, such as ENOENT. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
}
