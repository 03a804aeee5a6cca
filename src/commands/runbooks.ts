import { painter, wantsColour } from '../adapters/terminal/colour.ts'
import { forgiving } from '../adapters/terminal/sink.ts'
import { ownText } from '../domain/playbook/parsePlaybook.ts'
import { visibleLines } from '../domain/result/safe.ts'
import type { Fixtures } from '../domain/runbook/fixtures.ts'
import { libraryOf } from '../domain/runbook/library.ts'
import { lintRunbook } from '../domain/runbook/lint.ts'
import type { Problem, Runbook } from '../domain/runbook/runbook.ts'
import { runFixtures } from '../domain/runbook/runFixtures.ts'
import { shapesOf } from '../domain/runbook/shapes.ts'
import { suggestion } from '../domain/runbook/suggest.ts'
import { problemLine, readLibrary } from '../library.ts'
import { readEventNames } from './eventNames.ts'
import { newRunbook } from './newRunbook.ts'
import { takeOptions, usage } from './options.ts'
import { writeDocs } from './runbookDocs.ts'
import { type File, pathsIn, readOne } from './runbookFiles.ts'
import { runbookFolder } from './runbookFolder.ts'
import { describeRunbook, listRunbooks } from './runbookWords.ts'

const USAGE = `usage: ctq runbooks list|show NAME|lint [FILE|NAME…]|test [FILE|NAME…]|new NAME [SOURCE:EVENT]|docs [FILE] [--strict] [--runbooks DIR]

  list  the runbooks there are          lint  checks them: form, meaning, fixtures; exit status 1 on an error, --strict: on a warning
  show  all about one, and its text     test  tries them on their fixtures only
  new   starts one, with fixtures       docs  writes them up, in docs/runbooks.md unless told`

/** `ctq runbooks`: lists, shows, lints and tries runbooks. */
export async function runbooks(args: readonly string[]): Promise<number> {
  forgiving(process.stdout)
  const options = takeOptions(args, { values: ['runbooks'], flags: ['help', 'strict'] })
  if (typeof options === 'string') return usage(options)
  const [verb, ...names] = options.rest
  const folder = runbookFolder(options.values['runbooks'], process.env)
  if (options.flags.has('help')) return print(USAGE)
  if (verb === 'list' && names.length === 0) return print(listRunbooks((await readLibrary(folder)).all))
  if (verb === 'show' && names.length === 1) return await show(folder, names[0] ?? '')
  if (verb === 'lint') return report(await lint(names, folder), 'in order', options.flags.has('strict'))
  if (verb === 'test') return report(await checked(names, folder, testOf), 'as their fixtures say', false)
  if (verb === 'new' && names.length >= 1 && names.length <= 2)
    return await newRunbook(folder, names[0] ?? '', names[1])
  if (verb === 'docs' && names.length <= 1) return await writeDocs(folder, names[0])
  return usage(USAGE)
}

function print(text: string): number {
  process.stdout.write(`${text}\n`)
  return 0
}

async function show(folder: string, name: string): Promise<number> {
  const library = await readLibrary(folder)
  const runbook = library.find(name)
  if (runbook !== undefined) {
    const text = runbook.playbook === undefined ? runbook.text : ownText(runbook.playbook)
    return print(`${describeRunbook(runbook)}\n\n${visibleLines(text.trimEnd())}`)
  }
  const hint = suggestion(
    name,
    library.all.flatMap((one) => [one.name, ...one.aliases]),
  )
  return usage(`There is no runbook ${visibleLines(name)}.${hint === undefined ? '' : ` ${hint}`}`)
}

type Check = (runbook: Runbook, fixtures: Fixtures | undefined, path: string) => readonly Problem[]
type Checked = {
  readonly files: number
  readonly playbooks: number
  readonly records: number
  readonly problems: readonly Problem[]
}

/** Reads the files, or all of the folder, and checks each by itself; a whole folder also as one library. */
async function checked(names: readonly string[], folder: string, check: Check): Promise<Checked> {
  const given = names.length === 0 ? [folder] : names
  const paths = [...new Set((await Promise.all(given.map((one) => pathsIn(one, folder)))).flat())]
  const files = await Promise.all(paths.map(readOne))
  const own = files.flatMap(({ path, runbook, fixtures, problems }) => [
    ...problems,
    // A playbook's members have fixtures of their own; what it asks is theirs.
    ...(runbook === undefined || runbook.playbook !== undefined ? [] : check(runbook, fixtures, path)),
  ])
  const loaded = files.flatMap(({ runbook }) => runbook ?? [])
  const between = loaded.length < files.length ? [] : amongOthers(files, await besides(files, names, folder))
  const records = files.reduce((sum, { fixtures }) => sum + countOf(fixtures), 0)
  const playbooks = loaded.filter(({ playbook }) => playbook !== undefined).length
  return { files: files.length - playbooks, playbooks, records, problems: [...own, ...between] }
}

/** Where files are named, the other runbooks of the folder: a question may lead on to one of them. */
async function besides(files: readonly File[], names: readonly string[], folder: string): Promise<readonly Runbook[]> {
  if (names.length === 0) return []
  const others = await Promise.all((await pathsIn(folder)).map(readOne))
  return others.flatMap(({ runbook }) =>
    runbook === undefined || files.some((file) => file.runbook?.name === runbook.name) ? [] : runbook,
  )
}

/** What is wrong between these files, or with them among others. */
function amongOthers(files: readonly File[], others: readonly Runbook[]): readonly Problem[] {
  const together = libraryOf([...others, ...files.flatMap(({ runbook }) => runbook ?? [])])
  if (together.ok) return []
  return together.error.flatMap((problem) => {
    const placed = inFile(problem, files)
    return placed === problem ? [] : placed
  })
}

function countOf(fixtures: Fixtures | undefined): number {
  return fixtures === undefined ? 0 : fixtures.matches.length + fixtures.misses.length
}

/** What events look like is learned from the fixtures of the whole folder, whichever files are checked. */
async function lint(names: readonly string[], folder: string): Promise<Checked> {
  const catalogue = await readEventNames()
  const beside = await Promise.all((await pathsIn(folder)).map(readOne))
  const shapes = shapesOf(beside.flatMap(({ fixtures }) => fixtures ?? []))
  return await checked(names, folder, (runbook, fixtures, path) => {
    const own = fixtures === undefined ? [] : shapesOf([fixtures])
    return lintRunbook(runbook, fixtures, { catalogue, shapes: [...shapes, ...own] }).map((problem) =>
      inFile(problem, [{ path, runbook }]),
    )
  })
}

const testOf: Check = (runbook, fixtures, path) => {
  if (fixtures !== undefined) return runFixtures(runbook, fixtures)
  const message = `${runbook.name} has no fixtures that can be tried.`
  return [{ severity: 'error', file: path, line: 1, column: 1, message }]
}

/** The domain names a runbook's file after the runbook; here the file's own path is known. */
function inFile(problem: Problem, files: readonly Pick<File, 'path' | 'runbook'>[]): Problem {
  const file = files.find(({ runbook }) => runbook !== undefined && `${runbook.name}.yaml` === problem.file)
  return file === undefined ? problem : { ...problem, file: file.path }
}

function report({ files, playbooks, records, problems }: Checked, good: string, strict: boolean): number {
  const paint = painter(wantsColour(process.stdout.isTTY === true, process.env))
  for (const problem of problems.toSorted(byPlace))
    process.stdout.write(
      `${paint(problem.severity === 'error' ? 'red' : 'yellow', visibleLines(problemLine(problem)))}\n`,
    )
  const errors = problems.filter(({ severity }) => severity === 'error').length
  const warnings = problems.length - errors
  const found = problems.length === 0 ? good : `${some(errors, 'error')}, ${some(warnings, 'warning')}`
  const several = playbooks === 0 ? '' : `, ${some(playbooks, 'playbook')}`
  process.stdout.write(`${some(files, 'runbook')}${several}, ${some(records, 'fixture')}: ${found}\n`)
  return errors > 0 || (strict && warnings > 0) ? 1 : 0
}

function some(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}

function byPlace(a: Problem, b: Problem): number {
  return a.file.localeCompare(b.file) || a.line - b.line || a.column - b.column
}
