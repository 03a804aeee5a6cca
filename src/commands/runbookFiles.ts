import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { isPlaybook } from '../domain/playbook/parsePlaybook.ts'
import { type Fixtures, parseFixtures } from '../domain/runbook/fixtures.ts'
import type { Problem, Runbook } from '../domain/runbook/runbook.ts'
import { readYaml } from '../domain/runbook/yaml.ts'
import { isRunbook, parseAll } from '../library.ts'

/** A runbook's file with what was found in it. */
export type File = {
  readonly path: string
  readonly runbook: Runbook | undefined
  readonly fixtures: Fixtures | undefined
  readonly problems: readonly Problem[]
}

const FIRST = { severity: 'error', line: 1, column: 1 } as const

/**
 * The runbooks of a folder, or the one that a file is, or has the fixtures of; a folder without any is given back itself, to be found wrong. A
 * name that no file has may be that of a runbook in `library`.
 */
export async function pathsIn(path: string, library?: string): Promise<readonly string[]> {
  const found = await orAbsent(stat(path))
  if (found === undefined && library !== undefined && /^[\w-]+$/.test(path)) {
    const named = join(library, `${path}.yaml`)
    if ((await orAbsent(stat(named))) !== undefined) return [named]
  }
  if (found?.isDirectory() !== true) return [path.replace(/\.fixtures\.yaml$/, '.yaml')]
  const names = (await readdir(path)).filter(isRunbook).sort()
  return names.length === 0 ? [path] : names.map((name) => join(path, name))
}

/** A runbook and its fixtures, with all that keeps them from being read. */
export async function readOne(path: string): Promise<File> {
  const none = (message: string): File => ({
    path,
    runbook: undefined,
    fixtures: undefined,
    problems: [{ ...FIRST, file: path, message }],
  })
  const found = await orAbsent(stat(path))
  if (found === undefined) return none('There is no such file.')
  if (found.isDirectory()) return none('There is no runbook in this folder.')
  if (!isRunbook(path)) return none('A runbook is a file whose name ends in .yaml.')
  const text = await readFile(path, 'utf8')
  const { runbook, problems } = await parseOne(path, text)
  const beside = path.replace(/\.yaml$/, '.fixtures.yaml')
  const fixtures = await orAbsent(readFile(beside, 'utf8'))
  const parsed = fixtures === undefined ? { problems: [] } : parseFixtures(fixtures, beside)
  const named = runbook === undefined ? [] : misnamed(runbook, path, text)
  return { path, runbook, fixtures: parsed.fixtures, problems: [...problems, ...named, ...parsed.problems] }
}

/** A runbook is found, and led on to, by its name; its file by the file's. */
function misnamed({ name }: Runbook, path: string, text: string): readonly Problem[] {
  const file = basename(path, '.yaml')
  if (file === name) return []
  const message = `${name} is in a file of another name, ${basename(path)}.`
  const place = readYaml(text, path, Number.POSITIVE_INFINITY).locate(['name'])
  return [{ severity: 'error', file: path, ...place, message, suggestion: `Name the file ${name}.yaml.` }]
}

/** A playbook is read with the runbooks that lie beside it. */
async function parseOne(
  file: string,
  text: string,
): Promise<{ readonly runbook: Runbook | undefined; readonly problems: readonly Problem[] }> {
  const names = isPlaybook(text) ? (await pathsIn(dirname(file))).filter((path) => path !== file) : []
  const beside = await Promise.all(names.map(async (path) => ({ text: await readFile(path, 'utf8'), file: path })))
  const others = beside.filter((one) => !isPlaybook(one.text))
  const parsed = parseAll([...others, { text, file }])
  return {
    runbook: parsed.runbooks.find((runbook) => runbook.text === text || runbook.playbook !== undefined),
    problems: parsed.problems.filter((problem) => problem.file === file),
  }
}

async function orAbsent<T>(found: Promise<T>): Promise<T | undefined> {
  return await found.catch((error: { code?: string }) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
}
